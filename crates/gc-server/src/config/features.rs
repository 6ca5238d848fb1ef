//! `[team]`, `[queues]`, `[sso]` and `[calls]`: what single groups of commands go by.

use std::time::Duration;

use serde::Deserialize;

use super::duration;

/// Lists of a team's agents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Team {
    /// Whether they hold agents that are logged out.
    pub include_logged_out_agents: bool,
}

/// Statistics of queues.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Queues {
    /// Whether a supervisor who asked once is told of changes.
    pub feed: bool,
    /// How often they are asked for where Finesse does not tell of changes (UCCX).
    #[serde(with = "duration")]
    pub poll_interval: Duration,
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            feed: true,
            poll_interval: Duration::from_secs(10),
        }
    }
}

/// Single sign-on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sso {
    /// How long a token lives that does not say it.
    #[serde(with = "duration")]
    pub token_life: Duration,
    /// After which part of its life the client is asked for a new one.
    pub warn_at: f64,
}

impl Default for Sso {
    fn default() -> Self {
        Self {
            token_life: Duration::from_secs(60 * 60),
            warn_at: 0.75,
        }
    }
}

/// Data of calls.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calls {
    /// Most bytes of one call variable.
    pub variable_bytes: usize,
    /// Most bytes of all ECC variables of a call, names included.
    pub ecc_bytes: usize,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            variable_bytes: 40,
            ecc_bytes: 2_000,
        }
    }
}
