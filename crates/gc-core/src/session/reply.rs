//! Replies to requests.

use finesse_protocol::{Answer, Fault};
use gc_protocol::{Action, ErrorType};

use super::lane::Lane;
use super::task::{Step, TaskId, signs_in};
use super::{Cx, Pending, Purpose, Session};
use crate::faults::{self, About};
use crate::io::{Credential, Reply, RequestId};

impl Session {
    /// Takes the reply to one request.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, request: RequestId, reply: Reply) {
        let Some(Pending {
            purpose,
            secret,
            may_be_forbidden,
        }) = self.requests.remove(&request)
        else {
            return;
        };
        let refused = matches!(&reply, Reply::Fault(fault) if faults::refuses_credential(fault));
        if let Some(secret) = secret.filter(|_| refused && !may_be_forbidden) {
            self.doubt(secret);
            // A sign-in's own reply is counted already, even if its session is gone.
            if !matches!(purpose, Purpose::Verify { .. }) {
                cx.guard.failed(cx.now, &self.agent_id);
            }
        }
        match purpose {
            Purpose::Verify { task, credential } => self.verify_reply(cx, task, credential, reply),
            Purpose::Command { task } if self.is_latest(task, request) => {
                self.command_reply(cx, task, reply)
            }
            // The command has gone on to its next request.
            Purpose::Command { .. } => {}
            Purpose::Reasons { task, category } => match reply {
                Reply::Answer(Answer::ReasonCodes(codes)) => {
                    let reasons = cx.reasons.share(codes);
                    self.set_reasons(category, reasons);
                    self.request_state(cx, task);
                }
                reply => self.fail_with(cx, task, &reply, About::User),
            },
            Purpose::Read { task } => self.read_reply(cx, task, reply),
            Purpose::ReadBack { task, request } if self.is_latest(task, request) => {
                self.data_read(cx, task, reply)
            }
            Purpose::ReadBack { .. } => {}
            Purpose::Sync { generation, part } => self.sync_reply(cx, generation, part, reply),
            Purpose::Roster { team, about } => self.roster_reply(cx, &team, about.as_ref(), reply),
            Purpose::Queues => self.queues_polled(cx, reply),
            Purpose::SignIn => self.sign_in_reply(cx, request, &reply),
        }
        // What everybody may read shows whether it was the credential.
        if secret.is_some() && refused && may_be_forbidden {
            self.start_sync(cx);
        }
        self.pump(cx);
    }

    fn is_latest(&self, id: TaskId, request: RequestId) -> bool {
        let task = self.tasks.get(&id);
        task.is_some_and(|task| task.request == Some(request))
    }

    fn verify_reply(&mut self, cx: &mut Cx<'_>, id: TaskId, credential: Credential, reply: Reply) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let login = signs_in(&task.action);
        if let Action::UpdateToken { .. } = task.action {
            return self.token_reply(cx, id, credential, &reply);
        }
        match reply {
            Reply::Answer(Answer::User(user)) => {
                self.agent.merge(*user);
                self.credential_verified(cx, id, credential);
            }
            Reply::Fault(Fault {
                status: 401 | 403, ..
            }) if login && self.owner.is_some() => {
                self.refuse_connect(
                    cx,
                    id,
                    ErrorType::CfInvalidPasswordSpecified,
                    "Invalid Credentials",
                );
            }
            Reply::Fault(Fault {
                status: 401 | 403, ..
            }) => {
                self.refuse_connect(cx, id, ErrorType::SubscriptionFailed, "Invalid Credentials");
            }
            reply => {
                let (error_type, message) = error_of(&reply, About::User);
                self.refuse_connect(cx, id, error_type, &message);
            }
        }
    }

    fn command_reply(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: Reply) {
        let lane = self.tasks.get(&id).map(|task| task.lane);
        if lane == Some(Lane::Recording) {
            return self.recorder_reply(cx, id, reply);
        }
        match reply {
            Reply::Answer(_) => self.command_accepted(cx, id),
            Reply::Fault(fault) => self.command_fault(cx, id, &fault),
            Reply::NotSent { .. } => self.fail_with(cx, id, &reply, About::User),
            // Sent again, it could be a second call; but a notification may still tell what came of it, until the deadline.
            Reply::Unknown { .. } | Reply::Garbage { .. } if lane == Some(Lane::Call) => {}
            Reply::Unknown { reason } | Reply::Garbage { reason } => {
                self.unknown(
                    cx,
                    id,
                    format!("whether Finesse has done it is not known: {reason}"),
                );
            }
        }
    }

    fn command_accepted(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self
            .tasks
            .get_mut(&id)
            .filter(|task| task.step == Step::Sent)
        else {
            return;
        };
        task.step = Step::Accepted;
        if task.lane == Lane::Data {
            self.call_data_accepted(cx, id);
        }
    }

    pub(super) fn fail_with(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: &Reply, about: About) {
        let (error_type, message) = error_of(reply, about);
        self.fail(cx, id, error_type, message);
    }
}

/// Code and sentence for a reply that is no success.
pub(super) fn error_of(reply: &Reply, about: About) -> (ErrorType, String) {
    match reply {
        Reply::Fault(fault) => faults::error_of(fault, about),
        Reply::NotSent { reason } => (
            ErrorType::Down,
            format!("Finesse could not be reached: {reason}"),
        ),
        Reply::Unknown { reason } => (
            ErrorType::NotReachable,
            format!("Finesse did not answer: {reason}"),
        ),
        Reply::Garbage { reason } => (
            ErrorType::GeneralError,
            format!("Finesse's answer could not be read: {reason}"),
        ),
        Reply::Answer(_) => (
            ErrorType::GeneralError,
            "Finesse answered with something else".to_owned(),
        ),
    }
}
