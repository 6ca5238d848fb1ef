//! What agents do with their dialogs.

use super::Engine;
use super::commands::DialogRequest;
use super::model::{AgentIx, CallId};
use super::publication::ErrorView;
use super::words::{CallType, DialogAction, PartyState};

impl Engine {
    pub(super) fn act(
        &mut self,
        agent: AgentIx,
        id: CallId,
        action: DialogAction,
        request: DialogRequest,
    ) {
        if !self.may(agent, id, action) {
            return self.refuse_action(agent, id, action);
        }
        let takes_up = matches!(action, DialogAction::Answer | DialogAction::Retrieve);
        if takes_up && self.is_dialing(agent) {
            return self.refuse_dialog(agent, id, "Invalid State", "CF_INVALID_OBJECT_STATE", "22");
        }
        let to = request.to.clone().unwrap_or_default();
        match action {
            DialogAction::Answer => self.answer(agent, id),
            DialogAction::Hold => self.hold(agent, id),
            DialogAction::Retrieve => self.retrieve(agent, id),
            DialogAction::Drop => self.drop_own(agent, id),
            DialogAction::ConsultCall => self.consult(agent, id, to),
            DialogAction::Transfer => self.transfer(agent, id),
            DialogAction::Conference => self.conference(agent, id),
            DialogAction::TransferSst => self.transfer_directly(agent, id, &to),
            DialogAction::UpdateCallData => self.update_data(agent, id, &request),
            DialogAction::SendDtmf => self.send_dtmf(agent, id, &request),
            DialogAction::Accept => self.accept_preview(agent, id),
            DialogAction::Close | DialogAction::Reject => self.drop_own(agent, id),
            DialogAction::UpdateScheduledCallback => self.schedule_callback(id, &request),
            DialogAction::CancelScheduledCallback => self.cancel_callback(id),
            DialogAction::Reclassify => self.reclassify(id, &request),
            DialogAction::ParticipantDrop => self.drop_party(agent, id, &request),
            DialogAction::BargeCall => self.refuse_action(agent, id, action),
            DialogAction::StartRecording => self.put(id),
        }
    }

    fn may(&self, agent: AgentIx, id: CallId, action: DialogAction) -> bool {
        let Some(call) = self.calls.get(&id) else {
            return false;
        };
        let party = call.party(agent);
        party.is_some_and(|party| self.actions_of(call, party).contains(&action))
    }

    /// A call that is being dialled cannot be held to take up another.
    fn is_dialing(&self, agent: AgentIx) -> bool {
        let dialogs = self.agent(agent).dialogs.iter();
        let mut calls = dialogs.filter_map(|id| self.calls.get(id));
        calls.any(|call| {
            call.party(agent).is_some_and(|party| {
                matches!(party.state, PartyState::Initiating | PartyState::Initiated)
            })
        })
    }

    pub(super) fn refuse_action(&mut self, agent: AgentIx, id: CallId, action: DialogAction) {
        let extension = self.agent(agent).extension.clone().unwrap_or_default();
        let message = format!(
            "INVALID_ACTION {} on extension {extension}",
            action.as_str()
        );
        self.refuse_dialog(agent, id, "Generic Error", &message, &extension);
    }

    pub(super) fn refuse_dialog(
        &mut self,
        agent: AgentIx,
        id: CallId,
        error_type: &'static str,
        message: &str,
        data: &str,
    ) {
        let error = ErrorView {
            error_type,
            message: message.to_owned(),
            data: data.to_owned(),
            peripheral: None,
            source: format!("/finesse/api/Dialog/{}", id.0),
        };
        self.refuse_call(agent, error);
    }

    fn answer(&mut self, agent: AgentIx, id: CallId) {
        self.hold_others(agent, id);
        self.release(id, agent);
        if let Some(place) = self.calls[&id].place_of(agent) {
            self.answered(id, place);
        }
    }

    fn hold(&mut self, agent: AgentIx, id: CallId) {
        self.set_own(agent, id, PartyState::Held);
        self.put(id);
        self.settle(agent);
    }

    fn retrieve(&mut self, agent: AgentIx, id: CallId) {
        self.hold_others(agent, id);
        self.set_own(agent, id, PartyState::Active);
        self.put(id);
        self.settle(agent);
    }

    /// A phone has one active call: taking up another holds the first.
    fn hold_others(&mut self, agent: AgentIx, id: CallId) {
        let others: Vec<CallId> = self.agent(agent).dialogs.iter().copied().collect();
        for other in others.into_iter().filter(|other| *other != id) {
            let call = self
                .calls
                .get(&other)
                .filter(|call| !call.listens_to(agent));
            let party = call.and_then(|call| call.party(agent));
            if party.is_some_and(|party| party.state == PartyState::Active) {
                self.set_own(agent, other, PartyState::Held);
                self.put(other);
            }
        }
    }

    pub(super) fn set_own(&mut self, agent: AgentIx, id: CallId, state: PartyState) {
        let now = self.now;
        if let Some(party) = self.call_mut(id).party_mut(agent) {
            party.enter(state, now);
        }
    }

    fn drop_own(&mut self, agent: AgentIx, id: CallId) {
        if let Some(place) = self.calls[&id].place_of(agent) {
            self.leave_call(id, place);
        }
    }

    fn consult(&mut self, agent: AgentIx, id: CallId, to: String) {
        self.set_own(agent, id, PartyState::Held);
        self.put(id);
        let (variables, routed) = (self.calls[&id].variables.clone(), self.calls[&id].routed);
        let leg = self.new_call(agent, to, CallType::Consult);
        let call = self.call_mut(leg);
        call.associated = Some(id);
        call.variables = variables;
        call.routed = routed;
        self.go_off_hook(leg, agent);
    }

    fn send_dtmf(&mut self, agent: AgentIx, id: CallId, request: &DialogRequest) {
        let known: &[u8] = match self.site.profile.has_dtmf_letters() {
            true => b"0123456789*#ABCD",
            false => b"0123456789*#",
        };
        let sendable = request
            .param("dtmfString")
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| known.contains(&b)));
        if !sendable {
            self.refuse_dialog(agent, id, "Generic Error", "CF_VALUE_OUT_OF_RANGE", "3");
        }
    }
}
