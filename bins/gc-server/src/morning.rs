//! `gc-server demo --play`: a morning of Layla and Omar, as one client of the gateway sees it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use finesse_sim::Simulator;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const LAYLA: &str = "41027";
const OMAR: &str = "41033";
const OMARS_EXTENSION: &str = "6133";
const CUSTOMER: &str = "03005550142";
const ROUTE_POINT: &str = "7800";
/// Longest wait for anything that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Plays it all and ends with the agents logged out.
pub(crate) async fn play(gateway: SocketAddr, simulator: &Simulator) -> Result<()> {
    let mut desk = Desk::open(gateway).await?;
    desk.in_service().await?;
    desk.log_in(LAYLA, "6127").await?;
    desk.log_in(OMAR, OMARS_EXTENSION).await?;
    hold_and_transfer(&mut desk, simulator).await?;
    conference(&mut desk, simulator).await?;
    desk.title("The morning ends");
    for agent in [LAYLA, OMAR] {
        desk.not_ready(agent).await?;
        desk.command("Logout", agent, "").await?;
        desk.state(agent, "LOGOUT").await?;
    }
    desk.title("Done");
    Ok(())
}

async fn hold_and_transfer(desk: &mut Desk, simulator: &Simulator) -> Result<()> {
    let call =
        customer_at_layla(desk, simulator, "A customer calls the queue; Layla answers").await?;
    desk.title("Hold and retrieve");
    desk.command("HoldCall", LAYLA, &call).await?;
    desk.call(LAYLA, &call, "HELD").await?;
    desk.command("RetrieveCall", LAYLA, &call).await?;
    desk.call(LAYLA, &call, "ACTIVE").await?;
    desk.title("Layla consults Omar and transfers the customer to him");
    consult(desk, &call).await?;
    desk.command("TransferCall", LAYLA, &format!("{OMARS_EXTENSION},{call}"))
        .await?;
    desk.call(LAYLA, &call, "DROPPED").await?;
    desk.call(OMAR, &call, "ACTIVE").await?;
    hang_up(desk, OMAR, &call, "NOT_READY").await
}

async fn conference(desk: &mut Desk, simulator: &Simulator) -> Result<()> {
    let call = customer_at_layla(desk, simulator, "Another customer calls").await?;
    desk.title("Layla consults Omar and joins all three");
    consult(desk, &call).await?;
    desk.command(
        "ConferenceCall",
        LAYLA,
        &format!("{OMARS_EXTENSION},{call}"),
    )
    .await?;
    desk.until("a conference", |event| {
        is_call(event, LAYLA, &call, "ACTIVE") && event["callType"] == "CONFERENCE"
    })
    .await?;
    desk.call(OMAR, &call, "ACTIVE").await?;
    hang_up(desk, LAYLA, &call, "READY").await?;
    hang_up(desk, OMAR, &call, "NOT_READY").await
}

/// Leaves a call; the agent is back in the state from before it.
async fn hang_up(desk: &mut Desk, agent: &str, call: &str, back_in: &str) -> Result<()> {
    desk.command("ReleaseCall", agent, call).await?;
    desk.call(agent, call, "DROPPED").await?;
    desk.state(agent, back_in).await
}

/// Only Layla is READY, so that the queue gives her the call.
async fn customer_at_layla(desk: &mut Desk, simulator: &Simulator, title: &str) -> Result<String> {
    desk.title(title);
    desk.not_ready(OMAR).await?;
    desk.command("MakeReady", LAYLA, "").await?;
    simulator
        .call(CUSTOMER, ROUTE_POINT, &[])
        .context("the customer cannot call")?;
    let call = desk.rings(LAYLA).await?;
    desk.command("AnswerCall", LAYLA, &call).await?;
    desk.call(LAYLA, &call, "ACTIVE").await?;
    Ok(call)
}

async fn consult(desk: &mut Desk, call: &str) -> Result<()> {
    desk.command("ConsultCall", LAYLA, &format!("{OMARS_EXTENSION},{call}"))
        .await?;
    let consult = desk.rings(OMAR).await?;
    desk.command("AnswerCall", OMAR, &consult).await?;
    desk.until("the consult to be answered", |event| {
        event["type"] == "ConsultCall" && event["state"] == "ACTIVE"
    })
    .await?;
    Ok(())
}

/// One client: it sends a command at a time and prints what comes.
struct Desk {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    since: Instant,
    sent: u32,
    // Events that came while something else was waited for.
    early: Vec<Value>,
}

impl Desk {
    async fn open(gateway: SocketAddr) -> Result<Self> {
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

    fn title(&self, text: &str) {
        println!("\n== {text}");
    }

    async fn in_service(&mut self) -> Result<()> {
        self.title("Hello");
        self.say("Hello#desk-17").await?;
        self.until("Finesse to be in service", |event| {
            event["type"] == "System" && event["status"] == "IN_SERVICE"
        })
        .await?;
        Ok(())
    }

    async fn log_in(&mut self, agent: &str, extension: &str) -> Result<()> {
        self.title(&format!("Agent {agent} logs in at extension {extension}"));
        self.command("Connect", agent, "desk-17,demo").await?;
        self.command("Login", agent, &format!("demo,{extension}"))
            .await?;
        self.state(agent, "NOT_READY").await
    }

    async fn not_ready(&mut self, agent: &str) -> Result<()> {
        self.command("MakeNotReady", agent, "").await
    }

    /// Sends a command and waits for its end.
    async fn command(&mut self, name: &str, agent: &str, parameters: &str) -> Result<()> {
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
    async fn rings(&mut self, agent: &str) -> Result<String> {
        let event = self
            .until("a call to ring", |event| {
                event["type"] == "NewInboundCall" && event["agentId"] == agent
            })
            .await?;
        let id = event["dialogId"].as_str().context("a call without an id")?;
        Ok(id.to_owned())
    }

    async fn call(&mut self, agent: &str, call: &str, state: &str) -> Result<()> {
        let what = format!("call {call} of {agent} to be {state}");
        self.until(&what, |event| is_call(event, agent, call, state))
            .await?;
        Ok(())
    }

    async fn state(&mut self, agent: &str, state: &str) -> Result<()> {
        self.until(&format!("{agent} to be {state}"), |event| {
            event["type"] == "State" && event["agentId"] == agent && event["state"] == state
        })
        .await?;
        Ok(())
    }

    async fn until(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Result<Value> {
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
        loop {
            let message = timeout(PATIENCE, self.socket.next())
                .await
                .context("nothing came in time")?;
            match message {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text)?;
                    let event = frame["event"].clone();
                    println!("{} {}", self.clock(), summary(&event));
                    return Ok(event);
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => bail!("the gateway hung up"),
                Some(Ok(_)) => {}
            }
        }
    }

    fn clock(&self) -> String {
        format!("{:7.3}", self.since.elapsed().as_secs_f64())
    }
}

fn is_call(event: &Value, agent: &str, call: &str, state: &str) -> bool {
    event["agentId"] == agent && event["dialogId"] == call && event["state"] == state
}

/// The keys that tell the story; the whole event is what a client of its own would see.
fn summary(event: &Value) -> String {
    const TOLD: [&str; 14] = [
        "type",
        "agentId",
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
