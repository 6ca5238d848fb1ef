//! Settings: one struct a section, each with the default that `gc.example.toml` documents.

mod check;
mod duration;
mod load;

pub use check::Problem;
pub use load::{ConfigError, Sources};

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use gc_protocol::style::{CallVariables, Profile, Scalars};
use gc_protocol::{Secret, Style};
use serde::{Deserialize, Deserializer};

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Listeners and their limits.
    pub server: Server,
    /// The Finesse cluster.
    pub finesse: Finesse,
    /// Who may send commands, by name; empty means everybody, on loopback only.
    pub clients: BTreeMap<String, Client>,
    /// Where events may be posted to.
    pub callbacks: Callbacks,
    /// Agents' sessions.
    pub session: Session,
    /// What installed clients expect.
    pub compat: Compat,
    /// Logging.
    pub log: Log,
}

/// Listeners and their limits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address of the client API.
    pub listen: SocketAddr,
    /// Address of health, readiness, metrics and sessions.
    pub admin_listen: SocketAddr,
    /// Paths that take commands, besides `/gc/v1/commands`.
    pub command_paths: Vec<String>,
    /// Origins of web pages that may open a WebSocket.
    pub allowed_origins: Vec<String>,
    /// Connections at once.
    pub max_connections: usize,
    /// Commands a second of one client.
    pub commands_per_second: u32,
    /// Commands that one client may send at once before the rate counts.
    pub command_burst: u32,
    /// Destinations known at once.
    pub max_destinations: usize,
    /// How long a stop may take.
    #[serde(with = "duration")]
    pub shutdown_timeout: Duration,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8112)),
            admin_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8162)),
            command_paths: Vec::new(),
            allowed_origins: Vec::new(),
            max_connections: 12_000,
            commands_per_second: 100,
            command_burst: 200,
            max_destinations: 20_000,
            shutdown_timeout: Duration::from_secs(10),
        }
    }
}

/// The Finesse cluster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Finesse {
    /// Nodes, the preferred one first.
    pub nodes: Vec<Node>,
    /// PEM files of the authorities that sign the nodes' certificates.
    pub ca_files: Vec<String>,
    /// The same as text, for settings that come from memory.
    pub ca_pem: String,
    /// Whether the machine's own authorities are trusted too.
    pub system_roots: bool,
    /// PEM files of the nodes' own certificates, accepted exactly as they are.
    pub pinned_certificates: Vec<String>,
    /// Limit of making a connection.
    #[serde(with = "duration")]
    pub connect_timeout: Duration,
    /// Limit of one request.
    #[serde(with = "duration")]
    pub request_timeout: Duration,
    /// Requests at once to one node.
    pub max_requests: usize,
    /// How often a node's health is asked for.
    #[serde(with = "duration")]
    pub health_interval: Duration,
    /// Agents' notification links.
    pub link: Link,
}

impl Default for Finesse {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            ca_files: Vec::new(),
            ca_pem: String::new(),
            system_roots: true,
            pinned_certificates: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(10),
            max_requests: 64,
            health_interval: Duration::from_secs(5),
            link: Link::default(),
        }
    }
}

/// Agents' notification links.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Link {
    /// XMPP resource; must differ between gateways that serve the same agents, and from `desktop`.
    pub resource: String,
    /// Time between pings.
    #[serde(with = "duration")]
    pub ping_interval: Duration,
    /// Silence after which a link counts as dead.
    #[serde(with = "duration")]
    pub ping_timeout: Duration,
    /// Limit of a sign-in, connecting included.
    #[serde(with = "duration")]
    pub login_timeout: Duration,
    /// Longest first pause before a reconnect; it doubles with each attempt.
    #[serde(with = "duration")]
    pub reconnect_min: Duration,
    /// Longest pause before a reconnect.
    #[serde(with = "duration")]
    pub reconnect_max: Duration,
    /// Sign-ins at once, per node.
    pub parallel_logins: usize,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            resource: "gateway".to_owned(),
            ping_interval: Duration::from_secs(10),
            ping_timeout: Duration::from_secs(20),
            login_timeout: Duration::from_secs(10),
            reconnect_min: Duration::from_millis(500),
            reconnect_max: Duration::from_secs(30),
            parallel_logins: 32,
        }
    }
}

