//! Outbound campaigns: agents are reserved, the dialer calls customers for them.

use super::model::{AgentIx, Call, CallId, Outbound, Party};
use super::refusal::Refusal;
use super::settings::CampaignCalls;
use super::time::SimTime;
use super::words::{AgentState, CallType, CampaignMode, Cause, DialogState, PartyState};
use super::{Engine, Task};
use crate::engine::dialing::Destination;

impl Engine {
    /// The dialer takes a READY agent for a customer. Gives the reservation's dialog where the
    /// mode has one, else the dialog that the customer's call will have.
    pub fn campaign(
        &mut self,
        now: SimTime,
        mode: CampaignMode,
        agent: &str,
        customer: &str,
    ) -> Result<CallId, Refusal> {
        self.advance(now);
        let ix = self.find_agent(agent)?;
        self.check_mode(mode)?;
        match self.destination(customer) {
            Destination::Outside | Destination::Silent | Destination::Busy | Destination::Bad => {}
            Destination::Agent(_) | Destination::Vacant | Destination::Queue(_) => {
                return Err(Refusal::destination(customer));
            }
        }
        if self.agent(ix).state != AgentState::Ready || !self.agent(ix).is_free() {
            let message = "The agent is not READY";
            return Err(Refusal::new(409, "Invalid State", message, agent));
        }
        let id = self.new_call_id();
        let call = match mode.reservation() {
            Some((call_type, status)) => {
                self.reservation(id, ix, mode, customer, call_type, status)
            }
            None => self.customer_call_of(id, ix, mode, customer),
        };
        self.calls.insert(id, call);
        self.agent_mut(ix).reserved_for = Some(id);
        self.settle(ix);
        self.begin(id, ix, mode);
        Ok(id)
    }

    fn check_mode(&self, mode: CampaignMode) -> Result<(), Refusal> {
        let profile = self.site.profile;
        if profile.dials(mode) {
            return Ok(());
        }
        let product = profile.product.as_str();
        let message = format!("{product} has no campaigns in the mode {}", mode.as_str());
        Err(Refusal::new(
            501,
            "Not Implemented",
            &message,
            mode.as_str(),
        ))
    }

    fn begin(&mut self, id: CallId, agent: AgentIx, mode: CampaignMode) {
        if mode.reservation().is_some() {
            let wait = self.latency();
            self.after(wait, Task::OfferPreview(id, agent));
        } else {
            self.dial_customer(id);
        }
    }

    /// The call between the dialer's port and the agent's phone.
    fn reservation(
        &self,
        id: CallId,
        agent: AgentIx,
        mode: CampaignMode,
        customer: &str,
        call_type: CallType,
        status: &str,
    ) -> Call {
        let port = self.site.dialer.port.clone();
        let extension = self.agent(agent).extension.clone().unwrap_or_default();
        let mut call = Call {
            parties: vec![self.new_party(&port, None, PartyState::Initiated)],
            from: port,
            dialing: extension.clone(),
            dnis: extension.clone(),
            to: extension,
            routed: true,
            outbound: Some(Outbound::reservation(mode, customer)),
            ..Call::new(id, call_type, DialogState::Initiated)
        };
        self.add_campaign_data(&mut call, customer, status);
        call
    }

    /// The customer's call before anybody answers.
    fn customer_call_of(
        &self,
        id: CallId,
        agent: AgentIx,
        mode: CampaignMode,
        customer: &str,
    ) -> Call {
        let (call_type, status) = mode.call();
        let mut call = Call {
            from: self.agent(agent).extension.clone().unwrap_or_default(),
            to: customer.to_owned(),
            dialing: customer.to_owned(),
            dnis: customer.to_owned(),
            parties: vec![self.new_party(customer, None, PartyState::Initiated)],
            routed: true,
            outbound: Some(Outbound::call(mode, customer)),
            ..Call::new(id, call_type, DialogState::Initiated)
        };
        self.add_campaign_data(&mut call, customer, status);
        call
    }

    fn add_campaign_data(&self, call: &mut Call, customer: &str, status: &str) {
        if !self.site.profile.tells_campaign_mode() {
            call.set_variable("BACustomerNumber", customer);
        }
        let last = customer.len().saturating_sub(4);
        let ending = customer.get(last..).unwrap_or_default();
        for (name, value) in [
            ("BAAccountNumber", format!("AC-{ending}")),
            ("BABuddyName", "Malik, Hina".to_owned()),
            ("BACampaign", self.site.dialer.campaign.clone()),
            ("BADialedListID", (call.id.0 % 10_000).to_string()),
            ("BAResponse", String::new()),
            ("BAStatus", status.to_owned()),
            ("BATimeZone", "300".to_owned()),
        ] {
            call.set_variable(name, &value);
        }
    }

    /// The reservation reaches the agent's phone.
    pub(super) fn offer_preview(&mut self, id: CallId, agent: AgentIx) {
        if self.agent(agent).reserved_for != Some(id) || !self.calls.contains_key(&id) {
            return;
        }
        let address = self.agent(agent).extension.clone().unwrap_or_default();
        let party = self.new_party(&address, Some(agent), PartyState::Alerting);
        let call = self.call_mut(id);
        call.add(party);
        call.state = DialogState::Alerting;
        self.post(id, agent);
    }

    pub(super) fn accept_preview(&mut self, agent: AgentIx, id: CallId) {
        self.set_own(agent, id, PartyState::Accepted);
        self.call_mut(id).state = DialogState::Accepted;
        self.put(id);
        self.dial_customer(id);
    }

