//! Keys that clients gave to their commands, so that the same one is never executed twice.
//!
//! A client may give tens of thousands of keys in the time that they are remembered, so little is kept of each: a digest,
//! when it came, and which of the client's few ways of ending was its own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gc_core::ClientId;
use gc_protocol::event::CommandResult;
use gc_protocol::{AgentId, CommandId, Outcome};

use super::commands::Ended;
use super::{Failure, Socket};
use crate::mark::{Mark, mark};

/// How long a key is remembered.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(600);
/// Room for so few keys is not worth giving back.
const SMALL: usize = 64;

/// The keys of all clients.
pub(super) struct Keys {
    most: usize,
    clients: BTreeMap<ClientId, Seen>,
}

/// What is known of a key.
pub(super) enum Repeat {
    /// It is new.
    New,
    /// It is new, and one more cannot be remembered: younger ones are not given up for it.
    Full,
    /// The same command runs; this sender will hear of its end.
    Running,
    /// It has ended, and how.
    Ended(Ended),
}

#[derive(Default)]
struct Seen {
    order: VecDeque<(Instant, Mark)>,
    /// Who else asked for a command that runs.
    running: BTreeMap<Mark, Vec<Socket>>,
    ended: BTreeMap<Mark, Arc<Ending>>,
    endings: Endings,
}

/// How a command ended, without its key: whoever repeats it brings that.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ending {
    agent_id: Option<AgentId>,
    command: &'static str,
    outcome: Outcome,
    failure: Option<Failure>,
}

/// Each way of ending once, however many commands ended so.
#[derive(Default)]
struct Endings(BTreeSet<Arc<Ending>>);

impl Keys {
    /// Remembers at most that many of each client.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            clients: BTreeMap::new(),
        }
    }

    /// Whether a client's key was used within ten minutes; a socket that repeats it is told its end too.
    pub(super) fn repeat(
        &mut self,
        client: &ClientId,
        id: &CommandId,
        socket: Option<&Socket>,
        now: Instant,
    ) -> Repeat {
        let Some(seen) = self.clients.get_mut(client) else {
            return Repeat::New;
        };
        seen.forget_old(now);
        let mark = mark(id.as_str());
        if let Some(sockets) = seen.running.get_mut(&mark) {
            sockets.extend(socket.cloned());
            return Repeat::Running;
        }
        match seen.ended.get(&mark) {
            Some(ending) => Repeat::Ended(ending.of(id)),
            None if seen.order.len() >= self.most => Repeat::Full,
            None => Repeat::New,
        }
    }

    /// A command with a new key begins.
    pub(super) fn begin(&mut self, client: &ClientId, id: &CommandId, since: Instant) {
        let seen = self.clients.entry(client.clone()).or_default();
        let mark = mark(id.as_str());
        seen.order.push_back((since, mark));
        seen.running.insert(mark, Vec::new());
    }

    /// It has ended: who else asked for it.
    pub(super) fn end(&mut self, client: &ClientId, id: &CommandId, ended: &Ended) -> Vec<Socket> {
        let Some(seen) = self.clients.get_mut(client) else {
            return Vec::new();
        };
        let mark = mark(id.as_str());
        let Some(sockets) = seen.running.remove(&mark) else {
            return Vec::new();
        };
        seen.ended.insert(mark, seen.endings.share(ended.into()));
        sockets
    }

    /// Forgets keys whose time has passed, and gives their room back.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.clients.retain(|_, seen| {
            seen.forget_old(now);
            seen.endings.drop_unused();
            seen.shrink();
            !seen.order.is_empty()
        });
    }
}

impl Seen {
    fn forget_old(&mut self, now: Instant) {
        while let Some((since, mark)) = self.order.front()
            && now.saturating_duration_since(*since) >= REMEMBERED
        {
            self.running.remove(mark);
            self.ended.remove(mark);
            self.order.pop_front();
        }
    }

    fn shrink(&mut self) {
        let room = self.order.len() * 2;
        if self.order.capacity() > room.max(SMALL) * 2 {
            self.order.shrink_to(room);
        }
    }
}

impl Ending {
    fn of(&self, id: &CommandId) -> Ended {
        Ended {
            result: CommandResult {
                command_id: id.clone(),
                agent_id: self.agent_id.clone(),
                command: self.command,
                outcome: self.outcome.clone(),
            },
            failure: self.failure.clone(),
        }
    }
}

impl From<&Ended> for Ending {
    fn from(ended: &Ended) -> Self {
        Self {
            agent_id: ended.result.agent_id.clone(),
            command: ended.result.command,
            outcome: ended.result.outcome.clone(),
            failure: ended.failure.clone(),
        }
    }
}

impl Endings {
    fn share(&mut self, ending: Ending) -> Arc<Ending> {
        if let Some(known) = self.0.get(&ending) {
            return Arc::clone(known);
        }
        let ending = Arc::new(ending);
        self.0.insert(Arc::clone(&ending));
        ending
    }

    fn drop_unused(&mut self) {
        self.0.retain(|ending| Arc::strong_count(ending) > 1);
    }
}

#[cfg(test)]
mod tests {
    use gc_protocol::ErrorType;

    use crate::driver::Stage;

    use super::*;

