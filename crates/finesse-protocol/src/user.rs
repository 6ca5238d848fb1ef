//! The User object (Finesse API, section 2.1).

use crate::decode_error::DecodeError;
use crate::limits::MAX_OBJECT_BYTES;
use crate::reason::ReasonCode;
use crate::string_enum::string_enum;
use crate::team::TeamRef;
use crate::xml::reader::{Xml, read_list, read_root};

string_enum! {
    /// What an agent is doing, and what a request may ask for (`LOGIN` is only ever asked for).
    UserState {
        Login = "LOGIN",
        Logout = "LOGOUT",
        NotReady = "NOT_READY",
        Ready = "READY",
        Reserved = "RESERVED",
        ReservedOutbound = "RESERVED_OUTBOUND",
        ReservedOutboundPreview = "RESERVED_OUTBOUND_PREVIEW",
        Talking = "TALKING",
        Hold = "HOLD",
        Work = "WORK",
        WorkReady = "WORK_READY",
        Unknown = "UNKNOWN",
    }
}

/// An agent or supervisor as Finesse reports it; a notification may carry only part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// Relative address of this user.
    pub uri: String,
    /// Relative address of this user's dialogs.
    pub dialogs: String,
    /// Agent id (UCCE) or CUCM user id (UCCX).
    pub login_id: String,
    /// Name to sign in with.
    pub login_name: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Extension signed in with; `None` when the document does not speak of it, empty when logged out.
    pub extension: Option<String>,
    /// Media, `1` is voice.
    pub media_type: String,
    /// `BUSY` while on a manual outbound call (UCCX only).
    pub media_state: String,
    /// State the agent is in.
    pub state: UserState,
    /// When that state began, UTC; empty before the first report from CTI.
    pub state_change_time: String,
    /// State the agent goes to after the call, if any.
    pub pending_state: Option<UserState>,
    /// Reason of a NOT_READY or LOGOUT, when a code applies.
    pub reason_code: Option<ReasonCode>,
    /// Database id of the reason (never the code); empty or `-1` when none.
    pub reason_code_id: String,
    /// `Agent`, `Supervisor`.
    pub roles: Vec<String>,
    /// Wrap-up and device settings, when the document has them.
    pub settings: Option<Settings>,
    /// Own team's id.
    pub team_id: String,
    /// Own team's name.
    pub team_name: String,
    /// Teams this user supervises.
    pub teams: Vec<TeamRef>,
    /// Seconds of wrap-up.
    pub wrap_up_timer: String,
    /// UCCE skill target id (12.5 and later).
    pub skill_target_id: String,
    /// Mobile agent's mode and number.
    pub mobile_agent: Option<MobileAgent>,
    /// Device in use (12.6 and later).
    pub active_device_id: String,
    /// Services the user has (12.6 and later), such as `AgentAnswers`.
    pub services: Vec<String>,
}

/// Settings of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// `REQUIRED`, `REQUIRED_WITH_WRAP_UP_DATA`, `OPTIONAL` or `NOT_ALLOWED`.
    pub wrap_up_on_incoming: String,
    /// As `wrap_up_on_incoming`, for calls the agent places.
    pub wrap_up_on_outgoing: String,
    /// `enabled` or `disabled` (12.6 and later).
    pub device_selection: String,
}

/// How a mobile agent is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MobileAgent {
    /// `CALL_BY_CALL` or `NAILED_CONNECTION`.
    pub mode: String,
    /// Number dialled to reach the agent.
    pub dial_number: String,
}

impl User {
    /// Whether this user is a supervisor.
    pub fn is_supervisor(&self) -> bool {
        self.roles.iter().any(|role| role == "Supervisor")
    }
}

impl User {
    /// Reads a `User` document.
    pub fn parse(xml: &str) -> Result<Self, DecodeError> {
        read_root(xml, "User", MAX_OBJECT_BYTES, Self::read)
    }

    /// Reads a `Users` document.
    pub fn parse_list(xml: &str) -> Result<Vec<Self>, DecodeError> {
        read_list(xml, "Users", "User", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut user = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "uri" => user.uri = xml.string()?,
                "dialogs" => user.dialogs = xml.string()?,
                "loginId" => user.login_id = xml.string()?,
                "loginName" => user.login_name = xml.string()?,
                "firstName" => user.first_name = xml.string()?,
                "lastName" => user.last_name = xml.string()?,
                "extension" => user.extension = Some(xml.string()?),
                "mediaType" => user.media_type = xml.string()?,
                "mediaState" => user.media_state = xml.string()?,
                "state" => user.state = UserState::from_word(&xml.text()?),
                "stateChangeTime" => user.state_change_time = xml.string()?,
                "pendingState" => user.pending_state = some_word(&xml.text()?),
                "reasonCode" | "ReasonCode" => {
                    user.reason_code = unless_empty(ReasonCode::read(xml)?)
                }
                "reasonCodeId" => user.reason_code_id = xml.string()?,
                "roles" => user.roles = xml.list("role", Xml::string)?,
                "settings" => user.settings = unless_empty(Settings::read(xml)?),
                "teamId" => user.team_id = xml.string()?,
                "teamName" => user.team_name = xml.string()?,
                "teams" => user.teams = xml.list("Team", TeamRef::read)?,
                "wrapUpTimer" => user.wrap_up_timer = xml.string()?,
                "skillTargetId" => user.skill_target_id = xml.string()?,
                "mobileAgent" => user.mobile_agent = unless_empty(MobileAgent::read(xml)?),
                "services" => user.services = xml.list("service", Xml::string)?,
                "activeDeviceId" => user.active_device_id = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(user)
    }
}

impl Settings {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut settings = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "wrapUpOnIncoming" => settings.wrap_up_on_incoming = xml.string()?,
                "wrapUpOnOutgoing" => settings.wrap_up_on_outgoing = xml.string()?,
                "deviceSelection" => settings.device_selection = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(settings)
    }
}

impl MobileAgent {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut agent = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "mode" => agent.mode = xml.string()?,
                "dialNumber" => agent.dial_number = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(agent)
    }
}

fn some_word(word: &str) -> Option<UserState> {
    (!word.is_empty()).then(|| UserState::from_word(word))
}

/// An element without content says the same as none at all.
fn unless_empty<T: Default + PartialEq>(value: T) -> Option<T> {
    (value != T::default()).then_some(value)
}
