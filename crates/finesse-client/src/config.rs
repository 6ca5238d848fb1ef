//! What a cluster is told: nodes, trust, limits.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::transport::Transport;

/// A Finesse cluster and how to talk to it.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// The nodes; requests and links name them by position.
    pub nodes: Vec<NodeConfig>,
    /// Whom to trust.
    pub tls: TlsConfig,
    /// Longest a request may take, waiting for its turn included.
    pub request_timeout: Duration,
    /// Longest a connection may take to open, name resolution and TLS included.
    pub connect_timeout: Duration,
    /// Requests in flight per node; further ones wait.
    pub max_requests_per_node: usize,
    /// Largest answer that is read.
    pub max_answer_bytes: usize,
    /// How links behave.
    pub link: LinkConfig,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            tls: TlsConfig::default(),
            request_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            max_requests_per_node: 64,
            max_answer_bytes: finesse_protocol::limits::MAX_LIST_BYTES,
            link: LinkConfig::default(),
        }
    }
}

/// One Finesse node.
#[derive(Debug, Clone)]
pub struct NodeConfig {
    /// Short name for logs, such as `a`.
    pub name: String,
    /// FQDN: goes into the Host header, is checked against the certificate, and is the default XMPP domain.
    pub host: String,
    /// Where to connect instead of `host`.
    pub address: Option<String>,
    /// REST port.
    pub https_port: u16,
    /// Port on which older releases take WebSockets.
    pub legacy_websocket_port: u16,
    /// Port of XMPP streams.
    pub xmpp_port: u16,
    /// How notifications come; without it, by the first transport that works.
    pub transport: Option<Transport>,
    /// XMPP domain, if it is not `host`.
    pub xmpp_domain: Option<String>,
    /// How REST is spoken.
    pub scheme: Scheme,
    /// How XMPP is spoken.
    pub xmpp_security: XmppSecurity,
}

impl NodeConfig {
    /// A node at its usual ports, over TLS.
    pub fn new(name: impl Into<String>, host: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            host: host.into(),
            address: None,
            https_port: 8445,
            legacy_websocket_port: 7443,
            xmpp_port: 5223,
            transport: None,
            xmpp_domain: None,
            scheme: Scheme::Https,
            xmpp_security: XmppSecurity::Tls,
        }
    }

    /// The XMPP domain in force.
    pub fn domain(&self) -> &str {
        self.xmpp_domain.as_deref().unwrap_or(&self.host)
    }

    /// The transports that links may take, the preferred one first.
    pub(crate) fn transports(&self) -> &[Transport] {
        match (&self.transport, self.xmpp_security) {
            (Some(transport), _) => std::slice::from_ref(transport),
            (None, XmppSecurity::Plain) => &[Transport::Tcp],
            (None, XmppSecurity::Tls) => &Transport::ALL,
        }
    }

    pub(crate) fn connect_to(&self) -> &str {
        self.address.as_deref().unwrap_or(&self.host)
    }
}

/// How REST is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Inside TLS.
    Https,
    /// Plain; only to this machine.
    Http,
}

/// How XMPP is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmppSecurity {
    /// TLS from the first byte.
    Tls,
    /// Plain, and by TCP unless a transport is named; only to this machine.
    Plain,
}

/// Whom to trust; there is no switch that trusts everybody.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    /// PEM files of certificate authorities.
    pub ca_files: Vec<PathBuf>,
    /// Certificate authorities as PEM text.
    pub ca_pem: Vec<String>,
    /// Whether the machine's own authorities count.
    pub system_roots: bool,
    /// PEM files of server certificates that are accepted exactly as they are, whoever signed them.
    pub pinned_certificates: Vec<PathBuf>,
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            ca_files: Vec::new(),
            ca_pem: Vec::new(),
            system_roots: true,
            pinned_certificates: Vec::new(),
        }
    }
}

