//! Load with faults; a program of its own, built for release.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::process::cargo;

/// How much of it; without options it takes 21 minutes, of which the first eleven fill the memory.
#[derive(Args)]
pub(crate) struct Options {
    /// Agents, each with a client.
    #[arg(long, default_value_t = 1000)]
    pub(crate) agents: usize,
    /// How long they work after the warm-up.
    #[arg(long, default_value_t = 10.0)]
    pub(crate) minutes: f64,
    /// Minutes before memory is judged: the gateway remembers ids of commands for ten, so only after them can it be flat.
    #[arg(long, default_value_t = 11.0)]
    pub(crate) warm_up: f64,
    /// Notifications a second.
    #[arg(long, default_value_t = 300)]
    pub(crate) rate: u32,
    /// The same seed makes the same faults and the same work.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Seconds from one fault to the next.
    #[arg(long, default_value_t = 30.0)]
    pub(crate) every: f64,
}

/// Builds the programs for release and runs them.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--locked"]);
    build.args(["--package", "gc-soak", "--package", "gc-server-bin"]);
    let built = build.status().context("cargo build --release")?;
    ensure!(built.success(), "the release build failed");
    let mut soak = std::process::Command::new(root.join("target/release/gc-soak"));
    soak.current_dir(root)
        .args(["--agents", &options.agents.to_string()])
        .args(["--minutes", &options.minutes.to_string()])
        .args(["--warm-up", &options.warm_up.to_string()])
        .args(["--rate", &options.rate.to_string()])
        .args(["--seed", &options.seed.to_string()])
        .args(["--every", &options.every.to_string()]);
    let ran = soak.status().context("gc-soak")?;
    Ok(if ran.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
