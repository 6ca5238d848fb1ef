//! Transfers and conferences.

use super::Engine;
use super::Task;
use super::dialing::Destination;
use super::model::{AgentIx, Call, CallId, Party};
use super::publication::Change;
use super::words::{CallType, Cause, DialogState, PartyState};

impl Engine {
    /// Joins the held call with the agent's other one and leaves both.
    pub(super) fn transfer(&mut self, agent: AgentIx, id: CallId) {
        let Some(leg) = self.joinable(agent, id) else {
            return;
        };
        let ringing = self.calls[&leg].state == DialogState::Alerting;
        let wraps = self.wraps_up(id, agent);
        if wraps {
            self.set_own(agent, id, PartyState::WrapUp);
            self.put_to(id, agent);
        } else {
            self.leave_own(agent, id, Cause::Other);
            self.delete(id, agent);
        }
        self.inherit(id, leg);
        let joined = self.dissolve(leg, agent);
        if !wraps && !ringing {
            self.call_mut(id)
                .parties
                .retain(|party| party.agent != Some(agent));
        }
        self.merge(id, leg, joined, CallType::Transfer);
        self.settle_after_call(agent);
        self.forget_if_outside(id);
    }

    /// Joins the held call with the agent's other one and stays.
    pub(super) fn conference(&mut self, agent: AgentIx, id: CallId) {
        let Some(leg) = self.joinable(agent, id) else {
            return;
        };
        let parties = self.calls[&id].live_parties() + self.calls[&leg].live_parties() - 1;
        if parties > self.settings.conference_parties {
            let message = "CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED";
            return self.refuse_dialog(agent, id, "Call Operation Failure", message, "38");
        }
        self.set_own(agent, id, PartyState::Active);
        self.call_mut(id).controller.get_or_insert(agent);
        // The answer to the request is the change of the surviving dialog, not the end of the leg.
        let echo = self.echo.take();
        self.inherit(id, leg);
        let joined = self.dissolve(leg, agent);
        self.echo = echo;
        self.merge(id, leg, joined, CallType::Conference);
        self.settle(agent);
    }

    /// A consult call that outlives the original takes over what that was about.
    fn inherit(&mut self, id: CallId, leg: CallId) {
        let original = self.calls[&leg].clone();
        let call = self.call_mut(id);
        if call.call_type == CallType::Consult && original.call_type != CallType::Consult {
            call.variables = original.variables;
            call.queue = original.queue;
            call.outbound = original.outbound;
        }
        call.routed |= original.routed;
        if call.wrap_up.is_empty() {
            call.wrap_up = original.wrap_up;
        }
    }

    /// Ends a leg for everybody; gives back the parties that move on.
    fn dissolve(&mut self, leg: CallId, agent: AgentIx) -> Vec<Party> {
        let others = self.calls[&leg].parties.iter();
        let moving = others.filter(|party| party.agent != Some(agent) && party.is_live());
        let moving: Vec<Party> = moving.cloned().collect();
        let reserved: Vec<AgentIx> = moving
            .iter()
            .filter_map(|party| party.agent)
            .filter(|other| self.agent(*other).reserved_for == Some(leg))
            .collect();
        self.drop_everybody(leg, Cause::Other);
        self.call_mut(leg).state = DialogState::Dropped;
        self.delete(leg, agent);
        self.close(leg);
        for other in reserved {
            self.agent_mut(other).reserved_for = Some(leg);
        }
        moving
    }

    fn merge(&mut self, id: CallId, leg: CallId, joined: Vec<Party>, call_type: CallType) {
        let now = self.now;
        let newcomers: Vec<AgentIx> = joined.iter().filter_map(|party| party.agent).collect();
        let call = self.call_mut(id);
        call.become_a(call_type);
        call.secondary = Some(leg);
        for mut party in joined {
            party.started = now;
            party.listed.clear();
            call.add(party);
        }
        self.successors.insert(leg, id);
        self.put(id);
        for agent in newcomers {
            self.keep_reservation(leg, id, agent);
            self.post(id, agent);
            self.settle(agent);
        }
        let rings = |party: &Party| party.agent.is_none() && party.state == PartyState::Alerting;
        if self.calls[&id].parties.iter().any(rings) {
            self.after(self.settings.outside_ring, Task::OutsideAnswers(id));
        }
    }

    /// A routed call that was joined while it rang still rings out.
    fn keep_reservation(&mut self, leg: CallId, id: CallId, agent: AgentIx) {
        if self.agent(agent).reserved_for == Some(leg) {
            self.agent_mut(agent).reserved_for = Some(id);
            let ring = self.settings.ring_no_answer;
            self.after(ring, Task::RingOut(id, agent, self.now));
        }
    }

    /// Single-step transfer.
    pub(super) fn transfer_directly(&mut self, agent: AgentIx, id: CallId, to: &str) {
        let destination = self.destination(to);
        let refusal = match destination {
            Destination::Busy => Some(("CF_INVALID_OBJECT_STATE", "22")),
            Destination::Bad => Some(("CF_INVALID_DESTINATION", "14")),
            Destination::Agent(_)
            | Destination::Vacant
            | Destination::Queue(_)
            | Destination::Outside
            | Destination::Silent => None,
        };
        if let Some((message, data)) = refusal {
            return self.refuse_dialog(agent, id, "Call Operation Failure", message, data);
        }
        let talking = self.calls[&id]
            .parties
            .iter()
            .filter(|party| party.has_talked());
        if talking.count() != 2 || self.calls[&id].live_parties() != 2 {
            let message = "Only a call of two parties can be transferred in a single step";
            return self.refuse_dialog(agent, id, "Generic Error", message, to);
        }
        self.unqueue(id);
        let leg = self.send_off(agent, id, to);
        match destination {
            Destination::Agent(receiver) => self.hand_over(agent, receiver, id, leg),
            Destination::Queue(queue) => self.back_to_queue(agent, id, queue, to),
            Destination::Outside | Destination::Silent | Destination::Vacant => {
                self.hand_outside(agent, id, to);
            }
            Destination::Busy | Destination::Bad => {}
        }
        self.settle_after_call(agent);
    }

