//! A stop: clients get what is theirs, then the links close, and at last nobody is told any more that the gateway stops.

use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The part of a stop that clients have for what waits for them.
const FOR_CLIENTS: f64 = 0.8;
/// How long an answer on the admin listener may still take at the very end.
const LAST_LOOK: Duration = Duration::from_millis(200);

/// Everything that has to end, once it was told to.
pub(super) struct Ending {
    /// How long all of it may take.
    pub(super) limit: Duration,
    /// Everything towards clients.
    pub(super) clients: TaskTracker,
    /// Everything towards Finesse, and the loop between.
    pub(super) finesse: TaskTracker,
    /// Lets the links close.
    pub(super) part: CancellationToken,
    /// The admin listener.
    pub(super) watched: TaskTracker,
    /// Ends that one.
    pub(super) stopped: CancellationToken,
    /// Ends everything at once.
    pub(super) kill: CancellationToken,
}

impl Ending {
    /// Waits for it, and cuts off what takes too long.
    pub(super) async fn come(self) {
        let deadline = Instant::now() + self.limit;
        self.clients.close();
        self.finesse.close();
        self.watched.close();
        // Who is too slow loses what waits; the links still have their time.
        let for_clients = self.limit.mul_f64(FOR_CLIENTS);
        let told = timeout(for_clients, self.clients.wait()).await;
        self.part.cancel();
        let parted = timeout_at(deadline, self.finesse.wait()).await;
        if told.is_err() || parted.is_err() {
            tracing::warn!("not everything ended in time; the rest is cut off");
        }
        self.stopped.cancel();
        // Whoever looks longer is not answered.
        let _ = timeout(LAST_LOOK, self.watched.wait()).await;
        self.kill.cancel();
        tokio::join!(
            self.clients.wait(),
            self.finesse.wait(),
            self.watched.wait()
        );
    }
}
