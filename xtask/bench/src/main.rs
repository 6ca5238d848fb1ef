//! Figures beside their targets: `cargo xtask bench` builds this for release and runs it.
//!
//! The simulator and the clients run in this process, the gateway in one of its own, so that its CPU and memory are its
//! own. All share the machine's cores, which is why the CPU of both is printed.
#![allow(clippy::print_stdout)] // a tool speaks to a terminal

mod baseline;
mod client;
mod documents;
mod failover;
mod flow;
mod memory;
mod pure;
mod restart;
mod start;
mod table;
mod traffic;
mod usage;
mod world;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use table::Table;

/// What to measure.
#[derive(Parser)]
struct Options {
    /// Only these figures.
    #[arg(long)]
    only: Option<Part>,
    /// Agents for the memory figure.
    #[arg(long, default_value_t = 1000)]
    agents: usize,
    /// Agents for the restart.
    #[arg(long, default_value_t = 2000)]
    restart_agents: usize,
    /// Agents for the fail-over.
    #[arg(long, default_value_t = 2000)]
    failover_agents: usize,
    /// How notifications reach the gateway.
    #[arg(long, default_value = "auto")]
    transport: Transport,
}

/// A setting of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Transport {
    /// WebSocket, the first that the simulator has.
    Auto,
    /// WebSocket on the HTTPS port.
    Websocket,
    /// XMPP over TLS.
    Tcp,
}

impl Transport {
    fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Websocket => "websocket",
            Self::Tcp => "tcp",
        }
    }
}

/// A part of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What needs no socket.
    Pure,
    /// Start of the demonstration.
    Start,
    /// Notification in, event out.
    Flow,
    /// Memory and sign-ins.
    Memory,
    /// A restart with the store.
    Restart,
    /// Nodes that die, and links that are cut, under many agents.
    Failover,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut table = Table::default();
    raise_descriptor_limit()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(measure(&options, &mut table))?;
    table.print();
    Ok(())
}

async fn measure(options: &Options, table: &mut Table) -> Result<()> {
    let wanted = |part| options.only.is_none_or(|only| only == part);
    if wanted(Part::Pure) {
        pure::measure(table)?;
    }
    if wanted(Part::Start) {
        start::measure(table).await?;
    }
    if wanted(Part::Flow) {
        flow::measure(table, options.transport).await?;
    }
    if wanted(Part::Memory) {
        memory::measure(table, options.agents, options.transport).await?;
    }
    if wanted(Part::Restart) {
        restart::measure(table, options.restart_agents, options.transport).await?;
    }
    if wanted(Part::Failover) {
        failover::measure(table, options.failover_agents, options.transport).await?;
    }
    Ok(())
}

fn raise_descriptor_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).context("the descriptor limit")
}
