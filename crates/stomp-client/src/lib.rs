//! STOMP 1.2 as frames: bytes in, [`Frame`]s out, and back.
//!
//! What is here: an incremental [`Decoder`] with [`Limits`], [`encode`], and the arithmetic of [`HeartBeat`]s. What is
//! not here: the connection. It comes with the broker transport; until then the crate does no I/O and has no opinion
//! on runtimes.
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

mod decode;
mod encode;
mod escape;
mod frame;
mod heart_beat;

pub use decode::{DecodeError, Decoder, Item, Limits};
pub use encode::{EncodeError, HEART_BEAT, encode};
pub use frame::{Command, Frame};
pub use heart_beat::{Agreed, HeartBeat};
