//! The gateway between clients and Cisco Finesse, as a program.
#![allow(clippy::print_stdout, clippy::print_stderr)] // it speaks to a terminal until it logs

mod demo;
mod key;
mod memory;
mod morning;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use gc_server::config::{Config, Sources};
use gc_server::{Handle, logs};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A gateway between client applications and Cisco Finesse.
#[derive(Parser)]
#[command(name = "gc-server", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Serves.
    Run(Settings),
    /// Says what is wrong with the settings, and reaches out to nothing.
    Check(Settings),
    /// Makes keys for clients and for the store.
    #[command(subcommand)]
    Key(key::Task),
    /// Serves with a simulated Finesse, on loopback and without keys; needs nothing else.
    Demo(demo::Options),
}

/// Where the settings come from; the environment (GC__SECTION__KEY) is read between the two.
#[derive(Args)]
struct Settings {
    /// File of settings.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One setting over all others, as section.key=value.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match carry_out(Arguments::parse().task).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gc-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(task: Task) -> Result<ExitCode> {
    memory::keep_private()?;
    match task {
        Task::Run(settings) => run(settings).await,
        Task::Check(settings) => check(settings),
        Task::Key(task) => key::run(&task),
        Task::Demo(options) => demo::run(options).await,
    }
}

async fn run(settings: Settings) -> Result<ExitCode> {
    let sources = sources(settings);
    let config = sources.load()?;
    if report(&config) {
        return Ok(ExitCode::FAILURE);
    }
    let _logging = logs::install(&config.log).context("cannot log")?;
    let (handle, gateway) = gc_server::serve(config).await?;
    let mut gateway = std::pin::pin!(gateway);
    tokio::select! {
        ended = &mut gateway => ended?,
        told = follow(&handle, sources) => told?,
        told = told_to_stop() => {
            told?;
            handle.shutdown();
            gateway.await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(settings: Settings) -> Result<ExitCode> {
    let config = sources(settings).load()?;
    if report(&config) {
        return Ok(ExitCode::FAILURE);
    }
    println!("the settings are good");
    Ok(ExitCode::SUCCESS)
}

fn sources(settings: Settings) -> Sources {
    Sources {
        file: settings.config,
        environment: std::env::vars().collect(),
        overrides: settings.overrides,
    }
}

/// Takes over changed settings: when the system asks (SIGHUP), and when the file has changed.
async fn follow(handle: &Handle, sources: Sources) -> Result<()> {
    let mut hang_up = signal(SignalKind::hangup())?;
    let asked = Notify::new();
    let pass_on = async {
        while hang_up.recv().await.is_some() {
            asked.notify_one();
        }
    };
    tokio::join!(handle.follow(sources, &asked), pass_on);
    Ok(())
}

/// Prints every problem; whether there is any.
fn report(config: &Config) -> bool {
    let problems = config.check();
    for problem in &problems {
        eprintln!("gc-server: {problem}");
    }
    !problems.is_empty()
}

/// Until the terminal or the system asks for the end.
async fn told_to_stop() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
