//! Many agents at work while things fail: a gateway in a process of its own, a simulated Finesse and all clients in this one.
//!
//! What must hold: every client's events follow each other or a `Gap` says that some are missing; every command has one
//! outcome; Finesse carries nothing out twice; at rest clients believe what is so; memory stays flat, the log has no ERROR
//! line, and nothing is left when all have gone.

mod callers;
mod desk;
mod dice;
mod faults;
mod floor;
mod gateway;
mod ledger;
mod memory;
mod place;
mod report;
mod run;
mod site;
mod socket;
mod usage;
mod view;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use tokio::runtime::Builder;

pub use report::Report;

/// How much of it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Agents, each with a client of its own.
    pub agents: usize,
    /// How long they work before memory is judged; everything else is, all the time.
    pub warm_up: Duration,
    /// How long they work after that.
    pub length: Duration,
    /// Notifications a second that Finesse should send.
    pub rate: u32,
    /// The same seed makes the same faults and the same work.
    pub seed: u64,
    /// A fault begins this often.
    pub every: Duration,
    /// The gateway.
    pub program: PathBuf,
}

/// The simulator's threads, by which its CPU is told from the clients'.
const SIMULATOR: &str = "finesse-sim";

/// Runs it; what was broken is in the report.
pub fn run(options: &Options) -> Result<Report> {
    let threads = |name: &str| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(name)
            .enable_all()
            .build()
    };
    let (simulator, clients) = (threads(SIMULATOR)?, threads("clients")?);
    let report = clients.block_on(run::run(options, simulator.handle().clone()));
    simulator.shutdown_background();
    report
}
