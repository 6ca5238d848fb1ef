//! One connection to one broker, from the first byte to the last.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::client::{Delivery, SendError, Token};
use crate::decode::{Decoder, Item};
use crate::encode::{HEART_BEAT, encode};
use crate::frame::{Command, Frame};
use crate::heart_beat::{Agreed, HeartBeat};
use crate::outbox::{Next, Outbox};
use crate::settings::{Broker, Settings};
use crate::stream::{Stream, Trouble, dial};

/// Most bytes in one write, more or less.
const WRITE: usize = 64 * 1024;
/// What a peer's heart-beat may be late by, as a multiple of its period.
const GRACE: u32 = 2;
/// How long the broker may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
const SILENT: &str = "the broker has fallen silent";
const ENDLESS: &str = "the broker does not finish a frame";
const GOODBYE_RECEIPT: &str = "goodbye";

/// Signed in and subscribed.
pub(crate) struct Session {
    reader: Reader,
    writer: Writer,
}

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// We wanted it so.
    Closed,
    /// Something went wrong.
    Lost(String),
}

impl Session {
    /// Connects, signs in and subscribes.
    pub(crate) async fn open(broker: &Broker, settings: &Settings) -> Result<Self, Trouble> {
        let stream = dial(broker).await?;
        let (read, write) = tokio::io::split(stream);
        let mut reader = Reader::new(read, settings);
        let mut writer = Writer::new(write, settings);
        writer.write(&encoded(&opening(broker, settings))?).await?;
        let agreed = reader.welcome(settings.heart_beat).await?;
        reader.expect_every = agreed.expect_every;
        writer.send_every = agreed.send_every;
        for frame in subscriptions(settings) {
            writer.write(&encoded(&frame)?).await?;
        }
        Ok(Self { reader, writer })
    }

    /// Reads and writes until it ends.
    pub(crate) async fn run(
        &mut self,
        number: u64,
        outbox: &Outbox,
        inbox: &mpsc::Sender<Delivery>,
    ) -> Ended {
        let Self { reader, writer } = self;
        tokio::select! {
            ended = reader.run(number, outbox, inbox) => ended,
            lost = writer.run(outbox) => lost,
        }
    }

    /// Says goodbye and waits for the broker's.
    pub(crate) async fn leave(&mut self) {
        if self.writer.goodbye().await.is_ok() {
            self.reader.until_goodbye().await;
        }
    }
}

fn opening(broker: &Broker, settings: &Settings) -> Frame {
    let frame = Frame::new(Command::Connect)
        .with("accept-version", "1.2")
        .with("host", broker.host.as_str())
        .with("heart-beat", settings.heart_beat.to_string());
    match &settings.login {
        None => frame,
        Some(login) => frame
            .with("login", login.user.as_str())
            .with("passcode", login.passcode.as_str()),
    }
}

fn subscriptions(settings: &Settings) -> impl Iterator<Item = Frame> {
    (1u32..)
        .zip(&settings.subscriptions)
        .map(|(number, wanted)| {
            let frame = Frame::new(Command::Subscribe)
                .with("id", number.to_string())
                .with("destination", wanted.destination.as_str())
                .with("ack", "client-individual");
            let headers = wanted.headers.iter();
            headers.fold(frame, |frame, (name, value)| {
                frame.with(name.as_str(), value.as_str())
            })
        })
}

