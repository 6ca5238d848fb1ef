//! What a process uses, as the kernel counts it.

use std::time::Duration;

use anyhow::{Context, Result};

/// Ticks a second of the counters in `/proc`; the same on every Linux that we know.
const TICKS: f64 = 100.0;
const PAGE_KIB: f64 = 4.0;

/// CPU time so far, user and system.
pub(crate) fn cpu(process: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name may hold blanks; what follows its bracket does not.
    let (_, rest) = stat.rsplit_once(')').context("/proc: stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64> { Ok(fields.get(at).context("/proc: stat")?.parse()?) };
    Ok(Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS))
}

/// Resident memory in KiB.
pub(crate) fn resident(process: u32) -> Result<f64> {
    let statm = std::fs::read_to_string(format!("/proc/{process}/statm"))?;
    let pages: f64 = statm
        .split_whitespace()
        .nth(1)
        .context("/proc: statm")?
        .parse()?;
    Ok(pages * PAGE_KIB)
}
