//! Presence of desktops, forced logout, service status of the nodes.

use super::model::{AgentIx, Next};
use super::publication::{Change, Node, Payload, Publication, ServiceStatus, Topic};
use super::settings::OnDisconnect;
use super::time::SimTime;
use super::words::AgentState;
use super::{Engine, Task};
use crate::site::SystemReason;

impl Engine {
    /// A desktop of the agent became available on a node.
    pub fn desktop_arrived(&mut self, now: SimTime, agent: &str, node: Node) {
        self.advance(now);
        let Some(ix) = self.by_id.get(agent).copied() else {
            return;
        };
        let this = self.agent_mut(ix);
        this.online[node.index()] += 1;
        this.gone_since[node.index()] = None;
    }

    /// Whether a desktop of the agent is available on the other node.
    pub fn is_elsewhere(&self, agent: &str, node: Node) -> bool {
        let agent = self.by_id.get(agent).map(|ix| self.agent(*ix));
        let other = Node::ALL.into_iter().find(|other| *other != node);
        let other = other.map_or(0, Node::index);
        agent.is_some_and(|agent| agent.online[other] > 0)
    }

    /// A desktop of the agent became unavailable on a node. When it was the last one there, the
    /// node waits and then forces the agent out.
    pub fn desktop_left(&mut self, now: SimTime, agent: &str, node: Node) {
        self.advance(now);
        let Some(ix) = self.by_id.get(agent).copied() else {
            return;
        };
        let (time, dead) = (self.now, self.dead[node.index()]);
        let this = self.agent_mut(ix);
        let online = &mut this.online[node.index()];
        *online = online.saturating_sub(1);
        // A node that is gone itself notices nobody's absence.
        if *online == 0 && !dead {
            this.gone_since[node.index()] = Some(time);
            let grace = self.settings.presence_grace;
            self.after(grace, Task::PresenceOver(ix, node, time));
        }
    }

    pub(super) fn presence_over(&mut self, agent: AgentIx, node: Node, since: SimTime) {
        let gone = self.agent(agent).gone_since[node.index()] == Some(since);
        let serving = self.status[node.index()] == ServiceStatus::InService;
        if !gone || !serving || self.agent(agent).state == AgentState::Logout {
            return;
        }
        let next = self.after_disconnect();
        match self.agent(agent).state {
            AgentState::Logout => {}
            AgentState::NotReady | AgentState::Ready if next.state == AgentState::Logout => {
                self.sign_out(agent, next.reason);
            }
            AgentState::NotReady | AgentState::Ready => self.enter(agent, next),
            AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold
            | AgentState::Work
            | AgentState::WorkReady => {
                self.agent_mut(agent).pending = Some(next);
                self.publish_user(agent);
            }
        }
    }

    fn after_disconnect(&self) -> Next {
        let always_out = self.site.profile.signs_out_disconnected();
        let (state, reason) = match self.settings.on_disconnect {
            OnDisconnect::NotReady if !always_out => {
                (AgentState::NotReady, SystemReason::ConnectionFailure)
            }
            OnDisconnect::NotReady | OnDisconnect::Logout => {
                (AgentState::Logout, SystemReason::ForcedLogout)
            }
        };
        let reason = self.system_reason(reason);
        Next { state, reason }
    }

    /// Whether a node serves.
    pub fn service(&self, node: Node) -> ServiceStatus {
        self.status[node.index()]
    }

    /// Changes the service status of a node; coming back, it publishes snapshots.
    pub fn set_service(&mut self, now: SimTime, node: Node, status: ServiceStatus) {
        self.advance(now);
        if self.status[node.index()] == status {
            return;
        }
        self.status[node.index()] = status;
        if self.site.profile.forgets_call_type() {
            self.forget_call_types();
        }
        self.send_on(
            node,
            Topic::SystemInfo,
            Payload::System(self.system_view(node)),
        );
        if status == ServiceStatus::InService {
            for agent in 0..self.agents.len() {
                self.send_snapshot(AgentIx(agent), node);
            }
            self.force_overdue(node);
        }
    }

    /// Those whose minute ended while the node could do nothing.
    fn force_overdue(&mut self, node: Node) {
        let (now, grace) = (self.now, self.settings.presence_grace);
        for agent in (0..self.agents.len()).map(AgentIx) {
            if let Some(since) = self.agent(agent).gone_since[node.index()]
                && since + grace <= now
            {
                self.presence_over(agent, node, since);
            }
        }
    }

    fn forget_call_types(&mut self) {
        for call in self.calls.values_mut() {
            call.type_forgotten = true;
        }
    }

    fn send_snapshot(&mut self, agent: AgentIx, node: Node) {
        if self.agent(agent).online[node.index()] == 0 {
            return;
        }
        let user = self.user_view(agent).seen_from(node);
        let id = user.id.clone();
        self.send_on(node, Topic::User(id.clone()), Payload::User(user));
        let dialogs: Vec<_> = self.agent(agent).dialogs.iter().copied().collect();
        for dialog in dialogs {
            let payload = Payload::Dialog(Change::Post, self.dialog_view(dialog));
            self.send_on(node, Topic::Dialogs(id.clone()), payload);
        }
    }

    fn send_on(&mut self, node: Node, topic: Topic, payload: Payload) {
        let mut publication = Publication::quiet(topic, payload);
        publication.node = Some(node);
        self.output.push_back(publication);
    }
}
