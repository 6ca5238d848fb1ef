//! Parties that leave, calls that end, after-call work.

use super::Engine;
use super::model::{AgentIx, Call, CallId, Party};
use super::settings::{WrapUp, WrapUpMode};
use super::words::{AgentState, CallType, Cause, DialogState, PartyState};

impl Engine {
    /// The party at `place` hangs up.
    pub(super) fn leave_call(&mut self, id: CallId, place: usize) {
        self.unqueue(id);
        let call = &self.calls[&id];
        if call.monitors.is_some() {
            return self.end_monitor(id);
        }
        let others = call.live_parties() - usize::from(call.parties[place].is_live());
        if call.state == DialogState::Active && others >= 2 {
            self.leave_conference(id, place);
        } else if call.state == DialogState::Active {
            self.end_active(id, place);
        } else {
            self.end_unanswered(id, place);
        }
    }

    /// The call goes on without this party.
    fn leave_conference(&mut self, id: CallId, place: usize) {
        let now = self.now;
        let agent = self.calls[&id].parties[place].agent;
        if agent.is_some_and(|agent| self.wraps_up(id, agent)) {
            self.call_mut(id).parties[place].enter(PartyState::WrapUp, now);
            self.put(id);
        } else {
            self.call_mut(id).parties[place].leave(Cause::None, now);
            if let Some(agent) = agent {
                self.delete(id, agent);
            }
            self.put(id);
            self.call_mut(id).parties.remove(place);
            self.put(id);
        }
        if let Some(agent) = agent {
            self.settle_after_call(agent);
        }
        self.forget_if_outside(id);
    }

    fn end_active(&mut self, id: CallId, place: usize) {
        let now = self.now;
        let agents = self.calls[&id].agents();
        let wrapping: Vec<AgentIx> = agents
            .iter()
            .copied()
            .filter(|agent| self.wraps_up(id, *agent))
            .collect();
        for party in &mut self.call_mut(id).parties {
            if party.agent.is_some_and(|agent| wrapping.contains(&agent)) {
                party.enter(PartyState::WrapUp, now);
            }
        }
        let by_agent = self.calls[&id].parties[place].agent.is_some();
        if !wrapping.is_empty() {
            self.put(id);
        } else if !by_agent {
            self.call_mut(id).parties[place].leave(Cause::None, now);
            self.put(id);
        }
        self.drop_everybody(id, Cause::None);
        if wrapping.is_empty() && !self.someone_wraps_up(id) {
            self.call_mut(id).state = DialogState::Dropped;
        }
        self.put(id);
        self.close(id);
        for agent in agents {
            self.settle_after_call(agent);
        }
    }

    /// Everybody who talks or rings is out; after-call work goes on.
    pub(super) fn drop_everybody(&mut self, id: CallId, cause: Cause) {
        let now = self.now;
        let gone = |party: &&mut Party| party.is_live();
        for party in self.call_mut(id).parties.iter_mut().filter(gone) {
            party.leave(cause, now);
        }
    }

    fn end_unanswered(&mut self, id: CallId, place: usize) {
        let now = self.now;
        let call = self.call_mut(id);
        if call.parties[place].agent.is_some() {
            call.parties[place].leave(Cause::None, now);
        }
        let agents = call.agents();
        for party in call
            .parties
            .iter_mut()
            .filter(|party| party.agent.is_some())
        {
            if party.state != PartyState::Dropped {
                party.leave(Cause::None, now);
            }
        }
        self.close(id);
        for agent in agents {
            self.settle(agent);
        }
    }

    /// Forgets a call, and whoever was kept for it.
    pub(super) fn remove(&mut self, id: CallId) {
        self.unqueue(id);
        self.calls.remove(&id);
        if let Some(agent) = self.reserved_agent(id) {
            self.release(id, agent);
            self.settle(agent);
        }
    }

    pub(super) fn reserved_agent(&self, id: CallId) -> Option<AgentIx> {
        let place = self.agents.iter().position(|a| a.reserved_for == Some(id));
        place.map(AgentIx)
    }

    /// Takes the call out of the lists of everybody who is done with it.
    pub(super) fn close(&mut self, id: CallId) {
        let done: Vec<AgentIx> = self.calls[&id]
            .parties
            .iter()
            .filter(|party| party.state == PartyState::Dropped)
            .filter_map(|party| party.agent)
            .collect();
        for agent in done {
            self.delete(id, agent);
        }
        if !self.someone_wraps_up(id) {
            self.remove(id);
        }
    }

