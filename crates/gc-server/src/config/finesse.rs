//! `[finesse]`: the cluster, its nodes and the links to them.

use std::time::Duration;

use serde::Deserialize;

use super::accounts::Administrator;
use super::duration;
use super::product::{Product, Release};

/// The Finesse cluster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Finesse {
    /// Nodes, the preferred one first.
    pub nodes: Vec<Node>,
    /// What it stands in front of.
    pub product: Product,
    /// Its release.
    pub release: Release,
    /// Its administrator, for reads that no agent may make.
    pub administrator: Administrator,
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
    /// How long a node that does not serve its agents is waited for, before they go to another one.
    #[serde(with = "duration")]
    pub failover_after: Duration,
    /// Whether an agent whom Finesse made NOT_READY because of a lost connection becomes READY again, if it was.
    pub restore_ready: bool,
    /// Agents' notification links.
    pub link: Link,
}

impl Default for Finesse {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            product: Product::default(),
            release: Release::default(),
            administrator: Administrator::default(),
            ca_files: Vec::new(),
            ca_pem: String::new(),
            system_roots: true,
            pinned_certificates: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(10),
            max_requests: 64,
            health_interval: Duration::from_secs(5),
            failover_after: Duration::from_secs(15),
            restore_ready: false,
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
    /// Limit of looking whether one transport works.
    #[serde(with = "duration")]
    pub probe_timeout: Duration,
    /// How long nobody may have got through by the transport in use before the others are tried.
    #[serde(with = "duration")]
    pub reprobe_after: Duration,
    /// Longest first pause before a reconnect; it doubles with each attempt.
    #[serde(with = "duration")]
    pub reconnect_min: Duration,
    /// Longest pause before a reconnect.
    #[serde(with = "duration")]
    pub reconnect_max: Duration,
    /// Sign-ins at once, per node.
    pub parallel_logins: usize,
    /// Sign-ins that begin within a second, per node.
    pub logins_per_second: u32,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            resource: "gateway".to_owned(),
            ping_interval: Duration::from_secs(10),
            ping_timeout: Duration::from_secs(20),
            login_timeout: Duration::from_secs(10),
            probe_timeout: Duration::from_secs(5),
            reprobe_after: Duration::from_secs(30),
            reconnect_min: Duration::from_millis(500),
            reconnect_max: Duration::from_secs(30),
            parallel_logins: 32,
            logins_per_second: 100,
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
    /// Port on which older releases take WebSockets.
    #[serde(default = "Node::default_legacy_websocket_port")]
    pub legacy_websocket_port: u16,
    /// Port of XMPP streams.
    #[serde(default = "Node::default_xmpp_port")]
    pub xmpp_port: u16,
    /// How notifications come.
    #[serde(default)]
    pub transport: Transport,
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
            legacy_websocket_port: Self::default_legacy_websocket_port(),
            xmpp_port: Self::default_xmpp_port(),
            transport: Transport::default(),
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

    fn default_legacy_websocket_port() -> u16 {
        7443
    }

    fn default_xmpp_port() -> u16 {
        5223
    }
}

/// How notifications come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// By the first of the others that works, in this order.
    #[default]
    Auto,
    /// WebSocket on the HTTPS port.
    WebSocket,
    /// WebSocket on its own port.
    #[serde(rename = "websocket-7443")]
    LegacyWebSocket,
    /// XMPP over TLS.
    Tcp,
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
