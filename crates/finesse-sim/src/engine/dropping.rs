//! Dropping somebody else from a conference.

use super::Engine;
use super::commands::DialogRequest;
use super::model::{AgentIx, Call, CallId, Party};
use super::refusal::Refusal;
use super::settings::DropParticipantFor;
use super::words::{CallType, PartyState};

impl Engine {
    /// Names a party of the call, on an agent's phone; unlike with all other actions it is not
    /// the requester's own.
    pub(super) fn check_drop_target(
        &self,
        id: CallId,
        request: &DialogRequest,
    ) -> Result<(), Refusal> {
        let target = request.target.as_deref().unwrap_or_default();
        if target.is_empty() {
            return Err(Refusal::missing("targetMediaAddress"));
        }
        match self.droppable(id, target) {
            Some(_) => Ok(()),
            None => Err(Refusal::destination(target)),
        }
    }

    fn droppable(&self, id: CallId, address: &str) -> Option<usize> {
        let mut parties = self.calls.get(&id)?.parties.iter();
        parties.position(|party| {
            party.address == address
                && party.agent_device
                && matches!(party.state, PartyState::Active | PartyState::Held)
        })
    }

    pub(super) fn drop_party(&mut self, agent: AgentIx, id: CallId, request: &DialogRequest) {
        let target = request.target.as_deref().unwrap_or_default();
        match self.droppable(id, target) {
            Some(place) => self.leave_call(id, place),
            None => {
                let message = "CF_AGENT_NOT_PARTY_ON_CALL";
                self.refuse_dialog(agent, id, "Invalid Destination", message, "268");
            }
        }
    }

    /// Whether this party may drop others.
    pub(super) fn may_drop_others(&self, call: &Call, party: &Party) -> bool {
        let Some(agent) = party.agent else {
            return false;
        };
        let supervisor = !self.agent(agent).profile.supervises.is_empty();
        let allowed = match self.settings.drop_participant_for {
            DropParticipantFor::SupervisorOnly => supervisor,
            DropParticipantFor::ControllerAndSupervisor => {
                supervisor || call.controller == Some(agent)
            }
            DropParticipantFor::All => true,
        };
        let allowed = allowed && self.site.profile.drops_participants();
        allowed && call.call_type == CallType::Conference && call.live_parties() > 2
    }
}
