//! One agent's client: works, comes back after each lost connection, and holds everything that it is told to account.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::place::{Came, Place};
use crate::socket::Socket;
use crate::view::{View, text};

/// A command without a result for so long is a breach; a request to Finesse has 15 s.
const RESULT: Duration = Duration::from_secs(60);
/// How long calls last, and how long an agent thinks after an answer that is no success.
const CALL: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(3));
const THINK: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(1));
const BACK: Duration = Duration::from_millis(50);

/// What a desk is asked to do.
#[derive(Debug)]
pub(crate) enum Order {
    /// From NOT_READY to READY or back.
    Toggle,
    /// Calls a number.
    Dial(String),
    /// The client is gone for so long.
    Away(Duration),
    /// The client is gone for so long, and does not know what it has seen.
    Forget(Duration),
    /// The client reads nothing for so long.
    Slow(Duration),
    /// The client reads nothing until whoever asks lets go.
    Stuck(oneshot::Receiver<()>),
    /// It does nothing more by itself.
    Rest,
    /// Tells what it believes; none while something is still under way.
    Show(oneshot::Sender<Option<View>>),
    /// It hangs up and signs out.
    Leave,
}

/// What the agent is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    Work,
    Rest,
    Leave,
}

/// A command that has no result yet.
#[derive(Debug)]
struct Pending {
    id: String,
    text: String,
    since: Instant,
}

/// How a connection ended.
enum End {
    Lost,
    Away(Duration),
    Done,
}

/// An agent with a client.
pub(crate) struct Desk {
    number: usize,
    gateway: SocketAddr,
    ledger: Arc<Ledger>,
    orders: mpsc::Receiver<Order>,
    dice: Dice,
    place: Place,
    view: View,
    aim: Aim,
    pending: Option<Pending>,
    commands: u64,
    /// When it looks what to do next.
    wake: Instant,
}

/// Id of the agent with a number.
pub(crate) fn agent(number: usize) -> String {
    (100_000 + number).to_string()
}

/// Extension of the agent with a number.
pub(crate) fn extension(number: usize) -> String {
    (200_000 + number).to_string()
}

