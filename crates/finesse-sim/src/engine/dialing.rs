//! Calls that agents make: off-hook, digits out, ringing, answered or failed.

use super::Engine;
use super::Task;
use super::model::{AgentIx, Call, CallId, Next, Party};
use super::publication::ErrorView;
use super::words::{AgentState, CallType, Cause, DialogState, PartyState};
use crate::site::SystemReason;

/// What a number leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// An agent who can take it.
    Agent(AgentIx),
    /// A phone where nobody is signed in: it rings.
    Vacant,
    /// The route point of a queue.
    Queue(usize),
    /// Somebody outside, who answers.
    Outside,
    /// Somebody outside, who does not.
    Silent,
    Busy,
    Bad,
}

impl Engine {
    pub(super) fn destination(&self, number: &str) -> Destination {
        if let Some(queue) = self
            .site
            .queues
            .iter()
            .position(|q| q.route_point == number)
        {
            return Destination::Queue(queue);
        }
        match self.devices.get(number) {
            Some(Some(agent)) if self.agent(*agent).is_free() => Destination::Agent(*agent),
            Some(Some(_)) => Destination::Busy,
            Some(None) => Destination::Vacant,
            None if number == self.site.busy_number => Destination::Busy,
            None if number == self.site.bad_number || !is_number(number) => Destination::Bad,
            None if number == self.site.silent_number => Destination::Silent,
            None => Destination::Outside,
        }
    }

    pub(super) fn place_call(
        &mut self,
        agent: AgentIx,
        to: String,
        variables: Vec<(String, String)>,
    ) {
        match self.agent(agent).state {
            AgentState::NotReady if self.is_on_a_call(agent) => return self.refuse_call_now(agent),
            AgentState::NotReady => {}
            AgentState::Ready if self.site.profile.calls_from_ready() => {
                self.leave_ready_for_call(agent);
            }
            AgentState::Ready
            | AgentState::Logout
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold
            | AgentState::Work
            | AgentState::WorkReady => return self.refuse_call_now(agent),
        }
        let call = self.new_call(agent, to, CallType::AgentInside);
        for (name, value) in self.fitted(&variables) {
            self.call_mut(call).set_variable(&name, &value);
        }
        self.go_off_hook(call, agent);
    }

    fn leave_ready_for_call(&mut self, agent: AgentIx) {
        let next = Next {
            state: AgentState::NotReady,
            reason: self.system_reason(SystemReason::CallingFromReady),
        };
        self.enter(agent, next);
        self.agent_mut(agent).base = Next::READY;
    }

    fn refuse_call_now(&mut self, agent: AgentIx) {
        self.refuse_new_dialog(agent, "Invalid State", "CF_INVALID_OBJECT_STATE", "22");
    }

    /// A dialog that was asked for does not come about.
    pub(super) fn refuse_new_dialog(
        &mut self,
        agent: AgentIx,
        error_type: &'static str,
        message: &str,
        data: &str,
    ) {
        let id = &self.agent(agent).profile.id;
        let error = ErrorView {
            error_type,
            message: message.to_owned(),
            data: data.to_owned(),
            peripheral: None,
            source: format!("/finesse/api/User/{id}/Dialogs"),
        };
        self.refuse_call(agent, error);
    }

    pub(super) fn new_call(&mut self, agent: AgentIx, to: String, call_type: CallType) -> CallId {
        let id = self.new_call_id();
        let from = self.agent(agent).extension.clone().unwrap_or_default();
        let party = self.new_party(&from, Some(agent), PartyState::Initiating);
        let call = Call {
            from,
            dialing: to,
            parties: vec![party],
            ..Call::new(id, call_type, DialogState::Initiating)
        };
        self.calls.insert(id, call);
        id
    }

    pub(super) fn new_party(
        &self,
        address: &str,
        agent: Option<AgentIx>,
        state: PartyState,
    ) -> Party {
        Party {
            address: address.to_owned(),
            agent,
            agent_device: agent.is_some(),
            state,
            cause: Cause::None,
            barged_in: false,
            called: state == PartyState::Alerting,
            routed: false,
            started: self.now,
            changed: self.now,
            listed: Vec::new(),
        }
    }

    pub(super) fn go_off_hook(&mut self, call: CallId, agent: AgentIx) {
        self.post(call, agent);
        self.settle(agent);
        let wait = self.latency();
        self.after(wait, Task::Dialed(call));
    }

