//! Queues behind route points: who gets the next call, and what if nobody answers.

use super::model::{AgentIx, Call, CallId, Next};
use super::refusal::Refusal;
use super::time::SimTime;
use super::words::{AgentState, CallType, DialogState, PartyState};
use super::{Engine, Task};
use crate::engine::dialing::Destination;
use crate::site::SystemReason;

impl Engine {
    /// A customer dials a route point or an agent's extension.
    pub fn inbound(
        &mut self,
        now: SimTime,
        from: &str,
        to: &str,
        variables: &[(String, String)],
    ) -> Result<CallId, Refusal> {
        self.advance(now);
        let destination = self.destination(to);
        let call_type = match destination {
            Destination::Queue(_) => self.site.profile.routed_call(),
            Destination::Agent(_) => CallType::OtherIn,
            Destination::Busy => return Err(Refusal::new(409, "Busy", "the number is busy", to)),
            Destination::Vacant | Destination::Outside | Destination::Silent | Destination::Bad => {
                return Err(Refusal::destination(to));
            }
        };
        let id = self.customer_call(from, to, call_type, variables);
        match destination {
            Destination::Queue(queue) => {
                self.enqueue(id, queue);
                self.finish();
            }
            Destination::Agent(agent) => self.ring_agent(id, agent),
            Destination::Vacant
            | Destination::Outside
            | Destination::Silent
            | Destination::Busy
            | Destination::Bad => {}
        }
        Ok(id)
    }

    /// The customer of a call hangs up. The id may be one that the call had earlier.
    pub fn hang_up(&mut self, now: SimTime, id: CallId) -> Result<(), Refusal> {
        self.advance(now);
        let mut id = id;
        while let Some(successor) = self.successors.get(&id) {
            id = *successor;
        }
        let call = self.calls.get(&id);
        let place = call.and_then(|call| {
            call.parties
                .iter()
                .position(|party| party.agent.is_none() && party.is_live())
        });
        let Some(place) = place else {
            return Err(Refusal::unknown_dialog(&id.0.to_string()));
        };
        self.leave_call(id, place);
        self.finish();
        Ok(())
    }

    fn customer_call(
        &mut self,
        from: &str,
        to: &str,
        call_type: CallType,
        variables: &[(String, String)],
    ) -> CallId {
        let id = self.new_call_id();
        let mut call = Call {
            from: from.to_owned(),
            to: to.to_owned(),
            dialing: to.to_owned(),
            dnis: to.to_owned(),
            parties: vec![self.new_party(from, None, PartyState::Initiated)],
            ..Call::new(id, call_type, DialogState::Initiated)
        };
        for (name, value) in variables {
            call.set_variable(name, value);
        }
        self.calls.insert(id, call);
        id
    }

    pub(super) fn enqueue(&mut self, id: CallId, queue: usize) {
        self.unqueue(id);
        let now = self.now;
        let call = self.call_mut(id);
        call.queue = Some(queue);
        call.routed = true;
        call.queued_since = Some(now);
        self.queues[queue].waiting.push_back(id);
        self.queue_changed(queue);
        self.route_due = true;
    }

    pub(super) fn unqueue(&mut self, id: CallId) {
        let call = self.call_mut(id);
        call.queued_since = None;
        let Some(queue) = call.queue else { return };
        let waiting = &mut self.queues[queue].waiting;
        let before = waiting.len();
        waiting.retain(|waiting| *waiting != id);
        if waiting.len() != before {
            self.queue_changed(queue);
        }
    }

    /// Reserves agents for waiting calls, longest-waiting first on both sides.
    pub(super) fn route(&mut self) {
        for queue in 0..self.queues.len() {
            while let Some(id) = self.queues[queue].waiting.front().copied() {
                let Some(agent) = self.longest_ready(queue) else {
                    break;
                };
                self.unqueue(id);
                self.reserve(id, agent);
            }
        }
    }

    fn longest_ready(&self, queue: usize) -> Option<AgentIx> {
        let teams = &self.site.queues[queue].teams;
        let ready = self.agents.iter().enumerate().filter(|(_, agent)| {
            agent.state == AgentState::Ready
                && agent.is_free()
                && teams.contains(&agent.profile.team)
        });
        ready
            .min_by_key(|(_, agent)| agent.since)
            .map(|(n, _)| AgentIx(n))
    }

    fn reserve(&mut self, id: CallId, agent: AgentIx) {
        self.agent_mut(agent).reserved_for = Some(id);
        self.settle(agent);
        let wait = self.latency();
        self.after(wait, Task::Offer(id, agent));
    }

    /// The call reaches the reserved agent's phone.
    pub(super) fn offer(&mut self, id: CallId, agent: AgentIx) {
        if self.agent(agent).reserved_for != Some(id) || !self.calls.contains_key(&id) {
            return;
        }
        self.ring_agent(id, agent);
        if let Some(party) = self.call_mut(id).party_mut(agent) {
            party.routed = true;
        }
        let ring = self.settings.ring_no_answer;
        self.after(ring, Task::RingOut(id, agent, self.now));
    }

    /// Nobody answered: NOT_READY for the agent, the next agent for the caller.
    pub(super) fn ring_out(&mut self, id: CallId, agent: AgentIx, since: SimTime) {
        let now = self.now;
        let ringing = |call: &&mut Call| {
            let party = call.party(agent);
            party.is_some_and(|p| p.state == PartyState::Alerting && p.started == since)
        };
        let Some(call) = self.calls.get_mut(&id).filter(ringing) else {
            return;
        };
        if let Some(party) = call.party_mut(agent) {
            party.leave(super::Cause::None, now);
        }
        self.delete(id, agent);
        let call = self.call_mut(id);
        call.parties.retain(|party| party.agent != Some(agent));
        let reason = self.system_reason(SystemReason::NotAnswered);
        self.agent_mut(agent).base = Next {
            state: AgentState::NotReady,
            reason,
        };
        self.settle(agent);
        self.offer_again(id);
    }

    fn offer_again(&mut self, id: CallId) {
        let call = self.call_mut(id);
        let Some(queue) = call.queue else {
            return self.forget_if_outside(id);
        };
        call.parties
            .retain(|party| party.state != PartyState::Dropped);
        if call.live_parties() == 0 {
            return self.forget_if_outside(id);
        }
        if call.state == DialogState::Alerting {
            call.state = DialogState::Initiated;
        }
        let id = self.renamed_if_outside(id);
        self.put(id);
        self.enqueue(id, queue);
    }

    /// A customer's call comes to the next agent under a new id.
    pub(super) fn renamed_if_outside(&mut self, id: CallId) -> CallId {
        if !self.calls[&id].agents().is_empty() {
            return id;
        }
        self.unqueue(id);
        let new = self.new_call_id();
        if let Some(mut call) = self.calls.remove(&id) {
            call.id = new;
            self.calls.insert(new, call);
            self.successors.insert(id, new);
        }
        new
    }
}
