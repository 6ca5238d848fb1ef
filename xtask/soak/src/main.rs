//! `cargo xtask soak` builds this for release and runs it.
#![allow(clippy::print_stdout)] // a tool speaks to a terminal

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use gc_soak::Options;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Many agents at work while things fail; without options for 21 minutes, of which the first eleven fill the memory.
#[derive(Parser)]
struct Arguments {
    /// Agents, each with a client.
    #[arg(long, default_value_t = 1000)]
    agents: usize,
    /// How long they work after the warm-up.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Minutes before memory is judged: the gateway remembers ids of commands for ten, so only after them can it be flat.
    #[arg(long, default_value_t = 11.0)]
    warm_up: f64,
    /// Notifications a second.
    #[arg(long, default_value_t = 300)]
    rate: u32,
    /// The same seed makes the same faults and the same work.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds from one fault to the next.
    #[arg(long, default_value_t = 30.0)]
    every: f64,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    raise_descriptor_limit()?;
    let own = std::env::current_exe()?;
    let program = own.parent().context("no folder")?.join("gc-server");
    ensure!(program.is_file(), "{} is not built", program.display());
    let report = gc_soak::run(&Options {
        agents: arguments.agents,
        warm_up: minutes(arguments.warm_up).context("--warm-up")?,
        length: minutes(arguments.minutes).context("--minutes")?,
        rate: arguments.rate,
        seed: arguments.seed,
        every: Duration::try_from_secs_f64(arguments.every).context("--every")?,
        program,
    })?;
    print!("{report}");
    Ok(match report.breaches() {
        [] => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn minutes(count: f64) -> Result<Duration> {
    Ok(Duration::try_from_secs_f64(count * 60.0)?)
}

fn raise_descriptor_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).context("the descriptor limit")
}
