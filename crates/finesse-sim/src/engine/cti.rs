//! The CTI server: while it changes sides, both nodes are out of service; then states come back, and READY does not.

use super::Engine;
use super::model::{AgentIx, Next};
use super::publication::{Node, ServiceStatus};
use super::time::SimTime;
use super::words::AgentState;
use crate::site::SystemReason;

impl Engine {
    /// Both nodes lose the CTI server. Calls go on without anybody being told.
    pub fn lose_cti(&mut self, now: SimTime) {
        self.cti_away = true;
        for node in Node::ALL {
            self.set_service(now, node, ServiceStatus::OutOfService);
        }
    }

    /// The CTI server is back: who was READY is not any more, and both nodes tell how everybody stands.
    pub fn regain_cti(&mut self, now: SimTime) {
        self.advance(now);
        self.cti_away = false;
        for agent in 0..self.agents.len() {
            self.lose_ready(AgentIx(agent));
        }
        for node in Node::ALL {
            if !self.dead[node.index()] {
                self.set_service(now, node, ServiceStatus::InService);
            }
        }
        self.finish();
    }

    fn lose_ready(&mut self, agent: AgentIx) {
        let reason = match self.site.profile.signs_out_disconnected() {
            true => SystemReason::SignedIn,
            false => SystemReason::ConnectionFailure,
        };
        let next = Next {
            state: AgentState::NotReady,
            reason: self.system_reason(reason),
        };
        let this = self.agent_mut(agent);
        // Finesse does not keep what was asked for during a call.
        this.pending = None;
        match this.state {
            AgentState::Ready => self.enter(agent, next),
            AgentState::Logout | AgentState::NotReady => {}
            AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold
            | AgentState::Work
            | AgentState::WorkReady => {
                if this.base.state == AgentState::Ready {
                    this.base = next;
                }
            }
        }
    }

    /// A node's process is gone; it remembers nobody.
    pub fn node_died(&mut self, now: SimTime, node: Node) {
        self.advance(now);
        self.dead[node.index()] = true;
        self.status[node.index()] = ServiceStatus::OutOfService;
        for agent in &mut self.agents {
            agent.online[node.index()] = 0;
            agent.gone_since[node.index()] = None;
            agent.mobile.take_if(|mobile| mobile.node == node);
        }
    }

    /// Whether a node's process runs.
    pub fn is_alive(&self, node: Node) -> bool {
        !self.dead[node.index()]
    }

    /// A node's process runs again; it serves once it has a CTI server.
    pub fn node_started(&mut self, now: SimTime, node: Node) {
        self.advance(now);
        self.dead[node.index()] = false;
        if !self.cti_away {
            self.set_service(now, node, ServiceStatus::InService);
        }
    }
}
