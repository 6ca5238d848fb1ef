//! The gateway from its clients' side, around a scripted core.

// Helpers of tests may fail a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod admin;
mod audit;
mod broker;
mod callbacks;
mod clusters;
mod config;
mod core;
mod descriptions;
mod dialect;
mod events;
mod limits;
mod lines;
mod lock;
mod recorder;
mod rest;
mod restart;
mod resume;
mod support;
mod tls;
mod websocket;
