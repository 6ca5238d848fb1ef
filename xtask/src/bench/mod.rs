//! Figures beside their targets; measured by a program of its own, built for release.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::process::cargo;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these figures: pure, start, flow, memory, restart or failover.
    #[arg(long)]
    pub(crate) only: Option<String>,
    /// Agents for the memory figure.
    #[arg(long, default_value_t = 1000)]
    pub(crate) agents: usize,
    /// Agents for the restart.
    #[arg(long, default_value_t = 2000)]
    pub(crate) restart_agents: usize,
    /// Agents for the fail-over.
    #[arg(long, default_value_t = 2000)]
    pub(crate) failover_agents: usize,
    /// How notifications reach the gateway: auto, websocket or tcp.
    #[arg(long, default_value = "auto")]
    pub(crate) transport: String,
}

/// Builds the programs for release and measures them.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--locked"]);
    build.args(["--package", "gc-bench", "--package", "gc-server-bin"]);
    let built = build.status().context("cargo build --release")?;
    ensure!(built.success(), "the release build failed");
    let mut measure = std::process::Command::new(root.join("target/release/gc-bench"));
    measure
        .current_dir(root)
        .args(["--agents", &options.agents.to_string()])
        .args(["--restart-agents", &options.restart_agents.to_string()])
        .args(["--failover-agents", &options.failover_agents.to_string()])
        .args(["--transport", &options.transport]);
    if let Some(part) = &options.only {
        measure.args(["--only", part]);
    }
    let measured = measure.status().context("gc-bench")?;
    Ok(if measured.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
