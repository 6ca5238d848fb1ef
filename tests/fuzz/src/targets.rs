//! The targets, by who sends the bytes.

pub mod client;
pub mod finesse;
pub mod stomp;
pub mod urls;
