//! How commands end: exactly once each, with their events before their result.

use gc_protocol::event::{ErrorEvent, Event};
use gc_protocol::{Action, ErrorType, Outcome};

use super::Session;
use super::effects::{Cx, secret_of};
use super::lane::Lane;
use super::task::{Step, Task, TaskId, TaskOrigin, signs_in};
use crate::io::{Origin, Output, SecretHandle};

impl Session {
    /// The command took effect.
    pub(super) fn done(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if let Some(task) = self.take_task(cx, id) {
            self.end_task(cx, &task, Outcome::Done, None);
            self.pump(cx);
        }
    }

    /// The command certainly did not take effect.
    pub(super) fn fail(
        &mut self,
        cx: &mut Cx<'_>,
        id: TaskId,
        error_type: ErrorType,
        message: impl Into<String>,
    ) {
        if let Some(task) = self.take_task(cx, id) {
            self.fail_task(cx, &task, error_type, message.into());
            self.introduce_without_login(cx, &task);
            self.pump(cx);
        }
    }

    /// An owner who knows nothing of the agent yet learns of it, although its Login came to nothing, or may have.
    fn introduce_without_login(&mut self, cx: &mut Cx<'_>, task: &Task) {
        if self.lacks_introduction(task) {
            self.introduce_when_read(cx);
        }
    }

    fn lacks_introduction(&self, task: &Task) -> bool {
        let new = task.found_at_work || self.told_state.is_none();
        new && signs_in(&task.action) && self.is_owners(task) && !self.over
    }

    /// Nobody knows whether the command took effect; a re-read follows.
    pub(super) fn unknown(&mut self, cx: &mut Cx<'_>, id: TaskId, message: impl Into<String>) {
        if let Some(task) = self.take_task(cx, id) {
            self.leave_unknown(cx, &task, message.into());
            match task.lane {
                Lane::Member => self.read_member_again(cx, &task),
                // The agent's own state and calls have nothing to do with it.
                Lane::Recording => {}
                Lane::Enter
                | Lane::Leave
                | Lane::Abandon
                | Lane::State
                | Lane::Call
                | Lane::Data
                | Lane::Read => self.restart_sync(cx),
            }
            self.introduce_without_login(cx, &task);
            self.pump(cx);
        }
    }

    /// A command that an earlier process may have sent: it is not sent, and a re-read follows.
    pub(crate) fn leave_in_doubt(
        &mut self,
        cx: &mut Cx<'_>,
        origin: TaskOrigin,
        action: Action<SecretHandle>,
        message: &str,
    ) {
        let origin = self.with_destination(origin, &action);
        let lane = Lane::of(&action).unwrap_or(Lane::Read);
        let task = Task::new(origin, action, lane, cx.now);
        self.leave_unknown(cx, &task, message.to_owned());
        self.restart_sync(cx);
    }

    /// The node that a command was sent to tells no more what came of it; the agent is read anew on the next one.
    pub(super) fn leave_behind(&mut self, cx: &mut Cx<'_>, id: TaskId, message: &str) {
        if let Some(task) = self.take_task(cx, id) {
            self.leave_unknown(cx, &task, message.to_owned());
            if self.lacks_introduction(&task) {
                self.introduce_at_next_read();
            }
        }
    }

    /// A command under way comes to its end, whichever.
    pub(super) fn take_task(&mut self, cx: &mut Cx<'_>, id: TaskId) -> Option<Task> {
        let task = self.tasks.remove(&id)?;
        self.let_go(cx, id);
        Some(task)
    }

    /// The code rules out that a command comes here: it ends, and a re-read tells how things are.
    pub(super) fn impossible(&mut self, cx: &mut Cx<'_>, id: TaskId, what: &'static str) {
        cx.impossible(what);
        self.fail(cx, id, ErrorType::GeneralError, what);
        self.restart_sync(cx);
    }

    /// A command that is not taken at all.
    pub(super) fn refuse(
        &mut self,
        cx: &mut Cx<'_>,
        task: &Task,
        error_type: ErrorType,
        message: &str,
    ) {
        self.fail_task(cx, task, error_type, message.to_owned());
    }

    /// Ends every task under way of an owner whom the agent has left.
    pub(super) fn end_parted(&mut self, cx: &mut Cx<'_>, message: &str) {
        let parted = |task: &Task| matches!(task.origin, TaskOrigin::Parted { .. });
        let ids = self.tasks.iter().filter(|(_, task)| parted(task));
        let ids: Vec<TaskId> = ids.map(|(id, _)| *id).collect();
        for id in ids {
            if let Some(task) = self.take_task(cx, id) {
                self.overtake(cx, &task, ErrorType::SessionInvalidated, message);
            }
        }
    }

    /// Ends every task under way, because the session ends; credentials that are being tried outlive it.
    pub(super) fn end_all(&mut self, cx: &mut Cx<'_>, error_type: &ErrorType, message: &str) {
        let ends = |task: &Task| !(task.connects() && task.step == Step::Verifying);
        while let Some(id) = self
            .tasks
            .iter()
            .find(|(_, task)| ends(task))
            .map(|(id, _)| *id)
            && let Some(task) = self.take_task(cx, id)
        {
            self.overtake(cx, &task, error_type.clone(), message);
        }
        self.end_waiting_tokens(cx, error_type, message);
    }

