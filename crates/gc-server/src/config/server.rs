//! `[server]`, `[session]` and `[log]`: the process, the agents' sessions, its log.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Deserialize;

use super::clients::one_or_many;
use super::{Tls, duration};

/// Listeners and their limits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address of the client API.
    pub listen: SocketAddr,
    /// Address of health, readiness, metrics and sessions.
    pub admin_listen: SocketAddr,
    /// Whether the client API may be plain HTTP on an address that others reach; a proxy before it has to speak TLS.
    pub plain_http_behind_proxy: bool,
    /// TLS of the client API.
    pub tls: Tls,
    /// Paths that take commands, besides `/gc/v1/commands`.
    pub command_paths: Vec<String>,
    /// Origins of web pages that may open a WebSocket.
    pub allowed_origins: Vec<String>,
    /// Connections at once.
    pub max_connections: usize,
    /// Connections at once from one address; 0 is no limit.
    pub max_connections_per_source: usize,
    /// WebSockets and streams of events at once of one client; 0 is no limit.
    pub max_connections_per_client: usize,
    /// Commands a second of one client.
    pub commands_per_second: u32,
    /// Commands that one client may send at once before the rate counts.
    pub command_burst: u32,
    /// Requests and frames a second of one address; 0 is no limit.
    pub commands_per_second_per_source: u32,
    /// Requests and frames that one address may send at once before the rate counts.
    pub command_burst_per_source: u32,
    /// Requests a second of one address without a known key; 0 is no limit.
    pub wrong_keys_per_second_per_source: u32,
    /// Destinations known at once.
    pub max_destinations: usize,
    /// Bytes of memory for events that wait for all clients and that are kept for all who come back, half for each.
    pub event_bytes: usize,
    /// How long a stop may take.
    #[serde(with = "duration")]
    pub shutdown_timeout: Duration,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8112)),
            admin_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8162)),
            plain_http_behind_proxy: false,
            tls: Tls::default(),
            command_paths: Vec::new(),
            allowed_origins: Vec::new(),
            max_connections: 12_000,
            max_connections_per_source: 4_000,
            max_connections_per_client: 4_000,
            commands_per_second: 100,
            command_burst: 200,
            commands_per_second_per_source: 2_000,
            command_burst_per_source: 10_000,
            wrong_keys_per_second_per_source: 10,
            max_destinations: 20_000,
            event_bytes: 256 * 1024 * 1024,
            shutdown_timeout: Duration::from_secs(10),
        }
    }
}

/// Who may ask for readiness, metrics and sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// SHA-256 of keys, in hex; none: everybody, on loopback only.
    #[serde(deserialize_with = "one_or_many")]
    pub key_sha256: Vec<String>,
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
    /// Failed credentials of one agent within the window, after which Finesse is not asked again.
    pub sign_in_failures: usize,
    /// How long a failed credential counts.
    #[serde(with = "duration")]
    pub sign_in_window: Duration,
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
            sign_in_failures: 3,
            sign_in_window: Duration::from_secs(5 * 60),
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

/// Logging.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or such levels by target.
    pub level: String,
    /// Form of a line.
    pub format: LogFormat,
    /// File of the audit log, one JSON object a line; empty: there is none.
    pub audit_file: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Text,
            audit_file: String::new(),
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
