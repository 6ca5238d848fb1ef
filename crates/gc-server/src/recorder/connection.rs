//! One connection for one request.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// How much of an answer is taken before the connection is closed; nothing of it is looked at.
const ANSWER_LIMIT: usize = 4 * 1024;
/// How long that may take.
const ANSWER_TIME: Duration = Duration::from_millis(500);

/// An open connection; dropping it closes it.
pub(super) struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    driver: AbortHandle,
    private: bool,
}

impl Connection {
    pub(super) async fn open(
        origin: &Url,
        tls: Option<&Arc<ClientConfig>>,
    ) -> Result<Self, String> {
        let host = origin.host().ok_or("the address has no host")?;
        let port = origin.port_or_known_default().unwrap_or_default();
        let socket = connect(&host, port)
            .await
            .map_err(|error| format!("cannot connect: {error}"))?;
        if origin.scheme() != "https" {
            let peer = socket.peer_addr().map_err(|error| error.to_string())?;
            return handshake(socket, peer.ip().to_canonical().is_loopback()).await;
        }
        let tls = tls.ok_or("no certificate is trusted")?;
        let name = server_name(&host).ok_or("the host has no name that a certificate can bear")?;
        let secured = TlsConnector::from(Arc::clone(tls))
            .connect(name, socket)
            .await
            .map_err(|error| format!("TLS: {error}"))?;
        handshake(secured, true).await
    }

    /// Whether nobody else can listen.
    pub(super) fn is_private(&self) -> bool {
        self.private
    }

    pub(super) async fn send(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> Result<StatusCode, String> {
        let answer = self.sender.send_request(request).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status();
        drop_rest(answer.into_body()).await;
        Ok(status)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

async fn connect(host: &Host<&str>, port: u16) -> std::io::Result<TcpStream> {
    match host {
        Host::Domain(name) => TcpStream::connect((*name, port)).await,
        Host::Ipv4(address) => TcpStream::connect((*address, port)).await,
        Host::Ipv6(address) => TcpStream::connect((*address, port)).await,
    }
}

fn server_name(host: &Host<&str>) -> Option<ServerName<'static>> {
    match host {
        Host::Domain(name) => ServerName::try_from((*name).to_owned()).ok(),
        Host::Ipv4(address) => Some(ServerName::from(std::net::IpAddr::V4(*address))),
        Host::Ipv6(address) => Some(ServerName::from(std::net::IpAddr::V6(*address))),
    }
}

async fn handshake(
    socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    private: bool,
) -> Result<Connection, String> {
    let (sender, connection) = http1::handshake(TokioIo::new(socket))
        .await
        .map_err(|error| error.to_string())?;
    // Lives no longer than its `Connection`, which ends it when dropped.
    let driver = tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(Connection {
        sender,
        driver: driver.abort_handle(),
        private,
    })
}

/// The status counted; taking a short answer spares the recorder a broken connection.
async fn drop_rest(body: Incoming) {
    let rest = Limited::new(body, ANSWER_LIMIT).collect();
    let _ = timeout(ANSWER_TIME, rest).await;
}
