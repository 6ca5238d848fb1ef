//! Commands on their way through the core: who sent them, and who waits for their end.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use gc_core::{ClientId, Ticket};
use gc_protocol::command::{Callback, CommandError};
use gc_protocol::event::{CommandResult, ErrorEvent};
use gc_protocol::{AgentId, Command, CommandId, Destination, ErrorType, Outcome};
use tokio::sync::oneshot;

use crate::audit::Who;
use crate::clients::Caller;
use crate::hub::SubscriberId;

use super::Naming;
use super::keys::Keys;

/// A command as a transport hands it in.
pub(crate) struct Submitted {
    /// The command, or why it is none.
    pub(crate) read: Result<Command, CommandError>,
    /// Where it came in.
    pub(crate) via: Via,
}

/// Where a command came in.
pub(crate) enum Via {
    /// A request that waits for a status.
    Rest {
        /// Who sent it.
        caller: Caller,
        /// Where from.
        from: SocketAddr,
        /// The client's session, which stands for its destination.
        session_url: Option<String>,
        /// Where its events shall be posted.
        callback: Option<Callback>,
        /// The answer.
        answer: oneshot::Sender<Answered>,
    },
    /// A connection.
    Socket(Socket),
    /// A command queue of the broker.
    Broker {
        /// The client that the queue is.
        client: ClientId,
        /// What else the broker may do with it.
        delivered: Delivered,
        /// Told when the command is taken; dropped when it is not, and the broker shall keep it.
        taken: oneshot::Sender<()>,
    },
}

/// How a command came out of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// The broker has it still.
    Kept,
    /// The broker has it no more: nobody else will ever get it.
    Forgotten,
    /// Somebody may have carried it out and told nobody; with the reason, for people.
    InDoubt(&'static str),
}

/// A connection that sends commands.
#[derive(Debug, Clone)]
pub(crate) struct Socket {
    /// Its number.
    pub(crate) id: SubscriberId,
    /// Its destination.
    pub(crate) destination: Destination,
    /// Who named that.
    pub(crate) naming: Naming,
    /// The client.
    pub(crate) client: ClientId,
    /// Where it comes from.
    pub(crate) from: SocketAddr,
    /// Whether it wants a `CommandResult`.
    pub(crate) results: bool,
}

/// What a request is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    /// The client's key of the command, or the one the gateway gave.
    pub(crate) command_id: CommandId,
    /// The failure, when it is certain already.
    pub(crate) failure: Option<Failure>,
}

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Failure {
    /// Code.
    pub(crate) error_type: ErrorType,
    /// Sentence for a person.
    pub(crate) message: String,
    /// How far it came.
    pub(crate) stage: Stage,
}

/// How far a command came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// What was sent cannot be read at all.
    Unreadable,
    /// What it says was refused before anything was done.
    Checked,
    /// It was about to be carried out, or was.
    Started,
}

/// Who waits for the end of a command.
pub(super) enum Waiter {
    Request(oneshot::Sender<Answered>),
    Socket(Socket),
    Nobody,
}

/// A command that the core works on.
pub(super) struct Pending {
    pub(super) client: ClientId,
    pub(super) from: Option<SocketAddr>,
    pub(super) command_id: CommandId,
    // Whether the client gave the id, so that it may send the command again.
    pub(super) keyed: bool,
    pub(super) agent: Option<AgentId>,
    pub(super) name: &'static str,
    // Where a Connect points.
    pub(super) connects: Option<Destination>,
    pub(super) since: Instant,
    pub(super) waiter: Waiter,
}

impl Pending {
    /// Who sent it.
    pub(super) fn who(&self) -> Who<'_> {
        Who {
            client: &self.client,
            from: self.from,
        }
    }

    /// The result as clients see it.
    pub(super) fn result(&self, outcome: Outcome) -> CommandResult {
        CommandResult {
            command_id: self.command_id.clone(),
            agent_id: self.agent.clone(),
            command: self.name,
            outcome,
        }
    }
}

/// How a command ended.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) result: CommandResult,
    pub(super) failure: Option<Failure>,
}

/// All commands under way.
pub(super) struct Commands {
    next: u64,
    pending: BTreeMap<Ticket, Pending>,
    pub(super) keys: Keys,
}

impl Commands {
    pub(super) fn new(keys: Keys) -> Self {
        Self {
            next: 0,
            pending: BTreeMap::new(),
            keys,
        }
    }

    /// Takes a command in; the ticket stands for it from now on.
    pub(super) fn begin(&mut self, pending: Pending) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        if pending.keyed {
            self.keys
                .begin(&pending.client, &pending.command_id, pending.since);
        }
        self.pending.insert(ticket, pending);
        ticket
    }

    /// The client and the destination of the youngest Connect under way for an agent.
    pub(super) fn connecting(&self, agent: &AgentId) -> Option<(&ClientId, &Destination)> {
        self.pending
            .values()
            .rev()
            .filter(|pending| pending.agent.as_ref() == Some(agent))
            .find_map(|pending| Some((&pending.client, pending.connects.as_ref()?)))
    }

    /// Where a client's youngest command under way for an agent came from, of those that sign in.
    pub(super) fn signs_in_from(&self, agent: &AgentId, client: &ClientId) -> Option<SocketAddr> {
        let signs_in = ["Connect", "Login", "MobileAgentLogin"];
        self.pending
            .values()
            .rev()
            .filter(|pending| pending.agent.as_ref() == Some(agent) && pending.client == *client)
            .find(|pending| signs_in.contains(&pending.name))?
            .from
    }

    /// A command came to its end: who waits for it, and who else asked.
    pub(super) fn end(
        &mut self,
        ticket: Ticket,
        outcome: Outcome,
        error: Option<ErrorEvent>,
    ) -> Option<(Pending, Vec<Socket>, Ended)> {
        let pending = self.pending.remove(&ticket)?;
        let ended = Ended {
            failure: failure(&outcome, error),
            result: pending.result(outcome),
        };
        let others = if pending.keyed {
            self.keys.end(&pending.client, &pending.command_id, &ended)
        } else {
            Vec::new()
        };
        Some((pending, others, ended))
    }

    /// A request need not wait longer: its command is under way.
    pub(super) fn release(
        &mut self,
        ticket: Ticket,
    ) -> Option<(oneshot::Sender<Answered>, CommandId)> {
        let pending = self.pending.get_mut(&ticket)?;
        match std::mem::replace(&mut pending.waiter, Waiter::Nobody) {
            Waiter::Request(answer) => Some((answer, pending.command_id.clone())),
            other @ (Waiter::Socket(_) | Waiter::Nobody) => {
                pending.waiter = other;
                None
            }
        }
    }
}

fn failure(outcome: &Outcome, error: Option<ErrorEvent>) -> Option<Failure> {
    let error_type = match outcome {
        // What is unknown is no failure: the events that follow tell.
        Outcome::Done | Outcome::Unknown(_) => return None,
        Outcome::Failed(error_type) => error_type.clone(),
    };
    let message = error.map_or_else(String::new, |error| error.error_message);
    Some(Failure {
        error_type,
        message,
        stage: Stage::Started,
    })
}
