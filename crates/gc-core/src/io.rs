//! What goes into the core and what comes out of it.

use std::time::{Duration, Instant};

use finesse_protocol::{Answer, Fault, Request, Update};
use gc_protocol::event::ErrorEvent;
use gc_protocol::{AgentId, Command, Destination, DialogId, Event, Outcome};

use crate::clusters::ClusterId;

/// Who sends commands: an API key's name or, without keys, the destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientId(Box<str>);

impl ClientId {
    /// Wraps the name.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Stands for a secret that the driver keeps; equal handles of one agent mean equal secrets.
///
/// A command's handle must be looked up right before [`Gateway::handle`](crate::Gateway::handle): an
/// [`Output::ForgetSecret`] of an earlier input makes it void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretHandle(pub u64);

/// The driver's number of a command; its result carries it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// The core's number of a request; its reply carries it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// Generation of an agent's link; news of an older one are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch(pub u64);

/// One thing that happened.
#[derive(Debug)]
pub enum Input {
    /// A client sent a command.
    ClientCommand {
        /// The driver's number of it.
        ticket: Ticket,
        /// Who sent it.
        from: Sender,
        /// The command.
        command: Command<SecretHandle>,
        /// How long the access token in it lasts from now on, where the token tells.
        token_life: Option<Duration>,
    },
    /// A client sent a command that an earlier process may have carried out: it is not carried out, its outcome is unknown,
    /// and the agent is read.
    DoubtfulCommand {
        /// The driver's number of it.
        ticket: Ticket,
        /// Who sent it.
        from: Sender,
        /// The command.
        command: Command<SecretHandle>,
        /// Why it is in doubt, for people.
        reason: &'static str,
    },
    /// A destination can be reached: its first connection, a callback that works, a broker that is up.
    ClientUp {
        /// The destination.
        destination: Destination,
    },
    /// A destination cannot be reached any more.
    ClientGone {
        /// The destination.
        destination: Destination,
    },
    /// Finesse answered a request, or did not.
    FinesseReply {
        /// The request.
        request: RequestId,
        /// What came of it.
        reply: Reply,
    },
    /// A notification came over an agent's link.
    Notification {
        /// The agent.
        agent: AgentId,
        /// The link's generation.
        epoch: Epoch,
        /// What changed.
        update: Box<Update>,
    },
    /// An agent's link changed.
    Link {
        /// The agent.
        agent: AgentId,
        /// The link's generation.
        epoch: Epoch,
        /// How.
        event: LinkEvent,
    },
    /// A node's health as a poll found it; the same again does nothing, and links may have told it meanwhile.
    NodeHealth {
        /// The node.
        node: usize,
        /// Whether it is IN_SERVICE.
        in_service: bool,
        /// When it was asked: what a link has said since is news, and this is not.
        asked: Instant,
    },
    /// Which product a cluster is, as its SystemInfo or the configuration says.
    Site {
        /// The cluster.
        cluster: ClusterId,
        /// The product.
        product: Product,
    },
    /// The licence is another one now. Sessions that run go on however many they are; the next one needs room.
    Licence {
        /// Sessions allowed at once; `None` is no limit.
        max_sessions: Option<usize>,
    },
    /// An earlier process had this session, and ended without ending it: its link is opened again, and the agent is read
    /// before anything is told. It is not signed in at Finesse, for it mostly still is.
    Restore(Box<Standing>),
}

/// What must be known of a session so that another process can go on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The agent.
    pub agent: AgentId,
    /// The client that connected the agent.
    pub client: ClientId,
    /// Where the agent's events go.
    pub destination: Destination,
    /// Node the agent is on.
    pub node: usize,
    /// What the agent signed in with; Finesse has accepted it.
    pub credential: Credential,
    /// When the access token ends, if it is one.
    pub token_ends: Option<Instant>,
}

/// What Finesse stands in front of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Unified Contact Center Enterprise.
    Ucce,
    /// Unified Contact Center Express.
    Uccx,
}

/// Who sent a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The client.
    pub client: ClientId,
    /// Where its events go, where that is known without the command; else it is where its Connect points.
    pub destination: Option<Destination>,
    /// What else it may do.
    pub rights: Rights,
}

/// What a client may do beside commanding the agents that it connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Have lists read in the administrator's name.
    pub administrator: bool,
    /// Command members of its supervisors' teams.
    pub members: bool,
}

impl Rights {
    /// Everything.
    pub const ALL: Self = Self {
        administrator: true,
        members: true,
    };
    /// Its own agents only.
    pub const NONE: Self = Self {
        administrator: false,
        members: false,
    };
}

/// What came of a request.
#[derive(Debug)]
pub enum Reply {
    /// A success.
    Answer(Answer),
    /// Finesse refused.
    Fault(Fault),
    /// It never reached Finesse, so it was certainly not executed.
    NotSent {
        /// Why, for people.
        reason: String,
    },
    /// Nobody knows whether it was executed.
    Unknown {
        /// Why, for people.
        reason: String,
    },
    /// Finesse answered with something unreadable or too large.
    Garbage {
        /// Why, for people.
        reason: String,
    },
}

