//! A client against a broker that a test scripts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests

mod answering;
mod broker;
mod failover;
mod sending;
mod signing_in;
mod slow;
