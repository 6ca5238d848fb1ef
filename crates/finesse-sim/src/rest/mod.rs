//! The REST API.

mod authorization;
mod body;
mod dialogs;
mod lists;
mod phone_books;
mod reasons;
mod reply;
mod roles;
mod service;
mod unified_config;
mod users;

pub(crate) use service::Service;
