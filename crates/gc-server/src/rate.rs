//! Token buckets: one for each client, or for each source address.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Buckets of all who take; full ones are forgotten, and when there are too many, newcomers share one.
#[derive(Debug)]
pub(crate) struct Rates<K> {
    per_second: f64,
    burst: f64,
    buckets: Mutex<Buckets<K>>,
}

#[derive(Debug)]
struct Buckets<K> {
    known: BTreeMap<K, Bucket>,
    newcomers: Bucket,
    swept: Instant,
}

#[derive(Debug, Clone)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// Buckets kept before full ones are looked for, once a second at most.
const SWEEP_ABOVE: usize = 4_096;
/// Most buckets; whoever makes up names or addresses gets no further memory.
const MOST: usize = 65_536;
/// Longest time between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

impl<K: Ord> Rates<K> {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let burst = f64::from(burst.max(1));
        let now = Instant::now();
        Self {
            per_second: f64::from(per_second.max(1)),
            burst,
            buckets: Mutex::new(Buckets {
                known: BTreeMap::new(),
                newcomers: Bucket {
                    tokens: burst,
                    filled: now,
                },
                swept: now,
            }),
        }
    }

    /// Takes one token, or says how long to wait for one.
    pub(crate) fn take(&self, who: K, now: Instant) -> Result<(), Duration> {
        // A poisoned lock holds nothing worse than a token too many.
        let mut buckets = self.buckets.lock().unwrap_or_else(|held| held.into_inner());
        self.sweep(&mut buckets, now);
        let full = Bucket {
            tokens: self.burst,
            filled: now,
        };
        let bucket = if buckets.known.len() < MOST || buckets.known.contains_key(&who) {
            buckets.known.entry(who).or_insert(full)
        } else {
            &mut buckets.newcomers
        };
        self.take_of(bucket, now)
    }

    fn take_of(&self, bucket: &mut Bucket, now: Instant) -> Result<(), Duration> {
        bucket.tokens = self.level(bucket, now);
        bucket.filled = now;
        if bucket.tokens < 1.0 {
            let missing = (1.0 - bucket.tokens) / self.per_second;
            return Err(Duration::from_secs_f64(missing));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }

    fn sweep(&self, buckets: &mut Buckets<K>, now: Instant) {
        let due = now.saturating_duration_since(buckets.swept) >= SWEEP_EVERY;
        if due && buckets.known.len() > SWEEP_ABOVE {
            buckets.swept = now;
            buckets
                .known
                .retain(|_, bucket| self.level(bucket, now) < self.burst);
        }
    }

    /// The most that one can take within a time.
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
        let after = |millis| start + Duration::from_millis(millis);
        assert_eq!(rates.take("crm", after(101)), Ok(()));
        assert!(rates.take("crm", after(102)).is_err());
    }

    #[test]
    fn the_most_within_a_time_is_the_burst_and_what_is_refilled() {
        let most = Rates::<&str>::new(100, 200).most_within(Duration::from_secs(600));
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
            assert_eq!(rates.take(client, start), Ok(()));
        }
        assert_eq!(rates.take(MOST, start + Duration::from_secs(5)), Ok(()));
        assert_eq!(rates.buckets.lock().unwrap().known.len(), 1);
    }

    #[test]
    fn newcomers_share_one_bucket_when_there_are_too_many_and_the_known_keep_theirs() {
        let rates = Rates::new(1, 2);
        let start = Instant::now();
        for client in 0..MOST {
            assert_eq!(rates.take(client, start), Ok(()));
        }
        assert_eq!(rates.take(MOST, start), Ok(()));
        assert_eq!(rates.take(MOST + 1, start), Ok(()));
        assert!(rates.take(MOST + 2, start).is_err());
        assert_eq!(rates.take(7, start), Ok(()));
        assert_eq!(rates.buckets.lock().unwrap().known.len(), MOST);
    }
}
