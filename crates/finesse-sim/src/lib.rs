//! A Cisco Finesse to test and demonstrate against: two nodes with REST over HTTPS and XMPP over
//! TLS, WebSocket and BOSH, a call engine of Unified CCE or Unified CCX behind them, faults on
//! request, and a JSON control API.
//!
//! It is not a load generator, and not a phone: calls have states, no sound.
//!
//! The documents it writes come from its own model, so that a client cannot agree with it by
//! sharing a mistake.
//!
//! ```
//! # async fn demo() -> Result<(), finesse_sim::SimError> {
//! use finesse_sim::{SimConfig, Simulator};
//!
//! let simulator = Simulator::start(SimConfig::test()).await?;
//! let call = simulator.call("03005550142", "7800", &[])?;
//! simulator.hangup(call)?;
//! simulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! [`Offline`] is the same site without sockets, on time that its owner tells, and
//! [`engine::Engine`] is usable alone.

mod clock;
mod config;
mod control;
mod core;
mod counters;
pub mod engine;
mod error;
mod faults;
mod offline;
mod power;
pub mod profile;
mod rest;
mod rng;
mod simulator;
pub mod site;
mod state;
mod tls;
mod web;
mod xml;
mod xmpp;

pub use config::{NodePorts, SimConfig, Transports};
pub use counters::{Counters, SignIns};
pub use engine::{
    BargeMark, CallId, CampaignCalls, CampaignMode, DropParticipantFor, Node, OnDisconnect,
    ServiceStatus, Settings, TokenForm, UnknownVariables, WrapUp, WrapUpMode,
};
pub use error::SimError;
pub use faults::{Fault, FaultDrop, FaultEffect, FaultMatch, FaultPlace};
pub use offline::{Answer, Heard, LinkId, Offline, Question};
pub use profile::{Product, Profile, Release, Spelling};
pub use simulator::{NodeAddrs, Simulator};
pub use site::{AuthMode, SignOn, Site};
pub use state::{AgentDump, DialogDump, NodeState, ParticipantDump, QueueDump, State};
