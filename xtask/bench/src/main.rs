//! Figures beside their targets: `cargo xtask bench` builds this for release and runs it.
//!
//! The simulator and the clients run in this process, the gateway in one of its own, so that its CPU and memory are its
//! own. All share the machine's cores, which is why the CPU of both is printed.
#![allow(clippy::print_stdout)] // a tool speaks to a terminal

mod baseline;
mod client;
mod documents;
mod flow;
mod memory;
mod pure;
mod start;
mod table;
mod traffic;
mod usage;
mod world;

use anyhow::{Context, Result};
use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use table::Table;

/// What to measure.
#[derive(Parser)]
struct Options {
    /// Only the figures that need no socket.
    #[arg(long)]
    pure: bool,
    /// Agents for the memory figure.
    #[arg(long, default_value_t = 1000)]
    agents: usize,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut table = Table::default();
    pure::measure(&mut table)?;
    if !options.pure {
        raise_descriptor_limit()?;
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(with_sockets(&options, &mut table))?;
    }
    table.print();
    Ok(())
}

async fn with_sockets(options: &Options, table: &mut Table) -> Result<()> {
    start::measure(table).await?;
    flow::measure(table).await?;
    memory::measure(table, options.agents).await
}

fn raise_descriptor_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).context("the descriptor limit")
}
