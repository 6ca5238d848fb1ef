//! From one receiver of a destination to the next: events stay in order, and what the last one lost is known to the next.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::hub::{End, Queue};

/// What a delivery waits for before it begins, and who waits for it.
pub(crate) struct Handover {
    before: Option<Predecessor>,
    pub(super) done: oneshot::Sender<usize>,
}

/// The delivery to the receiver before; it tells how many events were lost without a mark.
pub(crate) struct Predecessor {
    queue: Queue,
    done: oneshot::Receiver<usize>,
}

impl Handover {
    /// For a new delivery after another one; what its own successor will wait for comes with it.
    pub(crate) fn new(before: Option<Predecessor>, queue: Queue) -> (Self, Predecessor) {
        let (sender, done) = oneshot::channel();
        let handover = Self {
            before,
            done: sender,
        };
        (handover, Predecessor { queue, done })
    }

    /// Waits until the predecessor has ended, and cuts it off when that takes too long.
    pub(super) async fn wait(&mut self, limit: Duration) -> usize {
        match self.before.take() {
            Some(before) => before.ended(limit).await,
            None => 0,
        }
    }
}

impl Predecessor {
    async fn ended(mut self, limit: Duration) -> usize {
        let lost = match timeout(limit, &mut self.done).await {
            Ok(lost) => lost,
            Err(_) => {
                self.queue.clear();
                self.queue.end(End::TooSlow);
                self.done.await
            }
        };
        // It was cut off by the end of the gateway, or never ran.
        lost.unwrap_or_default()
    }
}
