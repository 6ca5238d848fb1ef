//! A command under way: what it is, how far it has come, and until when.

use std::time::{Duration, Instant};

use gc_protocol::event::ErrorEvent;
use gc_protocol::{Action, AgentId, CommandId, Destination, DialogId, ErrorType};

use super::lane::Lane;
use super::progress::Progress;
use crate::io::{ClientId, RequestId, Rights, SecretHandle, Sender, Ticket};

/// Number of a task within its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TaskId(pub(crate) u64);

/// A command under way.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) origin: TaskOrigin,
    pub(crate) action: Action<SecretHandle>,
    pub(crate) lane: Lane,
    pub(crate) step: Step,
    pub(crate) deadline: Instant,
    /// How far it has come, when one request is not all of it.
    pub(crate) progress: Progress,
    /// When what it has changed is read back, because no notification has shown it.
    pub(crate) read_back_at: Option<Instant>,
    /// How long the access token that it carries lasts, where that is known.
    pub(crate) token_life: Option<Duration>,
    /// Whether the client was told the agent's present State since the command began.
    pub(crate) told_state: bool,
    /// The request that went out for it.
    pub(crate) request: Option<RequestId>,
    /// Whether Finesse has echoed the request's id: it took effect, whatever is still to be seen of it.
    pub(crate) echoed: bool,
    /// The call it is about, once known.
    pub(crate) dialog: Option<DialogId>,
    /// CTI code of the reason it goes out with.
    pub(crate) reason_code: Option<String>,
    /// Whether it has taken the agent over from another destination, or found the agent at work.
    pub(crate) found_at_work: bool,
}

/// Where a command comes from.
#[derive(Debug, Clone)]
pub(crate) enum TaskOrigin {
    /// A client.
    Client {
        ticket: Ticket,
        from: Sender,
        /// Where the session that works on it tells its failure: its client may have named none itself.
        told_at: Option<Destination>,
        name: &'static str,
        command_id: Option<CommandId>,
    },
    /// A client that the agent has left since: it gets the result, and is told nothing more.
    Parted { ticket: Ticket },
    /// The gateway itself, because the client is gone.
    Gateway,
}

/// How far a command has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing was sent yet.
    Waiting,
    /// The credential is being tried with one read.
    Verifying,
    /// The link is being opened.
    Opening,
    /// A topic of the notification service is to be confirmed first.
    Subscribing,
    /// Something is being read for it alone: reasons, a call.
    LookingUp,
    /// The request is out; the answer is still to come, or was lost.
    Sent,
    /// Accepted; the effect is to be seen in a notification.
    Accepted,
    /// The call is placed; whether it reaches the other party is still open. The device is free again.
    Ringing,
    /// A snapshot is under way whose result is the answer.
    Reading,
}

impl Task {
    pub(crate) fn new(
        origin: TaskOrigin,
        action: Action<SecretHandle>,
        lane: Lane,
        deadline: Instant,
    ) -> Self {
        Self {
            origin,
            action,
            lane,
            step: Step::Waiting,
            deadline,
            progress: Progress::None,
            read_back_at: None,
            token_life: None,
            told_state: false,
            request: None,
            echoed: false,
            dialog: None,
            reason_code: None,
            found_at_work: false,
        }
    }

    /// Whether it may make a session or take an agent over, with the password that it carries.
    pub(crate) fn connects(&self) -> bool {
        connects(&self.action)
    }

    /// The other agent whom it is about.
    pub(crate) fn member(&self) -> Option<&AgentId> {
        match &self.progress {
            Progress::Member(work) => Some(&work.member),
            _ => None,
        }
    }

    /// Whether another command names the same call.
    pub(crate) fn is_about_call_of(&self, other: &Task) -> bool {
        named_dialog(&self.action) == named_dialog(&other.action)
    }

    /// Whether its request is out and its effect not yet seen.
    pub(crate) fn is_out(&self) -> bool {
        matches!(self.step, Step::Sent | Step::Accepted)
    }