    /// The next session does not know of tokens that were meant for this one.
    fn end_waiting_tokens(&mut self, cx: &mut Cx<'_>, error_type: &ErrorType, message: &str) {
        let is_token = |task: &Task| matches!(task.action, Action::UpdateToken { .. });
        while let Some(at) = self.waiting.iter().position(is_token)
            && let Some(task) = self.waiting.remove(at)
        {
            self.refuse(cx, &task, error_type.clone(), message);
        }
    }

    /// The session ends before a command has: only what was not sent has certainly failed.
    fn overtake(&mut self, cx: &mut Cx<'_>, task: &Task, error_type: ErrorType, message: &str) {
        let login = signs_in(&task.action);
        match task.step {
            // Nobody waits for what the gateway does by itself.
            _ if matches!(task.origin, TaskOrigin::Gateway) => {}
            Step::Ringing => self.end_task(cx, task, Outcome::Done, None),
            Step::Sent | Step::Accepted if task.echoed => {
                self.end_task(cx, task, Outcome::Done, None)
            }
            Step::Reading if login => self.end_task(cx, task, Outcome::Done, None),
            Step::Sent | Step::Accepted => {
                let message = format!("whether Finesse has done it is not known: {message}");
                self.leave_unknown(cx, task, message);
            }
            Step::Waiting
            | Step::Verifying
            | Step::Opening
            | Step::Subscribing
            | Step::LookingUp
            | Step::Reading => self.fail_task(cx, task, error_type, message.to_owned()),
        }
    }

    /// A command whose deadline has passed.
    pub(super) fn expire_tasks(&mut self, cx: &mut Cx<'_>) {
        self.expire_waiting(cx);
        let due: Vec<TaskId> = self
            .tasks
            .iter()
            .filter(|(_, task)| task.deadline <= cx.now)
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            let Some(task) = self.tasks.get(&id) else {
                continue;
            };
            match task.step {
                Step::Ringing => self.done(cx, id),
                Step::Sent | Step::Accepted if task.echoed => self.done(cx, id),
                Step::Opening => self.give_up_connect(cx, id),
                Step::Verifying if task.connects() => {
                    let message = "Finesse did not answer in time";
                    self.refuse_connect(cx, id, ErrorType::NotReachable, message);
                }
                Step::Reading => {
                    let message = "Finesse did not answer in time";
                    self.give_up_reading(cx, id, ErrorType::NotReachable, message);
                }
                Step::Waiting | Step::Verifying | Step::Subscribing | Step::LookingUp => {
                    let message = "Finesse did not answer in time";
                    self.fail(cx, id, ErrorType::NotReachable, message);
                }
                Step::Sent | Step::Accepted if task.lane == Lane::Recording => {
                    self.unknown(cx, id, "the recorder did not answer in time");
                }
                Step::Sent | Step::Accepted => {
                    let message =
                        "Finesse did not confirm in time: the state that follows tells the outcome";
                    self.unknown(cx, id, message);
                }
            }
        }
    }

    fn leave_unknown(&mut self, cx: &mut Cx<'_>, task: &Task, message: String) {
        let error_type = ErrorType::NotReachable;
        let error = self.error_of_task(task, error_type.clone(), message);
        self.tell_error(cx, &task.origin, error.clone());
        self.end_task(cx, task, Outcome::Unknown(error_type), Some(error));
    }

    fn fail_task(&mut self, cx: &mut Cx<'_>, task: &Task, error_type: ErrorType, message: String) {
        if task.lane == Lane::Call
            && let Some(dialog) = &task.dialog
        {
            self.calls.no_merge(dialog);
        }
        let error = self.error_of_task(task, error_type.clone(), message);
        self.tell_error(cx, &task.origin, error.clone());
        self.end_task(cx, task, Outcome::Failed(error_type), Some(error));
    }

    /// A command about a member names the member.
    fn error_of_task(&self, task: &Task, error_type: ErrorType, message: String) -> ErrorEvent {
        let agent = task.member().unwrap_or(&self.agent_id);
        task.origin.error(agent, error_type, message)
    }

    /// Errors go to who sent the command; only what the gateway itself does is told to the owner.
    fn tell_error(&self, cx: &mut Cx<'_>, origin: &TaskOrigin, error: ErrorEvent) {
        match origin {
            TaskOrigin::Client { .. } => {
                if let Some(destination) = origin.destination().cloned() {
                    cx.event(destination, Origin::Live, Event::Error(error));
                }
            }
            TaskOrigin::Parted { .. } => {}
            TaskOrigin::Gateway => self.tell(cx, Origin::Live, Event::Error(error)),
        }
    }

    fn end_task(
        &mut self,
        cx: &mut Cx<'_>,
        task: &Task,
        outcome: Outcome,
        error: Option<ErrorEvent>,
    ) {
        if outcome != Outcome::Done {
            cx.counters.commands_failed += 1;
        }
        if let Some(ticket) = task.origin.ticket() {
            cx.out.push_back(Output::CommandResult {
                ticket,
                outcome,
                error,
            });
        }
        if let Some(secret) = secret_of(&task.action) {
            self.release(cx, secret);
        }
    }
}
