//! A client of the gateway over each transport, as a test sees it: send a command, wait for events.

mod follower;
mod receiver;
mod rest;
mod websocket;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::evidence::Witness;

pub use follower::{Feed, Follower};
pub use receiver::Receiver;
pub use rest::{Answer, post_command, post_with_key, request};
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
    witness: Witness,
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
                receiver: Receiver::start(gateway, sender).await?,
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
            witness: Witness::at(gateway),
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
        self.witness.sent(message_type, body);
        match &mut self.way {
            Way::Rest { gateway, receiver } => {
                let answer = post_command(
                    *gateway,
                    &receiver.envelope(&self.destination, message_type, body),
                )
                .await?;
                self.witness.answered(&answer);
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
        self.witness.sent(message_type, body);
        match &mut self.way {
            Way::Rest { gateway, receiver } => {
                let envelope = receiver.envelope(&self.destination, message_type, body);
                let answer = post_command(*gateway, &envelope).await?;
                self.witness.answered(&answer);
                Ok(Some(answer))
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
            Way::Socket(socket) => {
                self.witness.sent_frame(text);
                socket.send(text).await
            }
        }
    }

    /// The next event, of those not asked for yet.
    pub async fn next(&mut self) -> Result<Value> {
        let event = self.next_unlooked().await?;
        self.witness.compared(&event);
        Ok(event)
    }

    /// As [`Client::next`]; whoever compares the event says so with [`Client::compared`].
    pub(crate) async fn next_unlooked(&mut self) -> Result<Value> {
        if let Some(event) = self.seen.pop_front() {
            return Ok(event);
        }
        self.receive().await
    }

    /// The test has compared this event.
    pub(crate) fn compared(&self, event: &Value) {
        self.witness.compared(event);
    }

    /// The first frame not asked for yet whose event fits; earlier ones stay to be asked for.
    pub async fn next_of(&mut self, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        let fits = |frame: &Value| fits(event_of(frame));
        if let Some(at) = self.seen.iter().position(fits)
            && let Some(event) = self.seen.remove(at)
        {
            self.witness.compared(&event);
            return Ok(event);
        }
        loop {
            let event = self.receive().await?;
            if fits(&event) {
                self.witness.compared(&event);
                return Ok(event);
            }
            self.seen.push_back(event);
        }
    }

    /// Whether an event that fits has come already and was not asked for.
    pub fn has(&mut self, fits: impl Fn(&Value) -> bool) -> bool {
        self.take_waiting();
        self.seen.iter().any(|frame| fits(event_of(frame)))
    }

    /// Everything that has come and was not asked for.
    pub fn drain(&mut self) -> Vec<Value> {
        self.take_waiting();
        self.seen.drain(..).collect()
    }

    fn take_waiting(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            self.witness.arrived(&event);
            self.seen.push_back(event);
        }
    }

    async fn receive(&mut self) -> Result<Value> {
        match tokio::time::timeout(PATIENCE, self.events.recv()).await {
            Ok(Some(event)) => {
                self.witness.arrived(&event);
                match self.witness.misfit() {
                    Some(misfit) => bail!("{misfit}"),
                    None => Ok(event),
                }
            }
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

impl Drop for Client {
    /// How the last commands ended counts though the test did not wait for it.
    fn drop(&mut self) {
        self.take_waiting();
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
