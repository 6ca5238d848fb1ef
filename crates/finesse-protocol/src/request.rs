//! Requests to Finesse: method, path and body of each call (Finesse API, section 3).

mod body;
mod path;
mod words;

use crate::dialog::CallVariable;
use crate::user::UserState;

pub use words::{Action, MobileMode, ReasonCategory};

/// A call to a REST API; paths are relative to that of its [`service`](Self::service).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // the fields are the ids and words of the call
pub enum Request {
    /// `GET /SystemInfo`
    SystemInfo,
    /// `GET /User/{id}`
    User { user: String },
    /// `GET /Users`, administrators only
    Users,
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
    /// `GET /Queue/{id}`, UCCE only
    Queue { queue: String },
    /// `GET /User/{id}/PhoneBooks` with a range of contacts
    PhoneBooks {
        user: String,
        range: Option<(u32, u32)>,
    },
    /// `GET /TeamResource/{id}/PhoneBooks` with a range of contacts
    TeamPhoneBooks {
        team: String,
        range: Option<(u32, u32)>,
    },
    /// `GET /PhoneBooks`, administrators only, without contacts
    AllPhoneBooks,
    /// `GET /Team/{id}/PhoneBooks`, administrators only, without contacts
    TeamBooks { team: String },
    /// `GET /PhoneBook/{id}/Contacts`, administrators only
    PhoneBookContacts {
        phonebook: String,
        range: Option<(u32, u32)>,
    },
    /// `GET /skillgroup` of Unified CCE; `start` counts from 0
    SkillGroups { start: u32, count: u32 },
    /// `GET /agent` of Unified CCE, supervisors only; `start` counts from 0
    Supervisors { start: u32, count: u32 },
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
    /// `PUT /Dialog/{id}` with UPDATE_CALL_DATA and several wrap-up labels (UCCX)
    UpdateWrapUpItems { dialog: String, labels: Vec<String> },
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

/// Whose REST API a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Finesse.
    Finesse,
    /// The configuration API of Unified CCE, on a host of its own.
    UnifiedConfig,
}

impl Service {
    /// What every path of the API begins with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Finesse => "/finesse/api",
            Self::UnifiedConfig => "/unifiedconfig/config",
        }
    }
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
    /// Whose API it is for.
    pub fn service(&self) -> Service {
        if matches!(self, Self::SkillGroups { .. } | Self::Supervisors { .. }) {
            Service::UnifiedConfig
        } else {
            Service::Finesse
        }
    }

    /// HTTP method.
    pub fn method(&self) -> Method {
        match self {
            Self::SystemInfo
            | Self::User { .. }
            | Self::Users
            | Self::Dialogs { .. }
            | Self::Dialog { .. }
            | Self::ReasonCodes { .. }
            | Self::WrapUpReasons { .. }
            | Self::Team { .. }
            | Self::Queues { .. }
            | Self::Queue { .. }
            | Self::PhoneBooks { .. }
            | Self::TeamPhoneBooks { .. }
            | Self::AllPhoneBooks
            | Self::TeamBooks { .. }
            | Self::PhoneBookContacts { .. }
            | Self::SkillGroups { .. }
            | Self::Supervisors { .. } => Method::Get,
            Self::Login { .. }
            | Self::ChangeState { .. }
            | Self::Act { .. }
            | Self::UpdateWrapUp { .. }
            | Self::UpdateWrapUpItems { .. }
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
            Self::Users => "Users",
            Self::Dialogs { .. } => "Dialogs",
            Self::Dialog { .. } => "Dialog",
            Self::ReasonCodes { .. } => "ReasonCodes",
            Self::WrapUpReasons { .. } => "WrapUpReasons",
            Self::Team { .. } => "Team",
            Self::Queues { .. } => "Queues",
            Self::Queue { .. } => "Queue",
            Self::PhoneBooks { .. } => "PhoneBooks",
            Self::TeamPhoneBooks { .. } => "TeamPhoneBooks",
            Self::AllPhoneBooks => "AllPhoneBooks",
            Self::TeamBooks { .. } => "TeamBooks",
            Self::PhoneBookContacts { .. } => "Contacts",
            Self::SkillGroups { .. } => "SkillGroups",
            Self::Supervisors { .. } => "Supervisors",
            Self::Login { .. } => "LOGIN",
            Self::ChangeState { .. } => "CHANGE_STATE",
            Self::MakeCall { .. } => "MAKE_CALL",
            Self::Act { action, .. } => action.word(),
            Self::UpdateWrapUp { .. } => "UPDATE_WRAP_UP",
            Self::UpdateWrapUpItems { .. } => "UPDATE_WRAP_UP_ITEMS",
            Self::UpdateVariables { .. } => "UPDATE_CALL_DATA",
            Self::SilentMonitor { .. } => "SILENT_MONITOR",
            Self::Barge { .. } => "BARGE_CALL",
        }
    }
}