    /// The digits are out.
    pub(super) fn dialed(&mut self, id: CallId) {
        let Some(call) = self.in_state(id, DialogState::Initiating) else {
            return;
        };
        let (to, consult) = (call.dialing.clone(), call.call_type == CallType::Consult);
        let outside = matches!(
            self.destination(&to),
            Destination::Outside | Destination::Silent | Destination::Bad
        );
        let now = self.now;
        let call = self.call_mut(id);
        call.dnis.clone_from(&to);
        call.to = to;
        if outside && !consult {
            call.call_type = CallType::Out;
        }
        call.state = DialogState::Initiated;
        call.parties[0].enter(PartyState::Initiated, now);
        self.put(id);
        let wait = self.latency();
        self.after(wait, Task::Rings(id));
    }

    /// The far end rings, or does not.
    pub(super) fn rings(&mut self, id: CallId) {
        let Some(call) = self.in_state(id, DialogState::Initiated) else {
            return;
        };
        let to = call.to.clone();
        match self.destination(&to) {
            Destination::Agent(agent) => self.ring_agent(id, agent),
            Destination::Vacant => self.ring_phone(id, &to, true),
            Destination::Silent => self.ring_phone(id, &to, false),
            Destination::Outside => {
                self.ring_phone(id, &to, false);
                self.after(self.settings.outside_ring, Task::OutsideAnswers(id));
            }
            Destination::Queue(queue) => self.enqueue(id, queue),
            Destination::Busy => self.fail(id, Cause::Busy),
            Destination::Bad => self.fail(id, Cause::BadDestination),
        }
    }

    /// Rings an agent's phone with a call that is not routed.
    pub(super) fn ring_agent(&mut self, id: CallId, agent: AgentIx) {
        let address = self.agent(agent).extension.clone().unwrap_or_default();
        let party = self.new_party(&address, Some(agent), PartyState::Alerting);
        self.alert(id, party);
        self.post(id, agent);
    }

    fn ring_phone(&mut self, id: CallId, number: &str, agent_device: bool) {
        let mut party = self.new_party(number, None, PartyState::Alerting);
        party.agent_device = agent_device;
        self.alert(id, party);
    }

    pub(super) fn alert(&mut self, id: CallId, party: Party) {
        let call = self.call_mut(id);
        call.dnis.clone_from(&party.address);
        call.add(party);
        if call.state != DialogState::Active {
            call.state = DialogState::Alerting;
        }
        self.put(id);
    }

    pub(super) fn outside_answers(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let ringing = call
            .parties
            .iter()
            .position(|party| party.agent.is_none() && party.state == PartyState::Alerting);
        if let Some(place) = ringing {
            self.answered(id, place);
        }
    }

    /// The party at `place` picks up.
    pub(super) fn answered(&mut self, id: CallId, place: usize) {
        let now = self.now;
        let call = self.call_mut(id);
        call.parties[place].enter(PartyState::Active, now);
        call.parties[place].started = now;
        for party in &mut call.parties {
            if matches!(party.state, PartyState::Initiating | PartyState::Initiated) {
                party.enter(PartyState::Active, now);
                party.started = now;
            }
        }
        call.parties
            .retain(|party| party.state != PartyState::Dropped);
        call.state = DialogState::Active;
        self.put(id);
        for agent in self.call_mut(id).agents() {
            self.settle(agent);
        }
    }

    fn fail(&mut self, id: CallId, cause: Cause) {
        let now = self.now;
        let call = self.call_mut(id);
        call.state = DialogState::Failed;
        call.parties[0].cause = cause;
        call.parties[0].enter(PartyState::Failed, now);
        self.put(id);
        self.after(self.settings.failed_clears, Task::ClearFailed(id));
    }

    pub(super) fn clear_failed(&mut self, id: CallId) {
        if self.in_state(id, DialogState::Failed).is_some() {
            self.leave_call(id, 0);
        }
    }

    fn in_state(&self, id: CallId, state: DialogState) -> Option<&Call> {
        self.calls.get(&id).filter(|call| call.state == state)
    }

    /// A call that is known to exist.
    pub(super) fn call_mut(&mut self, id: CallId) -> &mut Call {
        match self.calls.get_mut(&id) {
            Some(call) => call,
            None => unreachable!("call {} is gone", id.0),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+*#".contains(&b))
}
