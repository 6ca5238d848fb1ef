//! Where a site has its time from.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::engine::SimTime;

/// A clock that nobody can set back.
#[derive(Debug)]
pub(crate) enum Clock {
    /// The machine's.
    Machine { started: Instant, at_start: SimTime },
    /// Whoever drives the site tells the time.
    Given(AtomicU64),
}

impl Clock {
    pub(crate) fn machine() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since_epoch.unwrap_or_default().as_millis() as u64;
        Self::Machine {
            started: Instant::now(),
            at_start: SimTime::from_unix_millis(millis),
        }
    }

    pub(crate) fn given(start: SimTime) -> Self {
        Self::Given(AtomicU64::new(start.unix_millis()))
    }

    pub(crate) fn now(&self) -> SimTime {
        match self {
            Self::Machine { started, at_start } => *at_start + started.elapsed(),
            Self::Given(millis) => SimTime::from_unix_millis(millis.load(Ordering::Acquire)),
        }
    }

    /// Moves a given clock on; the machine's goes by itself.
    pub(crate) fn advance(&self, to: SimTime) {
        match self {
            Self::Machine { .. } => {}
            Self::Given(millis) => {
                millis.fetch_max(to.unix_millis(), Ordering::AcqRel);
            }
        }
    }
}
