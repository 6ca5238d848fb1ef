//! A client that only listens, and may come back with the id of the last event it has seen.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use futures_util::StreamExt;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::{PATIENCE, websocket};
use crate::evidence::Scene;

/// A way to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// WebSocket, `gc.v2`.
    WebSocket,
    /// Server-sent events.
    Events,
}

impl Feed {
    /// Both.
    pub const ALL: [Self; 2] = [Self::WebSocket, Self::Events];
}

/// Listens to a destination; dropping it cuts the connection without a word.
#[derive(Debug)]
pub struct Follower {
    source: Source,
    scene: Scene,
}

#[derive(Debug)]
enum Source {
    Socket(Box<WebSocketStream<TcpStream>>),
    Events(Events),
}

#[derive(Debug)]
struct Events {
    body: Incoming,
    text: Vec<u8>,
    connection: JoinHandle<()>,
}

impl Follower {
    /// Listens, from behind the event of that id if there is one.
    pub async fn open(
        gateway: SocketAddr,
        feed: Feed,
        destination: &str,
        last: Option<&str>,
    ) -> Result<Self> {
        let source = match feed {
            Feed::WebSocket => {
                let last = last.map(|last| format!("&last={last}"));
                let query = format!("?destination={destination}{}", last.unwrap_or_default());
                let socket = websocket::handshake(gateway, &query, "gc.v2").await?;
                Source::Socket(Box::new(socket))
            }
            Feed::Events => Source::Events(Events::open(gateway, destination, last).await?),
        };
        let scene = Scene::of(gateway);
        Ok(Self { source, scene })
    }

    /// The next frame, in its envelope.
    pub async fn next(&mut self) -> Result<Value> {
        let text = tokio::time::timeout(PATIENCE, self.text())
            .await
            .context("nothing came")??;
        let frame = serde_json::from_str(&text)?;
        self.scene.check(&frame);
        Ok(frame)
    }

    async fn text(&mut self) -> Result<String> {
        match &mut self.source {
            Source::Socket(socket) => loop {
                match socket.next().await.context("the connection has ended")?? {
                    Message::Text(text) => return Ok(text.to_string()),
                    Message::Close(reason) => bail!("closed: {reason:?}"),
                    _ => {}
                }
            },
            Source::Events(events) => events.next().await,
        }
    }
}

impl Events {
    async fn open(gateway: SocketAddr, destination: &str, last: Option<&str>) -> Result<Self> {
        let tcp = TcpStream::connect(gateway).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await?;
        let connection = tokio::spawn(async move {
            // How it ends shows in the body.
            let _ = connection.await;
        });
        let mut request = Request::get(format!("/gc/v1/events?destination={destination}"))
            .header("host", gateway.to_string());
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = sender
            .send_request(request.body(Empty::<Bytes>::new())?)
            .await?;
        ensure!(answer.status() == 200, "refused: {}", answer.status());
        Ok(Self {
            body: answer.into_body(),
            text: Vec::new(),
            connection,
        })
    }

    /// The data of the next event; its id must be that of the envelope.
    async fn next(&mut self) -> Result<String> {
        loop {
            while let Some(end) = self.text.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.text.drain(..end + 2).collect();
                if let Some(data) = event(std::str::from_utf8(&block)?)? {
                    return Ok(data);
                }
            }
            let frame = self
                .body
                .frame()
                .await
                .context("the connection has ended")??;
            if let Ok(data) = frame.into_data() {
                self.text.extend_from_slice(&data);
            }
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// The data of a block, if it is an event.
fn event(block: &str) -> Result<Option<String>> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    let Some(data) = field("data: ") else {
        return Ok(None);
    };
    let inside: Value = serde_json::from_str(data)?;
    ensure!(
        field("id: ") == inside["id"].as_str(),
        "an event under another id than its own: {block}"
    );
    Ok(Some(data.to_owned()))
}
