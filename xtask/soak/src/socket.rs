//! A WebSocket to the gateway, `gc.v2`.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use socket2::SockRef;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{WebSocketStream, client_async};

const HANDSHAKE: Duration = Duration::from_secs(20);
/// Bytes of a segment as on a real network, and room for what was not read yet: with those of loopback the system would keep
/// megabytes for a client that does not read.
const SEGMENT: u32 = 1_400;
const ROOM: u32 = 16 * 1024;

/// An open connection; dropping it cuts it without a word.
pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Opens the connection of a destination, from behind an id.
    pub(crate) async fn open(gateway: SocketAddr, desk: &str, last: Option<&str>) -> Result<Self> {
        let last = last.map(|last| format!("&last={last}")).unwrap_or_default();
        let url = format!("ws://{gateway}/gc/v1/ws?destination={desk}{last}");
        let mut request = url.into_client_request()?;
        let protocol = HeaderValue::from_static("gc.v2");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        let open = async {
            let socket = TcpSocket::new_v4()?;
            SockRef::from(&socket).set_tcp_mss(SEGMENT)?;
            socket.set_recv_buffer_size(ROOM)?;
            let stream = socket.connect(gateway).await?;
            stream.set_nodelay(true)?;
            Ok(Self(client_async(request, stream).await?.0))
        };
        timeout(HANDSHAKE, open)
            .await
            .context("no WebSocket in time")?
    }

    pub(crate) async fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send(Message::text(text)).await?)
    }

    /// The next frame; none when the connection has ended.
    pub(crate) async fn next(&mut self) -> Result<Option<Value>> {
        while let Some(message) = self.0.next().await {
            match message {
                Ok(Message::Text(text)) => return Ok(Some(serde_json::from_str(&text)?)),
                Ok(Message::Close(_)) | Err(_) => return Ok(None),
                Ok(_) => {}
            }
        }
        Ok(None)
    }
}
