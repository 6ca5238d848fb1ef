//! What an event is called and whose it is.

use super::Event;
use crate::ids::AgentId;

impl Event {
    /// The event's `type`, which is also the `type` header on the broker.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::System(_) => "System",
            Self::Error(_) => "Error",
            Self::ConnectStatus(_) => "ConnectStatus",
            Self::AgentInfo(_) => "AgentInfo",
            Self::State(_) => "State",
            Self::NewInboundCall(_) => "NewInboundCall",
            Self::InboundCall(_) => "InboundCall",
            Self::OutboundCall(_) => "OutboundCall",
            Self::ConsultCall(_) => "ConsultCall",
            Self::ReasonCodes(_) => "ReasonCodes",
            Self::DialogState(_) => "DialogState",
            Self::DialogParticipants(_) => "DialogParticipants",
            Self::DialogControls(_) => "DialogControls",
            Self::Agents(_) => "Agents",
            // Three names hold a blank (3.15).
            Self::TeamAgents(_) => "Team Agents",
            Self::QueueStats(_) => "Queue Stats",
            Self::TeamPhoneBook(_) => "Team PhoneBook",
            Self::PhoneBook(_) => "PhoneBook",
            Self::Contacts { .. } => "phoneBook_contacts",
            Self::SkillGroups(_) => "skillGroup",
            Self::Supervisors(_) => "supervisors",
            Self::AgentExtension(_) => "agentExtension",
            Self::Status(_) => "status",
            Self::Control(_) => "control",
            Self::Callback(_) | Self::NoData(_) => "callback",
        }
    }

    /// The `agentId` it is about; a team member's `State` also names its receiver, in `supervisor_id`.
    pub fn agent_id(&self) -> Option<&AgentId> {
        match self {
            Self::System(event) => event.agent_id.as_ref(),
            Self::Error(event) => event.agent_id.as_ref(),
            Self::ConnectStatus(event) => Some(&event.agent_id),
            Self::AgentInfo(event) => Some(&event.agent_id),
            Self::State(event) => Some(&event.agent_id),
            Self::NewInboundCall(call)
            | Self::InboundCall(call)
            | Self::OutboundCall(call)
            | Self::ConsultCall(call) => Some(&call.agent_id),
            Self::ReasonCodes(event) => Some(&event.agent_id),
            Self::DialogState(event) => Some(&event.agent_id),
            Self::DialogParticipants(event) => Some(&event.agent_id),
            Self::DialogControls(event) => Some(&event.agent_id),
            Self::Agents(event) => Some(&event.agent_id),
            Self::TeamAgents(event) => Some(&event.agent_id),
            Self::QueueStats(event) => Some(&event.agent_id),
            Self::PhoneBook(event) | Self::TeamPhoneBook(event) => Some(&event.agent_id),
            Self::Contacts { agent_id, .. } => Some(agent_id),
            Self::SkillGroups(event) => Some(&event.agent_id),
            Self::Supervisors(event) => Some(&event.agent_id),
            Self::AgentExtension(event) => Some(&event.agent_id),
            Self::Status(event) => Some(&event.agent_id),
            Self::Control(event) => Some(&event.agent_id),
            Self::Callback(event) => Some(&event.agent_id),
            Self::NoData(event) => Some(&event.agent_id),
        }
    }
}
