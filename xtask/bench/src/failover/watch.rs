//! What each client is told while its agent goes from node to node.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::client::Client;

/// Clients, one for each agent, that take note of what they are told.
pub(super) struct Watch {
    told: Vec<Arc<Mutex<Told>>>,
}

/// What the clients were told, and when.
pub(super) struct Watched {
    /// The last of them that its agent can do nothing.
    pub(super) out: Instant,
    /// The first of them that its agent works at another node, and can be told commands.
    pub(super) first: Instant,
    /// The last of them.
    pub(super) last: Instant,
}

#[derive(Clone, Copy, Default)]
struct Told {
    out: Option<Instant>,
    moved: Option<Instant>,
    /// `System` IN_SERVICE, with nothing against it since.
    back: Option<Instant>,
    /// The connection has ended.
    ended: bool,
}

impl Watch {
    pub(super) fn over(clients: Vec<Client>) -> Self {
        let watch = |client| {
            let told = Arc::new(Mutex::new(Told::default()));
            tokio::spawn(follow(client, Arc::clone(&told)));
            told
        };
        Self {
            told: clients.into_iter().map(watch).collect(),
        }
    }

    /// Forgets what was told before.
    pub(super) fn begin(&self) {
        for told in &self.told {
            *lock(told) = Told::default();
        }
    }

    /// Waits until every client knows that all is well again.
    pub(super) async fn until_all_told(&self) -> Result<Watched> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let told: Vec<Told> = self.told.iter().map(|told| *lock(told)).collect();
            ensure!(!told.iter().any(|one| one.ended), "a client was cut off");
            let known = told.iter().filter_map(Told::all).collect::<Vec<_>>();
            if known.len() == told.len() {
                return Watched::of(&known).context("no clients");
            }
            ensure!(
                Instant::now() < deadline,
                "{} of {} clients were told all",
                known.len(),
                told.len()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Told {
    /// When the client knew of the trouble, and of its end.
    fn all(&self) -> Option<(Instant, Instant)> {
        Some((self.out?, self.moved?.max(self.back?)))
    }

    fn hear(&mut self, event: &Value) {
        let now = Some(Instant::now());
        match (event["type"].as_str(), event["status"].as_str()) {
            (Some("System"), Some("OUT_OF_SERVICE")) => {
                self.out = self.out.or(now);
                self.back = None;
            }
            (Some("System"), Some("IN_SERVICE")) => self.back = now,
            (Some("status"), _) => {
                let message = event["message"].as_str().unwrap_or_default();
                if message.starts_with("node changed") {
                    self.moved = now;
                }
            }
            _ => {}
        }
    }
}

impl Watched {
    fn of(known: &[(Instant, Instant)]) -> Option<Self> {
        let back = || known.iter().map(|(_, back)| *back);
        Some(Self {
            out: known.iter().map(|(out, _)| *out).max()?,
            first: back().min()?,
            last: back().max()?,
        })
    }
}

async fn follow(mut client: Client, told: Arc<Mutex<Told>>) {
    while let Ok(Some(frame)) = client.next().await {
        if let Ok(frame) = serde_json::from_str::<Value>(&frame) {
            lock(&told).hear(&frame["event"]);
        }
    }
    lock(&told).ended = true;
}

fn lock(told: &Mutex<Told>) -> MutexGuard<'_, Told> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}
