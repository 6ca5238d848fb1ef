//! Messages and errors (GC document, sections 3.1, 3.2, 3.15).

use crate::error::ErrorType;
use crate::ids::{AgentId, CommandId, DialogId};

/// `System`: whether Finesse can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Status.
    pub status: SystemStatus,
    /// Set when it is about one agent's link; such events go to `gc.v2` clients only.
    pub agent_id: Option<AgentId>,
}

/// Whether Finesse can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SystemStatus {
    /// `IN_SERVICE`
    InService,
    /// `OUT_OF_SERVICE`
    OutOfService,
}

impl SystemStatus {
    /// Both.
    pub const ALL: [Self; 2] = [Self::InService, Self::OutOfService];

    /// The word in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InService => "IN_SERVICE",
            Self::OutOfService => "OUT_OF_SERVICE",
        }
    }
}

/// `Error`: a command failed, or something broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorEvent {
    /// Code.
    pub error_type: ErrorType,
    /// Sentence for a person; never holds a secret.
    pub error_message: String,
    /// The agent concerned, where known.
    pub agent_id: Option<AgentId>,
    /// The command that failed, by its documented name.
    pub command: Option<&'static str>,
    /// The client's own key of that command.
    pub command_id: Option<CommandId>,
}

/// `status`: a line for the client's status bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusMessage {
    /// Text.
    pub message: String,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// `control`: a participant was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Text.
    pub message: String,
    /// The call.
    pub dialog_id: DialogId,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// `callback`: a callback was scheduled, or a call reclassified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackMessage {
    /// `callback scheduled` or `reclassify`.
    pub callback: &'static str,
    /// Text.
    pub message: String,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// The message that there is nothing to list, which the document prints as a `callback`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoData {
    /// What would have been listed; only the string dialect tells.
    pub list: EmptyList,
    /// Whose event this is.
    pub agent_id: AgentId,
}

/// A list that may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EmptyList {
    /// `Team PhoneBook`
    TeamPhoneBooks,
    /// `phoneBook_contacts`
    Contacts,
}

/// `CommandResult`: how a command of a `gc.v2` client ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandResult {
    /// The client's key, or the one the gateway gave.
    pub command_id: CommandId,
    /// The agent, where the command names one.
    pub agent_id: Option<AgentId>,
    /// Documented name of the command; empty when it was none.
    pub command: &'static str,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It took effect.
    Done,
    /// It certainly did not.
    Failed(ErrorType),
    /// Nobody knows; the state that follows tells.
    Unknown(ErrorType),
}
