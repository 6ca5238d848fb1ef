//! Which commands may run beside which.

use gc_protocol::Action;

use crate::io::SecretHandle;

/// What may run beside what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Connecting and signing in: whoever has the password may, whatever others are doing.
    Enter,
    /// Signing out: after everything else.
    Leave,
    /// Signing out at once.
    Abandon,
    /// State requests: beside anything but signing in and out.
    State,
    /// Call control: one at a time on a device.
    Call,
    /// Data of a call: Finesse may never answer, and no device waits for it.
    Data,
    /// The state of another agent, in the supervisor's name.
    Member,
    /// The recorder of calls.
    Recording,
    /// Reads never wait.
    Read,
}

impl Lane {
    /// Which lane a command of the agent's own runs in; `None` when this version does not do it.
    pub(crate) fn of(action: &Action<SecretHandle>) -> Option<Self> {
        Some(match action {
            Action::Connect { .. }
            | Action::Login { .. }
            | Action::MobileAgentLogin { .. }
            | Action::UpdateToken { .. } => Lane::Enter,
            Action::Logout | Action::LogoutWithReason { .. } => Lane::Leave,
            Action::ForceLogout => Lane::Abandon,
            Action::MakeReady
            | Action::MakeNotReady
            | Action::MakeNotReadyWithReason { .. }
            | Action::MakeWorkReady
            | Action::MakeWorkNotReady => Lane::State,
            Action::MakeCall { .. }
            | Action::AnswerCall { .. }
            | Action::HoldCall { .. }
            | Action::RetrieveCall { .. }
            | Action::ReleaseCall { .. }
            | Action::ConsultCall { .. }
            | Action::TransferCall { .. }
            | Action::ConferenceCall { .. }
            | Action::SingleStepTransfer { .. }
            | Action::AcceptOutboundPreview { .. }
            | Action::RejectOutboundPreview { .. }
            | Action::CloseOutboundPreview { .. }
            | Action::SilentMonitor { .. }
            | Action::EndSilentMonitor { .. }
            | Action::BargeIn { .. }
            | Action::DropParticipant { .. } => Lane::Call,
            Action::UpdateWrapUp { .. }
            | Action::UpdateDialogVariable { .. }
            | Action::ScheduleCallback { .. }
            | Action::UpdateCallback { .. }
            | Action::CancelCallback { .. }
            | Action::Reclassify { .. } => Lane::Data,
            Action::ZoomPauseRecording | Action::ZoomResumeRecording => Lane::Recording,
            Action::GetState
            | Action::Refresh
            | Action::WrapUpReasonCodes
            | Action::LogoutReasonCodes
            | Action::NotReadyReasonCodes
            | Action::GetDialogState { .. }
            | Action::GetDialogStateControls { .. }
            | Action::GetDialogParticipants { .. }
            | Action::GetLoggedInAgents
            | Action::GetTeamUsers { .. }
            | Action::GetTeamUsersState { .. }
            | Action::GetQueueList
            | Action::GetPhonebooks
            | Action::GetTeamPhonebooks { .. }
            | Action::GetPhonebookContacts { .. }
            | Action::GetSkillGroup { .. }
            | Action::GetSupervisor
            | Action::GetAgentExtension { .. } => Lane::Read,
            _ => return None,
        })
    }
}
