//! `[replay]`: what is kept for connections that come back.

use std::time::Duration;

use serde::Deserialize;

use super::duration;

/// How much is kept of each destination's events; whichever bound is reached first counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replay {
    /// Events; 0 keeps none.
    pub events: usize,
    /// Bytes of their JSON.
    pub bytes: usize,
    /// How long one is kept.
    #[serde(with = "duration")]
    pub age: Duration,
}

impl Default for Replay {
    fn default() -> Self {
        Self {
            events: 500,
            bytes: 512 * 1024,
            age: Duration::from_secs(60),
        }
    }
}
