//! Commands on their way through the core: who sent them, who waits for their end, and which were seen before.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use gc_core::{ClientId, Ticket};
use gc_protocol::command::{Callback, CommandError};
use gc_protocol::event::{CommandResult, ErrorEvent};
use gc_protocol::{AgentId, Command, CommandId, Destination, ErrorType, Outcome};
use tokio::sync::oneshot;

use crate::clients::Caller;
use crate::hub::SubscriberId;

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
        /// The client's session, which stands for its destination.
        session_url: Option<String>,
        /// Where its events shall be posted.
        callback: Option<Callback>,
        /// The answer.
        answer: oneshot::Sender<Answered>,
    },
    /// A connection.
    Socket(Socket),
}

/// A connection that sends commands.
#[derive(Debug, Clone)]
pub(crate) struct Socket {
    /// Its number.
    pub(crate) id: SubscriberId,
    /// Its destination.
    pub(crate) destination: Destination,
    /// The client.
    pub(crate) client: ClientId,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Code.
    pub(crate) error_type: ErrorType,
    /// Sentence for a person.
    pub(crate) message: String,
    /// Whether what was sent could not be read at all.
    pub(crate) malformed: bool,
    /// Whether the gateway could serve at that moment.
    pub(crate) in_service: bool,
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
    pub(super) command_id: CommandId,
    // Whether the client gave the id, so that it may send the command again.
    pub(super) keyed: bool,
    pub(super) agent: Option<AgentId>,
    pub(super) name: &'static str,
    pub(super) since: Instant,
    pub(super) waiter: Waiter,
}

impl Pending {
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

/// All commands under way and the keys of those seen lately.
#[derive(Default)]
pub(super) struct Commands {
    next: u64,
    pending: BTreeMap<Ticket, Pending>,
    seen: BTreeMap<ClientId, Seen>,
}

#[derive(Default)]
struct Seen {
    states: BTreeMap<CommandId, State>,
    order: VecDeque<(Instant, CommandId)>,
}

enum State {
    Running(Vec<Socket>),
    Ended(Ended),
}

/// What is known of a key.
pub(super) enum Repeat {
    /// It is new.
    New,
    /// The same command runs; this sender will hear of its end.
    Running,
    /// It has ended, and how.
    Ended(Ended),
}

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_secs(600);
/// How many keys of one client are remembered.
const KEYS_PER_CLIENT: usize = 10_000;

impl Commands {
    /// Takes a command in; the ticket stands for it from now on.
    pub(super) fn begin(&mut self, pending: Pending) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        if pending.keyed {
            let seen = self.seen.entry(pending.client.clone()).or_default();
            let id = pending.command_id.clone();
            seen.order.push_back((pending.since, id.clone()));
            seen.states.insert(id, State::Running(Vec::new()));
            seen.forget_old(pending.since);
        }
        self.pending.insert(ticket, pending);
        ticket
    }

    /// Whether a client's key was used within ten minutes; a socket that repeats it is told its end too.
    pub(super) fn repeat(
        &mut self,
        client: &ClientId,
        id: &CommandId,
        socket: Option<&Socket>,
        now: Instant,
    ) -> Repeat {
        let Some(seen) = self.seen.get_mut(client) else {
            return Repeat::New;
        };
        seen.forget_old(now);
        match seen.states.get_mut(id) {
            None => Repeat::New,
            Some(State::Ended(ended)) => Repeat::Ended(ended.clone()),
            Some(State::Running(sockets)) => {
                sockets.extend(socket.cloned());
                Repeat::Running
            }
        }
    }

