//! The crate from outside, against scripted servers on loopback.

mod health;
mod rest;
mod support;
mod tls;
