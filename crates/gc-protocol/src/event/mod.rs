//! Events: what the gateway tells clients (GC document, section 3).
//!
//! The types here carry facts; [`Style`](crate::style::Style) decides which keys are printed and how.

mod call;
pub mod envelope;
mod lists;
mod messages;
mod names;
mod state;
mod string;
mod write;

pub use call::{Call, CallForm, Participant};
pub use lists::{
    AgentExtension, Agents, Contact, DialogControls, DialogParticipants, PhoneBook, PhoneBooks,
    Queue, Queues, ReasonCategory, ReasonCodes, SkillGroup, SkillGroups, Supervisor, Supervisors,
    TeamAgents, TeamUser,
};
pub use messages::{
    CallbackMessage, CommandResult, Control, EmptyList, ErrorEvent, NoData, Outcome, StatusMessage,
    System, SystemStatus,
};
pub use state::{AgentInfo, AgentState, ConnectStatus, DialogState, Team};
pub use write::{Printer, StyleError};

use crate::ids::AgentId;

/// Anything the gateway tells a client.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// `System`
    System(System),
    /// `Error`
    Error(ErrorEvent),
    /// `ConnectStatus`
    ConnectStatus(ConnectStatus),
    /// `AgentInfo`
    AgentInfo(Box<AgentInfo>),
    /// `State`
    State(Box<AgentState>),
    /// `NewInboundCall`
    NewInboundCall(Box<Call>),
    /// `InboundCall`
    InboundCall(Box<Call>),
    /// `OutboundCall`
    OutboundCall(Box<Call>),
    /// `ConsultCall`
    ConsultCall(Box<Call>),
    /// `ReasonCodes`
    ReasonCodes(ReasonCodes),
    /// `DialogState`
    DialogState(DialogState),
    /// `DialogParticipants`
    DialogParticipants(DialogParticipants),
    /// `DialogControls`
    DialogControls(DialogControls),
    /// `Agents`
    Agents(Agents),
    /// `Team Agents`
    TeamAgents(TeamAgents),
    /// `Queue Stats`
    QueueStats(Queues),
    /// `PhoneBook`
    PhoneBook(PhoneBooks),
    /// `Team PhoneBook`
    TeamPhoneBook(PhoneBooks),
    /// `phoneBook_contacts`
    Contacts {
        /// Entries.
        contacts: Vec<Contact>,
        /// Whose event this is.
        agent_id: AgentId,
    },
    /// `skillGroup`
    SkillGroups(SkillGroups),
    /// `supervisors`
    Supervisors(Supervisors),
    /// `agentExtension`
    AgentExtension(AgentExtension),
    /// `status`
    Status(StatusMessage),
    /// `control`
    Control(Control),
    /// `callback`
    Callback(CallbackMessage),
    /// `callback` too, that there is nothing to list
    NoData(NoData),
}