fn encoded(frame: &Frame) -> Result<BytesMut, String> {
    let mut bytes = BytesMut::new();
    encode(frame, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

struct Reader {
    half: ReadHalf<Stream>,
    decoder: Decoder,
    buffer: BytesMut,
    expect_every: Option<Duration>,
    frame_timeout: Duration,
    // When the frame at hand began.
    begun: Option<Instant>,
    // What the broker said before it went.
    complaint: Option<String>,
}

impl Reader {
    fn new(half: ReadHalf<Stream>, settings: &Settings) -> Self {
        Self {
            half,
            decoder: Decoder::new(settings.limits),
            buffer: BytesMut::with_capacity(8 * 1024),
            expect_every: None,
            frame_timeout: settings.frame_timeout,
            begun: None,
            complaint: None,
        }
    }

    /// The answer to CONNECT, and what both sides agree on.
    async fn welcome(&mut self, ours: HeartBeat) -> Result<Agreed, String> {
        let frame = loop {
            match self.item().await? {
                Item::Frame(frame) | Item::Oversized(frame) => break frame,
                Item::HeartBeat => {}
            }
        };
        if frame.command == Command::Error {
            return Err(complaint(&frame));
        }
        let version = frame.header("version").unwrap_or("1.0");
        if frame.command != Command::Connected || version != "1.2" {
            return Err(format!("{} of version {version}", frame.command));
        }
        let theirs = frame.header("heart-beat").and_then(HeartBeat::parse);
        Ok(ours.agree(theirs.unwrap_or_default()))
    }

    async fn run(&mut self, number: u64, outbox: &Outbox, inbox: &mpsc::Sender<Delivery>) -> Ended {
        loop {
            let item = match self.item().await {
                Ok(item) => item,
                Err(reason) => return Ended::Lost(self.complaint.take().unwrap_or(reason)),
            };
            let (frame, oversized) = match item {
                Item::HeartBeat => continue,
                Item::Frame(frame) => (frame, false),
                Item::Oversized(frame) => (frame, true),
            };
            if frame.command == Command::Message {
                // Nothing is read while nobody takes it: the broker keeps the rest.
                if let Some(delivery) = delivery(number, frame, oversized)
                    && inbox.send(delivery).await.is_err()
                {
                    return Ended::Lost("nobody takes messages any more".to_owned());
                }
            } else if self.hears_goodbye(&frame, outbox) {
                return Ended::Closed;
            }
        }
    }

    fn hears_goodbye(&mut self, frame: &Frame, outbox: &Outbox) -> bool {
        let receipt = frame.header("receipt-id");
        match (frame.command, receipt) {
            (Command::Receipt, Some(GOODBYE_RECEIPT)) => return true,
            (Command::Receipt, Some(receipt)) => outbox.confirm(receipt, Ok(())),
            (Command::Error, receipt) => {
                let complaint = complaint(frame);
                tracing::warn!(complaint, "the broker complains");
                if let Some(receipt) = receipt {
                    outbox.confirm(receipt, Err(SendError::Refused(complaint.clone())));
                }
                // Mostly it closes the connection now.
                self.complaint = Some(complaint);
            }
            (command, _) => tracing::debug!(%command, "a frame without a meaning here"),
        }
        false
    }

    async fn until_goodbye(&mut self) {
        while let Ok(item) = self.item().await {
            if let Item::Frame(frame) = item
                && frame.command == Command::Receipt
                && frame.header("receipt-id") == Some(GOODBYE_RECEIPT)
            {
                return;
            }
        }
    }

    /// The next item; silence beyond what was promised is an error, and so is a frame without an end.
    async fn item(&mut self) -> Result<Item, String> {
        loop {
            if let Some(item) = self
                .decoder
                .next_item()
                .map_err(|error| error.to_string())?
            {
                self.begun = None;
                return Ok(item);
            }
            match self.read().await? {
                0 => return Err("the broker has closed the connection".to_owned()),
                _ => self.decoder.feed(&self.buffer),
            }
        }
    }

    async fn read(&mut self) -> Result<usize, String> {
        let now = Instant::now();
        if self.decoder.is_inside() {
            self.begun.get_or_insert(now);
        }
        let silent = self.expect_every.map(|period| now + period * GRACE);
        let endless = self.begun.map(|begun| begun + self.frame_timeout);
        // Whoever sends without a pause would never be waited for.
        if endless.is_some_and(|at| at <= now) {
            return Err(ENDLESS.to_owned());
        }
        let given_up = [(silent, SILENT), (endless, ENDLESS)]
            .into_iter()
            .filter_map(|(at, reason)| Some((at?, reason)))
            .min();
        self.buffer.clear();
        let reading = self.half.read_buf(&mut self.buffer);
        let read = match given_up {
            None => reading.await,
            Some((at, reason)) => timeout_at(at, reading)
                .await
                .map_err(|_| reason.to_owned())?,
        };
        read.map_err(|error| error.to_string())
    }
}

fn delivery(session: u64, message: Frame, oversized: bool) -> Option<Delivery> {
    let Some(id) = message.header("ack") else {
        tracing::warn!("a message that cannot be answered");
        return None;
    };
    let id = id.to_owned();
    // Numbered from 1 when they were made.
    let number = message.header("subscription")?.parse::<usize>().ok()?;
    Some(Delivery {
        subscription: number.checked_sub(1)?,
        token: Token { session, id },
        message,
        oversized,
    })
}

fn complaint(frame: &Frame) -> String {
    let said = frame.header("message").unwrap_or("an error without a word");
    said.chars().take(300).collect()
}

struct Writer {
    half: WriteHalf<Stream>,
    send_every: Option<Duration>,
    limit: Duration,
}

impl Writer {
    fn new(half: WriteHalf<Stream>, settings: &Settings) -> Self {
        Self {
            half,
            send_every: None,
            limit: settings.write_timeout,
        }
    }

    /// Writes what comes, and heart-beats between, until the client is closed or something breaks.
    async fn run(&mut self, outbox: &Outbox) -> Ended {
        let mut said = Instant::now();
        loop {
            let beat_at = self.send_every.map(|period| said + period / 2);
            let written = match outbox.next(WRITE) {
                Next::Bytes(bytes) => self.write(&bytes).await,
                Next::Goodbye => return self.part().await,
                Next::Nothing => tokio::select! {
                    () = outbox.changed() => continue,
                    () = due(beat_at) => self.write(HEART_BEAT).await,
                },
            };
            if let Err(reason) = written {
                return Ended::Lost(reason);
            }
            said = Instant::now();
        }
    }

    /// The reader ends the connection when it hears the answer; a broker that gives none is left.
    async fn part(&mut self) -> Ended {
        if self.goodbye().await.is_ok() {
            tokio::time::sleep(GOODBYE).await;
        }
        Ended::Closed
    }

    async fn goodbye(&mut self) -> Result<(), String> {
        let frame = Frame::new(Command::Disconnect).with("receipt", GOODBYE_RECEIPT);
        self.write(&encoded(&frame)?).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        let writing = async {
            self.half.write_all(bytes).await?;
            self.half.flush().await
        };
        let written: io::Result<()> = timeout(self.limit, writing)
            .await
            .map_err(|_| "the broker does not read".to_owned())?;
        written.map_err(|error| error.to_string())
    }
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
