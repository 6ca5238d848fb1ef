//! The crate from outside, against scripted servers on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may

mod accounts;
mod config_api;
mod health;
mod nonsense;
mod old_tls;
mod rest;
mod support;
mod tls;
