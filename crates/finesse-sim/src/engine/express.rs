//! Where Unified CCX agents differ: only calls from a queue move their state, and most wishes
//! during such a call are refused.

use super::Engine;
use super::model::{AgentIx, Call, Next};
use super::words::{AgentState, CallType, CampaignMode, PartyState};

/// CTI code and constant of a refusal.
type Fault = (u32, &'static str);

impl Engine {
    /// Whether a call moves the agent's state. One that is only listened to never does.
    pub(super) fn moves_state(&self, call: &Call, agent: AgentIx) -> bool {
        let counts = self.site.profile.talks_on_any_call() || call.is_routed_to(agent);
        counts && !call.listens_to(agent)
    }

    pub(super) fn is_on_a_call(&self, agent: AgentIx) -> bool {
        let dialogs = self.agent(agent).dialogs.iter();
        let mut calls = dialogs.filter_map(|id| self.calls.get(id));
        calls.any(|call| call.occupies(agent))
    }

    /// Whether the agent is on a call that no queue sent.
    pub(super) fn is_on_a_direct_call(&self, agent: AgentIx) -> bool {
        let dialogs = self.agent(agent).dialogs.iter();
        let mut calls = dialogs.filter_map(|id| self.calls.get(id));
        calls.any(|call| call.occupies(agent) && !call.is_routed_to(agent))
    }

    /// Why a state cannot be had while the agent's state stands still on a direct call.
    pub(super) fn refused_on_direct_call(&self, agent: AgentIx, next: Next) -> Option<Fault> {
        let moves = self.site.profile.talks_on_any_call();
        let busy = next.state == AgentState::Ready && !moves && self.is_on_a_direct_call(agent);
        busy.then_some((33, "CF_RESOURCE_BUSY"))
    }

    /// Why a state cannot be asked for during a call. NOT_READY can, once.
    pub(super) fn refused_as_pending(
        &self,
        agent: AgentIx,
        next: Next,
        by_supervisor: bool,
    ) -> Option<Fault> {
        if self.site.profile.has_pending_ready() {
            return None;
        }
        let again = self.agent(agent).pending.is_some();
        match next.state {
            AgentState::NotReady if !again => None,
            AgentState::Logout if by_supervisor => None,
            AgentState::Logout => Some((22, "CF_INVALID_OBJECT_STATE")),
            AgentState::NotReady
            | AgentState::Ready
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold
            | AgentState::Work
            | AgentState::WorkReady => Some((265, "CF_INVALID_AGENT_WORKMODE")),
        }
    }

    /// The value of a variable as it is told: a campaign's status may follow from the call.
    pub(super) fn told_value(&self, call: &Call, name: &str, value: &str) -> String {
        let follows = name == "BAStatus" && !self.site.profile.tells_campaign_mode();
        match call.campaign_status().filter(|_| follows) {
            Some(status) => status.to_owned(),
            None => value.to_owned(),
        }
    }

    /// Where after-call work leads when nothing else was asked for.
    pub(super) fn after_work(&self, agent: AgentIx) -> Next {
        match self.site.profile.has_work_ready() {
            true => Next::NOT_READY,
            false => self.agent(agent).base,
        }
    }
}

impl Call {
    /// What became of a campaign's call; of a previewed one nothing is told.
    fn campaign_status(&self) -> Option<&'static str> {
        let mode = self.outbound.as_ref()?.mode;
        let dialed = matches!(mode, CampaignMode::Progressive | CampaignMode::Predictive);
        let moved = matches!(self.call_type, CallType::Transfer | CallType::Offered);
        Some(if dialed && moved {
            "TRANSFERRED"
        } else if dialed && self.call_type == CallType::Conference {
            "CONFERENCED"
        } else {
            "OUTBOUND"
        })
    }

    fn is_routed_to(&self, agent: AgentIx) -> bool {
        self.party(agent).is_some_and(|party| party.routed)
    }

    /// Whether the agent's phone is off the hook for this call.
    fn occupies(&self, agent: AgentIx) -> bool {
        !self.listens_to(agent)
            && self.party(agent).is_some_and(|party| match party.state {
                PartyState::Initiating
                | PartyState::Initiated
                | PartyState::Active
                | PartyState::Held
                | PartyState::Failed => true,
                PartyState::Alerting
                | PartyState::Accepted
                | PartyState::WrapUp
                | PartyState::Dropped => false,
            })
    }
}
