//! A message broker on loopback that does what a test tells it: one connection, by STOMP.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use bytes::BytesMut;
use serde_json::Value;
use stomp_client::{Command, Decoder, Frame, Item, encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::client::PATIENCE;
use crate::log_guard::LogGuard;

/// Where the gateway connects to.
#[derive(Debug)]
pub struct Broker(TcpListener);

/// The gateway's connection.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    decoder: Decoder,
    sent: u64,
}

/// A message as a broker keeps it in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, which stands for it in acknowledgements too.
    pub id: String,
    /// The command's type, with its agent.
    pub kind: String,
    /// The command's parameters.
    pub body: String,
    /// Whether the broker says that somebody was given it before.
    pub redelivered: bool,
}

/// An event on a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The topic's name, without what the broker puts before it.
    pub topic: String,
    /// The event.
    pub event: Value,
}

impl Broker {
    /// Listens on a port of the system's choice.
    pub async fn start() -> Result<Self> {
        Ok(Self(TcpListener::bind("127.0.0.1:0").await?))
    }

    /// Its address, as the gateway's settings name it.
    pub fn url(&self) -> Result<String> {
        let address: SocketAddr = self.0.local_addr()?;
        Ok(format!("stomp://{address}"))
    }

    /// The gateway signs in and subscribes to its queues, of which there are so many.
    pub async fn welcome(&self, queues: usize) -> Result<Line> {
        let accepted = timeout(PATIENCE, self.0.accept()).await;
        let (stream, _) = accepted.context("the gateway never came")??;
        let mut line = Line {
            stream,
            decoder: Decoder::default(),
            sent: 0,
        };
        let connect = line.hear().await?.context("gone")?;
        ensure!(connect.command == Command::Connect, "{connect:?}");
        let connected = Frame::new(Command::Connected).with("version", "1.2");
        line.say(&connected).await?;
        for _ in 0..queues {
            let subscribe = line.hear().await?.context("gone")?;
            ensure!(subscribe.command == Command::Subscribe, "{subscribe:?}");
        }
        Ok(line)
    }
}

impl Line {
    /// Hands out a command of a queue, which are numbered from 1 in the order of their names; gives its message's id.
    pub async fn command(&mut self, queue: usize, kind: &str, body: &str) -> Result<String> {
        self.sent += 1;
        let message = Message {
            id: format!("m-{}", self.sent),
            kind: kind.to_owned(),
            body: body.to_owned(),
            redelivered: false,
        };
        self.deliver(queue, &message).await?;
        Ok(message.id)
    }

    /// Hands out a message of a queue.
    pub async fn deliver(&mut self, queue: usize, message: &Message) -> Result<()> {
        let frame = Frame::new(Command::Message)
            .with("subscription", queue.to_string())
            .with("message-id", &*message.id)
            .with("ack", &*message.id)
            .with("type", &*message.kind)
            .with_body(message.body.clone());
        let frame = match message.redelivered {
            true => frame.with("redelivered", "true"),
            false => frame,
        };
        self.say(&frame).await
    }

    /// Sends a frame.
    pub async fn say(&mut self, frame: &Frame) -> Result<()> {
        let mut bytes = BytesMut::new();
        encode(frame, &mut bytes)?;
        self.say_raw(&bytes).await
    }

    /// Sends bytes as they are.
    pub async fn say_raw(&mut self, bytes: &[u8]) -> Result<()> {
        let sent = timeout(PATIENCE, self.stream.write_all(bytes)).await;
        Ok(sent.context("the gateway does not read")??)
    }

    /// The next frame; `None` when the gateway has closed. An acknowledgement is confirmed, as the gateway asks for it. A
    /// message with a secret in it fails the test.
    pub async fn hear(&mut self) -> Result<Option<Frame>> {
        let heard = self.hear_only().await?;
        if let Some(frame) = &heard
            && frame.command == Command::Ack
            && let Some(receipt) = frame.header("receipt")
        {
            self.confirm(receipt).await?;
        }
        Ok(heard)
    }

    /// Says that an acknowledgement has come.
    pub async fn confirm(&mut self, receipt: &str) -> Result<()> {
        let receipt = Frame::new(Command::Receipt).with("receipt-id", receipt);
        self.say(&receipt).await
    }

    /// As [`Line::hear`], and confirms nothing.
    pub async fn hear_only(&mut self) -> Result<Option<Frame>> {
        loop {
            match self.decoder.next_item()? {
                Some(Item::Frame(frame)) => {
                    inspect(&frame);
                    return Ok(Some(frame));
                }
                Some(Item::Oversized(frame)) => bail!("{frame:?}"),
                Some(Item::HeartBeat) => {}
                None => {
                    let mut bytes = [0; 4096];
                    let read = timeout(PATIENCE, self.stream.read(&mut bytes)).await;
                    match read.context("the gateway says nothing")? {
                        Ok(0) | Err(_) => return Ok(None),
                        Ok(read) => self.decoder.feed(&bytes[..read]),
                    }
                }
            }
        }
    }

    /// Waits until a command is acknowledged; gives the events that came before.
    pub async fn acknowledged(&mut self, id: &str) -> Result<Vec<Published>> {
        let mut events = Vec::new();
        loop {
            let frame = self.hear().await?.context("the gateway has gone")?;
            match frame.command {
                Command::Ack if frame.header("id") == Some(id) => return Ok(events),
                Command::Send => events.push(published(&frame)?),
                _ => {}
            }
        }
    }

    /// The next event that is wanted; others before it are passed over.
    pub async fn event(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<Published> {
        loop {
            let frame = self.hear().await?.context("the gateway has gone")?;
            if frame.command == Command::Send {
                let published = published(&frame)?;
                if wanted(&published.event) {
                    return Ok(published);
                }
            }
        }
    }
}

/// The sign-in holds the broker's password, as it must; messages hold none.
fn inspect(frame: &Frame) {
    if frame.command == Command::Send {
        LogGuard::global().inspect("a message to the broker", &format!("{frame:?}"));
    }
}

fn published(frame: &Frame) -> Result<Published> {
    let topic = frame.header("destination").unwrap_or_default();
    let topic = topic.strip_prefix("/topic/").context("no topic")?;
    Ok(Published {
        topic: topic.to_owned(),
        event: serde_json::from_slice(&frame.body)?,
    })
}
