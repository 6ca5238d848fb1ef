//! Events about an agent (GC document, sections 3.3 to 3.5, 3.14).

use crate::ids::{AgentId, DialogId};

/// `ConnectStatus`: the agent is bound to the client's destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectStatus {
    /// Whose event this is; the document prints no such key, the `gc.v2` envelope does.
    pub agent_id: AgentId,
}

/// `AgentInfo`: who the agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentInfo {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Whether the agent is a supervisor.
    pub supervisor: bool,
    /// Finesse's setting, such as `OPTIONAL`.
    pub wrap_up_on_incoming: String,
    /// Teams a supervisor has; empty for a plain agent.
    pub teams: Vec<Team>,
    /// The agent's own team.
    pub team: Team,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// A team.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Team {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// `State`: what an agent is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentState {
    /// The agent concerned.
    pub agent_id: AgentId,
    /// State.
    pub state: String,
    /// CTI code of the reason, or empty.
    pub reason_code: String,
    /// State after the call, or empty.
    pub pending_state: String,
    /// When the state began, RFC 3339 UTC as Finesse prints it.
    pub state_change_time: String,
    /// First and last name.
    pub full_name: String,
    /// Extension signed in with.
    pub extension: String,
    /// Label of the reason.
    pub label: String,
    /// The supervisor who receives this, when it is about a team member.
    pub supervisor_id: Option<AgentId>,
}

/// `DialogState`: the state of one call, or `NOT_FOUND`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogState {
    /// The call, or `None` when the agent has none.
    pub dialog_id: Option<DialogId>,
    /// State of the agent's participant, or `NOT_FOUND`.
    pub state: String,
    /// Whose event this is.
    pub agent_id: AgentId,
}
