//! What a client is told before it starts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use crate::decode::Limits;
use crate::heart_beat::HeartBeat;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The brokers, the preferred one first.
    pub brokers: Vec<Broker>,
    /// Who signs in.
    pub login: Option<Login>,
    /// What is subscribed to on every connection.
    pub subscriptions: Vec<Subscription>,
    /// What both sides promise to send when there is nothing to say.
    pub heart_beat: HeartBeat,
    /// Limit of making a connection, sign-in included.
    pub connect_timeout: Duration,
    /// Longest first pause after no broker could be reached; it doubles with each round.
    pub reconnect_min: Duration,
    /// Longest pause at all.
    pub reconnect_max: Duration,
    /// While connected to another broker than the first: how often those before it are tried.
    pub prefer_every: Duration,
    /// How long one write may take before the broker counts as dead.
    pub write_timeout: Duration,
    /// How long one frame may take to arrive, from its first byte to its last, before the broker counts as dead.
    pub frame_timeout: Duration,
    /// Bytes that may wait to be sent, or for their receipt.
    pub outbox_bytes: u32,
    /// Messages received that may wait to be taken; meanwhile nothing more is read.
    pub inbox_messages: usize,
    /// What the broker may send at most.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            brokers: Vec::new(),
            login: None,
            subscriptions: Vec::new(),
            heart_beat: HeartBeat {
                can_send: 10_000,
                wants: 10_000,
            },
            connect_timeout: Duration::from_secs(5),
            reconnect_min: Duration::from_millis(10),
            reconnect_max: Duration::from_secs(30),
            prefer_every: Duration::from_secs(5),
            write_timeout: Duration::from_secs(20),
            frame_timeout: Duration::from_secs(60),
            outbox_bytes: 4 * 1024 * 1024,
            inbox_messages: 64,
            limits: Limits::default(),
        }
    }
}

/// Where a broker listens.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it is verified; plain TCP without.
    pub tls: Option<Arc<ClientConfig>>,
}

impl fmt::Display for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A user of the broker.
#[derive(Clone)]
pub struct Login {
    /// Its name.
    pub user: String,
    /// Its password.
    pub passcode: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A destination whose messages are wanted, each acknowledged on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where messages come from, such as `/queue/orders`.
    pub destination: String,
    /// Further headers, in the broker's own words: priority, exclusiveness, how much is sent ahead.
    pub headers: Vec<(String, String)>,
}
