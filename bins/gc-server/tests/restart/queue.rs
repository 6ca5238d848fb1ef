//! A broker that keeps what it was not told to forget, and delivers that again.

use std::collections::{BTreeMap, VecDeque};

use anyhow::{Context, Result, ensure};
use gc_testkit::broker::{Broker, Line, Message};
use stomp_client::{Command, Frame};

/// One queue of a broker, and what it got for topics.
pub(crate) struct Queue {
    broker: Broker,
    line: Option<Line>,
    kept: VecDeque<Message>,
    last_taken: Option<Message>,
    given: u64,
    /// Messages that it has delivered again.
    pub(crate) redelivered: usize,
    /// Events that it was sent again.
    pub(crate) repeated: usize,
    topics: BTreeMap<String, Topic>,
}

/// What came for a topic from one process of the gateway.
#[derive(Default)]
struct Topic {
    last: u64,
    bodies: BTreeMap<u64, Vec<u8>>,
}

/// What the broker has heard and may still act upon.
pub(crate) enum Heard {
    /// A command was taken.
    Ack(Frame),
    /// An event came that it must have for good.
    Event(Frame),
}

impl Queue {
    pub(crate) async fn start() -> Result<Self> {
        Ok(Self {
            broker: Broker::start().await?,
            line: None,
            kept: VecDeque::new(),
            last_taken: None,
            given: 0,
            redelivered: 0,
            repeated: 0,
            topics: BTreeMap::new(),
        })
    }

    pub(crate) fn url(&self) -> Result<String> {
        self.broker.url()
    }

    /// Whether nothing waits any more.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// A client puts a command into the queue.
    pub(crate) async fn put(&mut self, kind: &str, body: &str) -> Result<()> {
        self.given += 1;
        let message = Message {
            id: format!("ID:client-{}", self.given),
            kind: kind.to_owned(),
            body: body.to_owned(),
            redelivered: false,
        };
        if let Some(line) = &mut self.line {
            line.deliver(1, &message).await?;
        }
        self.kept.push_back(message);
        Ok(())
    }

    /// The gateway comes, or comes back, and gets what is kept.
    pub(crate) async fn welcome(&mut self) -> Result<()> {
        let mut line = self.broker.welcome(1).await?;
        for message in &self.kept {
            line.deliver(1, message).await?;
        }
        self.line = Some(line);
        Ok(())
    }

    /// The connection breaks; what was delivered is delivered again, and says so.
    pub(crate) fn lose_line(&mut self) {
        self.line = None;
        self.redelivered += self.kept.len();
        for message in &mut self.kept {
            message.redelivered = true;
        }
    }

    /// The broker is killed and started again: it has what it had, but not who was given it.
    pub(crate) fn die(&mut self) {
        self.lose_line();
        for message in &mut self.kept {
            message.redelivered = false;
        }
    }

    /// Another process of the gateway counts its events anew.
    pub(crate) fn forget_numbers(&mut self) {
        self.topics.clear();
    }

    /// The next thing that matters.
    pub(crate) async fn hear(&mut self) -> Result<Heard> {
        loop {
            let line = self.line.as_mut().context("no connection")?;
            let frame = line.hear_only().await?.context("the gateway has gone")?;
            match frame.command {
                Command::Ack => return Ok(Heard::Ack(frame)),
                Command::Send => {
                    self.check_number(&frame)?;
                    return Ok(Heard::Event(frame));
                }
                _ => {}
            }
        }
    }

    /// Forgets a command that was taken.
    pub(crate) fn forget(&mut self, ack: &Frame) {
        let is_it = |message: &Message| Some(&*message.id) == ack.header("id");
        let at = self.kept.iter().position(is_it);
        self.last_taken = at.and_then(|at| self.kept.remove(at));
    }

    /// Has lost the last acknowledgement although it was confirmed.
    pub(crate) fn lose_last_acknowledgement(&mut self) {
        self.kept.extend(self.last_taken.take());
        self.lose_line();
    }

    /// Tells that it has what it was sent.
    pub(crate) async fn confirm(&mut self, frame: &Frame) -> Result<()> {
        match (frame.header("receipt"), &mut self.line) {
            (Some(receipt), Some(line)) => line.confirm(receipt).await,
            _ => Ok(()),
        }
    }

    /// Does what a broker does when nothing goes wrong.
    pub(crate) async fn take(&mut self, heard: Heard) -> Result<()> {
        match heard {
            Heard::Ack(frame) => {
                self.forget(&frame);
                self.confirm(&frame).await
            }
            Heard::Event(frame) => self.confirm(&frame).await,
        }
    }

    /// An event may come again, as it was; none may be left out.
    fn check_number(&mut self, event: &Frame) -> Result<()> {
        let topic = event.header("destination").unwrap_or_default().to_owned();
        // A Gap has none.
        let Some(number) = event.header("gc-sequence") else {
            return Ok(());
        };
        let number: u64 = number.parse()?;
        let known = self.topics.entry(topic).or_default();
        if number <= known.last {
            let before = known.bodies.get(&number).context("a number came back")?;
            ensure!(before.as_slice() == &event.body[..], "{number} changed");
            self.repeated += 1;
            return Ok(());
        }
        ensure!(number == known.last + 1, "{} then {number}", known.last);
        known.last = number;
        known.bodies.insert(number, event.body.to_vec());
        Ok(())
    }
}
