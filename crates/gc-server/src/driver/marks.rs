//! Commands with an id that make or end a call: none is begun again by a process that is started after this one.

use std::collections::{BTreeSet, VecDeque};
use std::future::Future;
use std::time::{Duration, Instant};

use gc_core::ClientId;
use gc_protocol::{Command, CommandId};

use crate::mark::{Mark, mark};
use crate::store::{About, KeptCommand, Record};

use super::keys::REMEMBERED;
use super::{Driver, now};

/// How long a request waits for the store; a disk that hangs must not stop calls.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is marked in the store.
#[derive(Default)]
pub(super) struct Marks {
    /// By an earlier process.
    before: BTreeSet<Mark>,
    order: VecDeque<(Instant, Mark)>,
}

impl Driver {
    /// Whether an earlier process has begun a command, as far as the store tells.
    pub(super) fn was_begun_before(&self, client: &ClientId, command: &Command) -> bool {
        let id = command.command_id.as_ref();
        id.is_some_and(|id| self.marks.before.contains(&mark_of(client, id)))
    }

    /// Marks a command that begins now; its requests wait until the mark is on the disk.
    pub(super) fn mark_begun(&mut self, client: &ClientId, id: &CommandId) {
        let Some(store) = self.keeping.store() else {
            return;
        };
        let mark = mark_of(client, id);
        store.save(Record::Command(KeptCommand {
            mark,
            since: self.wall.now(),
        }));
        self.marks.order.push_back((now(), mark));
    }

    /// Waits for marks that are being written, if there are any.
    pub(super) fn marks_kept(&self) -> Option<impl Future<Output = ()> + Send + 'static> {
        let settled = self.keeping.store()?.settled()?;
        Some(async move {
            if tokio::time::timeout(PATIENCE, settled).await.is_err() {
                tracing::warn!("the store is too slow: a command goes out before it is marked");
            }
        })
    }

    /// Goes on with the marks of an earlier process, oldest first, for what is left of their time.
    pub(super) fn take_up_marks(&mut self, mut kept: Vec<KeptCommand>) {
        kept.sort_by_key(|kept| kept.since);
        let wall = self.wall.now();
        for KeptCommand { mark, since } in kept {
            let age = wall.duration_since(since).unwrap_or_default();
            match now().checked_sub(age).filter(|_| age < REMEMBERED) {
                Some(since) => {
                    self.marks.before.insert(mark);
                    self.marks.order.push_back((since, mark));
                }
                None => self.keeping.remove(About::Command(mark)),
            }
        }
    }

    /// Forgets marks whose time has passed.
    pub(super) fn sweep_marks(&mut self, now: Instant) {
        while let Some((since, mark)) = self.marks.order.front().copied()
            && now.saturating_duration_since(since) >= REMEMBERED
        {
            self.marks.order.pop_front();
            self.marks.before.remove(&mark);
            self.keeping.remove(About::Command(mark));
        }
    }
}

/// Names of clients hold no line break.
fn mark_of(client: &ClientId, id: &CommandId) -> Mark {
    mark(&[client.as_str(), "\n", id.as_str()].concat())
}
