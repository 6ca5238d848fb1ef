//! The sequences of a Unified CCE site, on simulated time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // what tests share may fail

mod anything;
mod call_data;
mod calls;
mod campaigns;
mod feeds;
mod mobile;
mod offline;
mod profiles;
mod recorded;
mod refusals;
mod sign_on;
mod site;
mod states;
mod supervision;
mod timers;
mod uccx;
mod wrap_up;
