//! Requests to Finesse: method, path and body of each call (Finesse API, section 3).

mod body;
mod path;

use crate::dialog::CallVariable;
use crate::user::UserState;

/// A call to Finesse's REST API; paths are relative to `/finesse/api`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // the fields are the ids and words of the call
pub enum Request {
    /// `GET /SystemInfo`
    SystemInfo,
    /// `GET /User/{id}`
    User { user: String },
    /// `GET /User/{id}/Dialogs`
    Dialogs { user: String },
    /// `GET /Dialog/{id}`
    Dialog { dialog: String },
    /// `GET /User/{id}/ReasonCodes?category=…`
    ReasonCodes {
        user: String,
        category: ReasonCategory,
    },
    /// `GET /User/{id}/WrapUpReasons`
    WrapUpReasons { user: String },
    /// `GET /Team/{id}`, with `includeLoggedOutAgents` where given
    Team {
        team: String,
        include_logged_out: Option<bool>,
    },
    /// `GET /User/{id}/Queues`
    Queues { user: String },
    /// `GET /User/{id}/PhoneBooks` with a range of contacts
    PhoneBooks {
        user: String,
        range: Option<(u32, u32)>,
    },
    /// `PUT /User/{id}` with state LOGIN
    Login {
        user: String,
        extension: String,
        mobile: Option<(MobileMode, String)>,
    },
    /// `PUT /User/{id}` with a state, and the database id of a reason
    ChangeState {
        user: String,
        state: UserState,
        reason_code_id: Option<String>,
    },
    /// `POST /User/{id}/Dialogs` with MAKE_CALL
    MakeCall {
        user: String,
        from: String,
        to: String,
        variables: Vec<CallVariable>,
    },
    /// `PUT /Dialog/{id}` with an action on behalf of an extension
    Act {
        dialog: String,
        extension: String,
        action: Action,
    },
    /// `PUT /Dialog/{id}` with UPDATE_CALL_DATA and a wrap-up label
    UpdateWrapUp { dialog: String, label: String },
    /// `PUT /Dialog/{id}` with UPDATE_CALL_DATA and variables
    UpdateVariables {
        dialog: String,
        variables: Vec<CallVariable>,
    },
    /// `POST /User/{id}/Dialogs` with SILENT_MONITOR
    SilentMonitor {
        user: String,
        from: String,
        to: String,
    },
    /// `POST /User/{id}/Dialogs` with BARGE_CALL
    Barge {
        user: String,
        from: String,
        to: String,
        monitor_dialog: String,
    },
}

/// Which reasons to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonCategory {
    /// `NOT_READY`
    NotReady,
    /// `LOGOUT`
    Logout,
}

/// How a mobile agent is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MobileMode {
    /// For each call.
    CallByCall,
    /// Once, at sign-in.
    NailedConnection,
}

/// An action on a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // the fields are the parameters of the action
pub enum Action {
    /// `ANSWER`
    Answer,
    /// `HOLD`
    Hold,
    /// `RETRIEVE`
    Retrieve,
    /// `DROP`
    Drop,
    /// `CONSULT_CALL`
    Consult { to: String },
    /// `TRANSFER`
    Transfer,
    /// `CONFERENCE`
    Conference,
    /// `TRANSFER_SST`
    SingleStepTransfer { to: String },
    /// `SEND_DTMF`
    SendDtmf { digits: String },
    /// `PARTICIPANT_DROP`
    DropParticipant,
    /// `ACCEPT`
    Accept,
    /// `REJECT`
    Reject,
    /// `CLOSE`
    Close,
    /// `UPDATE_SCHEDULED_CALLBACK`
    UpdateScheduledCallback {
        time: Option<String>,
        number: Option<String>,
    },
    /// `CANCEL_SCHEDULED_CALLBACK`
    CancelScheduledCallback,
    /// `RECLASSIFY`
    Reclassify { classification: String },
    /// `START_RECORDING`
    StartRecording,
}

