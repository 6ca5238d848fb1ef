//! The simulator over its sockets, with clients that we did not write.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests

mod control;
mod desk;
mod faults;
mod rest;
mod xmpp;
