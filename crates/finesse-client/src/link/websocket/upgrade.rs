//! From a connection to a WebSocket.

use std::io;

use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Error};

use super::super::stream::Limits;
use super::Framed;
use super::messages::Cutter;
use crate::dial::Socket;

/// Where a node takes WebSockets.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint(Uri);

/// Why a connection did not become a WebSocket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpgradeError {
    /// There is a web server, and it does not want to.
    #[error("the server refused the WebSocket with {0}")]
    Refused(u16),
    /// The connection broke, or what answers is no web server.
    #[error("the WebSocket could not be opened: {0}")]
    Broken(String),
}

/// One read; thousands of links wait for theirs.
const READ: usize = 2 * 1024;

/// More than we ever say at once.
const MAX_WRITE: usize = 1024 * 1024;

impl Endpoint {
    /// `authority` is host and port as the Host header has them; `path` begins with a slash.
    pub(crate) fn new(authority: &str, path: &str) -> io::Result<Self> {
        format!("wss://{authority}{path}")
            .parse()
            .map(Self)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "no host name"))
    }

    /// Upgrades a connection, and gives the XMPP stream inside it.
    pub(crate) async fn upgrade(
        &self,
        socket: Socket,
        domain: &str,
        limits: Limits,
    ) -> Result<Socket, UpgradeError> {
        let request = ClientRequestBuilder::new(self.0.clone()).with_sub_protocol("xmpp");
        let config = WebSocketConfig::default()
            .read_buffer_size(READ)
            .write_buffer_size(0)
            .max_write_buffer_size(MAX_WRITE)
            .max_message_size(Some(limits.bytes))
            .max_frame_size(Some(limits.bytes));
        // Boxed, because it needs much more memory than what it makes.
        let upgraded = Box::pin(client_async_with_config(request, socket, Some(config))).await;
        match upgraded {
            Ok((socket, _)) => Ok(Box::new(Framed::new(socket, Cutter::new(domain)))),
            Err(Error::Http(answer)) => Err(UpgradeError::Refused(answer.status().as_u16())),
            Err(error) => Err(UpgradeError::Broken(error.to_string())),
        }
    }
}
