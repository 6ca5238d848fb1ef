//! How long it takes until clients and Finesse agree, once nothing fails any more.

use std::fmt;

/// Of a run: the longest pause of links, half a minute, a node that is waited for, and a read.
const RUN_AT_MOST: u64 = 60_000;
/// After a link is made again: a read, on a network that is slower than most.
const READ_AT_MOST: u64 = 10_000;

/// Simulated milliseconds of each run, from the end of its last fault.
#[derive(Debug, Clone, Default)]
pub struct Settling {
    /// Until everybody agrees.
    pub(crate) runs: Vec<u64>,
    /// Of each agent whose link was down, from then on that it was made, until the client agrees.
    pub(crate) after_link: Vec<u64>,
}

impl Settling {
    /// Whether it took longer than what is promised, for a person.
    ///
    /// A snapshot takes two seconds beside what the network of a run adds; a link that was down is made again after a pause
    /// of thirty seconds at the most, and nothing is promised for while it is not.
    pub fn is_too_slow(&self) -> Option<String> {
        let longest = |times: &[u64]| times.iter().max().copied().unwrap_or_default();
        let (run, read) = (longest(&self.runs), longest(&self.after_link));
        let slow = run > RUN_AT_MOST || read > READ_AT_MOST;
        slow.then(|| format!("until all agree {run} ms, after a link's return {read} ms"))
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.runs.extend(&other.runs);
        self.after_link.extend(&other.after_link);
    }
}

impl fmt::Display for Settling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_times(f, "from the last fault's end until all agree", &self.runs)?;
        write_times(
            f,
            "from a link's return until its client agrees",
            &self.after_link,
        )
    }
}

fn write_times(f: &mut fmt::Formatter<'_>, what: &str, times: &[u64]) -> fmt::Result {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = |permille: usize| {
        let last = times.len().saturating_sub(1);
        times
            .get(last * permille / 1000)
            .copied()
            .unwrap_or_default()
    };
    let (median, late, latest, count) = (at(500), at(990), at(1000), times.len());
    writeln!(
        f,
        "{what}: p50 {median} ms, p99 {late} ms, longest {latest} ms ({count} times)"
    )
}
