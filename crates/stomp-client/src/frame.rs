//! A frame and the commands it may carry.

use bytes::Bytes;

/// One STOMP frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub command: Command,
    /// Headers in their order; of repeated ones the first counts.
    pub headers: Vec<(String, String)>,
    /// What it carries; only SEND, MESSAGE and ERROR may carry anything.
    pub body: Bytes,
}

impl Frame {
    /// A frame without headers and body.
    pub fn new(command: Command) -> Self {
        Self {
            command,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The header's value: the first one, as STOMP demands.
    pub fn header(&self, name: &str) -> Option<&str> {
        let first = self.headers.iter().find(|(key, _)| key == name);
        first.map(|(_, value)| value.as_str())
    }
}

macro_rules! commands {
    ($($(#[$meta:meta])* $variant:ident = $word:literal,)+) => {
        /// What a frame is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Command {
            $($(#[$meta])* $variant,)+
        }

        impl Command {
            /// All commands of STOMP 1.2.
            pub const ALL: &'static [Command] = &[$(Command::$variant,)+];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the word; STOMP's commands are upper case.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

commands! {
    /// Client: opens a session.
    Connect = "CONNECT",
    /// Client: opens a session, the newer word.
    Stomp = "STOMP",
    /// Client: sends a message.
    Send = "SEND",
    /// Client: asks for messages of a destination.
    Subscribe = "SUBSCRIBE",
    /// Client: asks for no more of them.
    Unsubscribe = "UNSUBSCRIBE",
    /// Client: has taken a message.
    Ack = "ACK",
    /// Client: could not take a message.
    Nack = "NACK",
    /// Client: begins a transaction.
    Begin = "BEGIN",
    /// Client: ends a transaction.
    Commit = "COMMIT",
    /// Client: gives a transaction up.
    Abort = "ABORT",
    /// Client: closes the session.
    Disconnect = "DISCONNECT",
    /// Server: the session is open.
    Connected = "CONNECTED",
    /// Server: a message.
    Message = "MESSAGE",
    /// Server: has processed a frame that asked for a receipt.
    Receipt = "RECEIPT",
    /// Server: something is wrong, and the connection will be closed.
    Error = "ERROR",
}

impl Command {
    /// Whether frames of this command may carry a body.
    pub fn may_have_body(self) -> bool {
        matches!(self, Self::Send | Self::Message | Self::Error)
    }

    /// Whether header text is escaped; it is not at the opening, for the sake of STOMP 1.0 peers.
    pub(crate) fn escapes_headers(self) -> bool {
        !matches!(self, Self::Connect | Self::Connected)
    }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
