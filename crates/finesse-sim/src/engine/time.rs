//! The engine's clock: milliseconds since the Unix epoch, given from outside.

use std::ops::Add;
use std::time::Duration;

/// A moment of simulated or real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SimTime(u64);

impl SimTime {
    /// From milliseconds since the Unix epoch.
    pub const fn from_unix_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn unix_millis(self) -> u64 {
        self.0
    }

    /// Time that passed since an earlier moment; zero if it is not earlier.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// As Finesse writes times: UTC with milliseconds.
    pub fn iso(self) -> String {
        let time = jiff::Timestamp::from_millisecond(self.0 as i64).unwrap_or_default();
        time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }
}

impl Add<Duration> for SimTime {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0 + span.as_millis() as u64)
    }
}