    /// Whether Finesse has taken its request.
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.step, Step::Accepted | Step::Ringing)
    }

    /// Whether nothing else may run in its lane now.
    pub(crate) fn occupies(&self) -> bool {
        self.step != Step::Ringing
    }
}

impl TaskOrigin {
    /// The client that waits for the outcome and may be told.
    pub(crate) fn client(&self) -> Option<&ClientId> {
        match self {
            TaskOrigin::Client { from, .. } => Some(&from.client),
            TaskOrigin::Parted { .. } | TaskOrigin::Gateway => None,
        }
    }

    /// Where the client is told of a failure.
    pub(crate) fn destination(&self) -> Option<&Destination> {
        match self {
            TaskOrigin::Client { from, told_at, .. } => {
                from.destination.as_ref().or(told_at.as_ref())
            }
            TaskOrigin::Parted { .. } | TaskOrigin::Gateway => None,
        }
    }

    /// What the client may do beside commanding its own agents.
    pub(crate) fn rights(&self) -> Rights {
        match self {
            TaskOrigin::Client { from, .. } => from.rights,
            TaskOrigin::Parted { .. } | TaskOrigin::Gateway => Rights::NONE,
        }
    }

    /// The command that a result is owed to.
    pub(crate) fn ticket(&self) -> Option<Ticket> {
        match self {
            TaskOrigin::Client { ticket, .. } | TaskOrigin::Parted { ticket } => Some(*ticket),
            TaskOrigin::Gateway => None,
        }
    }

    /// From now on only the result is owed.
    pub(crate) fn part(&mut self) {
        if let Some(ticket) = self.ticket() {
            *self = TaskOrigin::Parted { ticket };
        }
    }

    /// The error that tells the client why the command failed.
    pub(crate) fn error(
        &self,
        agent: &AgentId,
        error_type: ErrorType,
        error_message: String,
    ) -> ErrorEvent {
        let (command, command_id) = match self {
            TaskOrigin::Client {
                name, command_id, ..
            } => (Some(*name), command_id.clone()),
            TaskOrigin::Parted { .. } | TaskOrigin::Gateway => (None, None),
        };
        ErrorEvent {
            error_type,
            error_message,
            agent_id: Some(agent.clone()),
            command,
            command_id,
        }
    }
}

/// Whether a command brings the agent to who sends it, with the password that it carries.
pub(crate) fn connects(action: &Action<SecretHandle>) -> bool {
    matches!(
        action,
        Action::Connect { .. } | Action::Login { .. } | Action::MobileAgentLogin { .. }
    )
}

/// Whether a command signs the agent in at an extension.
pub(crate) fn signs_in(action: &Action<SecretHandle>) -> bool {
    matches!(
        action,
        Action::Login { .. } | Action::MobileAgentLogin { .. }
    )
}

/// The call a command names.
pub(crate) fn named_dialog(action: &Action<SecretHandle>) -> Option<&DialogId> {
    match action {
        Action::AnswerCall { dialog }
        | Action::HoldCall { dialog }
        | Action::RetrieveCall { dialog }
        | Action::ReleaseCall { dialog }
        | Action::ConsultCall { dialog, .. }
        | Action::TransferCall { dialog, .. }
        | Action::ConferenceCall { dialog, .. }
        | Action::SingleStepTransfer { dialog, .. }
        | Action::GetDialogState { dialog }
        | Action::GetDialogStateControls { dialog }
        | Action::GetDialogParticipants { dialog }
        | Action::UpdateWrapUp { dialog, .. }
        | Action::UpdateDialogVariable { dialog, .. }
        | Action::AcceptOutboundPreview { dialog }
        | Action::RejectOutboundPreview { dialog }
        | Action::CloseOutboundPreview { dialog }
        | Action::ScheduleCallback { dialog, .. }
        | Action::UpdateCallback { dialog, .. }
        | Action::CancelCallback { dialog, .. }
        | Action::Reclassify { dialog, .. }
        | Action::EndSilentMonitor { dialog }
        | Action::DropParticipant { dialog, .. }
        | Action::BargeIn { dialog, .. } => Some(dialog),
        _ => None,
    }
}
