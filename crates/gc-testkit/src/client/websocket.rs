//! The WebSocket transport.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::read_event;
use crate::evidence::Scene;

/// The sending half; the other feeds a channel until the connection ends.
#[derive(Debug)]
pub struct Socket {
    sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    reader: tokio::task::JoinHandle<()>,
}

/// Opens a WebSocket with a subprotocol, for a destination or, if that is empty, for one of its own.
pub async fn connect(
    gateway: SocketAddr,
    destination: &str,
    subprotocol: &str,
    events: mpsc::Sender<Value>,
) -> Result<Socket> {
    let query = match destination {
        "" => String::new(),
        name => format!("?destination={name}"),
    };
    let socket = handshake(gateway, &query, subprotocol).await?;
    let (sink, stream) = socket.split();
    Ok(Socket {
        sink,
        reader: tokio::spawn(read(stream, events, Scene::of(gateway))),
    })
}

/// Opens a WebSocket with these parameters and this subprotocol.
pub(super) async fn handshake(
    gateway: SocketAddr,
    query: &str,
    subprotocol: &str,
) -> Result<WebSocketStream<TcpStream>> {
    let mut request = format!("ws://{gateway}/gc/v1/ws{query}").into_client_request()?;
    request.headers_mut().insert(
        "sec-websocket-protocol",
        HeaderValue::from_str(subprotocol)?,
    );
    let tcp = TcpStream::connect(gateway)
        .await
        .context("connecting the WebSocket")?;
    let (socket, _) = tokio_tungstenite::client_async(request, tcp)
        .await
        .context("upgrading to a WebSocket")?;
    Ok(socket)
}

impl Socket {
    /// Sends a text frame.
    pub async fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.sink.send(Message::text(text)).await?)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(
    mut stream: SplitStream<WebSocketStream<TcpStream>>,
    events: mpsc::Sender<Value>,
    scene: Scene,
) {
    while let Some(Ok(message)) = stream.next().await {
        if let Message::Text(text) = message {
            let event = read_event(&text);
            scene.check(&event);
            if events.send(event).await.is_err() {
                return;
            }
        }
    }
}
