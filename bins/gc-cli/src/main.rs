//! gc: send commands, watch events, decode recorded traffic.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a tool speaks to a terminal

mod address;
mod commands;
mod decode;
mod rest;
mod send;
mod socket;
mod watch;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

/// Talks to a gateway, and shows what it makes of recorded Finesse traffic.
///
/// Exit codes: 0 done or accepted; 1 refused or failed; 2 wrong usage, or not reached; 3 outcome unknown.
#[derive(Parser)]
#[command(name = "gc", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Sends one command.
    Send(send::Options),
    /// Prints the events of a destination as they come, one JSON object a line.
    Watch(watch::Options),
    /// Prints the events of recorded Finesse notifications, one JSON object a line.
    Decode(decode::Options),
    /// Prints the table of commands.
    Commands,
}

/// Which gateway, and as whom.
#[derive(Args, Clone)]
struct Gateway {
    /// The gateway's client API.
    #[arg(long, env = "GC_URL", default_value = "http://127.0.0.1:8112")]
    url: address::Address,
    /// API key; a gateway in demo mode needs none.
    #[arg(long, env = "GC_KEY", hide_env_values = true)]
    key: Option<String>,
}

/// How a run ended, where it was no error.
#[derive(Clone, Copy)]
enum Ending {
    Done,
    Failed,
    Unknown,
}

#[tokio::main]
async fn main() -> ExitCode {
    let ended = match Arguments::parse().task {
        Task::Send(options) => send::run(options).await,
        Task::Watch(options) => watch::run(options).await,
        Task::Decode(options) => decode::run(&options),
        Task::Commands => {
            commands::print();
            Ok(Ending::Done)
        }
    };
    exit_code(ended)
}

fn exit_code(ended: Result<Ending>) -> ExitCode {
    match ended {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Failed) => ExitCode::from(1),
        Ok(Ending::Unknown) => ExitCode::from(3),
        Err(error) => {
            eprintln!("gc: {error:#}");
            ExitCode::from(2)
        }
    }
}
