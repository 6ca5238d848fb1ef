//! Whether memory grows.

/// After the warm-up memory may grow by a tenth and this many KiB: what is asked for in a storm of links is not given back.
const SLACK: u64 = 16 * 1024;
/// Caches and what is kept for a minute are full by then.
const WARM_UP: f64 = 90.0;

/// Resident memory in KiB, by seconds.
#[derive(Debug, Default, Clone)]
pub(crate) struct Memory(Vec<(f64, u64)>);

impl Memory {
    pub(crate) fn sample(&mut self, seconds: f64, kib: u64) {
        self.0.push((seconds, kib));
    }

    /// The first and the last sample.
    pub(crate) fn ends(&self) -> Option<(u64, u64)> {
        Some((self.0.first()?.1, self.0.last()?.1))
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
        let end = self.0.last().map_or(0.0, |last| last.0);
        let from = WARM_UP.min(end / 3.0);
        let first = self.0.partition_point(|sample| sample.0 < from);
        &self.0[first..]
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
        Memory(
            (0..600)
                .map(|second| (f64::from(second), level(second)))
                .collect(),
        )
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
}
