//! The simulator over its sockets, with clients that we did not write.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // what tests share may fail

mod bosh;
mod control;
mod cors;
mod data;
mod desk;
mod faults;
mod rest;
mod supervision;
mod websocket;
mod xmpp;
