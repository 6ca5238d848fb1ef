//! Commands: what clients ask for (GC document, section 2).
//!
//! [`COMMANDS`](table::COMMANDS) is the one table of all commands; [`parse`] reads the string form, the REST
//! envelope and the typed form against it.

mod once;
pub mod parse;
mod print;
mod secrets;
pub mod table;

pub use parse::{Callback, CommandError, Submission};
pub use print::NotInStringForm;

use crate::ids::{AgentId, CommandId, Destination, DialogId};
use crate::secret::Secret;

/// A command, read and checked for form. `S` is the secret itself, or what stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command<S = Secret> {
    /// The client's own key, from the typed form.
    pub command_id: Option<CommandId>,
    /// What to do, and for whom.
    pub body: Body<S>,
}

/// What a command addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body<S = Secret> {
    /// A heartbeat of a destination.
    Heartbeat {
        /// `Hello`, or `Beat` when logged in.
        kind: Heartbeat,
        /// The client's name.
        destination: Destination,
    },
    /// Something about an agent.
    Agent {
        /// The agent.
        agent: AgentId,
        /// What to do.
        action: Action<S>,
    },
}

/// Kind of heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heartbeat {
    /// `Hello#`
    Hello,
    /// `Beat#`
    Beat,
}

/// What an agent's command asks for, one variant a row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // the table explains each command and each parameter
pub enum Action<S = Secret> {
    Connect {
        destination: Destination,
        password: S,
        sso: bool,
    },
    Login {
        password: S,
        extension: String,
    },
    MobileAgentLogin {
        password: S,
        extension: String,
        phone: String,
        call_by_call: bool,
    },
    UpdateToken {
        token: S,
    },
    Logout,
    LogoutWithReason {
        reason_code: String,
    },
    ForceLogout,
    MakeReady,
    MakeNotReady,
    MakeNotReadyWithReason {
        reason_code: String,
    },
    MakeWorkNotReady,
    MakeWorkReady,
    GetState,
    Refresh,
    WrapUpReasonCodes,
    LogoutReasonCodes,
    NotReadyReasonCodes,
    MakeCall {
        number: String,
    },
    AnswerCall {
        dialog: DialogId,
    },
    HoldCall {
        dialog: DialogId,
    },
    RetrieveCall {
        dialog: DialogId,
    },
    ReleaseCall {
        dialog: DialogId,
    },
    ConsultCall {
        extension: String,
        dialog: DialogId,
    },
    TransferCall {
        extension: String,
        dialog: DialogId,
    },
    ConferenceCall {
        extension: String,
        dialog: DialogId,
    },
    SingleStepTransfer {
        extension: String,
        dialog: DialogId,
    },
    GetDialogState {
        dialog: DialogId,
    },
    GetDialogStateControls {
        dialog: DialogId,
    },
    GetDialogParticipants {
        dialog: DialogId,
    },
    UpdateWrapUp {
        dialog: DialogId,
        label: String,
    },
    UpdateDialogVariable {
        dialog: DialogId,
        variables: Vec<(String, String)>,
    },
    GetLoggedInAgents,
    ZoomPauseRecording,
    ZoomResumeRecording,
    GetPhonebooks,
    GetTeamPhonebooks {
        team: String,
    },
    GetPhonebookContacts {
        phonebook: String,
    },
    AcceptOutboundPreview {
        dialog: DialogId,
    },
    RejectOutboundPreview {
        dialog: DialogId,
    },
    CloseOutboundPreview {
        dialog: DialogId,
    },
    ScheduleCallback {
        target: String,
        dialog: DialogId,
        time: String,
        number: String,
    },
    UpdateCallback {
        target: String,
        dialog: DialogId,
        time: String,
        number: String,
    },
    CancelCallback {
        target: String,
        dialog: DialogId,
    },
    Reclassify {
        target: String,
        dialog: DialogId,
        value: String,
    },
    GetSkillGroup {
        mode: String,
        start: u32,
        count: u32,
    },
    GetSupervisor,
    GetAgentExtension {
        f_number: String,
    },
    GetQueueList,
    SilentMonitor {
        extension: String,
    },
    EndSilentMonitor {
        dialog: DialogId,
    },
    DropParticipant {
        extension: String,
        dialog: DialogId,
    },
    GetTeamUsers {
        team: String,
        subscribe: bool,
    },
    GetTeamUsersState {
        team: String,
    },
    BargeIn {
        extension: String,
        dialog: DialogId,
    },
}
