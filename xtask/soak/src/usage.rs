//! What a process or some of its threads use, as the kernel counts it.

use std::fs::{read_dir, read_to_string};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// Ticks a second of the counters in `/proc`; the same on every Linux that we know.
const TICKS: f64 = 100.0;
const PAGE_KIB: u64 = 4;

/// CPU time of a process so far.
pub(crate) fn cpu(process: u32) -> Result<Duration> {
    let (_, used) = stat(Path::new(&format!("/proc/{process}/stat")))?;
    Ok(used)
}

/// CPU time so far of this process's threads of that name.
pub(crate) fn cpu_of_threads(name: &str) -> Result<Duration> {
    let mut sum = Duration::ZERO;
    for thread in read_dir("/proc/self/task")? {
        // Another thread may have ended by now.
        if let Ok((found, used)) = stat(&thread?.path().join("stat"))
            && found == name
        {
            sum += used;
        }
    }
    Ok(sum)
}

/// Name, and CPU time by user and system.
fn stat(file: &Path) -> Result<(String, Duration)> {
    let text = read_to_string(file)?;
    // The name may hold blanks; what follows its bracket does not.
    let (head, rest) = text.rsplit_once(')').context("/proc: stat")?;
    let (_, name) = head.split_once('(').context("/proc: stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64> { Ok(fields.get(at).context("/proc: stat")?.parse()?) };
    let used = Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS);
    Ok((name.to_owned(), used))
}

/// Resident memory in KiB.
pub(crate) fn resident(process: u32) -> Result<u64> {
    let statm = read_to_string(format!("/proc/{process}/statm"))?;
    let pages = statm.split_whitespace().nth(1).context("/proc: statm")?;
    Ok(pages.parse::<u64>()? * PAGE_KIB)
}
