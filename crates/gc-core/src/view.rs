//! What can be seen of a session from outside.

use gc_protocol::event::{AgentInfo, AgentState};
use gc_protocol::{AgentId, Destination, Event};

use crate::clusters::ClusterId;
use crate::io::ClientId;

/// One agent's session as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentView {
    /// The agent.
    pub agent_id: AgentId,
    /// The client that connected the agent.
    pub client: ClientId,
    /// Where the agent's events go.
    pub destination: Destination,
    /// Who the agent is, once known.
    pub info: Option<AgentInfo>,
    /// What the agent does, once known.
    pub state: Option<AgentState>,
    /// Calls that clients were told of and that live, each as the event that tells of it once more; never a `NewInboundCall`.
    pub dialogs: Vec<Event>,
    /// `connecting` (only before the first success), `up` or `down`; also `down` when the credential was refused.
    pub link: &'static str,
    /// Cluster the agent belongs to.
    pub cluster: ClusterId,
    /// Node the agent is on.
    pub node: usize,
}

/// Figures of one cluster now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClusterFigures {
    /// Sessions, those still connecting included.
    pub sessions: usize,
    /// Links that are up.
    pub links_up: usize,
}

/// Figures of the core since its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Sessions now, those still connecting included.
    pub sessions: usize,
    /// Links up now.
    pub links_up: usize,
    /// Requests without an outcome now.
    pub requests_pending: usize,
    /// Commands taken.
    pub commands: u64,
    /// Commands that failed or whose outcome is unknown.
    pub commands_failed: u64,
    /// Notifications taken.
    pub notifications: u64,
    /// Notifications dropped: of an older link, out of order, unreadable, or about a command that has ended.
    pub notifications_dropped: u64,
    /// Events put out.
    pub events: u64,
    /// Snapshots taken.
    pub snapshots: u64,
    /// Times that an agent left its node for another one.
    pub moves: u64,
    /// Times that an agent was signed in again because Finesse had signed it out after a gap.
    pub returns: u64,
    /// States that the code rules out: a command where it does not belong fails and the agent is read anew, a session
    /// that nobody owns and nothing would end is ended, a request without a good credential is not sent.
    pub impossible: u64,
    /// Panics in the handling of one agent, who was read anew.
    pub mishaps: u64,
}
