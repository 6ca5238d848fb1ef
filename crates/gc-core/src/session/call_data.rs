//! Data of a call: variables, wrap-up, callbacks, classification.
//!
//! Finesse may take such a request and then do all of it, a part of it, or nothing, in silence; so what it did is compared
//! with what was asked for, in the notification that follows or in a read of the call (Finesse API, section 3.6.8).

mod check;
mod compare;

use finesse_protocol::{Action as DialogAction, Answer, CallVariable, Dialog, Request};
use gc_protocol::event::{CallbackMessage, Event};
use gc_protocol::{Action, DialogId, ErrorType};

use super::lane::Lane;
use super::task::{Step, TaskId, named_dialog};
use super::{Cx, Purpose, Session};
use crate::calls::Sight;
use crate::faults::About;
use crate::io::{Origin, Product, Reply};
use crate::session::progress::Progress;
use compare::Shown;

/// A change of a call's data, as it is asked for and then looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DataWork {
    /// The wrap-up label (Unified CCE).
    WrapUp(String),
    /// Wrap-up labels (Unified CCX).
    WrapUpItems(Vec<String>),
    Variables(Vec<(String, String)>),
    /// First half of a callback; Finesse's own clients send the time before the number.
    CallbackTime {
        time: String,
        number: String,
    },
    CallbackNumber {
        time: String,
        number: String,
    },
    NoCallback,
    Classification(String),
}

impl Session {
    pub(super) fn begin_call_data(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if !self.can_send(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let Some(dialog) = named_dialog(&task.action).cloned() else {
            return self.impossible(cx, id, "this command is about no call");
        };
        if !self.calls.has_data(&dialog) {
            let message = format!(
                "the agent has no call {dialog}: send GetState or refresh for the present ones"
            );
            return self.fail(cx, id, ErrorType::NoDialogId, message);
        }
        match self.data_work(cx, id, &dialog) {
            Ok(work) if self.has_already(&dialog, &work) => {
                self.tell_call_again(cx, &dialog);
                self.done(cx, id);
            }
            Ok(work) => self.send_call_data(cx, id, dialog, work),
            Err((error_type, message)) => self.fail(cx, id, error_type, message),
        }
    }

    /// Whether a call has the variables already: Finesse notifies of no change that changes nothing.
    fn has_already(&self, dialog: &DialogId, work: &DataWork) -> bool {
        let DataWork::Variables(wanted) = work else {
            return false;
        };
        let call = self.calls.get(dialog);
        call.is_some_and(|call| {
            let known = &call.latest().call_variables;
            wanted.iter().all(|variable| known.contains(variable))
        })
    }

    fn data_work(
        &self,
        cx: &Cx<'_>,
        id: TaskId,
        dialog: &DialogId,
    ) -> Result<DataWork, (ErrorType, String)> {
        let action = self.tasks.get(&id).map(|task| &task.action);
        if let Some(
            Action::ScheduleCallback { target, .. }
            | Action::UpdateCallback { target, .. }
            | Action::CancelCallback { target, .. }
            | Action::Reclassify { target, .. },
        ) = action
        {
            check::is_own_extension(target, self.agent.extension())?;
        }
        Ok(match action {
            Some(Action::UpdateWrapUp { label, .. }) => match cx.product {
                Some(Product::Uccx) => {
                    DataWork::WrapUpItems(label.split('|').map(str::to_owned).collect())
                }
                Some(Product::Ucce) | None => DataWork::WrapUp(label.clone()),
            },
            Some(Action::UpdateDialogVariable { variables, .. }) => {
                let call = self.calls.get(dialog).map(|call| call.latest());
                let known = call.map_or(&[][..], |call| &call.call_variables);
                DataWork::Variables(check::variables(variables, known, cx.config)?)
            }
            Some(
                Action::ScheduleCallback { time, number, .. }
                | Action::UpdateCallback { time, number, .. },
            ) => DataWork::CallbackTime {
                time: check::callback_time(time)?,
                number: number.clone(),
            },
            Some(Action::CancelCallback { .. }) => DataWork::NoCallback,
            Some(Action::Reclassify { value, .. }) => {
                DataWork::Classification(value.to_ascii_uppercase())
            }
            _ => {
                let message = "this command changes no data".to_owned();
                return Err((ErrorType::GeneralError, message));
            }
        })
    }

    fn send_call_data(&mut self, cx: &mut Cx<'_>, id: TaskId, dialog: DialogId, work: DataWork) {
        let request = request(&work, dialog.as_str().to_owned(), self.agent.extension());
        if let Some(task) = self.tasks.get_mut(&id) {
            task.dialog = Some(dialog);
            task.progress = Progress::Data(Box::new(work));
            task.step = Step::Sent;
            task.echoed = false;
            task.read_back_at = None;
        }
        self.send(cx, Purpose::Command { task: id }, request);
    }

    /// Finesse has taken the request; if no notification shows what it did, the call is read.
    pub(super) fn call_data_accepted(&mut self, cx: &Cx<'_>, id: TaskId) {
        if let Some(task) = self
            .tasks
            .get_mut(&id)
            .filter(|task| task.lane == Lane::Data)
        {
            task.read_back_at = Some(cx.now + cx.config.read_back_after);
        }
    }

    /// What a notification shows of the data that commands have asked for.
    pub(super) fn data_shown_by(&self, dialog: &Dialog) -> Vec<(TaskId, Shown)> {
        let shown = |(id, task): (&TaskId, &super::task::Task)| {
            let about = task.dialog.as_ref()?.as_str() == dialog.id;
            let Progress::Data(work) = &task.progress else {
                return None;
            };
            (about && task.is_out()).then(|| (*id, work.shown_by(dialog)))
        };
        self.tasks.iter().filter_map(shown).collect()
    }

    /// Ends the commands that a notification answers; others wait for the next one, or for the read.
    pub(super) fn take_shown(&mut self, cx: &mut Cx<'_>, shown: Vec<(TaskId, Shown)>, told: bool) {
        for (id, shown) in shown {
            let echoed = self.tasks.get(&id).is_some_and(|task| task.echoed);
            if shown == Shown::Whole {
                self.data_set(cx, id, told);
            } else if echoed {
                self.data_not_set(cx, id, shown);
            }
        }
    }

    pub(super) fn read_back_due(&mut self, cx: &mut Cx<'_>) {
        let due = |task: &super::task::Task| {
            task.step == Step::Accepted && task.read_back_at.is_some_and(|at| at <= cx.now)
        };
        let due: Vec<TaskId> = self
            .tasks
            .iter()
            .filter(|(_, task)| due(task))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            self.read_back(cx, id);
        }
    }

