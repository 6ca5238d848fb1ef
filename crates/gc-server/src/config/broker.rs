//! `[broker]`: commands from queues and events to topics of a message broker.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use gc_protocol::Secret;
use gc_protocol::style::{Dialect, Profile};
use serde::Deserialize;
use url::{Host, Url};

use super::duration;
use super::secret::{self, SecretError};

/// The queue that clients of GC send their commands to.
const USUAL_QUEUE: &str = "Connector1";

/// The broker transport.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Broker {
    /// The brokers, the preferred one first, as `stomp://host:port` or `stomp+ssl://host:port`; none turns it off.
    pub brokers: Vec<String>,
    /// Whether plain connections may leave this machine.
    pub allow_plain: bool,
    /// User of the broker; empty signs in without.
    pub user: String,
    /// Its password.
    #[serde(with = "secret")]
    pub password: Secret,
    /// File that holds the password instead.
    pub password_file: String,
    /// PEM files of the authorities that sign the brokers' certificates.
    pub ca_files: Vec<String>,
    /// Whether the machine's own authorities are trusted too.
    pub system_roots: bool,
    /// Queues that commands come from, by name; none means `Connector1`.
    pub queues: BTreeMap<String, BrokerQueue>,
    /// Priority as a consumer: of several gateways the one with the highest gets the commands.
    pub priority: u8,
    /// Commands that the broker sends ahead.
    pub prefetch: u32,
    /// Whether events survive the broker, and are sent again until it has them.
    pub persistent: bool,
    /// What a destination may consist of besides letters and digits.
    pub destination_signs: String,
    /// Longest destination.
    pub destination_length: usize,
    /// Longest body of a command.
    pub body_limit: usize,
    /// Most headers of a command.
    pub header_limit: usize,
    /// How often both sides break a silence.
    #[serde(with = "duration")]
    pub heart_beat: Duration,
    /// Limit of making a connection, sign-in included.
    #[serde(with = "duration")]
    pub connect_timeout: Duration,
    /// Longest first pause when no broker can be reached.
    #[serde(with = "duration")]
    pub reconnect_min: Duration,
    /// Longest pause at all.
    #[serde(with = "duration")]
    pub reconnect_max: Duration,
    /// How often a preferred broker is looked for while another one is used.
    #[serde(with = "duration")]
    pub prefer_every: Duration,
    /// Bytes of events that may wait for the broker to read them.
    pub outbox_bytes: u32,
    /// How long an event waits for a broker.
    #[serde(with = "duration")]
    pub give_up_after: Duration,
}

impl Default for Broker {
    fn default() -> Self {
        Self {
            brokers: Vec::new(),
            allow_plain: false,
            user: String::new(),
            password: secret::none(),
            password_file: String::new(),
            ca_files: Vec::new(),
            system_roots: true,
            queues: BTreeMap::new(),
            priority: 127,
            prefetch: 16,
            persistent: false,
            destination_signs: "._-:".to_owned(),
            destination_length: 128,
            body_limit: 64 * 1024,
            header_limit: 128,
            heart_beat: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            reconnect_min: Duration::from_millis(10),
            reconnect_max: Duration::from_secs(30),
            prefer_every: Duration::from_secs(5),
            outbox_bytes: 4 * 1024 * 1024,
            give_up_after: Duration::from_secs(30),
        }
    }
}

impl Broker {
    /// Whether there is a broker at all.
    pub fn is_configured(&self) -> bool {
        !self.brokers.is_empty()
    }

    /// The command queues with their settings.
    pub fn queues(&self) -> BTreeMap<String, BrokerQueue> {
        if self.queues.is_empty() {
            return BTreeMap::from([(USUAL_QUEUE.to_owned(), BrokerQueue::default())]);
        }
        self.queues.clone()
    }

    /// The password, from where it is kept.
    pub fn password(&self) -> Result<Secret, SecretError> {
        secret::read(&self.password, &self.password_file)
    }
}

/// One command queue; everybody who may write to it is one client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BrokerQueue {
    /// Overrides `compat.dialect`.
    pub dialect: Option<Dialect>,
    /// Overrides `compat.profile`.
    pub profile: Option<Profile>,
}

/// Where a broker listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerUrl {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether it is reached by TLS.
    pub secured: bool,
}

/// Why a text names no broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerUrlError {
    /// It cannot be read.
    #[error("is no address")]
    Unreadable,
    /// Another protocol.
    #[error("begins with neither stomp:// nor stomp+ssl://")]
    Scheme,
    /// More than host and port.
    #[error("has more than host and port; user and password have settings of their own")]
    Surplus,
}

impl FromStr for BrokerUrl {
    type Err = BrokerUrlError;

    fn from_str(text: &str) -> Result<Self, BrokerUrlError> {
        let url = Url::parse(text).map_err(|_| BrokerUrlError::Unreadable)?;
        let (secured, usual_port) = match url.scheme() {
            "stomp" => (false, 61_613),
            "stomp+ssl" => (true, 61_612),
            _ => return Err(BrokerUrlError::Scheme),
        };
        let bare = url.username().is_empty()
            && url.password().is_none()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        if !bare {
            return Err(BrokerUrlError::Surplus);
        }
        let host = match url.host().ok_or(BrokerUrlError::Unreadable)? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        Ok(Self {
            host,
            port: url.port().unwrap_or(usual_port),
            secured,
        })
    }
}

impl fmt::Display for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
