//! Lists (GC document, sections 3.13 and 3.15; shapes settled by the contract).

use super::call::Participant;
use crate::ids::{AgentId, DialogId};

/// `ReasonCodes`: code and label of each reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCodes {
    /// What the reasons are for.
    pub category: ReasonCategory,
    /// Code and label.
    pub reason_codes: Vec<(String, String)>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// What reasons are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonCategory {
    /// `WrapUp`
    WrapUp,
    /// `LOGOUT`
    Logout,
    /// `NOT_READY`
    NotReady,
}

impl ReasonCategory {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::WrapUp, Self::Logout, Self::NotReady];

    /// The word in events; this casing is the document's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrapUp => "WrapUp",
            Self::Logout => "LOGOUT",
            Self::NotReady => "NOT_READY",
        }
    }
}

/// `DialogParticipants`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogParticipants {
    /// The call.
    pub dialog_id: DialogId,
    /// Its parties.
    pub participants: Vec<Participant>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// `DialogControls`: what the agent may do on a call now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogControls {
    /// The call.
    pub dialog_id: DialogId,
    /// Actions.
    pub controls: Vec<String>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// `Agents`: logged-in users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agents {
    /// Users.
    pub users: Vec<TeamUser>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// `Team Agents`: users of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamAgents {
    /// Users.
    pub users: Vec<TeamUser>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// A user of a team.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // each field is the wire name in snake case
pub struct TeamUser {
    pub first_name: String,
    pub last_name: String,
    pub extension: String,
    pub login_id: String,
    pub state: String,
    pub reason_code: String,
    pub pending_state: String,
    pub state_change_time: String,
}

/// `Queue Stats`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queues {
    /// Queues.
    pub queue: Vec<Queue>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// Figures of one queue, `-1` where Finesse has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // each field is the wire name in snake case
pub struct Queue {
    pub name: String,
    pub agents_not_ready: i64,
    pub agents_ready: i64,
    pub agents_talking_inbound: i64,
    pub agents_talking_internal: i64,
    pub agents_talking_outbound: i64,
    pub agents_wrap_up_not_ready: i64,
    pub agents_wrap_up_ready: i64,
    pub calls_in_queue: i64,
    pub start_time_of_longest_call_in_queue: String,
}

/// `PhoneBook` and `Team PhoneBook`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneBooks {
    /// Books.
    pub phone_books: Vec<PhoneBook>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// A phone book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneBook {
    /// Name.
    pub name: String,
    /// `GLOBAL` or `TEAM`.
    pub kind: String,
    /// Id.
    pub id: String,
}

/// An entry of a phone book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // each field is the wire name in snake case
pub struct Contact {
    pub first_name: String,
    pub last_name: String,
    pub description: String,
    pub phone_number: String,
    pub id: String,
}

/// `skillGroup`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillGroups {
    /// Skill groups.
    pub skills: Vec<SkillGroup>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// A skill group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SkillGroup {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// `supervisors`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervisors {
    /// Supervisors.
    pub supervisors: Vec<Supervisor>,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// A supervisor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supervisor {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Login id.
    pub login_id: String,
}

/// `agentExtension`: a mobile agent's port and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentExtension {
    /// CTI port.
    pub port: String,
    /// Number dialled to reach the agent.
    pub dial_number: String,
    /// Whose event this is.
    pub agent_id: AgentId,
}