    /// A command came to its end: who waits for it, and who else asked.
    pub(super) fn end(
        &mut self,
        ticket: Ticket,
        outcome: Outcome,
        error: Option<ErrorEvent>,
        in_service: bool,
    ) -> Option<(Pending, Vec<Socket>, Ended)> {
        let pending = self.pending.remove(&ticket)?;
        let ended = Ended {
            failure: failure(&outcome, error, in_service),
            result: pending.result(outcome),
        };
        let others = self.remember(&pending, &ended);
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

    /// Forgets keys whose time has passed.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.seen.retain(|_, seen| {
            seen.forget_old(now);
            !seen.order.is_empty()
        });
    }

    fn remember(&mut self, pending: &Pending, ended: &Ended) -> Vec<Socket> {
        let state = pending
            .keyed
            .then(|| self.seen.get_mut(&pending.client))
            .flatten()
            .and_then(|seen| seen.states.get_mut(&pending.command_id));
        match state.map(|state| std::mem::replace(state, State::Ended(ended.clone()))) {
            Some(State::Running(sockets)) => sockets,
            Some(State::Ended(_)) | None => Vec::new(),
        }
    }
}

impl Seen {
    fn forget_old(&mut self, now: Instant) {
        while let Some((since, _)) = self.order.front() {
            let old = now.saturating_duration_since(*since) >= REMEMBERED;
            if !old && self.order.len() <= KEYS_PER_CLIENT {
                return;
            }
            if let Some((_, id)) = self.order.pop_front() {
                self.states.remove(&id);
            }
        }
    }
}

fn failure(outcome: &Outcome, error: Option<ErrorEvent>, in_service: bool) -> Option<Failure> {
    let error_type = match outcome {
        // What is unknown is no failure: the events that follow tell.
        Outcome::Done | Outcome::Unknown(_) => return None,
        Outcome::Failed(error_type) => error_type.clone(),
    };
    let message = error.map_or_else(String::new, |error| error.error_message);
    Some(Failure {
        error_type,
        message,
        malformed: false,
        in_service,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crm() -> ClientId {
        ClientId::new("crm")
    }

    fn pending(id: &str, since: Instant) -> Pending {
        Pending {
            client: crm(),
            command_id: CommandId::from(id),
            keyed: true,
            agent: Some(AgentId::from("41027")),
            name: "MakeReady",
            since,
            waiter: Waiter::Nobody,
        }
    }

    fn is_new(commands: &mut Commands, id: &str, now: Instant) -> bool {
        matches!(
            commands.repeat(&crm(), &CommandId::from(id), None, now),
            Repeat::New
        )
    }

    #[test]
    fn a_key_is_known_for_ten_minutes_and_answered_as_it_ended() {
        let mut commands = Commands::default();
        let start = Instant::now();
        assert!(is_new(&mut commands, "c-17", start));
        let ticket = commands.begin(pending("c-17", start));
        let running = commands.repeat(&crm(), &CommandId::from("c-17"), None, start);
        assert!(matches!(running, Repeat::Running));
        commands.end(ticket, Outcome::Failed(ErrorType::NoDialogId), None, true);
        let later = start + REMEMBERED - Duration::from_secs(1);
        match commands.repeat(&crm(), &CommandId::from("c-17"), None, later) {
            Repeat::Ended(ended) => {
                assert_eq!(ended.result.outcome, Outcome::Failed(ErrorType::NoDialogId));
            }
            Repeat::New | Repeat::Running => panic!("forgotten"),
        }
        assert!(is_new(&mut commands, "c-17", start + REMEMBERED));
    }

    #[test]
    fn clients_have_keys_of_their_own() {
        let mut commands = Commands::default();
        let now = Instant::now();
        commands.begin(pending("c-17", now));
        let other = commands.repeat(&ClientId::new("desk"), &CommandId::from("c-17"), None, now);
        assert!(matches!(other, Repeat::New));
    }

    #[test]
    fn the_table_of_keys_does_not_grow_without_bound() {
        let mut commands = Commands::default();
        let now = Instant::now();
        for number in 0..=KEYS_PER_CLIENT {
            commands.begin(pending(&number.to_string(), now));
        }
        assert!(is_new(&mut commands, "0", now));
        assert!(!is_new(&mut commands, "1", now));
        commands.sweep(now + REMEMBERED);
        assert!(commands.seen.is_empty());
    }
}
