//! STOMP 1.2: frames in and out, and a client that keeps its connection to one of several brokers.
//!
//! [`client`] gives a handle, the messages of the subscriptions, and a future that does all the work. It signs in to the
//! first broker that takes it, subscribes, keeps heart-beats both ways, connects again when the connection breaks, and
//! goes back to a preferred broker when that one returns. What is sent waits in an outbox bounded in bytes; whoever
//! finds it full waits too. Transactions are not supported.
//!
//! Below it, and usable alone: an incremental [`Decoder`] with [`Limits`], [`encode`], and the arithmetic of
//! [`HeartBeat`]s.
//!
//! ```
//! use bytes::BytesMut;
//! use stomp_client::{Command, Decoder, Frame, Item, encode};
//!
//! let send = Frame::new(Command::Send)
//!     .with("destination", "/queue/Connector1")
//!     .with("type", "MakeReady#41027");
//! let mut wire = BytesMut::new();
//! encode(&send, &mut wire)?;
//! assert_eq!(
//!     &wire[..],
//!     b"SEND\ndestination:/queue/Connector1\ntype:MakeReady#41027\n\n\0"
//! );
//!
//! let mut decoder = Decoder::default();
//! decoder.feed(&wire);
//! assert_eq!(decoder.next_item()?, Some(Item::Frame(send)));
//! assert_eq!(decoder.next_item()?, None); // more bytes are needed
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The driving contract: `feed` what the socket gave, call `next_item` until it says `None`, repeat. After an error the
//! decoder has lost its place in the stream and repeats the error: close the connection.

mod client;
mod connection;
mod decode;
mod encode;
mod escape;
mod frame;
mod heart_beat;
mod outbox;
mod session;
mod settings;
mod stream;

pub use client::{Client, Delivery, Outgoing, SendError, Status, Token, client};

pub use decode::{DecodeError, Decoder, Item, Limits};
pub use encode::{EncodeError, HEART_BEAT, encode};
pub use frame::{Command, Frame};
pub use heart_beat::{Agreed, HeartBeat};
pub use settings::{Broker, Login, Settings, Subscription};
