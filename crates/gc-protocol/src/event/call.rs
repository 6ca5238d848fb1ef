//! Call events (GC document, sections 3.6 to 3.12).

use crate::ids::{AgentId, DialogId};

/// What every call event knows; its type and [`CallForm`] decide which keys a client sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which table of the document the event follows.
    pub form: CallForm,
    /// Id of this call.
    pub dialog_id: DialogId,
    /// State of this agent's participant, upper case.
    pub state: String,
    /// When the agent joined, RFC 3339 UTC as Finesse prints it; written in the configured zone.
    pub start_time: String,
    /// The earlier call this one goes back to.
    pub associated_dialog_id: Option<DialogId>,
    /// Calling number.
    pub from_address: String,
    /// Number dialled.
    pub to_address: String,
    /// Name and value, in Finesse's order.
    pub call_variables: Vec<(String, String)>,
    /// Parties.
    pub participants: Vec<Participant>,
    /// Finesse's call type.
    pub call_type: String,
    /// Whose event this is.
    pub agent_id: AgentId,
    /// Queue; empty while alerting.
    pub queue_name: String,
}

/// The table a call event follows in the `documented` profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallForm {
    /// "Inbound call state" and the tables of the other types.
    Live,
    /// "Transfer call".
    Transfer,
    /// "Complete conference".
    Conference,
    /// "Release call output": the call is over for this agent.
    Dropped,
}

impl CallForm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Live, Self::Transfer, Self::Conference, Self::Dropped];
}

/// One party of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Participant {
    /// Extension or number.
    pub media_address: String,
    /// `AGENT_DEVICE` or empty.
    pub media_address_type: String,
    /// State.
    pub state: String,
    /// Cause of that state, mostly empty.
    pub state_cause: String,
    /// When the party joined, RFC 3339 UTC.
    pub start_time: String,
    /// When the state began, RFC 3339 UTC.
    pub state_change_time: String,
    /// Empty, or `SUPERVISOR_BARGE_IN`.
    pub role: String,
    /// What this party may do now.
    pub actions: Vec<String>,
}
