//! Exchange of the secret in a command for what stands for it.

use super::{Action, Body, Command};

impl<S> Command<S> {
    /// The same command with its password or token replaced; the core sees a handle instead of the secret.
    pub fn map_secret<T>(self, replace: impl FnMut(S) -> T) -> Command<T> {
        let body = match self.body {
            Body::Heartbeat { kind, destination } => Body::Heartbeat { kind, destination },
            Body::Agent { agent, action } => Body::Agent {
                agent,
                action: action.map_secret(replace),
            },
        };
        Command {
            command_id: self.command_id,
            body,
        }
    }
}

/// Rebuilds the variants that hold no secret as they are.
macro_rules! with_secrets_replaced {
    ($action:expr; $($secret:pat => $replaced:expr,)+; $($same:ident { $($field:ident),* },)+) => {
        match $action {
            $($secret => $replaced,)+
            $(Action::$same { $($field),* } => Action::$same { $($field),* },)+
        }
    };
}

impl<S> Action<S> {
    /// As [`Command::map_secret`].
    pub fn map_secret<T>(self, mut replace: impl FnMut(S) -> T) -> Action<T> {
        with_secrets_replaced! { self;
            Action::Connect { destination, password, sso } =>
                Action::Connect { destination, password: replace(password), sso },
            Action::Login { password, extension } =>
                Action::Login { password: replace(password), extension },
            Action::MobileAgentLogin { password, extension, phone, call_by_call } =>
                Action::MobileAgentLogin { password: replace(password), extension, phone, call_by_call },
            Action::UpdateToken { token } =>
                Action::UpdateToken { token: replace(token) },;
            Logout {},
            LogoutWithReason { reason_code },
            ForceLogout {},
            MakeReady {},
            MakeNotReady {},
            MakeNotReadyWithReason { reason_code },
            MakeWorkNotReady {},
            MakeWorkReady {},
            GetState {},
            Refresh {},
            WrapUpReasonCodes {},
            LogoutReasonCodes {},
            NotReadyReasonCodes {},
            MakeCall { number },
            AnswerCall { dialog },
            HoldCall { dialog },
            RetrieveCall { dialog },
            ReleaseCall { dialog },
            ConsultCall { extension, dialog },
            TransferCall { extension, dialog },
            ConferenceCall { extension, dialog },
            SingleStepTransfer { extension, dialog },
            GetDialogState { dialog },
            GetDialogStateControls { dialog },
            GetDialogParticipants { dialog },
            UpdateWrapUp { dialog, label },
            UpdateDialogVariable { dialog, variables },
            GetLoggedInAgents {},
            ZoomPauseRecording {},
            ZoomResumeRecording {},
            GetPhonebooks {},
            GetTeamPhonebooks { team },
            GetPhonebookContacts { phonebook },
            AcceptOutboundPreview { dialog },
            RejectOutboundPreview { dialog },
            CloseOutboundPreview { dialog },
            ScheduleCallback { target, dialog, time, number },
            UpdateCallback { target, dialog, time, number },
            CancelCallback { target, dialog },
            Reclassify { target, dialog, value },
            GetSkillGroup { mode, start, count },
            GetSupervisor {},
            GetAgentExtension { f_number },
            GetQueueList {},
            SilentMonitor { extension },
            EndSilentMonitor { dialog },
            DropParticipant { extension, dialog },
            GetTeamUsers { team, subscribe },
            GetTeamUsersState { team },
            BargeIn { extension, dialog },
        }
    }
}
