//! The gateway from its clients' side, around a scripted core.

mod admin;
mod callbacks;
mod config;
mod core;
mod rest;
mod support;
mod websocket;
