//! The model at random, far beyond what CI runs; a program of its own, built for release.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::process::cargo;

/// How much of it.
#[derive(Args)]
pub(crate) struct Options {
    /// Transitions in all, a million without it; with a seed, of its run.
    #[arg(long)]
    pub(crate) steps: Option<u64>,
    /// Replays one run, and tells everything that went in and out.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Seed of the first run.
    #[arg(long, default_value_t = 1)]
    pub(crate) first: u64,
}

/// Builds the program for release and runs it.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--locked", "--package", "gc-model"]);
    let built = build.status().context("cargo build --release")?;
    ensure!(built.success(), "the release build failed");
    let mut model = std::process::Command::new(root.join("target/release/gc-model"));
    model
        .current_dir(root)
        .args(["--first", &options.first.to_string()]);
    if let Some(steps) = options.steps {
        model.args(["--steps", &steps.to_string()]);
    }
    if let Some(seed) = options.seed {
        model.args(["--seed", &seed.to_string()]);
    }
    let ran = model.status().context("gc-model")?;
    Ok(if ran.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
