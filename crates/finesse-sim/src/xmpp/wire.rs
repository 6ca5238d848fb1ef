//! How a link's words travel: a stream over TLS, WebSocket messages, or BOSH bodies.

mod bodies;
mod messages;
mod stream;

use std::future::Future;
use std::io;

use bytes::Bytes;

use super::framer::{Frame, FrameError};
pub(crate) use bodies::{Bodies, Exchange, Gone, INACTIVITY, Mailbox, REQUESTS};
pub(crate) use messages::Messages;
pub(crate) use stream::Stream;

const STREAMS: &str = "http://etherx.jabber.org/streams";
const CONDITIONS: &str = "urn:ietf:params:xml:ns:xmpp-streams";

/// One connection of a client, whatever it is made of.
pub(super) trait Wire: Send {
    /// What the client says next, or nothing when it has gone; dropping the future loses nothing.
    fn next(&mut self) -> impl Future<Output = Result<Option<Frame>, WireError>> + Send;
    /// The client is authenticated: what follows is a new stream.
    fn restart(&mut self);
    /// Takes words; nothing is sent before the next flush.
    fn say(&mut self, word: Word);
    /// Sends what was said.
    fn flush(&mut self) -> impl Future<Output = io::Result<()>> + Send;
    /// Sends what was said, and ends the connection.
    fn finish(&mut self) -> impl Future<Output = io::Result<()>> + Send;
}

/// Why there is nothing more to hear.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Frame(#[from] FrameError),
}

/// What a link says.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// The beginning of a stream, with the features inside it.
    Open {
        domain: String,
        id: u64,
        features: &'static str,
    },
    /// A stanza, or an answer during the sign-in.
    Element(Bytes),
    /// An error of the stream, which ends it.
    Error(&'static str),
    /// The end of the stream.
    Close,
}

impl From<String> for Word {
    fn from(element: String) -> Self {
        Self::Element(element.into())
    }
}

/// A stanza that stands alone: the namespace that a stream's header declares is its own.
fn alone(element: &[u8]) -> Bytes {
    for name in [&b"<iq"[..], b"<presence", b"<message"] {
        let rest = element.strip_prefix(name);
        if let Some(rest @ [b' ' | b'>' | b'/', ..]) = rest {
            return [name, b" xmlns='jabber:client'", rest].concat().into();
        }
    }
    Bytes::copy_from_slice(element)
}

fn features(features: &str) -> String {
    format!("<stream:features xmlns:stream='{STREAMS}'>{features}</stream:features>")
}

fn error(condition: &str) -> String {
    format!(
        "<stream:error xmlns:stream='{STREAMS}'><{condition} xmlns='{CONDITIONS}'/></stream:error>"
    )
}
