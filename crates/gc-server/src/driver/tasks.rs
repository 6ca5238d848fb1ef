//! Work that the loop must not wait for: it runs beside it and reports when it is done.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::happening::TaskNews;

/// Starts tasks of this gateway; all of them end with it.
#[derive(Clone)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    kill: CancellationToken,
    news: mpsc::Sender<TaskNews>,
}

impl Tasks {
    pub(super) fn new(
        tracker: TaskTracker,
        kill: CancellationToken,
        news: mpsc::Sender<TaskNews>,
    ) -> Self {
        Self {
            tracker,
            kill,
            news,
        }
    }

    /// Runs a piece of work and reports what came of it, or `broken` if it panics.
    pub(super) fn run(
        &self,
        work: impl Future<Output = TaskNews> + Send + 'static,
        broken: TaskNews,
    ) {
        let news = self.news.clone();
        // Every future that awaits another by value is twice its size, and a link passes through five of them.
        let work = Box::pin(work);
        self.spawn(async move {
            let outcome = AssertUnwindSafe(work).catch_unwind().await;
            // The loop may have ended; then nobody needs to know.
            let _ = news.send(outcome.unwrap_or(broken)).await;
        });
    }

    /// Runs a piece of work that reports by itself.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let kill = self.kill.clone();
        self.tracker.spawn(async move {
            kill.run_until_cancelled(work).await;
        });
    }
}
