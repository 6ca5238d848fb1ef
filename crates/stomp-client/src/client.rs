//! The handle of a client: sending, answering, closing.

use std::sync::Arc;

use bytes::BytesMut;
use tokio::sync::{mpsc, watch};

use crate::connection::Connection;
use crate::encode::{EncodeError, encode};
use crate::frame::{Command, Frame};
use crate::outbox::{Item, Outbox};
use crate::settings::Settings;

/// A handle; clones are the same client.
#[derive(Clone)]
pub struct Client {
    outbox: Arc<Outbox>,
    status: watch::Receiver<Status>,
    close: Arc<watch::Sender<bool>>,
}

/// How the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// There is none.
    Down {
        /// Why, for a person.
        reason: String,
        /// Whether because TLS failed: mostly the broker's certificate is not trusted.
        no_tls: bool,
    },
    /// Signed in and subscribed.
    Up {
        /// Number of the connection; no two have the same.
        session: u64,
        /// Which broker of the settings.
        broker: usize,
    },
}

/// A message of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Which of the settings' subscriptions it came by.
    pub subscription: usize,
    /// The message.
    pub message: Frame,
    /// Whether it was beyond the limits, so that something is missing.
    pub oversized: bool,
    /// What it is answered by.
    pub token: Token,
}

/// Stands for a message that waits for its answer; on another connection it means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub(crate) session: u64,
    pub(crate) id: String,
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// It is larger than everything that may wait together.
    #[error("the message is larger than the outbox of {0} bytes")]
    TooLarge(u32),
    /// The broker does not want it.
    #[error("the broker refuses the message: {0}")]
    Refused(String),
    /// The client is closed.
    #[error("the client is closed")]
    Closed,
    /// The connection went before the broker had confirmed it: it may have it or not.
    #[error("the connection was lost before the broker confirmed it")]
    Unconfirmed,
}

/// A client, what it receives, and the connection: a future that does all the work and ends some time after
/// [`Client::close`].
///
/// It needs to be polled, and nothing is lost by dropping it but the connection and what waits to be sent.
pub fn client(
    settings: Settings,
) -> (
    Client,
    mpsc::Receiver<Delivery>,
    impl Future<Output = ()> + Send + 'static,
) {
    let outbox = Arc::new(Outbox::new(settings.outbox_bytes));
    let (inbox, deliveries) = mpsc::channel(settings.inbox_messages.max(1));
    let (status, hears_status) = watch::channel(Status::Down {
        reason: "not connected yet".to_owned(),
        no_tls: false,
    });
    let (close, hears_close) = watch::channel(false);
    let client = Client {
        outbox: Arc::clone(&outbox),
        status: hears_status,
        close: Arc::new(close),
    };
    let connection = Connection {
        settings,
        outbox,
        inbox,
        status,
        close: hears_close,
        sessions: 0,
    };
    (client, deliveries, connection.run())
}

impl Client {
    /// How the connection stands, and every change of it.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Sends a message, at most once: waits for room in the outbox, not for the broker.
    pub async fn send(&self, message: Outgoing) -> Result<(), SendError> {
        let item = self.item(&message.frame()).await?;
        self.outbox.push(item);
        Ok(())
    }

    /// Sends a message at least once: again on the next connection, until the broker has said that it has it.
    pub async fn send_confirmed(&self, message: Outgoing) -> Result<(), SendError> {
        let id = self.outbox.receipt_id();
        let frame = message.frame().with("receipt", id.as_str());
        let (item, told) = self.item(&frame).await?.confirmed(id);
        self.outbox.push(item);
        told.await.unwrap_or(Err(SendError::Closed))
    }

    /// The message has been taken.
    pub fn ack(&self, token: &Token) {
        self.answer(Command::Ack, token);
    }

    /// As [`Client::ack`], and waits until the broker has said that it will not deliver the message again.
    pub async fn ack_confirmed(&self, token: &Token) -> Result<(), SendError> {
        let receipt = self.outbox.receipt_id();
        let frame = answer(Command::Ack, token).with("receipt", receipt.as_str());
        let mut bytes = BytesMut::new();
        encode(&frame, &mut bytes)?;
        let told = self.outbox.answer_confirmed(token.session, &bytes, receipt);
        told.await.unwrap_or(Err(SendError::Unconfirmed))
    }

    /// The message cannot be taken; what becomes of it is the broker's affair.
    pub fn nack(&self, token: &Token) {
        self.answer(Command::Nack, token);
    }

    /// Takes no more messages to send; what waits is sent if there is a connection, then it ends.
    pub fn close(&self) {
        self.outbox.close();
        self.close.send_replace(true);
    }

    async fn item(&self, frame: &Frame) -> Result<Item, SendError> {
        let mut bytes = BytesMut::new();
        encode(frame, &mut bytes)?;
        let room = self.outbox.room(bytes.len()).await?;
        Ok(Item::new(bytes.freeze(), room))
    }

    fn answer(&self, command: Command, token: &Token) {
        let frame = answer(command, token);
        let mut bytes = BytesMut::new();
        match encode(&frame, &mut bytes) {
            Ok(()) => self.outbox.answer(token.session, &bytes),
            Err(error) => tracing::error!(%error, "a message cannot be answered"),
        }
    }
}

fn answer(command: Command, token: &Token) -> Frame {
    Frame::new(command).with("id", token.id.as_str())
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    frame: Frame,
}

impl Outgoing {
    /// An empty message to a destination, such as `/topic/news`.
    pub fn to(destination: impl Into<String>) -> Self {
        Self {
            frame: Frame::new(Command::Send).with("destination", destination),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            frame: self.frame.with(name, value),
        }
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(self, body: impl Into<bytes::Bytes>) -> Self {
        Self {
            frame: self.frame.with_body(body),
        }
    }

    fn frame(self) -> Frame {
        self.frame
    }
}
