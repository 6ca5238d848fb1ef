//! From a row, an id and parameters to a command.

use super::CommandError;
use super::arguments::Arguments;
use super::check;
use super::fault::Fault;
use crate::command::table::{CommandSpec, Subject, Verb};
use crate::command::{Action, Body, Command, Heartbeat};
use crate::ids::{AgentId, CommandId, Destination};

pub(super) fn command(
    spec: &'static CommandSpec,
    id: &str,
    mut arguments: Arguments,
    command_id: Option<CommandId>,
) -> Result<Command, CommandError> {
    match subject(spec, id).and_then(|id| body(spec.verb, id, &mut arguments)) {
        Ok(body) => Ok(Command { command_id, body }),
        Err(fault) => Err(blame(spec, id, command_id, fault)),
    }
}

/// The error of a command whose row is known.
pub(super) fn blame(
    spec: &'static CommandSpec,
    id: &str,
    command_id: Option<CommandId>,
    fault: Fault,
) -> CommandError {
    let agent_id = match spec.subject {
        Subject::Destination => None,
        Subject::Agent => subject(spec, id).ok().map(AgentId::from),
    };
    CommandError {
        agent_id,
        command_id,
        ..fault.in_command(spec)
    }
}

fn subject(spec: &CommandSpec, id: &str) -> Result<String, Fault> {
    let name = match spec.subject {
        Subject::Destination => "destination",
        Subject::Agent => "agentId",
    };
    check::identifier(name, id)
}

