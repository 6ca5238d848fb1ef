//! From a request to a WebSocket that speaks XMPP (RFC 7395).

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::core::Core;
use crate::engine::Node;
use crate::power::past_goodbye;
use crate::xmpp;

/// Answers the request, and serves the WebSocket as a task of its own.
pub(super) fn upgrade(core: Arc<Core>, node: Node, mut request: Request<Incoming>) -> Response {
    let accept = match accept_key(request.headers()) {
        Ok(accept) => accept,
        Err(refusal) => return refusal.into_response(),
    };
    spawn(core, node, hyper::upgrade::on(&mut request));
    let headers = [
        (UPGRADE, HeaderValue::from_static("websocket")),
        (CONNECTION, HeaderValue::from_static("Upgrade")),
        (SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("xmpp")),
        (SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

fn spawn(core: Arc<Core>, node: Node, upgraded: OnUpgrade) {
    let stop = core.stop.clone();
    core.tasks.clone().spawn(async move {
        let Ok(socket) = upgraded.await else { return };
        tokio::select! {
            () = xmpp::serve_messages(core, node, TokioIo::new(socket)) => {}
            () = past_goodbye(stop) => {}
        }
    });
}

fn accept_key(headers: &HeaderMap) -> Result<HeaderValue, (StatusCode, &'static str)> {
    if !lists(headers, UPGRADE, "websocket") || !lists(headers, CONNECTION, "upgrade") {
        return Err((StatusCode::UPGRADE_REQUIRED, "a WebSocket is expected\n"));
    }
    if !lists(headers, SEC_WEBSOCKET_VERSION, "13") {
        return Err((StatusCode::BAD_REQUEST, "version 13 is expected\n"));
    }
    if !lists(headers, SEC_WEBSOCKET_PROTOCOL, "xmpp") {
        return Err((StatusCode::BAD_REQUEST, "subprotocol xmpp is expected\n"));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    let key = key.ok_or((StatusCode::BAD_REQUEST, "a key is expected\n"))?;
    HeaderValue::from_str(&derive_accept_key(key))
        .map_err(|_| (StatusCode::BAD_REQUEST, "the key cannot be used\n"))
}

/// Whether a header that is a list of words has this one.
fn lists(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(','))
        .any(|item| item.trim().eq_ignore_ascii_case(word))
}
