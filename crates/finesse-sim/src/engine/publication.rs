//! What the engine publishes: complete snapshots, before they become XML.

use super::time::SimTime;
use super::words::{
    AgentState, CallType, Cause, DialogAction, DialogState, MobileMode, PartyState,
};
use crate::config::NodePorts;
use crate::profile::Profile;
use crate::site::AuthMode;

/// One of the two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// The first node.
    A,
    /// The second node.
    B,
}

impl Node {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// Place in arrays of two.
    pub const fn index(self) -> usize {
        match self {
            Self::A => 0,
            Self::B => 1,
        }
    }

    /// From `a` or `b`, or anything that says which.
    pub fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "a" | "fin-a" | "0" => Some(Self::A),
            "b" | "fin-b" | "1" => Some(Self::B),
            _ => None,
        }
    }

    /// `a` or `b`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

/// Something published on a topic of the notification service.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The only node that publishes it, or both.
    pub node: Option<Node>,
    /// Where.
    pub topic: Topic,
    /// What.
    pub payload: Payload,
    /// The request that caused it, or empty.
    pub request_id: String,
}

/// A topic (pubsub node).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The agent's own state.
    User(String),
    /// The agent's dialogs.
    Dialogs(String),
    /// Service status.
    SystemInfo,
    /// Members of a team.
    TeamUsers(String),
    /// Statistics of a queue.
    Queue(String),
    /// The queues that a user serves or supervises.
    UserQueues(String),
}

impl Topic {
    /// The pubsub node.
    pub fn path(&self) -> String {
        match self {
            Self::User(id) => format!("/finesse/api/User/{id}"),
            Self::Dialogs(id) => format!("/finesse/api/User/{id}/Dialogs"),
            Self::SystemInfo => "/finesse/api/SystemInfo".to_owned(),
            Self::TeamUsers(id) => format!("/finesse/api/Team/{id}/Users"),
            Self::Queue(id) => format!("/finesse/api/Queue/{id}"),
            Self::UserQueues(id) => format!("/finesse/api/User/{id}/Queues"),
        }
    }

    /// The agent who gets it without subscribing.
    pub fn owner(&self) -> Option<&str> {
        match self {
            Self::User(id) | Self::Dialogs(id) => Some(id),
            Self::SystemInfo | Self::TeamUsers(_) | Self::Queue(_) | Self::UserQueues(_) => None,
        }
    }
}

/// Content of a publication.
#[derive(Debug, Clone)]
pub enum Payload {
    /// The agent, in full.
    User(UserView),
    /// A team member, in short.
    TeamMember(UserView),
    /// A dialog and what happened to the list that holds it.
    Dialog(Change, DialogView),
    /// A request that failed after it was accepted.
    Error(ErrorView),
    /// Service status of a node.
    System(SystemView),
    /// A queue.
    Queue(QueueView),
    /// A queue that entered or left a user's list.
    ListedQueue(Change, QueueView),
}

/// What happened to a dialog or queue in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Entered the list.
    Post,
    /// Changed.
    Put,
    /// Left the list.
    Delete,
}

impl Change {
    /// As Finesse spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A reason as a User carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ReasonView {
    /// Does not apply.
    #[default]
    Absent,
    /// None chosen: id -1.
    NotChosen,
    /// A reason code.
    Code {
        /// Database id.
        id: u32,
        /// Category.
        category: &'static str,
        /// CTI code.
        code: i32,
        /// Label.
        label: String,
        /// Set by the system.
        system: bool,
    },
}

/// An agent.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct UserView {
    pub id: String,
    pub login_name: String,
    pub first_name: String,
    pub last_name: String,
    pub extension: String,
    pub state: AgentState,
    pub since: Option<SimTime>,
    pub pending: Option<AgentState>,
    pub reason: ReasonView,
    pub team: (String, String),
    pub supervises: Vec<(String, String)>,
    pub mobile: Option<MobileView>,
    pub wrap_up_incoming: &'static str,
    pub wrap_up_outgoing: &'static str,
    /// BUSY or nothing, where the product has it.
    pub media_state: Option<&'static str>,
    pub wrap_up_seconds: u64,
}

/// The phone outside that an agent works at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MobileView {
    /// How it is reached.
    pub mode: MobileMode,
    /// Its number.
    pub dial_number: String,
    /// The node where the agent signed in, the only one that knows.
    pub node: Node,
}

impl UserView {
    /// The user as that node knows it.
    #[must_use]
    pub fn seen_from(mut self, node: Node) -> Self {
        self.mobile.take_if(|mobile| mobile.node != node);
        self
    }
}

/// A dialog.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct DialogView {
    pub id: u64,
    pub associated: Option<u64>,
    pub secondary: Option<u64>,
    pub from: String,
    pub to: String,
    pub dnis: String,
    pub dialed: String,
    pub call_type: CallType,
    pub state: DialogState,
    /// Id and name of the queue, where the release tells them.
    pub queue: Option<(String, String)>,
    /// The router's call id, where product and release tell it.
    pub call_key: Option<u64>,
    pub wrap_up: WrapUpView,
    pub variables: Vec<(String, String)>,
    pub outbound: Option<OutboundView>,
    pub participants: Vec<ParticipantView>,
}

/// What was chosen as wrap-up of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrapUpView {
    /// At most one reason.
    Reason(Option<String>),
    /// Any number of items.
    Items(Vec<String>),
}

/// A campaign's part in a dialog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboundView {
    /// What the agent last classified the customer as.
    pub classification: String,
    /// The customer's number, in direct preview.
    pub callback_number: Option<String>,
    /// Time and number of the callback promised to the customer.
    pub scheduled: Option<(String, String)>,
}

/// A participant of a dialog.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct ParticipantView {
    pub address: String,
    pub agent_device: bool,
    pub state: PartyState,
    pub cause: Cause,
    pub actions: Vec<DialogAction>,
    pub started: SimTime,
    pub changed: SimTime,
}

/// An error notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorView {
    /// Finesse's class of error.
    pub error_type: &'static str,
    /// The constant or sentence.
    pub message: String,
    /// The CTI code, or the extension.
    pub data: String,
    /// Code, constant and sentence of the peripheral, if it gave them.
    pub peripheral: Option<(u32, &'static str, &'static str)>,
    /// URI of the object that the request was for.
    pub source: String,
}

/// Service status of a node.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct SystemView {
    pub now: SimTime,
    pub profile: Profile,
    pub auth_mode: AuthMode,
    pub status: ServiceStatus,
    pub hosts: [String; 2],
    pub ports: [NodePorts; 2],
    pub domain: String,
}

/// Whether a node serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceStatus {
    /// It does.
    InService,
    /// It lost the CTI server.
    OutOfService,
}

impl ServiceStatus {
    /// As Finesse spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InService => "IN_SERVICE",
            Self::OutOfService => "OUT_OF_SERVICE",
        }
    }

    /// The value of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "IN_SERVICE" => Some(Self::InService),
            "OUT_OF_SERVICE" => Some(Self::OutOfService),
            _ => None,
        }
    }
}

/// Statistics of a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct QueueView {
    pub id: String,
    pub name: String,
    /// Whether the product counts at all; else every figure is -1.
    pub is_counted: bool,
    pub calls: usize,
    pub longest_since: Option<SimTime>,
    pub ready: usize,
    pub not_ready: usize,
    pub busy_other: usize,
    pub logged_on: usize,
    pub talking_inbound: usize,
    pub talking_outbound: usize,
    pub talking_internal: usize,
    pub wrap_up_not_ready: usize,
    pub wrap_up_ready: usize,
}
