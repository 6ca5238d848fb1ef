//! A WebSocket client of the gateway.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::future::try_join_all;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// An agent's number, from which its ids follow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Agent(pub(crate) usize);

impl Agent {
    pub(crate) fn id(self) -> String {
        (100_000 + self.0).to_string()
    }

    pub(crate) fn extension(self) -> String {
        (200_000 + self.0).to_string()
    }
}

/// Logins at once where it is not they that are measured.
const AT_ONCE: usize = 100;

/// An open connection.
pub(crate) struct Client(WebSocketStream<TcpStream>);

impl Client {
    /// Opens the connection of a destination.
    pub(crate) async fn open(port: u16, destination: &str) -> Result<Self> {
        let url = format!("ws://127.0.0.1:{port}/gc/v1/ws?destination={destination}");
        let mut request = url.into_client_request()?;
        let protocol = HeaderValue::from_static("gc.v2");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let small = WebSocketConfig::default().read_buffer_size(4096);
        let opened = client_async_with_config(request, stream, Some(small)).await;
        Ok(Self(opened.context("WebSocket")?.0))
    }

    /// Opens an agent's connection and logs the agent in.
    pub(crate) async fn logged_in(port: u16, agent: Agent) -> Result<Self> {
        let mut client = Self::open(port, &format!("desk-{}", agent.0)).await?;
        let login = format!("Login#{}\ndemo,{}", agent.id(), agent.extension());
        client.send(&login).await?;
        let result = client.until("\"type\":\"CommandResult\"").await?;
        if !result.contains("\"outcome\":\"done\"") {
            bail!("the login of {} ended in {result}", agent.id());
        }
        Ok(client)
    }

    /// Sends a command.
    pub(crate) async fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send(Message::text(text)).await?)
    }

    /// The next frame with the text in it.
    pub(crate) async fn until(&mut self, part: &str) -> Result<Utf8Bytes> {
        let wait = async {
            while let Some(text) = self.next().await? {
                if text.contains(part) {
                    return Ok(text);
                }
            }
            bail!("the gateway closed the connection")
        };
        let waited = timeout(Duration::from_secs(120), wait).await;
        waited.with_context(|| format!("waited in vain for {part}"))?
    }

    /// The next text frame.
    pub(crate) async fn next(&mut self) -> Result<Option<Utf8Bytes>> {
        while let Some(message) = self.0.next().await {
            if let Message::Text(text) = message? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}

/// Logs many agents in at once.
pub(crate) async fn log_in_all(port: u16, agents: usize) -> Result<Vec<Client>> {
    let tasks: Vec<_> = (1..=agents)
        .map(|number| tokio::spawn(Client::logged_in(port, Agent(number))))
        .collect();
    let mut clients = Vec::with_capacity(agents);
    for task in tasks {
        clients.push(task.await??);
    }
    Ok(clients)
}

/// Logs many agents in, some at a time: for figures of what comes afterwards.
pub(crate) async fn log_in_by_and_by(port: u16, agents: usize) -> Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(agents);
    for first in (1..=agents).step_by(AT_ONCE) {
        let some = first..=agents.min(first + AT_ONCE - 1);
        let logins = some.map(|number| Client::logged_in(port, Agent(number)));
        clients.extend(try_join_all(logins).await?);
    }
    Ok(clients)
}
