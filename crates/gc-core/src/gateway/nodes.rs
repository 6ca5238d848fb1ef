//! Health of the nodes: who is told, and what is read once a node is back.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gc_protocol::event::{Event, System, SystemStatus};
use gc_protocol::{AgentId, Destination};

use super::Gateway;
use crate::health::Health;
use crate::io::Epoch;
use crate::session::Session;

/// Between the snapshots of two agents after their node was out of service.
const SNAPSHOT_SPACING: Duration = Duration::from_millis(10);

impl Gateway {
    /// The node of an agent's present link.
    pub(super) fn node_of(&self, agent: &AgentId, epoch: Epoch) -> Option<usize> {
        let session = self.sessions.get(agent)?;
        session.is_current(epoch).then(|| session.node())
    }

    pub(super) fn node_changed(
        &mut self,
        now: Instant,
        node: usize,
        change: impl FnOnce(&mut Health),
    ) {
        let usable_before = self.health.is_usable(node);
        change(&mut self.health);
        self.tell_health();
        if self.health.is_usable(node) && !usable_before {
            self.node_is_back(now, node);
        }
    }

    /// What happened while the node was out of service is read for all its agents, one after the other.
    fn node_is_back(&mut self, now: Instant, node: usize) {
        let on_node = |session: &Session| session.node() == node && session.is_link_up();
        let agents: Vec<AgentId> = self
            .sessions
            .iter()
            .filter(|(_, session)| on_node(session))
            .map(|(agent, _)| agent.clone())
            .collect();
        let mut wait = Duration::ZERO;
        for agent in agents {
            self.with_session(now, &agent, |session, cx| session.node_is_back(cx, wait));
            wait += SNAPSHOT_SPACING;
        }
    }

    fn tell_health(&mut self) {
        let in_service = self.health.is_in_service();
        if in_service == self.in_service {
            return;
        }
        self.in_service = in_service;
        let owners = self
            .sessions
            .values()
            .filter_map(|session| Some(session.owner()?.destination.clone()));
        let destinations: BTreeSet<Destination> =
            self.clients.known().cloned().chain(owners).collect();
        for destination in destinations {
            let system = System {
                status: self.system_status(),
                agent_id: None,
            };
            self.tell(destination, Event::System(system));
        }
    }

    pub(super) fn system_status(&self) -> SystemStatus {
        if self.in_service {
            SystemStatus::InService
        } else {
            SystemStatus::OutOfService
        }
    }

    /// Without a link on the node, nobody would tell when Finesse's application is on the bus again.
    pub(super) fn link_lost(&mut self, now: Instant, node: usize) {
        let told = |session: &Session| session.node() == node && session.is_link_up();
        if !self.sessions.values().any(told) {
            self.node_changed(now, node, |health| health.forget_present(node));
        }
    }
}
