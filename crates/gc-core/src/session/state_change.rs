//! READY, NOT_READY and LOGOUT requests, with reasons as people know them.

use finesse_protocol::{ReasonCategory, Request, UserState};
use gc_protocol::{Action, ErrorType};

use super::lane::Lane;
use super::task::{Step, Task, TaskId};
use super::{Cx, Purpose, Session};
use crate::io::Origin;
use crate::reasons::Reasons;

impl Session {
    pub(super) fn begin_state_change(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if !self.can_send(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get_mut(&id) else {
            return;
        };
        task.reason_code = match &task.action {
            Action::MakeNotReadyWithReason { reason_code } => Some(reason_code.clone()),
            _ => None,
        };
        if self.is_in_requested_state(id) && !self.is_state_open(id) {
            self.tell_state(cx, Origin::Live);
            return self.done(cx, id);
        }
        self.request_state(cx, id);
    }

    /// Whether an earlier request may still change the state.
    fn is_state_open(&self, id: TaskId) -> bool {
        self.tasks
            .iter()
            .any(|(other, task)| *other != id && task.lane == Lane::State)
    }

    /// Sends the state request, after the reason's id was found.
    pub(super) fn request_state(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if !self.can_send(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let Some((state, category)) = wanted(task) else {
            return self.impossible(cx, id, "this command asks for no state");
        };
        let reason_code_id = match &task.reason_code {
            None => None,
            Some(code) => match self
                .reasons(category)
                .map(|reasons| database_id(reasons, code))
            {
                Some(Some(database_id)) => Some(database_id),
                Some(None) if task.step == Step::LookingUp => {
                    let message = format!("no reason with code {code} is configured for {state}");
                    let error_type = ErrorType::from_word("CF_INVALID_AGENT_REASON_CODE");
                    return self.fail(cx, id, error_type, message);
                }
                Some(None) | None => return self.look_up_reasons(cx, id, category),
            },
        };
        self.set_step(id, Step::Sent);
        let request = Request::ChangeState {
            user: self.user(),
            state,
            reason_code_id,
        };
        self.send(cx, Purpose::Command { task: id }, request);
    }

    fn look_up_reasons(&mut self, cx: &mut Cx<'_>, id: TaskId, category: ReasonCategory) {
        self.set_step(id, Step::LookingUp);
        let request = Request::ReasonCodes {
            user: self.user(),
            category,
        };
        self.send(cx, Purpose::Reasons { task: id, category }, request);
    }

    /// Finesse demands a reason that the client did not give: the configured one goes out, if there is one.
    pub(super) fn reason_demanded(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self.tasks.get_mut(&id) else {
            return;
        };
        let default = match wanted(task) {
            Some((_, ReasonCategory::NotReady)) => &cx.config.default_not_ready_reason,
            Some((_, ReasonCategory::Logout)) => &cx.config.default_logout_reason,
            None => &None,
        };
        match default {
            Some(code) if task.reason_code.is_none() => {
                task.reason_code = Some(code.clone());
                task.step = Step::Waiting;
                self.request_state(cx, id);
            }
            Some(_) | None => {
                let message = "Finesse demands a reason code: send it with MakeNotReadyWithReason or logoutwithreason";
                self.fail(cx, id, ErrorType::MissingReasonCode, message);
            }
        }
    }

    pub(super) fn reasons(&self, category: ReasonCategory) -> Option<&Reasons> {
        match category {
            ReasonCategory::NotReady => self.agent.not_ready_reasons.as_ref(),
            ReasonCategory::Logout => self.agent.logout_reasons.as_ref(),
        }
    }

    /// The database id of a reason that is known, by its code.
    pub(super) fn reason_id(&self, category: ReasonCategory, code: Option<&str>) -> Option<String> {
        database_id(self.reasons(category)?, code?)
    }

    pub(super) fn set_reasons(&mut self, category: ReasonCategory, reasons: Reasons) {
        match category {
            ReasonCategory::NotReady => self.agent.not_ready_reasons = Some(reasons),
            ReasonCategory::Logout => self.agent.logout_reasons = Some(reasons),
        }
    }

    /// Whether the agent is in the state, or goes there after the call, that a task asks for.
    pub(super) fn is_in_requested_state(&self, id: TaskId) -> bool {
        let Some(task) = self.tasks.get(&id) else {
            return false;
        };
        let Some((state, _)) = wanted(task) else {
            return false;
        };
        if self.agent.pending_state() == Some(&state) {
            // During a call the last code wins, so another one goes out.
            return task.reason_code.is_none() || task.step != Step::Waiting;
        }
        let same_reason = match &task.reason_code {
            // Some releases report the state without its reason.
            Some(code) => {
                let reported = self.agent.reason().0;
                reported == code || (reported.is_empty() && task.step != Step::Waiting)
            }
            None => {
                state != UserState::NotReady
                    || self.agent.reason().0.is_empty()
                    || task.step != Step::Waiting
            }
        };
        self.agent.state() == Some(&state) && same_reason
    }
}

/// The state that a command asks for, and where its reasons are listed; other commands ask for none.
fn wanted(task: &Task) -> Option<(UserState, ReasonCategory)> {
    match &task.action {
        Action::MakeReady => Some((UserState::Ready, ReasonCategory::NotReady)),
        Action::MakeNotReady | Action::MakeNotReadyWithReason { .. } => {
            Some((UserState::NotReady, ReasonCategory::NotReady))
        }
        Action::MakeWorkReady => Some((UserState::WorkReady, ReasonCategory::NotReady)),
        Action::MakeWorkNotReady => Some((UserState::Work, ReasonCategory::NotReady)),
        Action::Logout | Action::LogoutWithReason { .. } => {
            Some((UserState::Logout, ReasonCategory::Logout))
        }
        _ => None,
    }
}

fn database_id(reasons: &Reasons, code: &str) -> Option<String> {
    reasons
        .iter()
        .find(|reason| reason.code == code && !reason.system)
        .map(|reason| reason.database_id.clone())
}
