//! Complaints that would flood the log: each is made at most once in a while, with how often there was a reason.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines of the same complaint.
const INTERVAL: Duration = Duration::from_secs(10);

/// One complaint.
#[derive(Debug, Default)]
pub(crate) struct Seldom {
    last: Option<Instant>,
    unsaid: u64,
}

impl Seldom {
    /// There is a reason again; how many there were since the last line, if it is time for one.
    pub(crate) fn due(&mut self, now: Instant) -> Option<u64> {
        self.unsaid += 1;
        let wait = |last: Instant| now.saturating_duration_since(last) < INTERVAL;
        if self.last.is_some_and(wait) {
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.unsaid))
    }
}

/// One complaint that several make.
#[derive(Debug, Default)]
pub(crate) struct Shared(Mutex<Seldom>);

impl Shared {
    /// As [`Seldom::due`].
    pub(crate) fn due(&self, now: Instant) -> Option<u64> {
        let mut seldom = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seldom.due(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_made_at_once_and_then_every_ten_seconds_with_its_count() {
        let mut seldom = Seldom::default();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(seldom.due(after(0)), Some(1));
        for second in 1..10 {
            assert_eq!(seldom.due(after(second)), None);
        }
        assert_eq!(seldom.due(after(10)), Some(10));
        assert_eq!(seldom.due(after(30)), Some(1));
    }
}
