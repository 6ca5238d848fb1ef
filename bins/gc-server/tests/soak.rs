//! The program under load, while one thing after the other fails; `cargo xtask soak` does that at length.
#![allow(clippy::print_stdout)] // a failed run is repeated with the seed that it prints

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use gc_soak::Options;

/// Kinds of faults that there are; in this time each comes once.
const KINDS: usize = 15;

#[test]
fn under_load_and_with_a_fault_of_each_kind_nothing_is_lost_done_twice_or_left() -> Result<()> {
    let every = Duration::from_millis(2_250);
    let seed = std::env::var("GC_SOAK_SEED").ok();
    let time = every * u32::try_from(KINDS)? + every / 2;
    let report = gc_soak::run(&Options {
        agents: 40,
        warm_up: time / 3,
        length: time - time / 3,
        rate: 80,
        seed: seed.map_or(Ok(1), |seed| seed.parse())?,
        every,
        program: PathBuf::from(env!("CARGO_BIN_EXE_gc-server")),
    })?;
    println!("{report}");
    ensure!(report.breaches().is_empty(), "{:#?}", report.breaches());
    let enough =
        report.kinds() == KINDS && report.outcomes() > 300 && report.resumes() > report.gaps();
    let enough = enough && report.gaps() > 0 && report.cut_off() == 1 && report.rate() > 20.0;
    ensure!(enough, "that proves nothing");
    Ok(())
}
