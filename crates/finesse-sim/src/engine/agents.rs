//! The agent's state machine (Unified CCE).

use super::model::{AgentIx, Next, Reason};
use super::words::{AgentState, DialogState, PartyState};
use super::{Engine, Task};

impl Engine {
    /// Enters a state now and tells everybody who watches.
    pub(super) fn enter(&mut self, agent: AgentIx, next: Next) {
        let now = self.now;
        let this = self.agent_mut(agent);
        this.state = next.state;
        this.reason = next.reason;
        this.since = Some(now);
        if matches!(next.state, AgentState::Ready | AgentState::NotReady) {
            this.base = next;
        }
        self.route_due |= next.state == AgentState::Ready;
        self.publish_user(agent);
        self.publish_member(agent);
        self.queues_changed(agent);
    }

    /// Brings the agent's state in line with its calls.
    pub(super) fn settle(&mut self, agent: AgentIx) {
        self.touched.insert(agent);
        self.end_idle_monitors(agent);
        let state = self.agent(agent).state;
        if state == AgentState::Logout {
            return;
        }
        match self.state_by_calls(agent) {
            Some(wanted) if wanted == state => {}
            Some(wanted) => {
                self.fulfil_work(agent, wanted);
                let reason = Reason::Absent;
                self.enter(
                    agent,
                    Next {
                        state: wanted,
                        reason,
                    },
                );
            }
            None => self.back_to_idle(agent),
        }
    }

    /// Work that was asked for during the call is no longer pending once it began.
    fn fulfil_work(&mut self, agent: AgentIx, state: AgentState) {
        let work = |state| matches!(state, AgentState::Work | AgentState::WorkReady);
        if work(state) {
            let pending = &mut self.agent_mut(agent).pending;
            pending.take_if(|next| work(next.state));
        }
    }

    fn state_by_calls(&self, agent: AgentIx) -> Option<AgentState> {
        let this = self.agent(agent);
        let (mut held, mut wrapping) = (false, false);
        let calls = this.dialogs.iter().filter_map(|id| self.calls.get(id));
        for call in calls.filter(|call| self.moves_state(call, agent)) {
            match call.party(agent).map(|party| party.state) {
                Some(PartyState::Active | PartyState::Initiating | PartyState::Initiated) => {
                    return Some(AgentState::Talking);
                }
                Some(PartyState::Failed) => return Some(AgentState::Talking),
                Some(PartyState::Held) => held = true,
                Some(PartyState::WrapUp) => wrapping = true,
                Some(PartyState::Alerting | PartyState::Accepted | PartyState::Dropped) | None => {}
            }
        }
        match (held, wrapping, this.reserved_for) {
            (true, ..) if self.site.profile.has_hold_state() => Some(AgentState::Hold),
            (true, ..) => Some(AgentState::Talking),
            (false, true, _) => Some(self.kind_of_work(agent)),
            (false, false, Some(call)) => Some(self.reserved_state(call)),
            (false, false, None) => None,
        }
    }

    fn kind_of_work(&self, agent: AgentIx) -> AgentState {
        let this = self.agent(agent);
        match (this.state, this.pending.map(|next| next.state)) {
            (AgentState::Work, _) => AgentState::Work,
            (AgentState::WorkReady, _) => AgentState::WorkReady,
            _ if !self.site.profile.has_work_ready() => AgentState::Work,
            (_, Some(AgentState::Work | AgentState::NotReady | AgentState::Logout)) => {
                AgentState::Work
            }
            _ => AgentState::WorkReady,
        }
    }

    fn back_to_idle(&mut self, agent: AgentIx) {
        // A call that left the state alone is over, too: the agent may be free for the next one.
        self.route_due |= self.agent(agent).state == AgentState::Ready;
        let this = self.agent_mut(agent);
        if matches!(this.state, AgentState::Ready | AgentState::NotReady) {
            let leaving = this.pending.filter(|next| next.state == AgentState::Logout);
            if let Some(next) = leaving.filter(|_| this.dialogs.is_empty()) {
                self.sign_out(agent, next.reason);
            }
            return;
        }
        let next = this.pending.take().unwrap_or(this.base);
        match next.state {
            AgentState::Logout => self.sign_out(agent, next.reason),
            // Work was asked for, but no call ended in it.
            AgentState::Work => self.enter(agent, Next::NOT_READY),
            AgentState::WorkReady => self.enter(agent, Next::READY),
            AgentState::NotReady
            | AgentState::Ready
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold => self.enter(agent, next),
        }
    }

    pub(super) fn start_wrap_up_timer(&mut self, agent: AgentIx) {
        if let Some(since) = self.agent(agent).since {
            let timer = self.wrap_up_of(agent).timer;
            self.after(timer, Task::WrapUpOver(agent, since));
        }
    }

    pub(super) fn wrap_up_over(&mut self, agent: AgentIx, since: super::SimTime) {
        let this = self.agent(agent);
        if this.since != Some(since) {
            return;
        }
        let pending = this.pending.filter(|next| {
            matches!(
                next.state,
                AgentState::NotReady | AgentState::Ready | AgentState::Logout
            )
        });
        match this.state {
            AgentState::Work => {
                self.end_wrap_up(agent, pending.unwrap_or_else(|| self.after_work(agent)));
            }
            AgentState::WorkReady => self.end_wrap_up(agent, pending.unwrap_or(Next::READY)),
            AgentState::Logout
            | AgentState::NotReady
            | AgentState::Ready
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold => {}
        }
    }

    pub(super) fn end_wrap_up(&mut self, agent: AgentIx, next: Next) {
        let wrapped: Vec<_> = self.agent(agent).dialogs.iter().copied().collect();
        for call in wrapped {
            self.close_wrap_up(call, agent);
        }
        self.agent_mut(agent).pending = None;
        if next.state == AgentState::Logout {
            self.sign_out(agent, next.reason);
        } else {
            self.enter(agent, next);
        }
    }

    /// The action list of a held call depends on the agent's other call: publish what changed.
    pub(super) fn refresh_action_lists(&mut self) {
        for agent in std::mem::take(&mut self.touched) {
            let dialogs: Vec<_> = self.agent(agent).dialogs.iter().copied().collect();
            for id in dialogs {
                let Some(party) = self.calls.get(&id).and_then(|call| call.party(agent)) else {
                    continue;
                };
                let stale = party.state == PartyState::Held
                    && party.listed != self.actions_of(&self.calls[&id], party);
                if stale {
                    self.put_to(id, agent);
                }
            }
        }
    }

    /// The agent's other call that a held one can be joined to.
    pub(super) fn joinable(&self, agent: AgentIx, held: super::CallId) -> Option<super::CallId> {
        let fits = |id: &super::CallId| {
            let call = &self.calls[id];
            let own = call.party(agent).map(|party| party.state);
            let up = call.state == DialogState::Active && own == Some(PartyState::Active);
            let ringing = call.state == DialogState::Alerting && own == Some(PartyState::Initiated);
            *id != held && call.monitors.is_none() && (up || ringing)
        };
        let this = self.agent(agent);
        let mut others = this.dialogs.iter().filter(|id| self.calls.contains_key(id));
        others.find(|id| fits(id)).copied()
    }
}
