//! Runs the model at random until so many transitions are through; see `cargo xtask model`.
#![allow(clippy::print_stdout)] // a tool speaks to a terminal

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use gc_model::{STEPS_PER_RUN, Sightings, run};

/// Seldom seen is not tested.
const FLOOR: u64 = 100;
/// From so many transitions on that is a fault of the run.
const FLOOR_FROM: u64 = 1_000_000;

/// More are not looked for.
const FAILURES: u32 = 10;

#[derive(Parser)]
struct Arguments {
    /// Transitions in all; with a seed, of its run.
    #[arg(long)]
    steps: Option<u64>,
    /// Replays one run instead, and tells everything.
    #[arg(long)]
    seed: Option<u64>,
    /// Seed of the first run.
    #[arg(long, default_value_t = 1)]
    first: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.seed {
        Some(seed) => replay(seed, arguments.steps.unwrap_or(STEPS_PER_RUN)),
        None => many(arguments.first, arguments.steps.unwrap_or(FLOOR_FROM)),
    }
}

fn replay(seed: u64, steps: u64) -> ExitCode {
    match run(seed, steps) {
        Ok(seen) => {
            println!("{seen}seed {seed}: {steps} transitions, nothing broken");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            for line in &failure.lines {
                println!("{line}");
            }
            println!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn many(first: u64, steps: u64) -> ExitCode {
    let runs = steps.div_ceil(STEPS_PER_RUN).max(1);
    let begin = Instant::now();
    let mut seen = Sightings::default();
    let mut failures = 0;
    for seed in first..first + runs {
        match run(seed, STEPS_PER_RUN) {
            Ok(of_run) => seen.add(&of_run),
            Err(failure) => {
                println!("{failure}");
                failures += 1;
            }
        }
        if failures == FAILURES {
            break;
        }
    }
    if failures > 0 {
        return ExitCode::FAILURE;
    }
    let (steps, seconds) = (runs * STEPS_PER_RUN, begin.elapsed().as_secs_f64());
    let last = first + runs - 1;
    println!("{seen}seeds {first} to {last}: {steps} transitions, nothing broken");
    println!(
        "{seconds:.1} s, {:.0} transitions a second",
        steps as f64 / seconds
    );
    if let Some(slow) = seen.settling.is_too_slow() {
        println!("too slow: {slow}");
        return ExitCode::FAILURE;
    }
    let weak = seen.below(FLOOR);
    if steps >= FLOOR_FROM && !weak.is_empty() {
        println!("too weak: seen less than {FLOOR} times: {weak:#?}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
