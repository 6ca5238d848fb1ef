//! The way to the recorder's host.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::outgoing::Connection;

/// A connection, and who could listen to it.
pub(super) struct Line {
    pub(super) connection: Connection,
    pub(super) privacy: Privacy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    /// Inside TLS or inside this machine.
    Private,
    /// Everybody on the way can read it.
    Open,
}

pub(super) async fn connect(origin: &Url, tls: Option<&Arc<ClientConfig>>) -> Result<Line, String> {
    let host = origin.host().ok_or("the address has no host")?;
    let port = origin.port_or_known_default().unwrap_or_default();
    let socket = dial(&host, port)
        .await
        .map_err(|error| format!("cannot connect: {error}"))?;
    if origin.scheme() != "https" {
        return Ok(Line {
            privacy: privacy(&socket)?,
            connection: Connection::over(socket).await?,
        });
    }
    let tls = tls.ok_or("no certificate is trusted")?;
    let name = server_name(&host).ok_or("the host has no name that a certificate can bear")?;
    let secured = TlsConnector::from(Arc::clone(tls))
        .connect(name, socket)
        .await
        .map_err(|error| format!("TLS: {error}"))?;
    Ok(Line {
        privacy: Privacy::Private,
        connection: Connection::over(secured).await?,
    })
}

async fn dial(host: &Host<&str>, port: u16) -> std::io::Result<TcpStream> {
    match host {
        Host::Domain(name) => TcpStream::connect((*name, port)).await,
        Host::Ipv4(address) => TcpStream::connect((*address, port)).await,
        Host::Ipv6(address) => TcpStream::connect((*address, port)).await,
    }
}

/// `localhost` may resolve to anything; what counts is where the connection went.
fn privacy(socket: &TcpStream) -> Result<Privacy, String> {
    let peer = socket.peer_addr().map_err(|error| error.to_string())?;
    if peer.ip().to_canonical().is_loopback() {
        Ok(Privacy::Private)
    } else {
        Ok(Privacy::Open)
    }
}

fn server_name(host: &Host<&str>) -> Option<ServerName<'static>> {
    match host {
        Host::Domain(name) => ServerName::try_from((*name).to_owned()).ok(),
        Host::Ipv4(address) => Some(ServerName::from(IpAddr::V4(*address))),
        Host::Ipv6(address) => Some(ServerName::from(IpAddr::V6(*address))),
    }
}
