//! How a connection becomes a WebSocket.

use std::future::Future;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response, header};
use gc_protocol::ErrorType;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::problem::Problem;
use super::socket::WebSocket;
use super::unfinished::Watched;

/// Most bytes in a message from a client.
const MESSAGE_LIMIT: usize = 64 * 1024;

/// A handshake that can be answered.
pub(super) struct Handshake {
    answer: Response<()>,
    upgrade: OnUpgrade,
}

impl Handshake {
    /// The answer, and the WebSocket that comes of it, unless the client has gone.
    pub(super) fn accept(
        self,
        protocol: Option<&'static str>,
    ) -> (
        Response<Body>,
        impl Future<Output = Option<WebSocket>> + Send + 'static,
    ) {
        let mut answer = self.answer.map(|()| Body::empty());
        if let Some(protocol) = protocol {
            let protocol = HeaderValue::from_static(protocol);
            let headers = answer.headers_mut();
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        let upgrade = self.upgrade;
        let socket = async move {
            let connection = Watched::over(TokioIo::new(upgrade.await.ok()?));
            let socket = WebSocketStream::from_raw_socket(connection, Role::Server, Some(config()));
            Some(socket.await)
        };
        (answer, socket)
    }
}

fn config() -> WebSocketConfig {
    // Small buffers: the usual ones cost 135 KiB for each socket.
    WebSocketConfig::default()
        .read_buffer_size(512)
        .write_buffer_size(0)
        .max_message_size(Some(MESSAGE_LIMIT))
        .max_frame_size(Some(MESSAGE_LIMIT))
}

impl<S: Send + Sync> FromRequestParts<S> for Handshake {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let upgrade = parts.extensions.remove::<OnUpgrade>();
        let answer = create_response(&Request::from_parts(parts.clone(), ()));
        match (answer, upgrade) {
            (Ok(answer), Some(upgrade)) => Ok(Self { answer, upgrade }),
            (Err(_), _) | (_, None) => {
                let detail = "this path takes WebSocket handshakes only";
                Err(Problem::new(400, ErrorType::PleaseRetry, detail))
            }
        }
    }
}
