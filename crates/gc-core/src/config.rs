//! Settings of the core; the defaults are the contract's.

use std::time::Duration;

/// What the core may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Finesse nodes of the cluster, by number from 0.
    pub nodes: usize,
    /// Sessions allowed at once (the licence); `None` is no limit.
    pub max_sessions: Option<usize>,
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
}

impl Default for Config {
    fn default() -> Self {
        Self {
            nodes: 1,
            max_sessions: None,
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
