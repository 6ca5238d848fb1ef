//! Deadlines on a machine that may stand still.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout, timeout_at};

/// A deadline noticed so much too late was missed because nothing ran here.
const LATE: Duration = Duration::from_secs(1);
/// Time to take what lies ready after that.
const GRACE: Duration = Duration::from_secs(1);

/// Waits until a deadline; what came in time while this process stood still is taken all the same.
pub(crate) async fn by<T>(
    deadline: Instant,
    what: impl Future<Output = T> + Send,
) -> Result<T, Elapsed> {
    let mut what = pin!(what);
    match timeout_at(deadline, what.as_mut()).await {
        Err(_) if Instant::now() >= deadline + LATE => timeout(GRACE, what).await,
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    fn in_ten_seconds() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    #[tokio::test(start_paused = true)]
    async fn what_lies_ready_after_a_standstill_is_taken() {
        let (sender, answer) = oneshot::channel();
        let waiting = tokio::spawn(by(in_ten_seconds(), answer));
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_secs(25)).await;
        tokio::task::yield_now().await;
        sender.send("an answer").unwrap();
        assert_eq!(waiting.await.unwrap(), Ok(Ok("an answer")));
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_come_is_given_up_in_time_and_soon_after_a_standstill() {
        let start = Instant::now();
        let nothing = std::future::pending::<()>();
        assert!(by(in_ten_seconds(), nothing).await.is_err());
        assert_eq!(start.elapsed().as_secs(), 10);

        let start = Instant::now();
        let waiting = tokio::spawn(by(in_ten_seconds(), std::future::pending::<()>()));
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_secs(25)).await;
        assert!(waiting.await.unwrap().is_err());
        assert_eq!(start.elapsed().as_secs(), 26);
    }
}
