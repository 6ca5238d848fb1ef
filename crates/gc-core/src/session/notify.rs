//! Notifications: what changed, and which commands that ends.

use finesse_protocol::{
    ApiError, Data, Dialog, Fault, Source, Update, UpdateEvent, User, UserState,
};
use gc_protocol::event::Event;
use gc_protocol::{DialogId, ErrorType};

use super::lane::Lane;
use super::login::wanted_extension;
use super::task::{Task, TaskId, TaskOrigin};
use super::{Cx, Session};
use crate::calls::{Applied, Me, Sight};
use crate::faults::{About, error_of};
use crate::io::{Epoch, Origin};

impl Session {
    /// Takes a notification; one of an older link is dropped, one that races a snapshot waits for it.
    pub(crate) fn notification(&mut self, cx: &mut Cx<'_>, epoch: Epoch, update: Update) {
        if !self.is_current(epoch) {
            cx.counters.notifications_dropped += 1;
            return;
        }
        cx.counters.notifications += 1;
        if let Some(update) = self.hold(cx, update) {
            self.take_update(cx, update);
        }
        self.pump(cx);
    }

    pub(super) fn take_update(&mut self, cx: &mut Cx<'_>, update: Update) {
        if self.over {
            return;
        }
        let echoed = self.echoed_task(cx, &update.request_id);
        let others =
            matches!(&update.data, Data::User(user) if !self.is_mine(&update.source, user));
        if (others || matches!(update.data, Data::Team(_))) && self.take_members(cx, &update)
            || self.take_queue(cx, &update)
        {
            return;
        }
        match update.data {
            Data::User(user) if self.is_mine(&update.source, &user) => {
                self.mark_echo(echoed);
                self.take_user(cx, *user, Origin::Live);
                self.signed_in_here(cx);
            }
            Data::Dialog(dialog) => {
                self.mark_echo(echoed);
                self.take_dialog(cx, &update.event, *dialog);
            }
            Data::Dialogs(dialogs) => {
                self.mark_echo(echoed);
                for dialog in dialogs {
                    self.take_dialog(cx, &update.event, dialog);
                }
            }
            Data::Errors(errors) => {
                self.take_errors(cx, echoed, &update.source, &update.request_id, errors)
            }
            _ => {}
        }
    }

    fn is_mine(&self, source: &Source, user: &User) -> bool {
        let agent = self.names.inside(&self.agent_id);
        user.login_id == agent
            || user.login_name == agent
            || matches!(source, Source::User(id) if id == agent)
    }

    /// Takes a User document and ends the commands it answers.
    pub(super) fn take_user(&mut self, cx: &mut Cx<'_>, user: User, origin: Origin) {
        if !self.agent.merge(user) {
            cx.counters.notifications_dropped += 1;
            return;
        }
        self.tell_state_if_changed(cx, origin);
        let ids: Vec<TaskId> = self.tasks.keys().copied().collect();
        for id in ids {
            self.check_state(cx, id);
        }
        self.check_leaving(cx);
        self.keep_paused(cx);
        self.mend_gap(cx);
    }

    /// Whether a LOGOUT that was to come after the call has come, or was called off.
    fn check_leaving(&mut self, cx: &mut Cx<'_>) {
        let pending = self.agent.pending_state();
        self.leaving &= pending.is_none_or(|state| *state == UserState::Logout);
        if self.leaving && self.agent.state() == Some(&UserState::Logout) && !self.over {
            self.logged_out(cx, None);
        }
    }

    fn check_state(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self.tasks.get(&id).filter(|task| task.is_out()) else {
            return;
        };
        let echoed = task.echoed;
        match task.lane {
            Lane::Enter => self.check_login(cx, id, echoed),
            Lane::Leave => self.check_logout(cx, id, echoed),
            Lane::State => {
                if echoed || self.is_in_requested_state(id) {
                    self.answer_with_state(cx, id);
                }
            }
            Lane::Abandon
            | Lane::Call
            | Lane::Data
            | Lane::Member
            | Lane::Recording
            | Lane::Read => {}
        }
    }

    fn check_login(&mut self, cx: &mut Cx<'_>, id: TaskId, echoed: bool) {
        let Some(extension) = self
            .tasks
            .get(&id)
            .and_then(|task| wanted_extension(&task.action))
        else {
            return;
        };
        if self.agent.is_logged_in() && (echoed || self.agent.extension() == extension) {
            self.await_sync(cx, id);
        }
    }

    fn check_logout(&mut self, cx: &mut Cx<'_>, id: TaskId, echoed: bool) {
        if self.agent.state() == Some(&UserState::Logout) {
            self.logged_out(cx, Some(id));
        } else if echoed || self.agent.pending_state() == Some(&UserState::Logout) {
            self.leaving = true;
            self.answer_with_state(cx, id);
        }
    }

