//! Settings of the core; the defaults are the contract's.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clusters::Cluster;

/// What the core may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The Finesse clusters; trouble of one of them is none of the others'.
    pub clusters: Vec<Cluster>,
    /// Sessions allowed at once (the licence); `None` is no limit.
    pub max_sessions: Option<usize>,
    /// How long a node that does not serve its agents is waited for, before they go to another one.
    pub failover_after: Duration,
    /// Whether an agent who was READY becomes so again when Finesse made it NOT_READY because of a lost connection.
    pub restore_ready: bool,
    /// How long a request may stay without an outcome.
    pub request_deadline: Duration,
    /// Commands of one agent that may wait, beside the one in flight.
    pub queue_limit: usize,
    /// After this long without its client, a READY agent is set NOT_READY.
    pub gone_not_ready_after: Duration,
    /// After this long without its client, an agent is logged out.
    pub gone_logout_after: Duration,
    /// CTI code of the NOT_READY that the gateway sets itself, if any.
    pub gone_reason_code: Option<String>,
    /// CTI code of the LOGOUT that the gateway sends itself, if any.
    pub gone_logout_reason_code: Option<String>,
    /// How often a client that beats is expected to; three missed make it gone.
    pub beat_period: Duration,
    /// CTI code that goes out when Finesse demands a reason of NOT_READY and the client gave none.
    pub default_not_ready_reason: Option<String>,
    /// CTI code that goes out when Finesse demands a reason of LOGOUT and the client gave none.
    pub default_logout_reason: Option<String>,
    /// What an agent sees of being monitored.
    pub monitor_agent_event: MonitorAgentEvent,
    /// How the call type of a monitoring call is spelt.
    pub monitor_call_type: String,
    /// Whether the driver can reach a recorder of calls.
    pub recorder: bool,
    /// Port and dial number of mobile agents' extensions, by their number in any case.
    pub agent_extensions: BTreeMap<String, MobilePort>,
    /// Whether lists of a team show those who are logged out.
    pub include_logged_out_agents: bool,
    /// Whether a queue's figures follow once they were asked for.
    pub queue_feed: bool,
    /// How often the figures are asked for where Finesse publishes none (Unified CCX).
    pub queue_poll: Duration,
    /// Largest value of a call variable 1 to 10, in bytes.
    pub variable_bytes: usize,
    /// Names and values of all expanded call variables of a call together, in bytes.
    pub ecc_bytes: usize,
    /// How long a change of call data may stay without a trace before it is read back.
    pub read_back_after: Duration,
    /// Life of an access token that does not tell its own.
    pub token_life: Duration,
    /// Percent of a token's life after which its owner is warned.
    pub token_warn_percent: u32,
    /// Failed credentials of one agent within the window, after which Finesse is not asked again.
    pub sign_in_failures: usize,
    /// How long a failed credential counts.
    pub sign_in_window: Duration,
}

/// What a mobile agent's extension stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MobilePort {
    /// CTI port.
    pub port: String,
    /// Number dialled to reach the agent.
    pub dial_number: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clusters: vec![Cluster::of_nodes(1)],
            max_sessions: None,
            failover_after: Duration::from_secs(15),
            restore_ready: false,
            request_deadline: Duration::from_secs(15),
            queue_limit: 16,
            gone_not_ready_after: Duration::from_secs(30),
            gone_logout_after: Duration::from_secs(15 * 60),
            gone_reason_code: None,
            gone_logout_reason_code: None,
            beat_period: Duration::from_secs(30),
            default_not_ready_reason: None,
            default_logout_reason: None,
            monitor_agent_event: MonitorAgentEvent::InboundCall,
            monitor_call_type: "SUPERVISOR_MONITOR".to_owned(),
            recorder: false,
            agent_extensions: BTreeMap::new(),
            include_logged_out_agents: false,
            queue_feed: true,
            queue_poll: Duration::from_secs(10),
            variable_bytes: 40,
            ecc_bytes: 2000,
            read_back_after: Duration::from_secs(3),
            token_life: Duration::from_secs(60 * 60),
            token_warn_percent: 75,
            sign_in_failures: 3,
            sign_in_window: Duration::from_secs(5 * 60),
        }
    }
}

/// What an agent sees of being monitored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonitorAgentEvent {
    /// An `InboundCall` with the monitoring call type.
    InboundCall,
    /// Nothing.
    None,
}