/// What happened to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// Signed in, presence sent: notifications flow.
    Up,
    /// Lost; the driver is reconnecting, unless a [`Output::CloseLink`] follows.
    Down,
    /// Not reached at the first attempt; the driver goes on trying.
    Unreachable,
    /// Finesse refused the credential; final.
    Refused,
    /// Somebody else signed in with our resource; final.
    Conflict,
    /// A notification was lost, because it could not be read.
    Undecodable,
    /// Whether Finesse's own application is present on the bus.
    FinessePresent(bool),
    /// Finesse has confirmed a subscription to a topic, for the first time or after the link came back.
    Subscribed(String),
    /// Finesse has refused a subscription to a topic.
    NotSubscribed(String),
}

/// Something the driver must do.
#[derive(Debug)]
pub enum Output {
    /// Deliver an event to every connection of a destination.
    Event {
        /// Where to.
        destination: Destination,
        /// Whether it happened now or was found by a re-read.
        origin: Origin,
        /// The event.
        event: Event,
    },
    /// A command came to its end; its events have been put out before.
    CommandResult {
        /// The driver's number of the command.
        ticket: Ticket,
        /// How it ended.
        outcome: Outcome,
        /// Why it did not end well. It was told as an event, unless the sender had no destination or has lost the agent.
        error: Option<ErrorEvent>,
    },
    /// Send a request to Finesse, once; exactly one [`Input::FinesseReply`] must follow.
    ///
    /// The credential is to be resolved now: it may be forgotten by the next output.
    Request {
        /// Number of the request.
        id: RequestId,
        /// Text for the `requestId` header.
        header: String,
        /// For whom.
        agent: AgentId,
        /// Which node.
        node: usize,
        /// In whose name.
        authority: Authority,
        /// What.
        request: Request,
    },
    /// Tell the recorder of calls to pause or to go on, once; exactly one [`Input::FinesseReply`] must follow.
    Record {
        /// Number of the request.
        id: RequestId,
        /// What it shall do.
        recording: Recording,
        /// Whose call.
        agent: AgentId,
        /// The agent's extension.
        extension: String,
        /// The call that the agent is in, if any.
        dialog: Option<DialogId>,
    },
    /// A command was found to be the sender's to give, which its `handle` could not tell: see
    /// [`Gateway::is_undecided`](crate::Gateway::is_undecided).
    CommandTaken {
        /// The driver's number of the command.
        ticket: Ticket,
    },
    /// Open an agent's link and keep it open until told otherwise.
    OpenLink {
        /// The agent.
        agent: AgentId,
        /// Its generation.
        epoch: Epoch,
        /// Which node.
        node: usize,
        /// With which credential.
        credential: Credential,
    },
    /// Close an agent's link.
    CloseLink {
        /// The agent.
        agent: AgentId,
        /// Its generation.
        epoch: Epoch,
    },
    /// Sign in with another credential from now on, when the link has to be made again; the present one stays up.
    RenewLink {
        /// The agent.
        agent: AgentId,
        /// The link's generation.
        epoch: Epoch,
        /// With which credential.
        credential: Credential,
    },
    /// Keep a topic of the notification service subscribed over an agent's link, over reconnects too.
    Subscribe {
        /// The agent.
        agent: AgentId,
        /// The link's generation.
        epoch: Epoch,
        /// The topic's name, such as `/finesse/api/Team/5107/Users`.
        topic: String,
    },
    /// Unsubscribe a topic again.
    Unsubscribe {
        /// The agent.
        agent: AgentId,
        /// The link's generation.
        epoch: Epoch,
        /// The topic's name.
        topic: String,
    },
    /// Wipe a secret: no session, no open link and no command refers to it any more.
    ForgetSecret(SecretHandle),
    /// What another process would go on with, first or as it is now; who keeps nothing over its end does nothing.
    ///
    /// The credential is to be resolved now, as for a request.
    Keep(Box<Standing>),
    /// Nothing is to be gone on with any more: the session has ended, or Finesse refuses its credential.
    Unkeep {
        /// The agent.
        agent: AgentId,
    },
}

/// What an agent signs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    /// The secret.
    pub secret: SecretHandle,
    /// Whether it is an access token instead of a password.
    pub token: bool,
}

/// In whose name a request goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// The agent whom it is for; [`Clusters::user`](crate::Clusters::user) tells the name to sign in with.
    Agent(Credential),
    /// The administrator of the node's cluster, whose password the driver has from its configuration.
    Administrator,
    /// The account for the configuration API of Unified CCE, of the node's cluster.
    ConfigApi,
}

/// What a recorder of calls shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// Stop for a while.
    Pause,
    /// Go on.
    Resume,
}

/// Where an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It happened now.
    Live,
    /// A re-read found it.
    Snapshot,
}
