//! A token bucket a client.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Buckets of all clients; full ones are forgotten.
#[derive(Debug)]
pub(crate) struct Rates {
    per_second: f64,
    burst: f64,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// Buckets kept before full ones are looked for.
const SWEEP_ABOVE: usize = 4_096;

impl Rates {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        Self {
            per_second: f64::from(per_second.max(1)),
            burst: f64::from(burst.max(1)),
            buckets: Mutex::default(),
        }
    }

    /// Takes one token, or says how long to wait for one.
    pub(crate) fn take(&self, client: &str, now: Instant) -> Result<(), Duration> {
        // A poisoned lock holds nothing worse than a token too many.
        let mut buckets = self.buckets.lock().unwrap_or_else(|held| held.into_inner());
        if buckets.len() > SWEEP_ABOVE {
            buckets.retain(|_, bucket| self.level(bucket, now) < self.burst);
        }
        let bucket = buckets.entry(client.to_owned()).or_insert(Bucket {
            tokens: self.burst,
            filled: now,
        });
        bucket.tokens = self.level(bucket, now);
        bucket.filled = now;
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64(
                (1.0 - bucket.tokens) / self.per_second,
            ));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }

    /// The most that one client can take within a time.
    pub(crate) fn most_within(&self, time: Duration) -> usize {
        let most = self.burst + self.per_second * time.as_secs_f64();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // whole numbers of at most 42 bits
        let most = most.ceil() as usize;
        most
    }

    fn level(&self, bucket: &Bucket, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(bucket.filled).as_secs_f64();
        (bucket.tokens + passed * self.per_second).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_then_the_rate_counts() {
        let rates = Rates::new(10, 3);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(rates.take("crm", start), Ok(()));
        }
        let wait = rates.take("crm", start).unwrap_err();
        assert!(
            wait <= Duration::from_millis(100) && wait > Duration::from_millis(90),
            "{wait:?}"
        );
        assert_eq!(
            rates.take("crm", start + Duration::from_millis(101)),
            Ok(())
        );
        assert!(
            rates
                .take("crm", start + Duration::from_millis(102))
                .is_err()
        );
    }

    #[test]
    fn the_most_within_a_time_is_the_burst_and_what_is_refilled() {
        let most = Rates::new(100, 200).most_within(Duration::from_secs(600));
        assert_eq!(most, 60_200);
    }

    #[test]
    fn one_client_never_costs_another_its_tokens() {
        let rates = Rates::new(1, 1);
        let start = Instant::now();
        assert_eq!(rates.take("crm", start), Ok(()));
        assert!(rates.take("crm", start).is_err());
        assert_eq!(rates.take("desk", start), Ok(()));
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let rates = Rates::new(1, 1);
        let start = Instant::now();
        for client in 0..=SWEEP_ABOVE {
            assert_eq!(rates.take(&client.to_string(), start), Ok(()));
        }
        assert_eq!(rates.take("late", start + Duration::from_secs(5)), Ok(()));
        assert_eq!(rates.buckets.lock().unwrap().len(), 1);
    }
}