impl Desk {
    pub(crate) fn new(
        number: usize,
        gateway: SocketAddr,
        seed: u64,
        ledger: Arc<Ledger>,
        orders: mpsc::Receiver<Order>,
    ) -> Self {
        Self {
            number,
            gateway,
            ledger,
            orders,
            dice: Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(number as u64)),
            place: Place::default(),
            view: View::default(),
            aim: Aim::Work,
            pending: None,
            commands: 0,
            wake: Instant::now(),
        }
    }

    /// Signs in and works, until it was asked to leave and has left.
    pub(crate) async fn run(mut self) -> Result<()> {
        let name = format!("desk-{}", self.number);
        let mut socket = Socket::open(self.gateway, &name, None).await?;
        loop {
            match self.converse(&mut socket).await? {
                End::Done => return Ok(()),
                End::Away(time) => {
                    drop(socket);
                    sleep(time).await;
                }
                End::Lost => {
                    self.ledger.tell(|told| told.ended += 1);
                    sleep(BACK).await;
                }
            }
            let last = self.place.come_back();
            socket = Socket::open(self.gateway, &name, Some(&last)).await?;
            self.ledger.tell(|told| told.resumes += 1);
            self.ask_again(&mut socket).await;
        }
    }

    /// The gateway knows a command by its id; a connection that ends at once is seen when it is read.
    async fn ask_again(&mut self, socket: &mut Socket) {
        if let Some(pending) = &self.pending {
            self.ledger.tell(|told| told.sent_again += 1);
            let _ = socket.send(&pending.text).await;
        }
    }

    async fn converse(&mut self, socket: &mut Socket) -> Result<End> {
        loop {
            let wake = self.wake;
            tokio::select! {
                frame = socket.next() => match frame? {
                    Some(frame) => self.hear(&frame),
                    None => return Ok(End::Lost),
                },
                order = self.orders.recv() => match order {
                    Some(Order::Away(time)) => return Ok(End::Away(time)),
                    Some(Order::Forget(time)) => {
                        self.place = Place::default();
                        return Ok(End::Away(time));
                    }
                    Some(order) => self.obey(order, socket).await,
                    None => bail!("nobody is there any more who gives orders"),
                },
                () = sleep_until(wake) => {
                    if self.aim == Aim::Leave && self.has_left() {
                        return Ok(End::Done);
                    }
                    self.act(socket).await;
                }
            }
        }
    }

    fn has_left(&self) -> bool {
        self.view.state == "LOGOUT" && self.pending.is_none()
    }

    fn hear(&mut self, frame: &Value) {
        let event = &frame["event"];
        if event["type"] == "CommandResult" {
            return self.settle(event);
        }
        match self.place.take(frame) {
            Ok(came) => self.ledger.tell(|told| match came {
                Came::New | Came::AsSnapshot => told.events += 1,
                Came::Again => told.replayed += 1,
                Came::AfterGap => told.gaps += 1,
            }),
            Err(why) => self.breach(&why),
        }
        if let Some((number, dialog)) = self.view.take(event) {
            self.ledger.saw_call(&number, &dialog);
        }
    }

    fn settle(&mut self, result: &Value) {
        let id = text(result, "commandId");
        let Some(pending) = self.pending.take_if(|pending| pending.id == id) else {
            return self.breach(&format!("a second outcome, or one of no command: {result}"));
        };
        let outcome = text(result, "outcome");
        let error = text(result, "errorType");
        let words = [text(result, "command"), outcome.clone(), error];
        self.ledger
            .tell(|told| *told.outcomes.entry(words.join(" ")).or_default() += 1);
        if !matches!(outcome.as_str(), "done" | "failed" | "unknown") {
            self.breach(&format!("no outcome: {result}, of {}", pending.text));
        }
        let talks = matches!(text(result, "command").as_str(), "AnswerCall" | "MakeCall");
        let pause = match outcome.as_str() {
            "done" if talks => self.dice.between(CALL.0, CALL.1),
            "done" => BACK,
            _ => self.dice.between(THINK.0, THINK.1),
        };
        self.wake = Instant::now() + pause;
    }

    async fn obey(&mut self, order: Order, socket: &mut Socket) {
        let idle = self.aim == Aim::Work && self.pending.is_none() && self.view.calls.is_empty();
        match order {
            Order::Toggle if idle => match self.view.state.as_str() {
                "READY" => self.command("MakeNotReady", json!({}), socket).await,
                "NOT_READY" => self.command("MakeReady", json!({}), socket).await,
                _ => {}
            },
            Order::Dial(number) if idle && self.view.state == "NOT_READY" => {
                let number = json!({"number": number});
                self.command("MakeCall", number, socket).await;
            }
            // It is busy: somebody else will be asked. And who is gone has ended the conversation.
            Order::Toggle | Order::Dial(_) | Order::Away(_) | Order::Forget(_) => {}
            Order::Slow(time) => sleep(time).await,
            Order::Stuck(until) => {
                let _ = until.await;
            }
            Order::Rest => self.aim = Aim::Rest,
            Order::Show(show) => {
                let settled = self.pending.is_none().then(|| self.view.clone());
                let _ = show.send(settled);
            }
            Order::Leave => self.aim = Aim::Leave,
        }
    }

    /// Does what is next; it looks again soon.
    async fn act(&mut self, socket: &mut Socket) {
        self.wake = Instant::now() + Duration::from_millis(500);
        if let Some(pending) = self.pending.take_if(|old| old.since.elapsed() > RESULT) {
            return self.breach(&format!("no outcome in {RESULT:?}: {}", pending.text));
        }
        if self.pending.is_some() || self.aim == Aim::Rest {
            return;
        }
        let leaving = self.aim == Aim::Leave;
        let call = self.view.calls.first_key_value();
        match (call, self.view.state.as_str()) {
            (Some((dialog, state)), _) => {
                // A call that rings cannot be released.
                let rings = state == "ALERTING";
                let name = if rings { "AnswerCall" } else { "ReleaseCall" };
                let dialog = json!({"dialogId": dialog});
                self.command(name, dialog, socket).await;
            }
            (None, "" | "LOGOUT") if !leaving => self.log_in(socket).await,
            (None, "NOT_READY") if leaving => self.command("Logout", json!({}), socket).await,
            (None, "READY") if leaving => self.command("MakeNotReady", json!({}), socket).await,
            (None, _) => {}
        }
    }

    async fn log_in(&mut self, socket: &mut Socket) {
        let parameters = json!({"password": canaries::CANARY, "extension": extension(self.number)});
        self.command("Login", parameters, socket).await;
    }

    async fn command(&mut self, name: &str, parameters: Value, socket: &mut Socket) {
        self.commands += 1;
        let id = format!("{}-{}", self.number, self.commands);
        let agent = agent(self.number);
        let command =
            json!({"command": name, "agentId": agent, "params": parameters, "commandId": id});
        let text = command.to_string();
        self.ledger.tell(|told| told.commands += 1);
        // A connection that has ended is seen when it is read; then this is sent again.
        let _ = socket.send(&text).await;
        self.pending = Some(Pending {
            id,
            text,
            since: Instant::now(),
        });
    }

    fn breach(&self, what: &str) {
        self.ledger.breach(format!("desk-{}: {what}", self.number));
    }
}
