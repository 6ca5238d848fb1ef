//! Tasks of development: ci, tidy, interop, coverage, faults, schema, bench, model, soak.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a tool speaks to a terminal

mod bench;
mod ci;
mod coverage;
mod faults;
mod interop;
mod model;
mod process;
mod report;
mod schema;
mod soak;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Tasks of development.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Every check that CI runs, with a summary at the end.
    Ci,
    /// The house rules: layers, dependencies, sources, README.
    Tidy,
    /// Conversations with software that we did not write.
    Interop,
    /// Which test proves each command and each error code.
    Coverage(coverage::Options),
    /// Runs the tests that prove each fault, and prints the table.
    Faults,
    /// Writes the JSON Schemas of events and commands, and the OpenAPI and AsyncAPI documents.
    Schema(schema::Options),
    /// Figures beside their targets, from release builds.
    Bench(bench::Options),
    /// The core and the simulator in one thread, at random, until something breaks.
    Model(model::Options),
    /// Many agents at work while things fail, for minutes.
    Soak(soak::Options),
}

fn main() -> Result<ExitCode> {
    let root = process::workspace_root()?;
    let report = match Arguments::parse().task {
        Task::Ci => ci::run(&root),
        Task::Tidy => report::Report::of(tidy::step(&root)),
        Task::Interop => interop::run(&root),
        Task::Coverage(options) => coverage::run(&root, &options),
        Task::Faults => faults::run(&root),
        Task::Schema(options) => report::Report::of(schema::run(&root, &options)),
        Task::Bench(options) => return bench::run(&root, &options),
        Task::Model(options) => return model::run(&root, &options),
        Task::Soak(options) => return soak::run(&root, &options),
    };
    report.print();
    Ok(report.exit_code(std::env::var_os("CI").is_some_and(|value| value == "true")))
}
