//! Pauses between attempts, spread so that a fleet does not return in step.

use std::time::Duration;

use uuid::Uuid;

/// Exponential back-off with full jitter.
pub(super) struct Backoff {
    min: Duration,
    max: Duration,
    attempt: u32,
}

impl Backoff {
    pub(super) fn new(min: Duration, max: Duration) -> Self {
        Self {
            min,
            max,
            attempt: 0,
        }
    }

    pub(super) fn reset(&mut self) {
        self.attempt = 0;
    }

    /// The next pause: anything up to a bound that doubles each time.
    pub(super) fn pause(&mut self) -> Duration {
        self.bound().mul_f64(random_share())
    }

    fn bound(&mut self) -> Duration {
        let factor = 1_u32.checked_shl(self.attempt).unwrap_or(u32::MAX);
        self.attempt = self.attempt.saturating_add(1);
        self.min.saturating_mul(factor).min(self.max)
    }
}

fn random_share() -> f64 {
    // The first 32 bits of a random UUID are random.
    let bits = (Uuid::new_v4().as_u128() >> 96) as u32;
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_its_cap() {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        let bounds: Vec<u128> = (0..9).map(|_| backoff.bound().as_millis()).collect();
        assert_eq!(
            bounds,
            [
                500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000
            ]
        );
        backoff.attempt = 40;
        assert_eq!(backoff.bound(), Duration::from_secs(30));
        backoff.reset();
        assert_eq!(backoff.bound(), Duration::from_millis(500));
    }

    #[test]
    fn pauses_differ_and_stay_within_the_bound() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(1));
        let pauses: Vec<Duration> = (0..32).map(|_| backoff.pause()).collect();
        assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(1)));
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
    }
}
