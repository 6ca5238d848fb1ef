//! Whether memory grows.

use std::fmt;
use std::time::Duration;

/// After the warm-up memory may grow by a tenth and this many KiB: what is asked for in a storm of links is not given back.
const SLACK: u64 = 16 * 1024;

/// Resident memory in KiB, by seconds.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    warm_up: f64,
    samples: Vec<(f64, u64)>,
}

impl Memory {
    /// Nothing is judged before the warm-up is over.
    pub(crate) fn new(warm_up: Duration) -> Self {
        Self {
            warm_up: warm_up.as_secs_f64(),
            samples: Vec::new(),
        }
    }

    pub(crate) fn sample(&mut self, seconds: f64, kib: u64) {
        self.samples.push((seconds, kib));
    }

    /// Growth in KiB a minute after the warm-up, by least squares.
    #[allow(clippy::cast_precision_loss)] // some thousands of samples
    pub(crate) fn slope(&self) -> f64 {
        let warm = self.warm();
        let count = warm.len().max(1) as f64;
        let mean_of = |value: fn(&(f64, u64)) -> f64| warm.iter().map(value).sum::<f64>() / count;
        let (time, level) = (mean_of(|of| of.0), mean_of(|of| of.1 as f64));
        let along = |of: &(f64, u64)| (of.0 - time) * (of.1 as f64 - level);
        let spread: f64 = warm.iter().map(|of| (of.0 - time).powi(2)).sum();
        if spread == 0.0 {
            return 0.0;
        }
        warm.iter().map(along).sum::<f64>() / spread * 60.0
    }

    /// Levels of the first and the last quarter after the warm-up, if the second is too high beside the first.
    pub(crate) fn growth(&self) -> Option<(u64, u64)> {
        let warm = self.warm();
        let quarter = warm.len() / 4;
        let before = median(&warm[..quarter])?;
        let after = median(&warm[warm.len() - quarter..])?;
        (after > before + before / 10 + SLACK).then_some((before, after))
    }

    fn warm(&self) -> &[(f64, u64)] {
        let first = self.samples.partition_point(|of| of.0 < self.warm_up);
        &self.samples[first..]
    }
}

/// The curve, a sample a minute, with a bar where the warm-up ends.
impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut next, mut warm) = (0.0, false);
        for (seconds, kib) in &self.samples {
            if *seconds < next {
                continue;
            }
            next += 60.0;
            if !warm && *seconds >= self.warm_up {
                warm = true;
                f.write_str(" |")?;
            }
            write!(f, " {}", kib / 1024)?;
        }
        Ok(())
    }
}

fn median(of: &[(f64, u64)]) -> Option<u64> {
    let mut levels: Vec<u64> = of.iter().map(|sample| sample.1).collect();
    levels.sort_unstable();
    levels.get(levels.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(level: impl Fn(u32) -> u64) -> Memory {
        let mut memory = Memory::new(Duration::from_secs(90));
        for second in 0..600 {
            memory.sample(f64::from(second), level(second));
        }
        memory
    }

    #[test]
    fn a_megabyte_a_minute_at_each_of_ten_minutes_is_flat_and_ten_are_not() {
        let slow = over(|second| 50_000 + u64::from(second) * 1_000 / 60);
        assert_eq!((slow.growth(), slow.slope().round()), (None, 1_000.0));
        let fast = over(|second| 50_000 + u64::from(second) * 10_000 / 60);
        assert_eq!(fast.growth(), Some((75_500, 139_333)));
    }

    #[test]
    fn what_grows_while_it_warms_up_only_is_flat() {
        let memory = over(|second| 50_000 + 2_000 * u64::from(second.min(80)));
        assert_eq!((memory.growth(), memory.slope()), (None, 0.0));
    }

    #[test]
    fn a_peak_is_no_growth() {
        let memory = over(|second| if second == 300 { 900_000 } else { 50_000 });
        assert_eq!(memory.growth(), None);
    }

    #[test]
    fn the_curve_has_a_sample_for_each_minute_and_shows_where_the_warm_up_ends() {
        let memory = over(|second| u64::from(second) * 1024);
        assert_eq!(
            memory.to_string(),
            " 0 60 | 120 180 240 300 360 420 480 540"
        );
    }
}
