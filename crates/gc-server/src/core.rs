//! What the driver drives: gc-core's gateway, or a stand-in for it.

use std::time::Instant;

use gc_core::{AgentView, ClusterFigures, Counters, Gateway, Input, Output, Ticket};
use gc_protocol::{AgentId, Destination, Event};

/// The contract of [`Gateway`], so that a host or a test may put something around it or in its place.
pub trait Core: Send + 'static {
    /// Takes one input; then drain [`Core::poll_output`].
    fn handle(&mut self, now: Instant, input: Input);
    /// The next thing to do, until `None`.
    fn poll_output(&mut self) -> Option<Output>;
    /// When [`Core::handle_timeout`] wants to be called next, and why.
    fn poll_timeout(&self) -> Option<(Instant, &'static str)>;
    /// Does what is due.
    fn handle_timeout(&mut self, now: Instant);
    /// Whether it is still open if a command is the sender's to give.
    fn is_undecided(&self, ticket: Ticket) -> bool;
    /// An agent's session.
    fn agent(&self, agent: &AgentId) -> Option<AgentView>;
    /// All sessions.
    fn agents(&self) -> Vec<AgentView>;
    /// What a client of a destination is told that cannot know what it has missed.
    fn snapshot(&self, destination: &Destination) -> Vec<Event>;
    /// Figures since the start.
    fn counters(&self) -> Counters;
    /// Figures of each cluster now.
    fn clusters(&self) -> Vec<ClusterFigures>;
}

impl Core for Gateway {
    fn handle(&mut self, now: Instant, input: Input) {
        Self::handle(self, now, input);
    }

    fn poll_output(&mut self) -> Option<Output> {
        Self::poll_output(self)
    }

    fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        Self::poll_timeout(self)
    }

    fn handle_timeout(&mut self, now: Instant) {
        Self::handle_timeout(self, now);
    }

    fn is_undecided(&self, ticket: Ticket) -> bool {
        Self::is_undecided(self, ticket)
    }

    fn agent(&self, agent: &AgentId) -> Option<AgentView> {
        Self::agent(self, agent)
    }

    fn agents(&self) -> Vec<AgentView> {
        Self::agents(self)
    }

    fn snapshot(&self, destination: &Destination) -> Vec<Event> {
        Self::snapshot(self, destination)
    }

    fn counters(&self) -> Counters {
        Self::counters(self)
    }

    fn clusters(&self) -> Vec<ClusterFigures> {
        Self::clusters(self)
    }
}