    /// Ends a state request; to a client who asked its State is told even when nothing changed.
    fn answer_with_state(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let is_owed = |task: &Task| !task.told_state && !matches!(task.origin, TaskOrigin::Gateway);
        if self.tasks.get(&id).is_some_and(is_owed) {
            self.tell_state(cx, Origin::Live);
        }
        self.done(cx, id);
    }

    fn take_dialog(&mut self, cx: &mut Cx<'_>, change: &UpdateEvent, dialog: Dialog) {
        let id = DialogId::new(dialog.id.as_str());
        let shown = self.data_shown_by(&dialog);
        let applied = self.apply_dialog(cx, Sight::of(change), dialog);
        if let Some(event) = applied.event.clone() {
            self.tell(cx, Origin::Live, event);
        }
        self.check_calls(cx, &id, &applied);
        self.take_shown(cx, shown, applied.event.is_some());
    }

    pub(super) fn apply_dialog(
        &mut self,
        cx: &mut Cx<'_>,
        sight: Sight,
        dialog: Dialog,
    ) -> Applied {
        if !matches!(dialog.media_type.as_str(), "" | "Voice") {
            return Applied::default();
        }
        let me = Me {
            agent: &self.agent_id,
            extension: self.agent.extension(),
        };
        let applied = self.calls.apply(me, sight, dialog, cx.config);
        if applied.stale {
            cx.counters.notifications_dropped += 1;
        }
        if applied.doubtful {
            self.sync_again(cx);
        }
        applied
    }

    /// A request failed after Finesse had accepted it, or somebody else's did.
    fn take_errors(
        &mut self,
        cx: &mut Cx<'_>,
        echoed: Option<TaskId>,
        source: &Source,
        request_id: &str,
        errors: Vec<ApiError>,
    ) {
        let mut fault = Fault::default();
        fault.status = 400;
        fault.errors = errors;
        if self.is_sign_in(cx, request_id) {
            return self.sign_in_refused(cx, &fault);
        }
        if echoed.is_none() && cx.ids.request_of_header(request_id).is_some() {
            // Its command was told another outcome already, at the deadline or by what was seen.
            cx.counters.notifications_dropped += 1;
            return;
        }
        let task = echoed.or_else(|| {
            request_id
                .is_empty()
                .then(|| self.task_at(source))
                .flatten()
        });
        let about = match source {
            Source::Dialog(_) => About::Dialog,
            _ => About::User,
        };
        match task {
            Some(id) => self.command_fault(cx, id, &fault),
            None => {
                let (error_type, message) = error_of(&fault, about);
                let error = TaskOrigin::Gateway.error(&self.agent_id, error_type, message);
                self.tell(cx, Origin::Live, Event::Error(error));
            }
        }
    }

    /// Finesse refused a command, at once or later.
    pub(super) fn command_fault(&mut self, cx: &mut Cx<'_>, id: TaskId, fault: &Fault) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let about = if task.dialog.is_some() {
            About::Dialog
        } else {
            About::User
        };
        let (error_type, message) = error_of(fault, about);
        let asks_for_state = matches!(task.lane, Lane::State | Lane::Leave);
        if asks_for_state && error_type == ErrorType::from_word("CF_REASON_CODE_REQUIRED") {
            return self.reason_demanded(cx, id);
        }
        self.fail(cx, id, error_type, message);
    }

    /// The task whose request id Finesse echoes.
    fn echoed_task(&self, cx: &Cx<'_>, request_id: &str) -> Option<TaskId> {
        let request = cx.ids.request_of_header(request_id)?;
        self.tasks
            .iter()
            .find(|(_, task)| task.request == Some(request))
            .map(|(id, _)| *id)
    }

    fn mark_echo(&mut self, echoed: Option<TaskId>) {
        if let Some(task) = echoed.and_then(|id| self.tasks.get_mut(&id)) {
            task.echoed = true;
        }
    }

    /// The oldest command under way at the object an error comes from.
    fn task_at(&self, source: &Source) -> Option<TaskId> {
        self.tasks
            .iter()
            .filter(|(_, task)| task.is_out())
            .find(|(_, task)| match (source, task.lane) {
                (Source::User(_), Lane::Enter | Lane::Leave | Lane::State) => true,
                (Source::UserDialogs(_), Lane::Call) => true,
                (Source::Dialog(dialog), Lane::Call | Lane::Data) => task
                    .dialog
                    .as_ref()
                    .is_some_and(|named| named.as_str() == dialog),
                _ => false,
            })
            .map(|(id, _)| *id)
    }
}
