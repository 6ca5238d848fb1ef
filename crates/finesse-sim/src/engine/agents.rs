//! The agent's state machine (Unified CCE).

use super::model::{AgentIx, Next, Reason};
use super::settings::WrapUpMode;
use super::words::{AgentState, DialogState, PartyState};
use super::{Engine, Task};

impl Engine {
    pub(super) fn change_state(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        if !by_supervisor && self.lacks_reason(next) {
            return self.refuse_user(agent, "Generic Error", 281, "CF_REASON_CODE_REQUIRED");
        }
        match self.agent(agent).state {
            AgentState::Logout => self.refuse_signed_out(agent, next),
            AgentState::NotReady | AgentState::Ready => {
                self.change_idle(agent, next, by_supervisor)
            }
            AgentState::Work | AgentState::WorkReady => self.leave_work(agent, next, by_supervisor),
            AgentState::Reserved | AgentState::Talking | AgentState::Hold => {
                self.change_later(agent, next, by_supervisor);
            }
        }
    }

    fn lacks_reason(&self, next: Next) -> bool {
        let required = match next.state {
            AgentState::NotReady => self.settings.not_ready_reason_required,
            AgentState::Logout => self.settings.logout_reason_required,
            AgentState::Ready
            | AgentState::Reserved
            | AgentState::Talking
            | AgentState::Hold
            | AgentState::Work
            | AgentState::WorkReady => false,
        };
        required && next.reason == Reason::NotChosen
    }

    fn refuse_signed_out(&mut self, agent: AgentIx, next: Next) {
        if next.state == AgentState::NotReady {
            let (code, constant) = self.site.profile.signed_out_not_ready_error();
            self.refuse_user(agent, "Invalid State", code, constant);
        } else {
            self.refuse_user(agent, "Invalid State", 22, INVALID_OBJECT_STATE);
        }
    }

    fn change_idle(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        let this = self.agent(agent);
        let (state, same) = (
            this.state,
            this.state == next.state && this.reason == next.reason,
        );
        if let Some((code, constant)) = self.refused_on_direct_call(agent, next) {
            return self.refuse_user(agent, "Invalid State", code, constant);
        }
        let from_ready = by_supervisor || self.site.profile.logs_out_from_ready();
        match next.state {
            AgentState::Logout if state == AgentState::NotReady || from_ready => {
                self.sign_out(agent, next.reason);
            }
            AgentState::NotReady if by_supervisor && state == AgentState::NotReady => {
                self.refuse_user(agent, "Invalid State", 22, INVALID_OBJECT_STATE);
            }
            AgentState::Ready | AgentState::NotReady if same => {}
            AgentState::Ready | AgentState::NotReady => self.enter(agent, next),
            AgentState::Logout
            | AgentState::Work
            | AgentState::WorkReady
            | AgentState::Reserved
            | AgentState::Talking
            | AgentState::Hold => {
                self.refuse_user(agent, "Invalid State", 22, INVALID_OBJECT_STATE);
            }
        }
    }

    fn leave_work(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        match next.state {
            AgentState::Ready | AgentState::NotReady => self.end_wrap_up(agent, next),
            AgentState::Logout if by_supervisor => {
                self.end_wrap_up(agent, Next::NOT_READY);
                self.sign_out(agent, next.reason);
            }
            AgentState::Logout
            | AgentState::Work
            | AgentState::WorkReady
            | AgentState::Reserved
            | AgentState::Talking
            | AgentState::Hold => {
                self.refuse_user(agent, "Invalid State", 22, INVALID_OBJECT_STATE);
            }
        }
    }

    /// During a call the wish is noted and comes true at its end.
    fn change_later(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        let work = matches!(next.state, AgentState::Work | AgentState::WorkReady);
        let no_wrap_up = self.settings.wrap_up_incoming == WrapUpMode::NotAllowed
            && self.settings.wrap_up_outgoing == WrapUpMode::NotAllowed;
        let out_of_turn = by_supervisor && next.state == AgentState::NotReady;
        if (work && no_wrap_up) || out_of_turn {
            return self.refuse_user(agent, "Invalid State", 22, INVALID_OBJECT_STATE);
        }
        if let Some((code, constant)) = self.refused_as_pending(agent, next, by_supervisor) {
            return self.refuse_user(agent, "Invalid State", code, constant);
        }
        self.agent_mut(agent).pending = Some(next);
        self.publish_user(agent);
    }

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
            Some(wanted) => self.enter(
                agent,
                Next {
                    state: wanted,
                    reason: Reason::Absent,
                },
            ),
            None => self.back_to_idle(agent),
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
                Some(PartyState::Alerting | PartyState::Dropped) | None => {}
            }
        }
        match (held, wrapping, this.reserved_for) {
            (true, ..) if self.site.profile.has_hold_state() => Some(AgentState::Hold),
            (true, ..) => Some(AgentState::Talking),
            (false, true, _) => Some(self.kind_of_work(agent)),
            (false, false, Some(_)) => Some(AgentState::Reserved),
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
            | AgentState::Talking
            | AgentState::Hold => self.enter(agent, next),
        }
    }

    pub(super) fn start_wrap_up_timer(&mut self, agent: AgentIx) {
        if let Some(since) = self.agent(agent).since {
            self.after(self.settings.wrap_up_timer, Task::WrapUpOver(agent, since));
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
            | AgentState::Talking
            | AgentState::Hold => {}
        }
    }

    fn end_wrap_up(&mut self, agent: AgentIx, next: Next) {
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

const INVALID_OBJECT_STATE: &str = "CF_INVALID_OBJECT_STATE";
