//! What the parties of a dialog may ask for.

use super::Engine;
use super::model::{Call, Monitor, Party};
use super::words::{CampaignMode, DialogAction, DialogState, PartyState};

impl Engine {
    /// What the party may ask for, in Finesse's order.
    pub(super) fn actions_of(&self, call: &Call, party: &Party) -> Vec<DialogAction> {
        if let Some(monitor) = call.monitors {
            return actions_of_monitor(monitor, party);
        }
        use DialogAction::{
            Accept, Answer, Close, ConsultCall, Drop, Hold, Reject, SendDtmf, TransferSst,
            UpdateCallData,
        };
        match party.state {
            PartyState::Initiating | PartyState::Initiated => vec![UpdateCallData, Drop],
            PartyState::Alerting if is_reservation(call) => vec![Accept, Close, Reject],
            PartyState::Alerting => vec![Answer],
            PartyState::Accepted => vec![],
            PartyState::Active => {
                let mut actions = vec![TransferSst, ConsultCall, Hold, UpdateCallData, SendDtmf];
                if self.site.profile.records() {
                    actions.push(DialogAction::StartRecording);
                }
                actions.push(Drop);
                self.with_more(call, party, actions)
            }
            PartyState::Held => self.with_more(call, party, self.actions_of_held(call, party)),
            PartyState::Failed => vec![Drop],
            PartyState::WrapUp => with_campaign(call, vec![UpdateCallData]),
            PartyState::Dropped => vec![],
        }
    }

    fn actions_of_held(&self, call: &Call, party: &Party) -> Vec<DialogAction> {
        use DialogAction::{Conference, Drop, Retrieve, Transfer, UpdateCallData};
        let mut actions = vec![UpdateCallData, Drop, Retrieve];
        let other = party.agent.and_then(|agent| self.joinable(agent, call.id));
        if let Some(other) = other {
            actions.push(Transfer);
            if self.calls[&other].state == DialogState::Active {
                actions.push(Conference);
            }
        }
        actions
    }

    fn with_more(
        &self,
        call: &Call,
        party: &Party,
        mut actions: Vec<DialogAction>,
    ) -> Vec<DialogAction> {
        if self.may_drop_others(call, party) {
            actions.push(DialogAction::ParticipantDrop);
        }
        with_campaign(call, actions)
    }
}

fn is_reservation(call: &Call) -> bool {
    let outbound = call.outbound.as_ref();
    outbound.is_some_and(|outbound| outbound.reservation)
}

/// What is possible for a campaign's customer, on the phone and in wrap-up.
fn with_campaign(call: &Call, mut actions: Vec<DialogAction>) -> Vec<DialogAction> {
    let Some(outbound) = &call.outbound else {
        return actions;
    };
    actions.push(DialogAction::UpdateScheduledCallback);
    if outbound.callback.is_some() {
        actions.push(DialogAction::CancelScheduledCallback);
    }
    if outbound.mode == CampaignMode::DirectPreview {
        actions.push(DialogAction::Reclassify);
    }
    actions
}

/// The agent who is listened to can do nothing about it.
fn actions_of_monitor(monitor: Monitor, party: &Party) -> Vec<DialogAction> {
    use DialogAction::{BargeCall, Drop, Hold, Retrieve};
    match party.state {
        PartyState::Active if party.agent == Some(monitor.by) => vec![Drop, BargeCall, Hold],
        PartyState::Held if party.agent == Some(monitor.by) => vec![Drop, Retrieve],
        PartyState::Initiating
        | PartyState::Initiated
        | PartyState::Alerting
        | PartyState::Accepted
        | PartyState::Active
        | PartyState::Held
        | PartyState::Failed
        | PartyState::WrapUp
        | PartyState::Dropped => vec![],
    }
}
