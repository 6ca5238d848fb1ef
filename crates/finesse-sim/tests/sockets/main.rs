//! The simulator over its sockets, with clients that we did not write.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // what tests share may fail

mod bosh;
mod control;
mod cors;
mod data;
mod desk;
mod faults;
mod lists;
mod nodes;
mod profiles;
mod rest;
mod sign_on;
mod supervision;
mod unified_config;
mod websocket;
mod xmpp;
