//! The corpus of every target, whatever fuzzing has found, and damage that seeds choose: nothing panics, nothing takes long.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod seeds;

use std::time::{Duration, Instant};

use gc_fuzz::{TARGETS, Target};
use gc_testkit::hostile::Damage;

/// No input of a few kilobytes may take longer, not even without optimisation and beside other tests.
const LIMIT: Duration = Duration::from_secs(5);

/// Damaged inputs of each target; `GC_FUZZ_RUNS` makes it more.
const RUNS: usize = 3_000;

#[test]
fn every_target_has_a_corpus() {
    for target in TARGETS {
        let own = seeds::committed(target.name);
        assert!(own.len() >= 3, "{} has {} seeds", target.name, own.len());
    }
}

#[test]
fn every_target_has_a_libfuzzer_program() {
    for target in TARGETS {
        let program = format!("libfuzzer/fuzz_targets/{}.rs", target.name);
        let text = std::fs::read_to_string(seeds::here().join(program)).unwrap();
        assert!(text.contains(target.name), "{text}");
    }
}

#[test]
fn the_corpus_passes() {
    for target in TARGETS {
        for seed in seeds::of(target.name) {
            run(target, &seed);
        }
    }
}

#[test]
fn the_corpus_passes_with_damage() {
    let wanted = std::env::var("GC_FUZZ_RUNS").ok();
    let runs = wanted.map_or(RUNS, |runs| runs.parse().unwrap());
    for (number, target) in (1..).zip(TARGETS) {
        let seeds = seeds::of(target.name);
        let mut damage = Damage::seeded(number);
        for _ in 0..runs {
            run(target, &damage.to(&seeds));
        }
    }
}

fn run(target: &Target, input: &[u8]) {
    let begun = Instant::now();
    let shown = String::from_utf8_lossy(&input[..input.len().min(300)]);
    let outcome = std::panic::catch_unwind(|| (target.run)(input));
    assert!(outcome.is_ok(), "{} panics on {shown:?}", target.name);
    assert!(
        begun.elapsed() < LIMIT,
        "{} is slow on {shown:?}",
        target.name
    );
}