fn body(verb: Verb, id: String, a: &mut Arguments) -> Result<Body, Fault> {
    let action = match verb {
        Verb::Hello => return Ok(heartbeat(Heartbeat::Hello, id)),
        Verb::Beat => return Ok(heartbeat(Heartbeat::Beat, id)),
        Verb::Connect => Action::Connect {
            destination: a.destination()?,
            password: a.secret()?,
            sso: a.literal()?,
        },
        Verb::Login => Action::Login {
            password: a.secret()?,
            extension: a.text()?,
        },
        Verb::MobileAgentLogin => Action::MobileAgentLogin {
            password: a.secret()?,
            extension: a.text()?,
            phone: a.text()?,
            call_by_call: a.flag()?,
        },
        Verb::UpdateToken => Action::UpdateToken { token: a.secret()? },
        Verb::Logout => Action::Logout,
        Verb::LogoutWithReason => Action::LogoutWithReason {
            reason_code: a.text()?,
        },
        Verb::ForceLogout => Action::ForceLogout,
        Verb::MakeReady => Action::MakeReady,
        Verb::MakeNotReady => Action::MakeNotReady,
        Verb::MakeNotReadyWithReason => Action::MakeNotReadyWithReason {
            reason_code: a.text()?,
        },
        Verb::MakeWorkNotReady => Action::MakeWorkNotReady,
        Verb::MakeWorkReady => Action::MakeWorkReady,
        Verb::GetState => Action::GetState,
        Verb::Refresh => Action::Refresh,
        Verb::WrapUpReasonCodes => Action::WrapUpReasonCodes,
        Verb::LogoutReasonCodes => Action::LogoutReasonCodes,
        Verb::NotReadyReasonCodes => Action::NotReadyReasonCodes,
        Verb::MakeCall => Action::MakeCall { number: a.text()? },
        Verb::AnswerCall => Action::AnswerCall {
            dialog: a.dialog()?,
        },
        Verb::HoldCall => Action::HoldCall {
            dialog: a.dialog()?,
        },
        Verb::RetrieveCall => Action::RetrieveCall {
            dialog: a.dialog()?,
        },
        Verb::ReleaseCall => Action::ReleaseCall {
            dialog: a.dialog()?,
        },
        Verb::SingleStepTransfer => Action::SingleStepTransfer {
            extension: a.text()?,
            dialog: a.dialog()?,
        },
        Verb::ConsultCall => Action::ConsultCall {
            extension: a.text()?,
            dialog: a.dialog()?,
        },
        Verb::TransferCall => Action::TransferCall {
            extension: a.text()?,
            dialog: a.dialog()?,
        },
        Verb::ConferenceCall => Action::ConferenceCall {
            extension: a.text()?,
            dialog: a.dialog()?,
        },
        Verb::GetDialogState => Action::GetDialogState {
            dialog: a.dialog()?,
        },
        Verb::UpdateWrapUp => Action::UpdateWrapUp {
            dialog: a.dialog()?,
            label: a.text()?,
        },
        Verb::GetDialogStateControls => Action::GetDialogStateControls {
            dialog: a.dialog()?,
        },
        Verb::GetDialogParticipants => Action::GetDialogParticipants {
            dialog: a.dialog()?,
        },
        Verb::GetLoggedInAgents => Action::GetLoggedInAgents,
        Verb::UpdateDialogVariable => Action::UpdateDialogVariable {
            dialog: a.dialog()?,
            variables: a.variables()?,
        },
        Verb::ZoomPauseRecording => Action::ZoomPauseRecording,
        Verb::ZoomResumeRecording => Action::ZoomResumeRecording,
        Verb::GetPhonebooks => Action::GetPhonebooks,
        Verb::GetTeamPhonebooks => Action::GetTeamPhonebooks { team: a.text()? },
        Verb::GetPhonebookContacts => Action::GetPhonebookContacts {
            phonebook: a.text()?,
        },
        Verb::AcceptOutboundPreview => {
            let dialog = a.dialog()?;
            a.literal()?;
            Action::AcceptOutboundPreview { dialog }
        }
        Verb::RejectOutboundPreview => {
            let dialog = a.dialog()?;
            a.literal()?;
            Action::RejectOutboundPreview { dialog }
        }
        Verb::CloseOutboundPreview => {
            let dialog = a.dialog()?;
            a.literal()?;
            Action::CloseOutboundPreview { dialog }
        }
        Verb::ScheduleCallback => Action::ScheduleCallback {
            target: a.text()?,
            dialog: a.dialog()?,
            time: a.text()?,
            number: a.text()?,
        },
        Verb::UpdateCallback => Action::UpdateCallback {
            target: a.text()?,
            dialog: a.dialog()?,
            time: a.text()?,
            number: a.text()?,
        },
        Verb::CancelCallback => Action::CancelCallback {
            target: a.text()?,
            dialog: a.dialog()?,
        },
        Verb::Reclassify => Action::Reclassify {
            target: a.text()?,
            dialog: a.dialog()?,
            value: a.text()?,
        },
        Verb::GetSkillGroup => Action::GetSkillGroup {
            mode: a.text()?,
            start: a.count()?,
            count: a.count()?,
        },
        Verb::GetSupervisor => Action::GetSupervisor,
        Verb::GetAgentExtension => Action::GetAgentExtension {
            f_number: a.text()?,
        },
        Verb::GetQueueList => Action::GetQueueList,
        Verb::SilentMonitor => Action::SilentMonitor {
            extension: a.text()?,
        },
        Verb::EndSilentMonitor => Action::EndSilentMonitor {
            dialog: a.dialog()?,
        },
        Verb::DropParticipant => Action::DropParticipant {
            extension: a.text()?,
            dialog: a.dialog()?,
        },
        Verb::GetTeamUsers => Action::GetTeamUsers {
            team: a.text()?,
            subscribe: a.flag()?,
        },
        Verb::GetTeamUsersState => Action::GetTeamUsersState { team: a.text()? },
        Verb::BargeIn => Action::BargeIn {
            extension: a.text()?,
            dialog: a.dialog()?,
        },
    };
    Ok(Body::Agent {
        agent: AgentId::from(id),
        action,
    })
}

fn heartbeat(kind: Heartbeat, id: String) -> Body {
    Body::Heartbeat {
        kind,
        destination: Destination::from(id),
    }
}
