//! Requests to Finesse: method, path and body of each call (Finesse API, section 3).

use crate::dialog::CallVariable;
use crate::user::UserState;

/// A call to Finesse's REST API; paths are relative to `/finesse/api`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