/// One Finesse node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Name in logs and readiness; `host` unless set.
    #[serde(default)]
    pub name: String,
    /// Name that its certificate bears.
    pub host: String,
    /// Where to connect to, when that is not `host`.
    #[serde(default)]
    pub address: String,
    /// Port of the REST API.
    #[serde(default = "Node::default_https_port")]
    pub https_port: u16,
    /// Port of XMPP.
    #[serde(default = "Node::default_xmpp_port")]
    pub xmpp_port: u16,
    /// XMPP domain; `host` unless set.
    #[serde(default)]
    pub xmpp_domain: String,
    /// How XMPP is secured.
    #[serde(default)]
    pub xmpp_security: XmppSecurity,
    /// Whether REST is spoken over plain HTTP.
    #[serde(default)]
    pub scheme: Scheme,
}

impl Node {
    /// A node by its name, with Finesse's ports.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            name: String::new(),
            host: host.into(),
            address: String::new(),
            https_port: Self::default_https_port(),
            xmpp_port: Self::default_xmpp_port(),
            xmpp_domain: String::new(),
            xmpp_security: XmppSecurity::default(),
            scheme: Scheme::default(),
        }
    }

    /// Name in logs and readiness.
    pub fn label(&self) -> &str {
        if self.name.is_empty() {
            &self.host
        } else {
            &self.name
        }
    }

    /// Where to connect to.
    pub fn target(&self) -> &str {
        if self.address.is_empty() {
            &self.host
        } else {
            &self.address
        }
    }

    /// XMPP domain.
    pub fn domain(&self) -> &str {
        if self.xmpp_domain.is_empty() {
            &self.host
        } else {
            &self.xmpp_domain
        }
    }

    fn default_https_port() -> u16 {
        8445
    }

    fn default_xmpp_port() -> u16 {
        5223
    }
}

/// How XMPP is secured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum XmppSecurity {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// Not at all; to this machine only.
    Plain,
}

/// How REST is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Over TLS.
    #[default]
    Https,
    /// Plain; to this machine only.
    Http,
}

/// One client.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// SHA-256 of its key, in hex.
    pub key_sha256: String,
    /// Secret that signs its callbacks, as `whsec_<base64>`.
    #[serde(default, deserialize_with = "optional_secret")]
    pub callback_secret: Option<Secret>,
    /// Overrides `compat.profile`.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// Overrides `compat.scalars`.
    #[serde(default)]
    pub scalars: Option<Scalars>,
    /// Overrides `compat.call_variables`.
    #[serde(default)]
    pub call_variables: Option<CallVariables>,
    /// Overrides `compat.time_zone`.
    #[serde(default)]
    pub time_zone: Option<String>,
}

fn optional_secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(Secret::new))
}

/// Where events may be posted to, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Callbacks {
    /// Receivers that are allowed, as `scheme://host[:port]`.
    pub allow: Vec<String>,
    /// PEM files of the authorities that sign the receivers' certificates.
    pub ca_files: Vec<String>,
    /// Whether the machine's own authorities are trusted too.
    pub system_roots: bool,
    /// Limit of one try.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// Tries for one event.
    pub tries: u32,
    /// Limit of all tries for one event.
    #[serde(with = "duration")]
    pub give_up_after: Duration,
    /// Whether the body is the event itself, without the `data` object around it.
    pub bare: bool,
}

impl Default for Callbacks {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            ca_files: Vec::new(),
            system_roots: true,
            timeout: Duration::from_secs(5),
            tries: 5,
            give_up_after: Duration::from_secs(30),
            bare: false,
        }
    }
}

