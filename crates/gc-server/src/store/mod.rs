//! Sessions that survive the process: sealed, one file each, written beside the loop and wiped when they end.
//!
//! A session is in the store a moment after it has begun, and out of it a moment after it has ended; a process that is
//! killed within that moment is followed by one that does not know of it.

mod desk;
mod folder;
mod key;
mod record;
mod seal;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::telemetry;
use desk::{Desk, Wish};
use folder::Folder;

pub(crate) use key::KeyRing;
pub use key::{NewStoreKey, StoreKeyError};
pub(crate) use record::{About, KeptAgent, KeptCallback, KeptDestination, Kind, Record};
pub use seal::NotSealed;

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
    // The newest wish about each thing; so it has a bound.
    wishes: Mutex<BTreeMap<About, Wish>>,
    changed: Notify,
    closed: CancellationToken,
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

    fn wish(&self, about: About, wish: Wish) {
        self.0.wishes().insert(about, wish);
        self.0.changed.notify_one();
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.0.closed.cancel();
    }
}

impl Shared {
    fn wishes(&self) -> MutexGuard<'_, BTreeMap<About, Wish>> {
        // A map is whole whoever panicked.
        self.wishes.lock().unwrap_or_else(|held| held.into_inner())
    }

    /// What could not be done is wished for again, unless something newer is.
    fn wish_again(&self, failed: BTreeMap<About, Wish>) {
        let mut wishes = self.wishes();
        for (about, wish) in failed {
            wishes.entry(about).or_insert(wish);
        }
    }
}

impl Keeper {
    /// Works until the store is dropped and everything is written.
    pub(crate) async fn run(self) {
        let Self { shared, mut desk } = self;
        loop {
            let closed = shared.closed.is_cancelled();
            let wishes = std::mem::take(&mut *shared.wishes());
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
            if let Err((failed, reason)) = outcome {
                telemetry::store_failed();
                tracing::warn!(%reason, records = failed.len(), "the store cannot be written");
                if closed {
                    return;
                }
                shared.wish_again(failed);
                let pause = sleep(RETRY);
                shared.closed.run_until_cancelled(pause).await;
            }
        }
    }
}
