//! The core's promises, played by hand: every reply, notification and tick is the test's own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod call_data;
mod calls_consult;
mod calls_single;
mod calls_table;
mod calls_transfer;
mod clusters;
mod commands;
mod connect;
mod credential;
mod docs;
mod duplicates;
mod failover;
mod faults;
mod forced;
mod gap;
mod gone;
mod harness;
mod health;
mod licence;
mod members;
mod outbound;
mod phonebooks;
mod queues;
mod reads;
mod replay;
mod restart;
mod services;
mod snapshot;
mod soak;
mod split;
mod state;
mod supervision;
mod sync;
mod takeover;
mod teams;
mod token;
mod unanswered;
