//! The gateway from its clients' side, around a scripted core.

// Helpers of tests may fail a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod admin;
mod broker;
mod callbacks;
mod config;
mod core;
mod dialect;
mod events;
mod recorder;
mod rest;
mod resume;
mod support;
mod websocket;
