//! Logins take turns, so that a node is not stormed when many links are made at once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// So many logins at once, and one after the other in even steps.
pub(crate) struct Turns {
    places: Semaphore,
    spacing: Duration,
    /// When the next one may begin.
    next: Mutex<Option<Instant>>,
}

impl Turns {
    /// Lets `parallel` logins be under way at once, and `per_second` begin.
    pub(crate) fn new(parallel: usize, per_second: u32) -> Self {
        Self {
            places: Semaphore::new(parallel),
            spacing: Duration::from_secs(1) / per_second.max(1),
            next: Mutex::new(None),
        }
    }

    /// Waits until a login may begin; it is under way as long as the permit lives.
    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        let place = self.places.acquire().await?;
        sleep_until(self.moment()).await;
        Ok(place)
    }

    fn moment(&self) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let moment = next.map_or(now, |next| next.max(now));
        *next = Some(moment + self.spacing);
        moment
    }
}
