//! The session state machine of the gateway: pure, no I/O, no clock.
//!
//! A [`Gateway`] holds every agent's session: whose it is, the link, the commands under way, the calls, and what clients
//! were told last. Inputs go in, outputs come out, time is an argument.
//!
//! The driving contract, all of it:
//!
//! 1. Give one [`Input`] to [`Gateway::handle`], or nothing but the time to [`Gateway::handle_timeout`].
//! 2. Then act on [`Gateway::poll_output`], in order, until it is `None`.
//! 3. Then ask [`Gateway::poll_timeout`] when to call [`Gateway::handle_timeout`] at the latest; the answer changes with
//!    every input.
//!
//! Every [`Output::Request`] and [`Output::Record`] must be followed by exactly one [`Input::FinesseReply`], every
//! command gets exactly one [`Output::CommandResult`], after its events.
//!
//! ```
//! use std::time::Instant;
//!
//! use gc_core::{
//!     ClientId, Config, Gateway, Input, LinkEvent, Output, Reply, Rights, SecretHandle, Sender, Ticket,
//! };
//! use gc_protocol::Command;
//!
//! let now = Instant::now();
//! let mut gateway = Gateway::new(Config::default(), 7);
//! gateway.handle(now, Input::NodeHealth { node: 0, in_service: true, asked: now });
//! assert!(gateway.poll_output().is_none());
//!
//! // The core never sees a password: the driver keeps it, under a number.
//! let command = Command::parse_text("Connect#41027", Some("desk-17,demo"))?;
//! let command = command.map_secret(|_password| SecretHandle(1));
//! let from = Sender {
//!     client: ClientId::new("desk-17"),
//!     destination: Some("desk-17".into()),
//!     rights: Rights::ALL,
//! };
//! gateway.handle(now, Input::ClientCommand { ticket: Ticket(1), from, command, token_life: None });
//!
//! // The credential is tried with one read.
//! let Some(Output::Request { id, request, .. }) = gateway.poll_output() else {
//!     panic!("a read of the agent");
//! };
//! assert_eq!(request.path(), "/User/41027");
//! assert!(gateway.poll_output().is_none());
//! let body = b"<User><loginId>41027</loginId><state>LOGOUT</state></User>";
//! let answer = request.decode(200, body)?;
//! gateway.handle(now, Input::FinesseReply { request: id, reply: Reply::Answer(answer) });
//!
//! // Then the link is opened; until it is up, the driver may sleep till the deadline.
//! let Some(Output::OpenLink { agent, epoch, .. }) = gateway.poll_output() else {
//!     panic!("a link to open");
//! };
//! assert!(gateway.poll_output().is_none());
//! assert!(gateway.poll_timeout().is_some_and(|(at, why)| at > now && why == "a command's deadline"));
//!
//! gateway.handle(now, Input::Link { agent, epoch, event: LinkEvent::Up });
//! let mut told = Vec::new();
//! while let Some(output) = gateway.poll_output() {
//!     match output {
//!         Output::Event { event, .. } => told.push(event.type_name()),
//!         Output::CommandResult { ticket, error, .. } => {
//!             assert_eq!((ticket, error), (Ticket(1), None));
//!         }
//!         // The first snapshot: the agent, the calls, the reasons.
//!         Output::Request { .. } => {}
//!         // For drivers that store what another process can go on with.
//!         Output::Keep(_) => {}
//!         other => panic!("{other:?}"),
//!     }
//! }
//! assert_eq!(told, ["ConnectStatus"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What it is not: it opens no socket and spawns nothing, reads no clock and no configuration file, keeps no password,
//! stores no event for those who reconnect, prints no JSON, and retries no command. It authenticates no client either:
//! [`Sender`] is believed. Those are the driver's.

// The bench of the tests outside is used inside too.
#[cfg(test)]
extern crate self as gc_core;

mod agent;
mod calls;
mod clients;
pub mod clusters;
pub mod config;
mod faults;
mod gateway;
mod guard;
mod health;
pub mod io;
mod lists;
mod partings;
mod reasons;
pub mod replay;
mod session;
pub mod view;

pub use clusters::{Agents, Cluster, ClusterId, Clusters};
pub use config::{Config, MobilePort, MonitorAgentEvent};
pub use gateway::Gateway;
pub use io::{
    Authority, ClientId, Credential, Epoch, Input, LinkEvent, Origin, Output, Product, Recording,
    Reply, RequestId, Rights, SecretHandle, Sender, Standing, Ticket,
};
pub use view::{AgentView, ClusterFigures, Counters};