/// HTTP method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads; answered at once.
    Get,
    /// Changes; answered by a notification.
    Put,
    /// Creates; answered by a notification.
    Post,
}

impl Method {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
        }
    }
}

impl Request {
    /// HTTP method.
    pub fn method(&self) -> Method {
        match self {
            Self::SystemInfo
            | Self::User { .. }
            | Self::Dialogs { .. }
            | Self::Dialog { .. }
            | Self::ReasonCodes { .. }
            | Self::WrapUpReasons { .. }
            | Self::Team { .. }
            | Self::Queues { .. }
            | Self::PhoneBooks { .. } => Method::Get,
            Self::Login { .. }
            | Self::ChangeState { .. }
            | Self::Act { .. }
            | Self::UpdateWrapUp { .. }
            | Self::UpdateVariables { .. } => Method::Put,
            Self::MakeCall { .. } | Self::SilentMonitor { .. } | Self::Barge { .. } => Method::Post,
        }
    }

    /// Whether it only reads, so that it may be repeated.
    pub fn is_read(&self) -> bool {
        self.method() == Method::Get
    }

    /// Whether it works a device; Finesse wants one such request per device at a time.
    /// Call data is not among them: Finesse may never answer it, and a device must not wait for that.
    pub fn is_call_control(&self) -> bool {
        matches!(
            self,
            Self::MakeCall { .. }
                | Self::Act { .. }
                | Self::SilentMonitor { .. }
                | Self::Barge { .. }
        )
    }

    /// Name for logs and metrics, in Finesse's words: the resource read, or the action asked for.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SystemInfo => "SystemInfo",
            Self::User { .. } => "User",
            Self::Dialogs { .. } => "Dialogs",
            Self::Dialog { .. } => "Dialog",
            Self::ReasonCodes { .. } => "ReasonCodes",
            Self::WrapUpReasons { .. } => "WrapUpReasons",
            Self::Team { .. } => "Team",
            Self::Queues { .. } => "Queues",
            Self::PhoneBooks { .. } => "PhoneBooks",
            Self::Login { .. } => "LOGIN",
            Self::ChangeState { .. } => "CHANGE_STATE",
            Self::MakeCall { .. } => "MAKE_CALL",
            Self::Act { action, .. } => action.word(),
            Self::UpdateWrapUp { .. } => "UPDATE_WRAP_UP",
            Self::UpdateVariables { .. } => "UPDATE_CALL_DATA",
            Self::SilentMonitor { .. } => "SILENT_MONITOR",
            Self::Barge { .. } => "BARGE_CALL",
        }
    }
}

impl ReasonCategory {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotReady => "NOT_READY",
            Self::Logout => "LOGOUT",
        }
    }
}

impl MobileMode {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallByCall => "CALL_BY_CALL",
            Self::NailedConnection => "NAILED_CONNECTION",
        }
    }
}

impl Action {
    /// What goes out as `requestedAction`, and what a participant lists when it is allowed.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Answer => "ANSWER",
            Self::Hold => "HOLD",
            Self::Retrieve => "RETRIEVE",
            Self::Drop => "DROP",
            Self::Consult { .. } => "CONSULT_CALL",
            Self::Transfer => "TRANSFER",
            Self::Conference => "CONFERENCE",
            Self::SingleStepTransfer { .. } => "TRANSFER_SST",
            Self::SendDtmf { .. } => "SEND_DTMF",
            Self::DropParticipant => "PARTICIPANT_DROP",
            Self::Accept => "ACCEPT",
            Self::Reject => "REJECT",
            Self::Close => "CLOSE",
            Self::UpdateScheduledCallback { .. } => "UPDATE_SCHEDULED_CALLBACK",
            Self::CancelScheduledCallback => "CANCEL_SCHEDULED_CALLBACK",
            Self::Reclassify { .. } => "RECLASSIFY",
            Self::StartRecording => "START_RECORDING",
        }
    }
}