/// Agents' sessions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Session {
    /// Sessions allowed at once; 0 is no limit.
    pub max_sessions: usize,
    /// How long a request may stay without an outcome.
    #[serde(with = "duration")]
    pub request_deadline: Duration,
    /// Commands of one agent that may wait, beside the one in flight.
    pub queue_limit: usize,
    /// How often a client that beats is expected to.
    #[serde(with = "duration")]
    pub beat_period: Duration,
    /// After this long without its client, a READY agent is set NOT_READY.
    #[serde(with = "duration")]
    pub gone_not_ready_after: Duration,
    /// After this long without its client, an agent is logged out.
    #[serde(with = "duration")]
    pub gone_logout_after: Duration,
    /// CTI code of that NOT_READY; empty sends none.
    pub gone_reason_code: String,
    /// CTI code of that LOGOUT; empty sends none.
    pub gone_logout_reason_code: String,
    /// CTI code sent when Finesse demands a reason of NOT_READY and the client gave none.
    pub default_not_ready_reason: String,
    /// CTI code sent when Finesse demands a reason of LOGOUT and the client gave none.
    pub default_logout_reason: String,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            max_sessions: 2_000,
            request_deadline: Duration::from_secs(15),
            queue_limit: 16,
            beat_period: Duration::from_secs(30),
            gone_not_ready_after: Duration::from_secs(30),
            gone_logout_after: Duration::from_secs(15 * 60),
            gone_reason_code: String::new(),
            gone_logout_reason_code: String::new(),
            default_not_ready_reason: String::new(),
            default_logout_reason: String::new(),
        }
    }
}

/// What installed clients expect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compat {
    /// Which keys an event has.
    pub profile: Profile,
    /// How booleans and counts are printed.
    pub scalars: Scalars,
    /// Shape of call variables.
    pub call_variables: CallVariables,
    /// IANA time zone of printed times.
    pub time_zone: String,
    /// What an agent sees of being monitored.
    pub monitor_agent_event: MonitorAgentEvent,
    /// How the call type of a monitoring call is spelt.
    pub monitor_call_type: String,
}

impl Default for Compat {
    fn default() -> Self {
        let style = Style::default();
        Self {
            profile: style.profile,
            scalars: style.scalars,
            call_variables: style.call_variables,
            time_zone: style.time_zone,
            monitor_agent_event: MonitorAgentEvent::default(),
            monitor_call_type: "SUPERVISOR_MONITOR".to_owned(),
        }
    }
}

/// What an agent sees of being monitored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonitorAgentEvent {
    /// An `InboundCall` with the monitoring call type.
    #[default]
    InboundCall,
    /// Nothing.
    None,
}

/// Logging.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or such levels by target.
    pub level: String,
    /// Form of a line.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Text,
        }
    }
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Config {
    /// The style of clients without overrides.
    pub fn style(&self) -> Style {
        Style {
            profile: self.compat.profile,
            scalars: self.compat.scalars,
            call_variables: self.compat.call_variables,
            time_zone: self.compat.time_zone.clone(),
        }
    }

    /// The style of one client.
    pub fn style_of(&self, client: &Client) -> Style {
        let usual = self.style();
        Style {
            profile: client.profile.unwrap_or(usual.profile),
            scalars: client.scalars.unwrap_or(usual.scalars),
            call_variables: client.call_variables.unwrap_or(usual.call_variables),
            time_zone: client.time_zone.clone().unwrap_or(usual.time_zone),
        }
    }

    /// The core's part of the settings.
    pub fn core(&self) -> gc_core::Config {
        let session = &self.session;
        gc_core::Config {
            nodes: self.finesse.nodes.len(),
            max_sessions: Some(session.max_sessions).filter(|limit| *limit > 0),
            request_deadline: session.request_deadline,
            queue_limit: session.queue_limit,
            gone_not_ready_after: session.gone_not_ready_after,
            gone_logout_after: session.gone_logout_after,
            gone_reason_code: filled(&session.gone_reason_code),
            gone_logout_reason_code: filled(&session.gone_logout_reason_code),
            beat_period: session.beat_period,
            default_not_ready_reason: filled(&session.default_not_ready_reason),
            default_logout_reason: filled(&session.default_logout_reason),
            monitor_agent_event: match self.compat.monitor_agent_event {
                MonitorAgentEvent::InboundCall => gc_core::MonitorAgentEvent::InboundCall,
                MonitorAgentEvent::None => gc_core::MonitorAgentEvent::None,
            },
            monitor_call_type: self.compat.monitor_call_type.clone(),
        }
    }
}

fn filled(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}