    fn dial_customer(&mut self, id: CallId) {
        let outbound = self.calls[&id].outbound.as_ref();
        let customer = outbound.map_or("", |outbound| &outbound.customer);
        let wait = match self.destination(customer) {
            Destination::Silent => self.settings.ring_no_answer,
            Destination::Outside
            | Destination::Busy
            | Destination::Bad
            | Destination::Agent(_)
            | Destination::Vacant
            | Destination::Queue(_) => self.settings.outside_ring,
        };
        self.after(wait, Task::CustomerDialed(id));
    }

    /// The customer answers the dialer, or does not.
    pub(super) fn customer_dialed(&mut self, id: CallId) {
        let Some(outbound) = self.calls.get(&id).and_then(|call| call.outbound.clone()) else {
            return;
        };
        let Some(agent) = self.reserved_agent(id) else {
            return;
        };
        let cause = match self.destination(&outbound.customer) {
            Destination::Outside => return self.customer_answered(id, agent, &outbound),
            Destination::Busy => Cause::Busy,
            Destination::Bad => Cause::BadDestination,
            Destination::Silent
            | Destination::Agent(_)
            | Destination::Vacant
            | Destination::Queue(_) => Cause::Other,
        };
        self.customer_missed(id, agent, &outbound, cause);
    }

    fn customer_answered(&mut self, id: CallId, agent: AgentIx, outbound: &Outbound) {
        let id = self.begin_customer_call(id, agent, outbound);
        let now = self.now;
        self.call_mut(id).parties[0].enter(PartyState::Active, now);
        let rings = outbound.mode.reservation().is_none()
            && self.settings.campaign_calls == CampaignCalls::Ringing;
        if rings {
            self.join_agent(id, agent, Joining::Ringing);
            let ring = self.settings.ring_no_answer;
            self.after(ring, Task::RingOut(id, agent, now));
        } else {
            self.release(id, agent);
            self.join_agent(id, agent, Joining::Talking);
        }
    }

    /// The agent becomes a party of the customer's call.
    fn join_agent(&mut self, id: CallId, agent: AgentIx, joining: Joining) {
        let address = self.agent(agent).extension.clone().unwrap_or_default();
        let (own, cause, state) = joining.states();
        let party = Party {
            called: true,
            routed: true,
            cause,
            ..self.new_party(&address, Some(agent), own)
        };
        let call = self.call_mut(id);
        call.parties.insert(0, party);
        call.state = state;
        if self.agent(agent).dialogs.contains(&id) {
            self.put(id);
        } else {
            self.post(id, agent);
        }
        self.settle(agent);
    }

    /// Whose first party is the customer; a reservation is over, or becomes it.
    fn begin_customer_call(&mut self, id: CallId, agent: AgentIx, outbound: &Outbound) -> CallId {
        let mode = outbound.mode;
        if mode.reservation().is_none() {
            return id;
        }
        if mode == CampaignMode::DirectPreview && self.settings.direct_preview_keeps_dialog {
            let call = self.customer_call_of(id, agent, mode, &outbound.customer);
            self.calls.insert(id, call);
            self.release(id, agent);
            return id;
        }
        self.drop_everybody(id, Cause::None);
        self.close(id);
        let new = self.new_call_id();
        let call = self.customer_call_of(new, agent, mode, &outbound.customer);
        self.calls.insert(new, call);
        self.successors.insert(id, new);
        new
    }

    /// Only in direct preview does the agent's own phone hear the call fail.
    fn customer_missed(&mut self, id: CallId, agent: AgentIx, outbound: &Outbound, cause: Cause) {
        match outbound.mode {
            CampaignMode::Progressive | CampaignMode::Predictive => self.remove(id),
            CampaignMode::Preview | CampaignMode::PersonalCallback => self.leave_call(id, 0),
            CampaignMode::DirectPreview => {
                let id = self.begin_customer_call(id, agent, outbound);
                self.call_mut(id).parties.clear();
                self.join_agent(id, agent, Joining::Failed(cause));
                self.after(self.settings.failed_clears, Task::ClearFailed(id));
            }
        }
    }

    /// The agent goes another way before the customer's call came.
    pub(super) fn cancel_reservation(&mut self, agent: AgentIx) {
        let Some(id) = self.agent_mut(agent).reserved_for.take() else {
            return;
        };
        let now = self.now;
        let party = self
            .calls
            .get_mut(&id)
            .and_then(|call| call.party_mut(agent));
        if let Some(party) = party {
            party.leave(Cause::None, now);
            self.delete(id, agent);
        }
        self.remove(id);
    }

    /// What an agent kept for this call is called.
    pub(super) fn reserved_state(&self, id: CallId) -> AgentState {
        let outbound = self.calls.get(&id).and_then(|call| call.outbound.as_ref());
        match outbound.map(|outbound| outbound.mode) {
            None => AgentState::Reserved,
            Some(CampaignMode::Progressive | CampaignMode::Predictive) => {
                AgentState::ReservedOutbound
            }
            Some(
                CampaignMode::Preview
                | CampaignMode::DirectPreview
                | CampaignMode::PersonalCallback,
            ) => AgentState::ReservedOutboundPreview,
        }
    }
}

/// How the agent comes to the customer's call.
#[derive(Debug, Clone, Copy)]
enum Joining {
    Talking,
    Ringing,
    Failed(Cause),
}

impl Joining {
    /// Of the agent's party, and of the dialog.
    const fn states(self) -> (PartyState, Cause, DialogState) {
        match self {
            Self::Talking => (PartyState::Active, Cause::None, DialogState::Active),
            Self::Ringing => (PartyState::Alerting, Cause::None, DialogState::Alerting),
            Self::Failed(cause) => (PartyState::Failed, cause, DialogState::Failed),
        }
    }
}
