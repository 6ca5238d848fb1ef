//! Reads: reasons, calls, the agent's state. They never wait for commands.

use finesse_protocol::{Answer, Dialog, ReasonCategory, ReasonCode, Request, WrapUpReason};
use gc_protocol::event::{
    self, DialogControls, DialogParticipants, DialogState, Event, ReasonCodes,
};
use gc_protocol::{Action, DialogId, ErrorType};

use super::progress::Progress;
use super::task::{Step, TaskId, named_dialog};
use super::{Cx, Purpose, Session};
use crate::calls::{is_over, participant};
use crate::faults::About;
use crate::io::{Origin, Reply};

/// What is asked of one call.
struct Seen {
    state: String,
    participants: Vec<event::Participant>,
}

impl Session {
    pub(super) fn begin_read(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if !self.can_send(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let user = self.user();
        let request = match &task.action {
            Action::GetTeamUsers { .. } | Action::GetTeamUsersState { .. } => {
                return self.begin_team(cx, id);
            }
            Action::GetQueueList => return self.begin_queues(cx, id),
            Action::GetAgentExtension { .. } => return self.tell_extension(cx, id),
            Action::GetState | Action::Refresh => return self.await_sync(cx, id),
            Action::WrapUpReasonCodes => Request::WrapUpReasons { user },
            Action::LogoutReasonCodes => Request::ReasonCodes {
                user,
                category: ReasonCategory::Logout,
            },
            Action::NotReadyReasonCodes => Request::ReasonCodes {
                user,
                category: ReasonCategory::NotReady,
            },
            action => match named_dialog(action).cloned() {
                Some(dialog) => return self.read_dialog(cx, id, &dialog),
                None => return self.begin_list(cx, id),
            },
        };
        self.set_step(id, Step::LookingUp);
        self.send(cx, Purpose::Read { task: id }, request);
    }

    /// From what is known, else from Finesse.
    fn read_dialog(&mut self, cx: &mut Cx<'_>, id: TaskId, dialog: &DialogId) {
        let dialog = dialog.clone();
        let seen = self.calls.get(&dialog).map(|call| Seen {
            state: call.latest().state.clone(),
            participants: call.latest().participants.clone(),
        });
        if seen.is_some() {
            return self.answer_dialog(cx, id, dialog, seen);
        }
        if let Some(task) = self.tasks.get_mut(&id) {
            task.dialog = Some(dialog.clone());
            task.step = Step::LookingUp;
        }
        let request = Request::Dialog {
            dialog: dialog.as_str().to_owned(),
        };
        self.send(cx, Purpose::Read { task: id }, request);
    }

    pub(super) fn read_reply(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: Reply) {
        if self.has_parted(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        match (&task.progress, &task.action) {
            (Progress::Member(_), _) => return self.member_reply(cx, id, reply),
            (Progress::List(_), _) => return self.list_reply(cx, id, reply),
            (Progress::None, Action::GetQueueList) => return self.queues_reply(cx, id, reply),
            (Progress::None, Action::GetTeamUsers { .. } | Action::GetTeamUsersState { .. }) => {
                return self.team_reply(cx, id, reply);
            }
            (Progress::None | Progress::Data(_), _) => {}
        }
        let dialog = task.dialog.clone();
        match (reply, dialog) {
            (Reply::Answer(Answer::ReasonCodes(codes)), _) => {
                let category = match task.action {
                    Action::LogoutReasonCodes => event::ReasonCategory::Logout,
                    _ => event::ReasonCategory::NotReady,
                };
                self.answer_reasons(
                    cx,
                    id,
                    category,
                    codes.into_iter().filter_map(choosable).collect(),
                );
            }
            (Reply::Answer(Answer::WrapUpReasons(reasons)), _) => {
                let pairs = reasons.into_iter().map(wrap_up).collect();
                self.answer_reasons(cx, id, event::ReasonCategory::WrapUp, pairs);
            }
            (Reply::Answer(Answer::Dialog(found)), Some(dialog)) => {
                let seen = self.see(*found);
                self.answer_dialog(cx, id, dialog, seen);
            }
            (Reply::Fault(fault), Some(dialog)) if fault.status == 404 => {
                self.answer_dialog(cx, id, dialog, None)
            }
            (reply, Some(_)) => self.fail_with(cx, id, &reply, About::Dialog),
            (reply, None) => self.fail_with(cx, id, &reply, About::User),
        }
    }

    fn see(&self, dialog: Dialog) -> Option<Seen> {
        let mine = dialog
            .participant(self.agent.extension())
            .filter(|mine| !is_over(mine))?;
        Some(Seen {
            state: mine.state.as_str().to_ascii_uppercase(),
            participants: dialog.participants.into_iter().map(participant).collect(),
        })
    }

    fn answer_reasons(
        &mut self,
        cx: &mut Cx<'_>,
        id: TaskId,
        category: event::ReasonCategory,
        reason_codes: Vec<(String, String)>,
    ) {
        let codes = ReasonCodes {
            category,
            reason_codes,
            agent_id: self.agent_id.clone(),
        };
        self.tell(cx, Origin::Live, Event::ReasonCodes(codes));
        self.done(cx, id);
    }

    fn answer_dialog(
        &mut self,
        cx: &mut Cx<'_>,
        id: TaskId,
        dialog_id: DialogId,
        seen: Option<Seen>,
    ) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let agent_id = self.agent_id.clone();
        let event = match (&task.action, seen) {
            (Action::GetDialogState { .. }, seen) => {
                let state = seen.map_or_else(|| "NOT_FOUND".to_owned(), |seen| seen.state);
                Event::DialogState(DialogState {
                    dialog_id: Some(dialog_id),
                    state,
                    agent_id,
                })
            }
            (Action::GetDialogStateControls { .. }, Some(seen)) => {
                let mine = seen
                    .participants
                    .into_iter()
                    .find(|party| party.media_address == self.agent.extension());
                let controls = mine.map(|mine| mine.actions).unwrap_or_default();
                Event::DialogControls(DialogControls {
                    dialog_id,
                    controls,
                    agent_id,
                })
            }
            (_, Some(seen)) => Event::DialogParticipants(DialogParticipants {
                dialog_id,
                participants: seen.participants,
                agent_id,
            }),
            (_, None) => {
                let message = format!(
                    "the agent has no call {dialog_id}: send GetState or refresh for the present ones"
                );
                return self.fail(cx, id, ErrorType::NoDialogId, message);
            }
        };
        self.tell(cx, Origin::Live, event);
        self.done(cx, id);
    }
}

/// Code and label, unless no agent may choose it.
fn choosable(code: ReasonCode) -> Option<(String, String)> {
    (!code.system_code.eq_ignore_ascii_case("true")).then_some((code.code, code.label))
}

/// Wrap-up reasons have no code; the last segment of their address stands for it.
fn wrap_up(reason: WrapUpReason) -> (String, String) {
    (reason.key().to_owned(), reason.label)
}
