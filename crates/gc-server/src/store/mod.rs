//! Sessions that survive the process: sealed, one file each, written beside the loop and wiped when they end.
//!
//! A session is in the store a moment after it has begun, and out of it a moment after it has ended; a process that is
//! killed within that moment is followed by one that does not know of it. Who cannot take that waits until the [`Store`] is
//! settled.

mod desk;
mod folder;
mod key;
mod record;
mod seal;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::telemetry;
use desk::{Desk, Wish};
use folder::Folder;

pub(crate) use key::KeyRing;
pub use key::{NewStoreKey, StoreKeyError};
pub(crate) use record::{
    About, KeptAgent, KeptCallback, KeptCommand, KeptDestination, Kind, Record,
};
pub use seal::NotSealed;

/// Wishes that are carried out at once: a young one is not kept waiting by thousands.
const AT_ONCE: usize = 64;
/// Before what could not be written is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Why the store cannot be used; nothing in it was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Its folder cannot be used.
    #[error("the store {path} cannot be used: {reason}", path = .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Others can look into it, or it belongs to somebody else.
    #[error("the store {path} must belong to this user alone: chmod 700", path = .path.display())]
    Exposed {
        /// The folder.
        path: PathBuf,
    },
    /// Another gateway uses it.
    #[error("the store {path} is used by another gateway", path = .path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// It was sealed with another key.
    #[error(
        "the store {path} was sealed with another key: name that one in store.old_key_files, or empty the folder and agents log in again",
        path = .path.display()
    )]
    WrongKey {
        /// The folder.
        path: PathBuf,
    },
    /// There is no key.
    #[error(transparent)]
    Key(#[from] StoreKeyError),
    /// Nothing can be sealed.
    #[error(transparent)]
    Sealing(#[from] NotSealed),
}

/// The store as the loop uses it; it waits for nothing. Dropping it lets the [`Keeper`] end.
#[derive(Debug)]
pub(crate) struct Store(Arc<Shared>);

/// Writes what the loop wants kept.
pub(crate) struct Keeper {
    shared: Arc<Shared>,
    desk: Desk,
}

#[derive(Debug, Default)]
struct Shared {
    wishes: Mutex<Wishes>,
    changed: Notify,
    // The number of the last of the commands that was tried.
    settled: watch::Sender<u64>,
    closed: CancellationToken,
}

#[derive(Debug, Default)]
struct Wishes {
    // The newest about each thing; so it has a bound.
    all: BTreeMap<About, Wish>,
    // Commands to be kept come before everything else: somebody waits for them.
    commands: BTreeMap<About, Wish>,
    // How many there were of these.
    numbered: u64,
}

impl Wishes {
    fn add(&mut self, about: About, wish: Wish) {
        if let (About::Command(_), Wish::Save(_)) = (&about, &wish) {
            self.numbered += 1;
            self.commands.insert(about, wish);
        } else {
            self.commands.remove(&about);
            self.all.insert(about, wish);
        }
    }

    fn next(&mut self) -> BTreeMap<About, Wish> {
        if !self.commands.is_empty() {
            return std::mem::take(&mut self.commands);
        }
        match self.all.keys().nth(AT_ONCE).cloned() {
            Some(first_later) => {
                let later = self.all.split_off(&first_later);
                std::mem::replace(&mut self.all, later)
            }
            None => std::mem::take(&mut self.all),
        }
    }
}

/// Opens the store of the settings and reads what an earlier process has kept; `None` where nothing is kept.
pub(crate) fn open(
    settings: &config::Store,
) -> Result<Option<(Store, Keeper, Vec<Record>)>, StoreError> {
    if !settings.is_configured() {
        return Ok(None);
    }
    let ring = KeyRing::read(settings)?;
    let folder = Folder::open(Path::new(&settings.path))?;
    let (desk, records) = Desk::open(folder, ring)?;
    let shared = Arc::new(Shared::default());
    let keeper = Keeper {
        shared: Arc::clone(&shared),
        desk,
    };
    Ok(Some((Store(shared), keeper, records)))
}

impl Store {
    /// Keeps a record in place of the one about the same thing.
    pub(crate) fn save(&self, record: Record) {
        self.wish(record.about(), Wish::Save(record));
    }

    /// Keeps nothing about a thing any more.
    pub(crate) fn remove(&self, about: About) {
        self.wish(about, Wish::Remove);
    }

    /// Resolves when every command that was to be kept until now is on the disk, or could not be put there; `None` if that is
    /// so already.
    pub(crate) fn settled(&self) -> Option<impl Future<Output = ()> + Send + 'static> {
        let wanted = self.0.wishes().numbered;
        let mut settled = self.0.settled.subscribe();
        if *settled.borrow() >= wanted {
            return None;
        }
        Some(async move {
            // A keeper that has ended keeps nothing any more.
            let _ = settled.wait_for(|settled| *settled >= wanted).await;
        })
    }

    fn wish(&self, about: About, wish: Wish) {
        self.0.wishes().add(about, wish);
        self.0.changed.notify_one();
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.0.closed.cancel();
    }
}

impl Shared {
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        // A map is whole whoever panicked.
        self.wishes.lock().unwrap_or_else(|held| held.into_inner())
    }

    /// What could not be done is wished for again, unless something newer is.
    fn wish_again(&self, failed: BTreeMap<About, Wish>) {
        let mut wishes = self.wishes();
        for (about, wish) in failed {
            wishes.all.entry(about).or_insert(wish);
        }
    }
}

impl Keeper {
    /// Works until the store is dropped and everything is written.
    pub(crate) async fn run(self) {
        let Self { shared, mut desk } = self;
        loop {
            let closed = shared.closed.is_cancelled();
            let (wishes, number) = {
                let mut wishes = shared.wishes();
                (wishes.next(), wishes.numbered)
            };
            if wishes.is_empty() {
                if closed {
                    return;
                }
                tokio::select! {
                    () = shared.changed.notified() => {}
                    () = shared.closed.cancelled() => {}
                }
                continue;
            }
            let work = move || {
                let outcome = desk.carry_out(wishes);
                (desk, outcome)
            };
            let Ok((back, outcome)) = tokio::task::spawn_blocking(work).await else {
                // The runtime is ending.
                return;
            };
            desk = back;
            // Commands were among them, if there were any.
            shared.settled.send_replace(number);
            if let Err((failed, reason)) = outcome {
                telemetry::store_failed();
                tracing::warn!(%reason, records = failed.len(), "the store cannot be written");
                if closed {
                    // There is no later.
                    continue;
                }
                shared.wish_again(failed);
                let pause = sleep(RETRY);
                shared.closed.run_until_cancelled(pause).await;
            }
        }
    }
}