    fn someone_wraps_up(&self, id: CallId) -> bool {
        let mut parties = self.calls[&id].parties.iter();
        parties.any(|party| party.state == PartyState::WrapUp)
    }

    /// A call without agents is of no interest to Finesse, unless it waits for one.
    pub(super) fn forget_if_outside(&mut self, id: CallId) {
        let call = &self.calls[&id];
        let outside = call.queued_since.is_none() && call.agents().is_empty();
        let empty = call.live_parties() == 0 && !self.someone_wraps_up(id);
        if outside || empty {
            self.remove(id);
        }
    }

    pub(super) fn settle_after_call(&mut self, agent: AgentIx) {
        let before = self.agent(agent).state;
        self.settle(agent);
        let after = self.agent(agent).state;
        let work = matches!(after, AgentState::Work | AgentState::WorkReady);
        if work && after != before {
            self.start_wrap_up_timer(agent);
        }
    }

    /// Whether leaving this call now starts after-call work.
    pub(super) fn wraps_up(&self, id: CallId, agent: AgentIx) -> bool {
        let call = &self.calls[&id];
        let talked = call.party(agent).filter(|party| party.has_talked());
        // A supervisor who barged in has nothing to wrap up.
        let Some(party) = talked.filter(|party| !party.barged_in) else {
            return false;
        };
        if !self.moves_state(call, agent) {
            return false;
        }
        let mode = self.wrap_up_mode(agent, party);
        let asked = self
            .agent(agent)
            .pending
            .is_some_and(|next| matches!(next.state, AgentState::Work | AgentState::WorkReady));
        let wanted = match mode {
            WrapUpMode::Required | WrapUpMode::RequiredWithData => true,
            WrapUpMode::Optional => asked,
            WrapUpMode::NotAllowed => false,
        };
        wanted && call.call_type != CallType::Consult && !self.has_other_call(id, agent)
    }

    fn wrap_up_mode(&self, agent: AgentIx, party: &Party) -> WrapUpMode {
        let wrap_up = self.wrap_up_of(agent);
        if party.called {
            wrap_up.incoming
        } else {
            wrap_up.outgoing
        }
    }

    /// The agent's own rule for after-call work, else the site's.
    pub(super) fn wrap_up_of(&self, agent: AgentIx) -> WrapUp {
        let own = self.agent(agent).profile.wrap_up;
        own.unwrap_or(WrapUp {
            incoming: self.settings.wrap_up_incoming,
            outgoing: self.settings.wrap_up_outgoing,
            timer: self.settings.wrap_up_timer,
        })
    }

    /// Whether a reason must be given before after-call work may end.
    pub(super) fn lacks_wrap_up(&self, agent: AgentIx) -> bool {
        let dialogs = self.agent(agent).dialogs.iter();
        let mut calls = dialogs.filter_map(|id| self.calls.get(id));
        calls.any(|call| {
            let wrapping = call.party(agent).filter(|p| p.state == PartyState::WrapUp);
            call.wrap_up.is_empty()
                && wrapping.is_some_and(|party| {
                    self.wrap_up_mode(agent, party) == WrapUpMode::RequiredWithData
                })
        })
    }

    /// The calls of an agent but this one.
    pub(super) fn other_calls(&self, id: CallId, agent: AgentIx) -> impl Iterator<Item = &Call> {
        let dialogs = self.agent(agent).dialogs.iter();
        let others = dialogs.filter(move |other| **other != id);
        others.filter_map(|other| self.calls.get(other))
    }

    fn has_other_call(&self, id: CallId, agent: AgentIx) -> bool {
        let mut others = self.other_calls(id, agent);
        others.any(|call| {
            call.call_type != CallType::Consult
                && call.monitors.is_none()
                && call.party(agent).is_some_and(Party::is_live)
        })
    }

    /// After-call work on this dialog is over.
    pub(super) fn close_wrap_up(&mut self, id: CallId, agent: AgentIx) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(place) = call.place_of(agent) else {
            return;
        };
        if call.parties[place].state != PartyState::WrapUp {
            return;
        }
        call.parties[place].leave(Cause::None, now);
        self.delete(id, agent);
        let call = self.call_mut(id);
        call.parties.remove(place);
        let over = call.live_parties() == 0 && !self.someone_wraps_up(id);
        if over {
            self.remove(id);
        } else {
            self.put(id);
        }
    }
}
