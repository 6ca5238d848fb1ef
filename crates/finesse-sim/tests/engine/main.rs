//! The sequences of a Unified CCE site, on simulated time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests

mod anything;
mod calls;
mod recorded;
mod refusals;
mod site;
mod states;
mod timers;
