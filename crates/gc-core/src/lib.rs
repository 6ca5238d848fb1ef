//! The session state machine of the gateway: pure, no I/O, no clock.

pub mod config;
pub mod io;
pub mod view;

pub use config::{Config, MonitorAgentEvent};
pub use io::{
    ClientId, Credential, Epoch, Input, LinkEvent, Origin, Output, Reply, RequestId, SecretHandle,
    Sender, Ticket,
};
pub use view::{AgentView, Counters};

use std::time::Instant;

use gc_protocol::AgentId;

/// All sessions of a gateway, and what crosses them.
#[derive(Debug)]
pub struct Gateway {}

impl Gateway {
    /// An empty gateway; `seed` makes its request ids.
    pub fn new(_config: Config, _seed: u64) -> Self {
        Self {}
    }

    /// Takes one input; then drain [`Gateway::poll_output`].
    pub fn handle(&mut self, _now: Instant, _input: Input) {}

    /// The next thing to do, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        None
    }

    /// When [`Gateway::handle_timeout`] wants to be called next, and why.
    pub fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        None
    }

    /// Does what is due; early or repeated calls do nothing.
    pub fn handle_timeout(&mut self, _now: Instant) {}

    /// An agent's session.
    pub fn agent(&self, _agent: &AgentId) -> Option<AgentView> {
        None
    }

    /// All sessions, in the order of their agents.
    pub fn agents(&self) -> Vec<AgentView> {
        Vec::new()
    }

    /// Figures since the start.
    pub fn counters(&self) -> Counters {
        Counters::default()
    }
}