    fn read_back(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self.tasks.get_mut(&id) else {
            return;
        };
        task.read_back_at = None;
        let dialog = task.dialog.clone().filter(|_| !self.doubted);
        let (Some(dialog), Some(request)) = (dialog, task.request) else {
            return;
        };
        let purpose = Purpose::ReadBack { task: id, request };
        let read = Request::Dialog {
            dialog: dialog.as_str().to_owned(),
        };
        self.send(cx, purpose, read);
    }

    pub(super) fn data_read(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: Reply) {
        let Some(Progress::Data(work)) = self.tasks.get(&id).map(|task| &task.progress) else {
            return;
        };
        let Reply::Answer(Answer::Dialog(dialog)) = reply else {
            let (_, why) = super::reply::error_of(&reply, About::Dialog);
            let message = format!("whether Finesse has done it could not be read: {why}");
            return self.unknown(cx, id, message);
        };
        let shown = work.shown_by(&dialog);
        let changed = DialogId::new(dialog.id.as_str());
        let applied = self.apply_dialog(cx, Sight::Found, *dialog);
        let told = applied.event.is_some();
        if let Some(event) = applied.event.clone() {
            self.tell(cx, Origin::Snapshot, event);
        }
        self.check_calls(cx, &changed, &applied);
        match shown {
            Shown::Whole => self.data_set(cx, id, told),
            shown => self.data_not_set(cx, id, shown),
        }
    }

