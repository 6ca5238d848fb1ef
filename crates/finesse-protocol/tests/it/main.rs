//! What this crate promises about Finesse's XML, by literal documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod answers;
mod config_api;
mod contacts;
mod dialogs;
mod faults;
mod fixtures;
mod lists;
mod recorded;
mod refusals;
mod requests;
mod robustness;
mod stanzas;
mod systems;
mod tolerance;
mod updates;
mod users;

/// A value of a type that only its own crate may write out in full.
fn with<T: Default>(fill: impl FnOnce(&mut T)) -> T {
    let mut value = T::default();
    fill(&mut value);
    value
}
