//! The REST API.

mod authorization;
mod body;
mod dialogs;
mod lists;
mod reply;
mod service;
mod users;

pub(crate) use service::{Service, serve};
