//! Call control: one request at a time on the agent's device.

use finesse_protocol::{Action as DialogAction, Request};
use gc_protocol::event::{Control, Event};
use gc_protocol::{Action, DialogId, ErrorType};

use super::lane::Lane;
use super::task::{Step, TaskId, TaskOrigin, named_dialog};
use super::{Cx, Purpose, Session};
use crate::calls::Applied;
use crate::io::{Origin, SecretHandle};

impl Session {
    pub(super) fn begin_call_control(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if !self.can_send(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let extension = self.agent.extension().to_owned();
        if !self.agent.is_logged_in() || extension.is_empty() {
            let message = "the agent is not logged in: send Login first";
            return self.fail(cx, id, ErrorType::CfInvalidObjectState, message);
        }
        // Finesse answers an agent as it does a wrong password, and the session would be shut for it.
        if listens(&task.action) && self.agent.supervised_teams().next().is_none() {
            let message = "only a supervisor with a team may do this";
            return self.fail(cx, id, ErrorType::AuthorizationFailure, message);
        }
        let dialog = named_dialog(&task.action).map(|dialog| match &task.action {
            Action::AnswerCall { .. } => self.calls.resolve(dialog),
            _ => dialog.clone(),
        });
        if let Some(unknown) = dialog
            .as_ref()
            .filter(|dialog| self.calls.get(dialog).is_none())
        {
            let message = format!(
                "the agent has no call {unknown}: send GetState or refresh for the present ones"
            );
            return self.fail(cx, id, ErrorType::NoDialogId, message);
        }
        let Some(request) = request(&task.action, self.user(), extension, dialog.clone()) else {
            return self.impossible(cx, id, "this command controls no call");
        };
        if let Some(main) = dialog.as_ref().filter(|_| merges(&task.action)) {
            self.calls.expect_merge(main);
        }
        if let Some(task) = self.tasks.get_mut(&id) {
            task.dialog = dialog;
            task.step = Step::Sent;
        }
        self.send(cx, Purpose::Command { task: id }, request);
    }

    /// Ends the call-control commands whose effect is now to be seen.
    pub(super) fn check_calls(&mut self, cx: &mut Cx<'_>, changed: &DialogId, applied: &Applied) {
        let ids: Vec<TaskId> = self.tasks.keys().copied().collect();
        for id in ids {
            let Some(task) = self.tasks.get(&id) else {
                continue;
            };
            if task.lane != Lane::Call {
                continue;
            }
            match task.step {
                Step::Sent | Step::Accepted => self.check_effect(cx, id, changed, applied),
                Step::Ringing if task.dialog.as_ref() == Some(changed) => {
                    self.check_ringing(cx, id)
                }
                Step::Ringing
                | Step::Waiting
                | Step::Verifying
                | Step::Opening
                | Step::Subscribing
                | Step::LookingUp
                | Step::Reading => {}
            }
        }
        if applied.bad_destination {
            self.bad_destination(cx, changed);
        }
    }

    fn check_effect(&mut self, cx: &mut Cx<'_>, id: TaskId, changed: &DialogId, applied: &Applied) {
        let Some(task) = self.tasks.get_mut(&id) else {
            return;
        };
        if matches!(
            task.action,
            Action::MakeCall { .. } | Action::ConsultCall { .. }
        ) {
            let consult = self
                .calls
                .get(changed)
                .is_some_and(|call| call.is_consult());
            let wanted = matches!(task.action, Action::ConsultCall { .. }) == consult;
            if applied.placed && wanted {
                task.dialog = Some(changed.clone());
                task.step = Step::Ringing;
                self.check_ringing(cx, id);
                self.pump(cx);
            }
            return;
        }
        self.settle_call_control(cx, id);
    }

    /// Ends a command on a call that is where the command wants it, or that is over.
    pub(super) fn settle_call_control(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        self.follow_answer(id);
        if self.has_effect(cx, id) {
            self.tell_effect(cx, id);
            self.done(cx, id);
        } else if self.is_too_late(id) {
            let message = "the call has ended";
            self.fail(cx, id, ErrorType::NoDialogId, message);
        }
    }

    /// An answer to a leg that a transfer replaces while Finesse works on it is seen at its successor.
    fn follow_answer(&mut self, id: TaskId) {
        if let Some(task) = self.tasks.get_mut(&id)
            && matches!(task.action, Action::AnswerCall { .. })
            && let Some(dialog) = &mut task.dialog
        {
            *dialog = self.calls.resolve(dialog);
        }
    }

    fn is_too_late(&self, id: TaskId) -> bool {
        self.tasks.get(&id).is_some_and(|task| {
            // A reservation that was accepted may make way for the customer's call at once.
            let accepted =
                matches!(task.action, Action::AcceptOutboundPreview { .. }) && !task.echoed;
            let needs_call = matches!(
                task.action,
                Action::AnswerCall { .. } | Action::HoldCall { .. } | Action::RetrieveCall { .. }
            ) || accepted;
            let dialog = task.dialog.as_ref();
            needs_call && dialog.is_some_and(|dialog| self.calls.get(dialog).is_none())
        })
    }

    /// Whether the agent's side of the call is where the command wants it.
    fn has_effect(&self, cx: &Cx<'_>, id: TaskId) -> bool {
        let Some(task) = self.tasks.get(&id) else {
            return false;
        };
        if let Action::SilentMonitor { extension } = &task.action {
            return self.calls.is_monitoring(extension, cx.config);
        }
        let Some(dialog) = &task.dialog else {
            return false;
        };
        let call = self.calls.get(dialog).map(|call| call.latest());
        let state = call.map(|call| call.state.as_str());
        match &task.action {
            Action::AnswerCall { .. } => matches!(state, Some("ACTIVE" | "HELD")),
            Action::HoldCall { .. } => state == Some("HELD"),
            Action::RetrieveCall { .. } => state == Some("ACTIVE"),
            Action::ReleaseCall { .. }
            | Action::TransferCall { .. }
            | Action::SingleStepTransfer { .. }
            | Action::RejectOutboundPreview { .. }
            | Action::CloseOutboundPreview { .. }
            | Action::EndSilentMonitor { .. } => state.is_none(),
            Action::AcceptOutboundPreview { .. } => match state {
                Some(state) => matches!(state, "ACCEPTED" | "ACTIVE" | "HELD"),
                None => task.echoed,
            },
            Action::BargeIn { extension, .. } => self.calls.is_talking_with(extension, cx.config),
            Action::DropParticipant { extension, .. } => {
                let there = |call: &gc_protocol::event::Call| {
                    let mut parties = call.participants.iter();
                    parties
                        .any(|party| party.media_address == *extension && party.state != "DROPPED")
                };
                !call.is_some_and(there)
            }
            Action::ConferenceCall { .. } => call.is_none_or(|call| call.call_type == "CONFERENCE"),
            _ => false,
        }
    }

    /// What is told beside the call itself.
    fn tell_effect(&self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        if let Action::DropParticipant { extension, dialog } = &task.action {
            let control = Control {
                message: format!("{extension} was dropped from the call"),
                dialog_id: dialog.clone(),
                agent_id: self.agent_id.clone(),
            };
            self.tell(cx, Origin::Live, Event::Control(control));
        }
    }

    /// A call that was placed: does it ring, has it failed?
    fn check_ringing(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(dialog) = self.tasks.get(&id).and_then(|task| task.dialog.clone()) else {
            return;
        };
        let Some(call) = self.calls.get(&dialog).map(|call| call.latest()) else {
            return self.done(cx, id);
        };
        let others_ring = call
            .participants
            .iter()
            .filter(|party| party.media_address != self.agent.extension())
            .any(|party| matches!(party.state.as_str(), "ALERTING" | "ACTIVE" | "HELD"));
        let failed_otherwise = call.state == "FAILED" && !self.is_bad_number(&dialog);
        if others_ring || matches!(call.state.as_str(), "ACTIVE" | "HELD") || failed_otherwise {
            self.done(cx, id);
        }
    }

    fn is_bad_number(&self, dialog: &DialogId) -> bool {
        self.calls.get(dialog).is_some_and(|call| {
            let mine = call
                .latest()
                .participants
                .iter()
                .find(|party| party.media_address == self.agent.extension());
            mine.is_some_and(|mine| mine.state_cause == "BAD_DESTINATION")
        })
    }

    /// The contract's second event of a call to a number nobody has.
    fn bad_destination(&mut self, cx: &mut Cx<'_>, dialog: &DialogId) {
        let message = "nobody can be reached at this number";
        let placing = self
            .tasks
            .iter()
            .find(|(_, task)| task.step == Step::Ringing && task.dialog.as_ref() == Some(dialog));
        match placing.map(|(id, _)| *id) {
            Some(id) => self.fail(cx, id, ErrorType::BadDestination, message),
            None => {
                let origin = TaskOrigin::Gateway;
                let error = origin.error(
                    &self.agent_id,
                    ErrorType::BadDestination,
                    message.to_owned(),
                );
                self.tell(cx, Origin::Live, Event::Error(error));
            }
        }
    }
}

fn merges(action: &Action<SecretHandle>) -> bool {
    matches!(
        action,
        Action::TransferCall { .. }
            | Action::ConferenceCall { .. }
            | Action::SingleStepTransfer { .. }
    )
}

fn listens(action: &Action<crate::io::SecretHandle>) -> bool {
    matches!(
        action,
        Action::SilentMonitor { .. } | Action::BargeIn { .. }
    )
}

fn request(
    action: &Action<SecretHandle>,
    user: String,
    extension: String,
    dialog: Option<DialogId>,
) -> Option<Request> {
    let from = extension.clone();
    match action {
        Action::MakeCall { number } => {
            return Some(Request::MakeCall {
                user,
                from,
                to: number.clone(),
                variables: Vec::new(),
            });
        }
        Action::SilentMonitor { extension } => {
            let to = extension.clone();
            return Some(Request::SilentMonitor { user, from, to });
        }
        Action::BargeIn { extension, dialog } => {
            return Some(Request::Barge {
                user,
                from,
                to: extension.clone(),
                monitor_dialog: dialog.as_str().to_owned(),
            });
        }
        // Unlike any other action, this one names the party that it happens to.
        Action::DropParticipant { extension, dialog } => {
            return Some(Request::Act {
                dialog: dialog.as_str().to_owned(),
                extension: extension.clone(),
                action: DialogAction::DropParticipant,
            });
        }
        _ => {}
    }
    let action = match action {
        Action::AcceptOutboundPreview { .. } => DialogAction::Accept,
        Action::RejectOutboundPreview { .. } => DialogAction::Reject,
        Action::CloseOutboundPreview { .. } => DialogAction::Close,
        Action::EndSilentMonitor { .. } => DialogAction::Drop,
        Action::AnswerCall { .. } => DialogAction::Answer,
        Action::HoldCall { .. } => DialogAction::Hold,
        Action::RetrieveCall { .. } => DialogAction::Retrieve,
        Action::ReleaseCall { .. } => DialogAction::Drop,
        Action::ConsultCall { extension, .. } => DialogAction::Consult {
            to: extension.clone(),
        },
        Action::TransferCall { .. } => DialogAction::Transfer,
        Action::ConferenceCall { .. } => DialogAction::Conference,
        Action::SingleStepTransfer { extension, .. } => DialogAction::SingleStepTransfer {
            to: extension.clone(),
        },
        _ => return None,
    };
    Some(Request::Act {
        dialog: dialog?.as_str().to_owned(),
        extension,
        action,
    })
}
