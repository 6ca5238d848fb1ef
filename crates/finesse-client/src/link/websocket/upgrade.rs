//! From a connection to a WebSocket.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Error};

use super::super::stream::poll_append;
use super::Framed;
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

/// The library's own buffers, of which only the answer to the request makes use.
const BUFFER: usize = 512;

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
    ) -> Result<Socket, UpgradeError> {
        let request = ClientRequestBuilder::new(self.0.clone()).with_sub_protocol("xmpp");
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0);
        let head = Head::new(socket);
        // Boxed, because it needs much more memory than what it makes.
        let upgraded = Box::pin(client_async_with_config(request, head, Some(config))).await;
        match upgraded {
            Ok((upgraded, _)) => {
                let Head { socket, rest, .. } = upgraded.into_inner();
                Ok(Box::new(Framed::new(socket, rest, domain)))
            }
            Err(Error::Http(answer)) => Err(UpgradeError::Refused(answer.status().as_u16())),
            Err(error) => Err(UpgradeError::Broken(error.to_string())),
        }
    }
}

/// A connection that gives the head of an answer and keeps what comes behind it, which the library would lose.
struct Head {
    socket: Socket,
    /// What was read and not given.
    rest: Vec<u8>,
    /// How much of the empty line at the end of the head was given.
    matched: usize,
}

impl Head {
    fn new(socket: Socket) -> Self {
        Self {
            socket,
            rest: Vec::new(),
            matched: 0,
        }
    }

    /// How many bytes belong to the head, up to a limit.
    fn measure(&mut self, limit: usize) -> usize {
        let mut amount = 0;
        for byte in self.rest.iter().take(limit) {
            if self.matched == 4 {
                break;
            }
            self.matched = match (self.matched, byte) {
                (0 | 2, b'\r') | (1 | 3, b'\n') => self.matched + 1,
                (_, b'\r') => 1,
                _ => 0,
            };
            amount += 1;
        }
        amount
    }
}

impl AsyncRead for Head {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        target: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.rest.is_empty() {
            ready!(poll_append(&mut this.socket, &mut this.rest, context))?;
        }
        let amount = this.measure(target.remaining());
        target.put_slice(&this.rest[..amount]);
        this.rest.drain(..amount);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Head {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
