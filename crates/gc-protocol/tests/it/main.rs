//! Promises of the wire: what is read, what is printed.

#![allow(clippy::unwrap_used)] // helpers may panic as the tests do that call them

mod agent_events;
mod call_events;
mod cast;
mod descriptions;
mod envelopes;
mod errors;
mod frames;
mod list_events;
mod messages;
mod names;
mod printing_back;
mod refusals;
mod rest;
mod rows;
mod schemas;
mod string_events;
mod string_lists;
mod table;
mod typed;
