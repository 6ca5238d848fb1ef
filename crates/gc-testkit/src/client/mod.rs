//! A client of the gateway over each transport, as a test sees it: send a command, wait for events.

mod receiver;
mod rest;
mod websocket;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;
use tokio::sync::mpsc;

pub use receiver::Receiver;
pub use rest::{Answer, post_command, request};
pub use websocket::{Socket, connect as connect_websocket};

/// How long a test waits for something that must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A way into the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// REST, with events posted to a callback.
    Rest,
    /// WebSocket, bare events.
    WebSocketV1,
    /// WebSocket, enveloped events and command results.
    WebSocketV2,
}

/// A client with a destination of its own.
#[derive(Debug)]
pub struct Client {
    destination: String,
    way: Way,
    events: mpsc::Receiver<Value>,
    seen: VecDeque<Value>,
}

#[derive(Debug)]
enum Way {
    Rest {
        gateway: SocketAddr,
        receiver: Receiver,
    },
    Socket(Socket),
}

impl Client {
    /// Opens the client and, over REST, registers its callback by a Hello.
    pub async fn open(
        gateway: SocketAddr,
        transport: Transport,
        destination: &str,
    ) -> Result<Self> {
        let (sender, events) = mpsc::channel(4096);
        let way = match transport {
            Transport::Rest => Way::Rest {
                gateway,
                receiver: Receiver::start(sender).await?,
            },
            Transport::WebSocketV1 => {
                Way::Socket(connect_websocket(gateway, destination, "gc.v1", sender).await?)
            }
            Transport::WebSocketV2 => {
                Way::Socket(connect_websocket(gateway, destination, "gc.v2", sender).await?)
            }
        };
        let mut client = Self {
            destination: destination.to_owned(),
            way,
            events,
            seen: VecDeque::new(),
        };
        client.send(&format!("Hello#{destination}"), "null").await?;
        client.next_of(is_system).await?;
        if transport == Transport::WebSocketV2 {
            client
                .next_of(|event| event["type"] == "CommandResult")
                .await?;
        }
        Ok(client)
    }

    /// The client's destination.
    pub fn destination(&self) -> &str {
        &self.destination
    }

    /// Sends a command; over REST it must be accepted.
    pub async fn send(&mut self, message_type: &str, body: &str) -> Result<()> {
        match &mut self.way {
            Way::Rest { gateway, receiver } => {
                let answer = post_command(
                    *gateway,
                    &receiver.envelope(&self.destination, message_type, body),
                )
                .await?;
                if answer.status != 202 {
                    bail!(
                        "{message_type} was answered {}: {}",
                        answer.status,
                        answer.body
                    );
                }
                Ok(())
            }
            Way::Socket(socket) => socket.send(&format!("{message_type}\n{body}")).await,
        }
    }

    /// Sends a command that may be refused; over REST the refusal's status is given back.
    pub async fn try_send(&mut self, message_type: &str, body: &str) -> Result<Option<Answer>> {
        match &mut self.way {
            Way::Rest { gateway, receiver } => {
                let envelope = receiver.envelope(&self.destination, message_type, body);
                Ok(Some(post_command(*gateway, &envelope).await?))
            }
            Way::Socket(socket) => {
                socket.send(&format!("{message_type}\n{body}")).await?;
                Ok(None)
            }
        }
    }

    /// Sends any text over the WebSocket.
    pub async fn send_raw(&mut self, text: &str) -> Result<()> {
        match &mut self.way {
            Way::Rest { .. } => bail!("a REST client has no frames"),
            Way::Socket(socket) => socket.send(text).await,
        }
    }

    /// The next event, of those not asked for yet.
    pub async fn next(&mut self) -> Result<Value> {
        if let Some(event) = self.seen.pop_front() {
            return Ok(event);
        }
        self.receive().await
    }

    /// The first frame not asked for yet whose event fits; earlier ones stay to be asked for.
    pub async fn next_of(&mut self, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        let fits = |frame: &Value| fits(event_of(frame));
        if let Some(at) = self.seen.iter().position(fits)
            && let Some(event) = self.seen.remove(at)
        {
            return Ok(event);
        }
        loop {
            let event = self.receive().await?;
            if fits(&event) {
                return Ok(event);
            }
            self.seen.push_back(event);
        }
    }

    /// Whether an event that fits has come already and was not asked for.
    pub fn has(&mut self, fits: impl Fn(&Value) -> bool) -> bool {
        while let Ok(event) = self.events.try_recv() {
            self.seen.push_back(event);
        }
        self.seen.iter().any(|frame| fits(event_of(frame)))
    }

    /// Everything that has come and was not asked for.
    pub fn drain(&mut self) -> Vec<Value> {
        while let Ok(event) = self.events.try_recv() {
            self.seen.push_back(event);
        }
        self.seen.drain(..).collect()
    }

    async fn receive(&mut self) -> Result<Value> {
        match tokio::time::timeout(PATIENCE, self.events.recv()).await {
            Ok(Some(event)) => Ok(event),
            Ok(None) => bail!(
                "{}: the connection has ended; not asked for: {:#?}",
                self.destination,
                self.seen
            ),
            Err(_) => bail!(
                "{}: nothing came; not asked for: {:#?}",
                self.destination,
                self.seen
            ),
        }
    }
}

/// The event inside a `gc.v2` envelope, or the event itself.
pub fn event_of(frame: &Value) -> &Value {
    frame.get("event").unwrap_or(frame)
}

fn is_system(event: &Value) -> bool {
    let text = event.as_str().unwrap_or_default();
    event["type"] == "System" || text.starts_with("System#")
}

/// JSON as it is; anything else, such as the string dialect, as a JSON string.
fn read_event(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