    fn crm() -> ClientId {
        ClientId::new("crm")
    }

    fn ended(id: &str) -> Ended {
        Ended {
            result: CommandResult {
                command_id: CommandId::from(id),
                agent_id: None,
                command: "MakeReady",
                outcome: Outcome::Failed(ErrorType::NoDialogId),
            },
            failure: Some(Failure {
                error_type: ErrorType::NoDialogId,
                message: "there is no such call".to_owned(),
                stage: Stage::Started,
            }),
        }
    }

    fn done(id: &str) -> Ended {
        let failed = ended(id);
        Ended {
            result: CommandResult {
                agent_id: Some(AgentId::from("41027")),
                outcome: Outcome::Done,
                ..failed.result
            },
            failure: None,
        }
    }

    fn repeat(keys: &mut Keys, id: &str, now: Instant) -> Repeat {
        keys.repeat(&crm(), &CommandId::from(id), None, now)
    }

    #[test]
    fn a_key_is_known_for_ten_minutes_and_answered_as_it_ended() {
        let mut keys = Keys::new(10);
        let start = Instant::now();
        let id = CommandId::from("c-17");
        assert!(matches!(repeat(&mut keys, "c-17", start), Repeat::New));
        keys.begin(&crm(), &id, start);
        assert!(matches!(repeat(&mut keys, "c-17", start), Repeat::Running));
        keys.end(&crm(), &id, &ended("c-17"));
        let later = start + REMEMBERED - Duration::from_secs(1);
        match repeat(&mut keys, "c-17", later) {
            Repeat::Ended(known) => {
                assert_eq!(known.result, ended("c-17").result);
                assert_eq!(known.failure, ended("c-17").failure);
            }
            Repeat::New | Repeat::Full | Repeat::Running => panic!("forgotten"),
        }
        let over = start + REMEMBERED;
        assert!(matches!(repeat(&mut keys, "c-17", over), Repeat::New));
    }

    #[test]
    fn clients_have_keys_of_their_own() {
        let mut keys = Keys::new(10);
        let now = Instant::now();
        let id = CommandId::from("c-17");
        keys.begin(&crm(), &id, now);
        let other = keys.repeat(&ClientId::new("desk"), &id, None, now);
        assert!(matches!(other, Repeat::New));
    }

    #[test]
    fn a_full_table_takes_no_new_key_and_forgets_no_young_one() {
        let mut keys = Keys::new(2);
        let start = Instant::now();
        for (id, after) in [("1", 0), ("2", 1)] {
            let since = start + Duration::from_secs(after);
            assert!(matches!(repeat(&mut keys, id, since), Repeat::New));
            keys.begin(&crm(), &CommandId::from(id), since);
        }
        assert!(matches!(repeat(&mut keys, "3", start), Repeat::Full));
        assert!(matches!(repeat(&mut keys, "1", start), Repeat::Running));
        let later = start + REMEMBERED;
        assert!(matches!(repeat(&mut keys, "3", later), Repeat::New));
        keys.sweep(later + Duration::from_secs(1));
        assert!(keys.clients.is_empty());
    }

    #[test]
    fn commands_that_end_alike_share_how_they_ended_and_it_goes_with_the_last_of_them() {
        let mut keys = Keys::new(10_000);
        let start = Instant::now();
        for number in 0..5_000 {
            let id = number.to_string();
            let since = start + Duration::from_millis(number);
            keys.begin(&crm(), &CommandId::from(id.as_str()), since);
            keys.end(&crm(), &CommandId::from(id.as_str()), &done(&id));
        }
        keys.begin(&crm(), &CommandId::from("failed"), start + REMEMBERED / 2);
        keys.end(&crm(), &CommandId::from("failed"), &ended("failed"));
        let endings = |keys: &Keys| keys.clients[&crm()].endings.0.len();
        assert_eq!(endings(&keys), 2);
        match repeat(&mut keys, "4711", start) {
            Repeat::Ended(known) => assert_eq!(known.result, done("4711").result),
            Repeat::New | Repeat::Full | Repeat::Running => panic!("forgotten"),
        }
        keys.sweep(start + REMEMBERED + Duration::from_secs(5));
        assert_eq!(endings(&keys), 1);
        match repeat(&mut keys, "failed", start) {
            Repeat::Ended(known) => assert_eq!(known.failure, ended("failed").failure),
            Repeat::New | Repeat::Full | Repeat::Running => panic!("forgotten"),
        }
    }

    #[test]
    fn a_key_that_has_ended_takes_little_and_gives_its_room_back() {
        let of_order = size_of::<(Instant, Mark)>();
        let of_end = size_of::<(Mark, Arc<Ending>)>();
        assert!(of_order + of_end <= 56, "{of_order} and {of_end}");
        let mut keys = Keys::new(10_000);
        let start = Instant::now();
        for number in 0..10_000 {
            let since = start + Duration::from_millis(number);
            keys.begin(&crm(), &CommandId::from(number.to_string()), since);
        }
        keys.sweep(start + REMEMBERED + Duration::from_millis(9_989));
        let seen = &keys.clients[&crm()];
        assert_eq!((seen.order.len(), seen.running.len()), (10, 10));
        assert!(seen.order.capacity() <= 2 * SMALL);
    }
}
