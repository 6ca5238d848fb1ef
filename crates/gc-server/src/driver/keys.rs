//! Keys that clients gave to their commands, so that the same one is never executed twice.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use gc_core::ClientId;
use gc_protocol::CommandId;
use sha2::{Digest, Sha256};

use super::Socket;
use super::commands::Ended;

/// How long a key is remembered.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(600);

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

/// Stands for a key: a client may have tens of thousands of them.
type Mark = [u8; 16];

#[derive(Default)]
struct Seen {
    states: BTreeMap<Mark, State>,
    order: VecDeque<(Instant, Mark)>,
}

enum State {
    Running(Vec<Socket>),
    Ended(Box<Ended>),
}

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
        match seen.states.get_mut(&mark(id)) {
            None if seen.order.len() >= self.most => Repeat::Full,
            None => Repeat::New,
            Some(State::Ended(ended)) => Repeat::Ended(ended.as_ref().clone()),
            Some(State::Running(sockets)) => {
                sockets.extend(socket.cloned());
                Repeat::Running
            }
        }
    }

    /// A command with a new key begins.
    pub(super) fn begin(&mut self, client: &ClientId, id: &CommandId, since: Instant) {
        let seen = self.clients.entry(client.clone()).or_default();
        let mark = mark(id);
        seen.order.push_back((since, mark));
        seen.states.insert(mark, State::Running(Vec::new()));
    }

    /// It has ended: who else asked for it.
    pub(super) fn end(&mut self, client: &ClientId, id: &CommandId, ended: &Ended) -> Vec<Socket> {
        let state = self
            .clients
            .get_mut(client)
            .and_then(|seen| seen.states.get_mut(&mark(id)));
        let end = || State::Ended(Box::new(ended.clone()));
        match state.map(|state| std::mem::replace(state, end())) {
            Some(State::Running(sockets)) => sockets,
            Some(State::Ended(_)) | None => Vec::new(),
        }
    }

    /// Forgets keys whose time has passed.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.clients.retain(|_, seen| {
            seen.forget_old(now);
            !seen.order.is_empty()
        });
    }
}

impl Seen {
    fn forget_old(&mut self, now: Instant) {
        while let Some((since, mark)) = self.order.front()
            && now.saturating_duration_since(*since) >= REMEMBERED
        {
            self.states.remove(mark);
            self.order.pop_front();
        }
    }
}

fn mark(id: &CommandId) -> Mark {
    let digest: [u8; 32] = Sha256::digest(id.as_str().as_bytes()).into();
    let mut mark = Mark::default();
    mark.copy_from_slice(&digest[..16]);
    mark
}

#[cfg(test)]
mod tests {
    use gc_protocol::event::CommandResult;
    use gc_protocol::{ErrorType, Outcome};

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
            Repeat::Ended(known) => assert_eq!(known.result, ended("c-17").result),
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
}
