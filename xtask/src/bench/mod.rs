//! Figures beside their targets; measured by a program of its own, built for release.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::process::cargo;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the figures that need no socket.
    #[arg(long)]
    pub(crate) pure: bool,
    /// Agents for the memory figure.
    #[arg(long, default_value_t = 1000)]
    pub(crate) agents: usize,
}

/// Builds the programs for release and measures them.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--locked", "--package", "gc-bench"]);
    if !options.pure {
        build.args(["--package", "gc-server-bin"]);
    }
    let built = build.status().context("cargo build --release")?;
    ensure!(built.success(), "the release build failed");
    let mut measure = std::process::Command::new(root.join("target/release/gc-bench"));
    measure
        .current_dir(root)
        .args(["--agents", &options.agents.to_string()]);
    if options.pure {
        measure.arg("--pure");
    }
    let measured = measure.status().context("gc-bench")?;
    Ok(if measured.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