    /// The sender's side: held, a short-lived leg, gone.
    fn send_off(&mut self, agent: AgentIx, id: CallId, to: &str) -> CallId {
        let wraps = self.wraps_up(id, agent);
        self.set_own(agent, id, PartyState::Held);
        self.put(id);
        let leg = CallId(self.next_leg);
        self.next_leg += 1;
        // Real servers name the caller as the leg's only party, as if its phone were an agent's.
        let mut caller = self.new_party(&self.calls[&id].from, None, PartyState::Initiated);
        caller.agent_device = true;
        let mut side = self.leg_of(id, leg, to, vec![caller]);
        self.enter_leg(&mut side, PartyState::Initiated, Cause::None);
        side.state = DialogState::Initiated;
        self.send_leg(agent, Change::Post, &side);
        self.enter_leg(&mut side, PartyState::Dropped, Cause::Other);
        side.state = DialogState::Dropped;
        self.send_leg(agent, Change::Delete, &side);
        if wraps {
            self.set_own(agent, id, PartyState::WrapUp);
            self.put_to(id, agent);
        } else {
            self.leave_own(agent, id, Cause::Other);
            self.delete(id, agent);
        }
        leg
    }

    /// The receiver's side: the leg rings first, then the call itself takes its place.
    fn hand_over(&mut self, sender: AgentIx, receiver: AgentIx, id: CallId, leg: CallId) {
        let address = self.agent(receiver).extension.clone().unwrap_or_default();
        let ringing = self.new_party(&address, Some(receiver), PartyState::Alerting);
        let mut caller = self.new_party(&self.calls[&id].from, None, PartyState::Initiated);
        caller.agent_device = true;
        let mut side = self.leg_of(id, leg, &address, vec![ringing.clone(), caller]);
        side.call_type = self.site.profile.routed_call();
        side.state = DialogState::Alerting;
        self.send_leg(receiver, Change::Post, &side);

        let single_step = self.site.profile.single_step_call();
        let call = self.call_mut(id);
        call.become_a(single_step);
        call.dnis = address;
        call.add(ringing);
        self.post(id, receiver);

        side.call_type = single_step;
        self.enter_leg(&mut side, PartyState::Dropped, Cause::Other);
        side.state = DialogState::Dropped;
        self.send_leg(receiver, Change::Delete, &side);
        self.purge(sender, id);
        self.put(id);
        self.settle(receiver);
    }

    fn back_to_queue(&mut self, sender: AgentIx, id: CallId, queue: usize, to: &str) {
        self.purge(sender, id);
        let new = self.renamed_if_outside(id);
        let routed = self.site.profile.routed_call();
        let call = self.call_mut(new);
        to.clone_into(&mut call.dnis);
        if new == id {
            call.become_a(CallType::Transfer);
        } else {
            call.become_a(routed);
            call.state = DialogState::Initiated;
            to.clone_into(&mut call.to);
            for party in &mut call.parties {
                party.state = PartyState::Initiated;
            }
        }
        self.put(new);
        self.enqueue(new, queue);
    }

    fn hand_outside(&mut self, sender: AgentIx, id: CallId, to: &str) {
        self.purge(sender, id);
        let party = self.new_party(to, None, PartyState::Alerting);
        let call = self.call_mut(id);
        call.become_a(CallType::Transfer);
        call.add(party);
        self.put(id);
        if self.calls[&id].agents().is_empty() {
            self.remove(id);
        } else if self.destination(to) == Destination::Outside {
            self.after(self.settings.outside_ring, Task::OutsideAnswers(id));
        }
    }

    /// Takes the sender off the list, unless after-call work keeps it there.
    fn purge(&mut self, sender: AgentIx, id: CallId) {
        let gone =
            |party: &Party| party.agent == Some(sender) && party.state == PartyState::Dropped;
        self.call_mut(id).parties.retain(|party| !gone(party));
    }

    fn leave_own(&mut self, agent: AgentIx, id: CallId, cause: Cause) {
        let now = self.now;
        if let Some(party) = self.call_mut(id).party_mut(agent) {
            party.leave(cause, now);
        }
    }

    /// A leg exists only in notifications: a copy of the call with other parties.
    fn leg_of(&self, id: CallId, leg: CallId, to: &str, parties: Vec<Party>) -> Call {
        let mut side = self.calls[&id].clone();
        side.id = leg;
        side.secondary = None;
        to.clone_into(&mut side.to);
        to.clone_into(&mut side.dnis);
        side.become_a(CallType::Transfer);
        side.parties = parties;
        side
    }

    fn enter_leg(&self, side: &mut Call, state: PartyState, cause: Cause) {
        for party in &mut side.parties {
            party.cause = cause;
            party.enter(state, self.now);
        }
    }

    fn send_leg(&mut self, agent: AgentIx, change: Change, side: &Call) {
        self.calls.insert(side.id, side.clone());
        let view = self.dialog_view(side.id);
        self.calls.remove(&side.id);
        self.send_view(agent, change, view);
    }
}
