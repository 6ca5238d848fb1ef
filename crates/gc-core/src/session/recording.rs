//! Pausing and resuming the recording of the agent's call, at a recorder that Finesse knows nothing of.

use gc_protocol::{Action, ErrorType};

use super::task::{Step, TaskId};
use super::{Cx, Pending, Purpose, Session};
use crate::faults::{About, error_of};
use crate::io::{Output, Recording, Reply};

impl Session {
    pub(super) fn begin_recording(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let recording = match self.tasks.get(&id).map(|task| &task.action) {
            Some(Action::ZoomPauseRecording) => Recording::Pause,
            Some(Action::ZoomResumeRecording) => Recording::Resume,
            _ => return self.impossible(cx, id, "this command records nothing"),
        };
        if !cx.config.recorder {
            let message = "no recorder of calls is configured";
            return self.fail(cx, id, ErrorType::NotSupported, message);
        }
        let request = cx.ids.request();
        if let Some(task) = self.tasks.get_mut(&id) {
            task.request = Some(request);
            task.step = Step::Sent;
        }
        let pending = Pending {
            purpose: Purpose::Command { task: id },
            secret: None,
            may_be_forbidden: true,
        };
        self.requests.insert(request, pending);
        cx.out.push_back(Output::Record {
            id: request,
            recording,
            agent: self.agent_id.clone(),
            extension: self.agent.extension().to_owned(),
            dialog: self.calls.active().cloned(),
        });
    }

    /// A recorder has no notifications: its answer is all there is.
    pub(super) fn recorder_reply(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: Reply) {
        match reply {
            Reply::Answer(_) => self.done(cx, id),
            Reply::NotSent { reason } => self.fail(cx, id, ErrorType::Down, reason),
            Reply::Fault(fault) => {
                let (_, message) = error_of(&fault, About::User);
                self.fail(cx, id, ErrorType::GeneralError, message);
            }
            Reply::Unknown { reason } | Reply::Garbage { reason } => self.unknown(cx, id, reason),
        }
    }
}
