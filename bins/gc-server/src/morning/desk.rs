//! The client of the demo: it sends a command at a time and prints what comes.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longest wait for anything that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection, for all agents of the story.
pub(super) struct Desk {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    since: Instant,
    sent: u32,
    // Events that came while something else was waited for.
    early: Vec<Value>,
}

impl Desk {
    pub(super) async fn open(gateway: SocketAddr) -> Result<Self> {
        let address = format!("ws://{gateway}/gc/v1/ws?destination=desk-17");
        let mut request = address.into_client_request()?;
        let dialect = "gc.v2".parse()?;
        request
            .headers_mut()
            .insert("sec-websocket-protocol", dialect);
        let (socket, _) = connect_async(request)
            .await
            .context("the gateway does not answer")?;
        Ok(Self {
            socket,
            since: Instant::now(),
            sent: 0,
            early: Vec::new(),
        })
    }

    pub(super) fn title(&self, text: &str) {
        println!("\n== {text}");
    }

    pub(super) async fn in_service(&mut self) -> Result<()> {
        self.title("Hello");
        self.say("Hello#desk-17").await?;
        self.until("Finesse to be in service", |event| {
            event["type"] == "System" && event["status"] == "IN_SERVICE"
        })
        .await?;
        Ok(())
    }

    pub(super) async fn log_in(&mut self, agent: &str, extension: &str) -> Result<()> {
        self.title(&format!("Agent {agent} logs in at extension {extension}"));
        self.command("Connect", agent, "desk-17,demo").await?;
        self.command("Login", agent, &format!("demo,{extension}"))
            .await?;
        self.state(agent, "NOT_READY").await
    }

    pub(super) async fn not_ready(&mut self, agent: &str) -> Result<()> {
        self.command("MakeNotReady", agent, "").await
    }

    /// Sends a command and waits for its end.
    pub(super) async fn command(
        &mut self,
        name: &str,
        agent: &str,
        parameters: &str,
    ) -> Result<()> {
        // What came before this command answers nothing after it.
        self.early.clear();
        self.sent += 1;
        let shown = parameters.replace("demo", "****");
        println!("{} -> {name}#{agent} {shown}", self.clock());
        self.say(&format!("{name}#{agent} {parameters}")).await?;
        let (name, agent) = (name.to_ascii_lowercase(), agent.to_owned());
        let end = loop {
            let event = self.next().await?;
            let is_end = event["type"] == "CommandResult"
                && event["agentId"] == agent
                && event["command"]
                    .as_str()
                    .is_some_and(|known| known.eq_ignore_ascii_case(&name));
            if is_end {
                break event;
            }
            self.early.push(event);
        };
        match end["outcome"].as_str() {
            Some("done") => Ok(()),
            _ => bail!("{name}#{agent} ended as {end}"),
        }
    }

    /// Waits for a new call and gives its id.
    pub(super) async fn rings(&mut self, agent: &str) -> Result<String> {
        let event = self
            .until("a call to ring", |event| {
                event["type"] == "NewInboundCall" && event["agentId"] == agent
            })
            .await?;
        let id = event["dialogId"].as_str().context("a call without an id")?;
        Ok(id.to_owned())
    }

    pub(super) async fn call(&mut self, agent: &str, call: &str, state: &str) -> Result<()> {
        let what = format!("call {call} of {agent} to be {state}");
        self.until(&what, |event| is_call(event, agent, call, state))
            .await?;
        Ok(())
    }

    /// Waits for any call of a type and state, and gives its id.
    pub(super) async fn any_call(
        &mut self,
        agent: &str,
        kind: &str,
        state: &str,
    ) -> Result<String> {
        let what = format!("{kind} of {agent} to be {state}");
        let event = self
            .until(&what, |event| {
                event["type"] == kind && event["agentId"] == agent && event["state"] == state
            })
            .await?;
        let id = event["dialogId"].as_str().context("a call without an id")?;
        Ok(id.to_owned())
    }

    pub(super) async fn state(&mut self, agent: &str, state: &str) -> Result<()> {
        self.until(&format!("{agent} to be {state}"), |event| {
            event["type"] == "State" && event["agentId"] == agent && event["state"] == state
        })
        .await?;
        Ok(())
    }

    pub(super) async fn until(
        &mut self,
        what: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        if let Some(place) = self.early.iter().position(&is_it) {
            return Ok(self.early.remove(place));
        }
        loop {
            let event = self
                .next()
                .await
                .with_context(|| format!("waiting for {what}"))?;
            if is_it(&event) {
                return Ok(event);
            }
            self.early.push(event);
        }
    }

    async fn say(&mut self, frame: &str) -> Result<()> {
        self.socket
            .send(Message::text(frame))
            .await
            .context("the gateway hung up")
    }

    /// The next event, printed.
    async fn next(&mut self) -> Result<Value> {
        let text = timeout(PATIENCE, self.next_text())
            .await
            .context("nothing came in time")??;
        let frame: Value = serde_json::from_str(&text)?;
        let event = frame["event"].clone();
        println!("{} {}", self.clock(), summary(&event));
        Ok(event)
    }

    async fn next_text(&mut self) -> Result<String> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => bail!("the gateway hung up"),
                // Answered by the library.
                Some(Ok(_)) => {}
            }
        }
    }

    fn clock(&self) -> String {
        format!("{:7.3}", self.since.elapsed().as_secs_f64())
    }
}

pub(super) fn is_call(event: &Value, agent: &str, call: &str, state: &str) -> bool {
    event["agentId"] == agent && event["dialogId"] == call && event["state"] == state
}

/// The keys that tell the story; the whole event is what a client of its own would see.
fn summary(event: &Value) -> String {
    const TOLD: [&str; 16] = [
        "type",
        "agentId",
        "supervisorId",
        "state",
        "status",
        "dialogId",
        "callType",
        "fromAddress",
        "toAddress",
        "associatedDialogId",
        "queueName",
        "command",
        "outcome",
        "errorType",
        "errorMessage",
        "message",
    ];
    let told = TOLD.iter().filter_map(|key| match event.get(*key) {
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::Null) | None => None,
        Some(value) => Some(format!(
            "{key}={}",
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        )),
    });
    told.collect::<Vec<_>>().join(" ")
}
