//! Opening connections: the one place that touches addresses and TLS.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// An open connection, plain or TLS.
pub(crate) type Socket = Box<dyn Connection>;

/// What a connection can do.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Connection for T {}

/// Something that opens connections; tests put a memory pipe here.
pub(crate) trait Dial: Send + Sync + 'static {
    /// Opens one.
    fn dial(&self) -> impl Future<Output = io::Result<Socket>> + Send;
}

/// Opens connections to one port of one node.
#[derive(Clone)]
pub(crate) struct Dialer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) timeout: Duration,
}

/// How a connection is protected.
#[derive(Clone)]
pub(crate) enum Security {
    /// Not at all, and therefore only inside this machine.
    Loopback,
    /// By TLS, verified against this name.
    Tls {
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    },
}

impl Dial for Dialer {
    async fn dial(&self) -> io::Result<Socket> {
        tokio::time::timeout(self.timeout, self.open())
            .await
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "time-out while connecting"))?
    }
}

impl Dialer {
    async fn open(&self) -> io::Result<Socket> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await?;
        tcp.set_nodelay(true)?;
        match &self.security {
            Security::Loopback => {
                refuse_remote(&tcp)?;
                Ok(Box::new(tcp))
            }
            Security::Tls { config, name } => {
                let connector = TlsConnector::from(Arc::clone(config));
                let tls = Box::pin(connector.connect(name.clone(), tcp)).await?;
                Ok(Box::new(tls))
            }
        }
    }
}

// `localhost` may resolve to anything; what counts is where the connection went.
fn refuse_remote(tcp: &TcpStream) -> io::Result<()> {
    if tcp.peer_addr()?.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "plain connections are allowed to this machine only",
    ))
}
