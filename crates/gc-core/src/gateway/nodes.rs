//! Health of the nodes, and what is read once a node is back.

use std::time::{Duration, Instant};

use gc_protocol::AgentId;

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

    pub(super) fn node_polled(
        &mut self,
        now: Instant,
        node: usize,
        in_service: bool,
        asked: Instant,
    ) {
        let wanted = self.sessions.values().any(|session| session.node() == node);
        self.node_changed(now, node, |health| {
            health.set_in_service(node, in_service, asked);
            if !wanted {
                health.forgive_unreached(node, now);
            }
        });
    }

    pub(super) fn node_changed(
        &mut self,
        now: Instant,
        node: usize,
        change: impl FnOnce(&mut Health),
    ) {
        let before = self.health.clone();
        change(&mut self.health);
        if self.health == before {
            return;
        }
        self.tell_health(&before);
        let serves = |health: &Health| (health.is_usable(node), health.is_in_service_at(node));
        if serves(&self.health) != serves(&before) {
            let agents: Vec<AgentId> = self.sessions.keys().cloned().collect();
            for agent in agents {
                self.with_session(now, &agent, |session, cx| session.health_changed(cx));
            }
        }
        if self.health.is_usable(node) && !before.is_usable(node) {
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

    /// Without a link on the node, nobody would tell when Finesse's application is on the bus again.
    pub(super) fn link_lost(&mut self, now: Instant, node: usize) {
        let told = |session: &Session| session.node() == node && session.is_link_up();
        if !self.sessions.values().any(told) {
            self.node_changed(now, node, |health| health.forget_present(node));
        }
    }
}
