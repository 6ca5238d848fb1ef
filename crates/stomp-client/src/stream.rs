//! The way to a broker: TCP, or TLS over it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::settings::Broker;

/// A connection.
pub(crate) enum Stream {
    Plain(TcpStream),
    Secured(Box<TlsStream<TcpStream>>),
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) reason: String,
    /// Whether because TLS failed.
    pub(crate) no_tls: bool,
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        let no_tls = false;
        Self { reason, no_tls }
    }
}

/// Connects, and verifies the broker when it is to be.
pub(crate) async fn dial(broker: &Broker) -> Result<Stream, Trouble> {
    let socket = TcpStream::connect((broker.host.as_str(), broker.port))
        .await
        .map_err(|error| error.to_string())?;
    // Frames are small and each one counts.
    let _ = socket.set_nodelay(true);
    let Some(config) = &broker.tls else {
        return Ok(Stream::Plain(socket));
    };
    let name = ServerName::try_from(broker.host.clone())
        .map_err(|_| format!("`{}` is no name that a certificate can bear", broker.host))?;
    let secured = TlsConnector::from(Arc::clone(config))
        .connect(name, socket)
        .await
        .map_err(|error| Trouble {
            reason: format!("TLS: {error}"),
            no_tls: true,
        })?;
    Ok(Stream::Secured(Box::new(secured)))
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Secured(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Secured(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Secured(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Secured(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