    /// All of it is there.
    fn data_set(&mut self, cx: &mut Cx<'_>, id: TaskId, told: bool) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let (Some(dialog), Progress::Data(work)) = (task.dialog.clone(), &task.progress) else {
            return;
        };
        match (**work).clone() {
            DataWork::CallbackTime { time, number } => {
                let next = DataWork::CallbackNumber { time, number };
                if self.can_send(cx, id) {
                    self.send_call_data(cx, id, dialog, next);
                }
                return;
            }
            DataWork::WrapUp(_) | DataWork::WrapUpItems(_) => {}
            DataWork::Variables(_) | DataWork::NoCallback if told => {}
            DataWork::Variables(_) | DataWork::NoCallback => self.tell_call_again(cx, &dialog),
            DataWork::CallbackNumber { time, number } => {
                self.tell_call_again(cx, &dialog);
                self.tell_callback(cx, id, &time, &number);
            }
            DataWork::Classification(value) => {
                let message = format!("call {dialog} was reclassified as {value}");
                self.tell_callback_message(cx, "reclassify", message);
            }
        }
        self.done(cx, id);
    }

    fn data_not_set(&mut self, cx: &mut Cx<'_>, id: TaskId, shown: Shown) {
        match shown {
            Shown::CutShort(lines) => {
                for line in lines {
                    self.tell_status(cx, line);
                }
                let dialog = self.tasks.get(&id).and_then(|task| task.dialog.clone());
                if let Some(dialog) = dialog {
                    self.tell_call_again(cx, &dialog);
                }
                self.done(cx, id);
            }
            Shown::Whole => self.data_set(cx, id, false),
            Shown::Missing(what) => {
                let message = format!("Finesse took the request and did not set {what}");
                self.fail(cx, id, ErrorType::GeneralError, message);
            }
        }
    }

    fn tell_call_again(&mut self, cx: &mut Cx<'_>, dialog: &DialogId) {
        if let Some(call) = self.calls.get(dialog) {
            let event = call.event_again();
            self.tell(cx, Origin::Live, event);
        }
    }

    fn tell_callback(&mut self, cx: &mut Cx<'_>, id: TaskId, time: &str, number: &str) {
        let schedules = self
            .tasks
            .get(&id)
            .is_some_and(|task| matches!(task.action, Action::ScheduleCallback { .. }));
        if schedules {
            let message = format!("callback scheduled for {time} to {number}");
            self.tell_callback_message(cx, "callback scheduled", message);
        }
    }

    fn tell_callback_message(&mut self, cx: &mut Cx<'_>, callback: &'static str, message: String) {
        let message = CallbackMessage {
            callback,
            message,
            agent_id: self.agent_id.clone(),
        };
        self.tell(cx, Origin::Live, Event::Callback(message));
    }
}

fn request(work: &DataWork, dialog: String, extension: &str) -> Request {
    let act = |dialog, action| Request::Act {
        dialog,
        extension: extension.to_owned(),
        action,
    };
    match work {
        DataWork::WrapUp(label) => Request::UpdateWrapUp {
            dialog,
            label: label.clone(),
        },
        DataWork::WrapUpItems(labels) => Request::UpdateWrapUpItems {
            dialog,
            labels: labels.clone(),
        },
        DataWork::Variables(variables) => Request::UpdateVariables {
            dialog,
            variables: variables.iter().map(call_variable).collect(),
        },
        DataWork::CallbackTime { time, .. } => act(
            dialog,
            DialogAction::UpdateScheduledCallback {
                time: Some(time.clone()),
                number: None,
            },
        ),
        DataWork::CallbackNumber { number, .. } => act(
            dialog,
            DialogAction::UpdateScheduledCallback {
                time: None,
                number: Some(number.clone()),
            },
        ),
        DataWork::NoCallback => act(dialog, DialogAction::CancelScheduledCallback),
        DataWork::Classification(value) => act(
            dialog,
            DialogAction::Reclassify {
                classification: value.clone(),
            },
        ),
    }
}

fn call_variable((name, value): &(String, String)) -> CallVariable {
    CallVariable {
        name: name.clone(),
        value: value.clone(),
    }
}
