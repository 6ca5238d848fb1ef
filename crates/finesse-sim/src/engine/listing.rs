//! What the parties of a dialog may ask for.

use super::Engine;
use super::model::{Call, Monitor, Party};
use super::words::{DialogAction, DialogState, PartyState};

impl Engine {
    /// What the party may ask for, in Finesse's order.
    pub(super) fn actions_of(&self, call: &Call, party: &Party) -> Vec<DialogAction> {
        if let Some(monitor) = call.monitors {
            return actions_of_monitor(monitor, party);
        }
        use DialogAction::{
            Answer, ConsultCall, Drop, Hold, SendDtmf, TransferSst, UpdateCallData,
        };
        match party.state {
            PartyState::Initiating | PartyState::Initiated => vec![UpdateCallData, Drop],
            PartyState::Alerting => vec![Answer],
            PartyState::Active => {
                let mut actions = vec![TransferSst, ConsultCall, Hold, UpdateCallData, SendDtmf];
                if self.site.profile.records() {
                    actions.push(DialogAction::StartRecording);
                }
                actions.push(Drop);
                self.with_drop(call, party, actions)
            }
            PartyState::Held => self.with_drop(call, party, self.actions_of_held(call, party)),
            PartyState::Failed => vec![Drop],
            PartyState::WrapUp => vec![UpdateCallData],
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

    fn with_drop(
        &self,
        call: &Call,
        party: &Party,
        mut actions: Vec<DialogAction>,
    ) -> Vec<DialogAction> {
        if self.may_drop_others(call, party) {
            actions.push(DialogAction::ParticipantDrop);
        }
        actions
    }
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
        | PartyState::Active
        | PartyState::Held
        | PartyState::Failed
        | PartyState::WrapUp
        | PartyState::Dropped => vec![],
    }
}
