//! The client that is never cut off.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, Result};
use gc_testkit::World;
use gc_testkit::client::{Feed, Follower, PATIENCE};
use serde_json::Value;
use tokio::sync::watch;

use super::number;

type Digests = Arc<Mutex<BTreeMap<u64, u64>>>;

/// What the client that is never cut off has seen: a digest of each event by its number.
#[derive(Clone)]
pub(super) struct Truth {
    digests: Digests,
    last: watch::Receiver<u64>,
}

impl Truth {
    /// Follows the destination until the sender of the last number is dropped.
    pub(super) async fn begin(
        world: &World,
        desk: &str,
    ) -> Result<(Self, tokio::task::JoinHandle<()>)> {
        let mut follower = Follower::open(world.gateway(), Feed::WebSocket, desk, None).await?;
        let (sender, last) = watch::channel(0);
        let digests = Digests::default();
        let seen = Arc::clone(&digests);
        let reading = tokio::spawn(async move {
            while let Ok(frame) = follower.next().await {
                if let Some(number) = number(&frame) {
                    held(&seen).insert(number, digest(&frame));
                    let _ = sender.send(number);
                }
            }
        });
        Ok((Self { digests, last }, reading))
    }

    /// Number of the last event so far.
    pub(super) fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// Waits until that many have been told.
    pub(super) async fn wait_for(&mut self, number: u64) -> Result<()> {
        let come = self.last.wait_for(|last| *last >= number);
        tokio::time::timeout(PATIENCE, come)
            .await
            .context("nothing happens any more")??;
        Ok(())
    }

    /// The event of a number, in short.
    pub(super) fn digest_of(&self, number: u64) -> Option<u64> {
        held(&self.digests).get(&number).copied()
    }
}

fn held(digests: &Digests) -> MutexGuard<'_, BTreeMap<u64, u64>> {
    digests.lock().unwrap_or_else(|held| held.into_inner())
}

/// Everything but the origin, which says how it came.
pub(super) fn digest(frame: &Value) -> u64 {
    let mut frame = frame.clone();
    frame["origin"] = Value::Null;
    let mut hasher = DefaultHasher::new();
    frame.to_string().hash(&mut hasher);
    hasher.finish()
}