/// How links behave.
#[derive(Debug, Clone)]
pub struct LinkConfig {
    /// XMPP resource; must differ between gateways that serve the same agents, and from `desktop`.
    pub resource: String,
    /// Time between our pings.
    pub ping_interval: Duration,
    /// Silence after which a link counts as dead.
    pub ping_timeout: Duration,
    /// Longest a login may take, connecting included.
    pub login_timeout: Duration,
    /// Longest the probe of one transport may take.
    pub probe_timeout: Duration,
    /// How long nobody may have got through by the chosen transport before all are tried again.
    pub reprobe_after: Duration,
    /// Longest a subscription waits for its answer before it is asked for again.
    pub subscribe_timeout: Duration,
    /// Upper bound of the first pause before a reconnect; doubles with each attempt.
    pub reconnect_min: Duration,
    /// Upper bound of any such pause, and how long a link must have been up to start over.
    pub reconnect_max: Duration,
    /// Logins under way at once, per node.
    pub parallel_logins: usize,
    /// Logins that begin within a second, per node; the first one and those after a cut count alike.
    pub logins_per_second: u32,
    /// Largest stanza that is read.
    pub max_stanza_bytes: usize,
    /// Deepest nesting inside a stanza that is read.
    pub max_depth: usize,
}

impl Default for LinkConfig {
    fn default() -> Self {
        Self {
            resource: "gateway".into(),
            ping_interval: Duration::from_secs(10),
            ping_timeout: Duration::from_secs(20),
            login_timeout: Duration::from_secs(10),
            probe_timeout: Duration::from_secs(5),
            reprobe_after: Duration::from_secs(30),
            subscribe_timeout: Duration::from_secs(10),
            reconnect_min: Duration::from_millis(500),
            reconnect_max: Duration::from_secs(30),
            parallel_logins: 32,
            logins_per_second: 100,
            max_stanza_bytes: 256 * 1024,
            max_depth: 64,
        }
    }
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is nobody to talk to.
    #[error("the cluster has no nodes")]
    NoNodes,
    /// A limit is zero.
    #[error("{0} must not be zero")]
    Zero(&'static str),
    /// A host is no name and no address.
    #[error("node {node}: `{host}` is no host name")]
    BadHost {
        /// The node's name.
        node: String,
        /// What was given.
        host: String,
    },
    /// Credentials would leave the machine unencrypted.
    #[error("node {node}: plain connections are allowed to this machine only")]
    PlainNotLoopback {
        /// The node's name.
        node: String,
    },
    /// A certificate could not be read.
    #[error("certificate {origin}: {reason}")]
    Certificate {
        /// The file, or `ca_pem`.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No server could ever be verified.
    #[error("no certificate authority and no pinned certificate to verify the nodes with")]
    NoTrust,
    /// The TLS library refused the settings.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

impl ClusterConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.nodes.is_empty() {
            return Err(ConfigError::NoNodes);
        }
        for (value, name) in [
            (self.max_requests_per_node, "max_requests_per_node"),
            (self.link.parallel_logins, "link.parallel_logins"),
            (self.link.max_stanza_bytes, "link.max_stanza_bytes"),
            (self.link.max_depth, "link.max_depth"),
        ] {
            if value == 0 {
                return Err(ConfigError::Zero(name));
            }
        }
        if self.link.logins_per_second == 0 {
            return Err(ConfigError::Zero("link.logins_per_second"));
        }
        if self.link.ping_interval.is_zero() {
            return Err(ConfigError::Zero("link.ping_interval"));
        }
        if self.link.subscribe_timeout.is_zero() {
            return Err(ConfigError::Zero("link.subscribe_timeout"));
        }
        if self.link.probe_timeout.is_zero() {
            return Err(ConfigError::Zero("link.probe_timeout"));
        }
        self.nodes.iter().try_for_each(NodeConfig::check)
    }

    pub(crate) fn uses_tls(&self) -> bool {
        self.nodes
            .iter()
            .any(|node| node.scheme == Scheme::Https || node.xmpp_security == XmppSecurity::Tls)
    }
}

impl NodeConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let plain = self.scheme == Scheme::Http || self.xmpp_security == XmppSecurity::Plain;
        if plain && !is_loopback(self.connect_to()) {
            return Err(ConfigError::PlainNotLoopback {
                node: self.name.clone(),
            });
        }
        Ok(())
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.to_canonical().is_loopback())
}
