//! The web ports of a node: what is served on which, and the headers that pages of other origins need.

mod bosh;
mod cors;
mod socket;

use std::io;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::header::ORIGIN;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::core::Core;
use crate::engine::Node;
use crate::rest;
use bosh::Bosh;

/// One port of one node.
#[derive(Clone)]
pub(crate) struct Port {
    core: Arc<Core>,
    node: Node,
    serves: Serves,
}

#[derive(Clone)]
enum Serves {
    /// REST, and WebSocket at `/ws`.
    Https(rest::Service),
    /// WebSocket at `/ws/` and BOSH at `/http-bind/`, as in releases before 12.6.
    Legacy(Bosh),
}

impl Port {
    pub(crate) fn https(core: &Arc<Core>, node: Node) -> Self {
        let rest = rest::Service::new(Arc::clone(core), node);
        Self::new(core, node, Serves::Https(rest))
    }

    pub(crate) fn legacy(core: &Arc<Core>, node: Node) -> Self {
        Self::new(core, node, Serves::Legacy(Bosh::new(core, node)))
    }

    fn new(core: &Arc<Core>, node: Node, serves: Serves) -> Self {
        Self {
            core: Arc::clone(core),
            node,
            serves,
        }
    }

    /// Serves a connection until either side ends it.
    pub(crate) async fn serve<Io>(self, io: Io)
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let stop = self.core.stop.clone();
        let killed = self.core.power(self.node).killed();
        let handler = service_fn(move |request| {
            let port = self.clone();
            async move { port.call(request).await }
        });
        let connection = http1::Builder::new()
            .serve_connection(TokioIo::new(io), handler)
            .with_upgrades();
        tokio::select! {
            () = stop.cancelled() => {}
            () = killed.cancelled() => {}
            served = connection => {
                if let Err(error) = served {
                    tracing::debug!(%error, "connection ended");
                }
            }
        }
    }

    /// An error ends the connection without an answer.
    async fn call(&self, request: Request<Incoming>) -> io::Result<Response> {
        if let Some(answer) = cors::preflight(&request) {
            return Ok(answer);
        }
        let origin = request.headers().get(ORIGIN).cloned();
        let mut answer = self.route(request).await?;
        if let Some(origin) = origin {
            cors::allow(&mut answer, origin);
        }
        Ok(answer)
    }

    async fn route(&self, request: Request<Incoming>) -> io::Result<Response> {
        let served = self.core.transports;
        let path = request.uri().path();
        match &self.serves {
            Serves::Https(_) if served.websocket && path == "/ws" => Ok(self.socket(request)),
            Serves::Https(_) if path == "/ws" => Ok(StatusCode::NOT_FOUND.into_response()),
            Serves::Https(rest) => rest.call(request).await,
            Serves::Legacy(_) if served.legacy_websocket && path == "/ws/" => {
                Ok(self.socket(request))
            }
            Serves::Legacy(bosh) if served.bosh && path.trim_end_matches('/') == "/http-bind" => {
                bosh.call(request).await
            }
            Serves::Legacy(_) => Ok(StatusCode::NOT_FOUND.into_response()),
        }
    }

    fn socket(&self, request: Request<Incoming>) -> Response {
        socket::upgrade(Arc::clone(&self.core), self.node, request)
    }
}
