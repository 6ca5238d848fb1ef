//! What the store is told: sessions as the core wants them kept, and how their destinations are reached.

use std::collections::BTreeMap;
use std::time::SystemTime;

use gc_core::{ClientId, Standing};
use gc_protocol::{AgentId, Destination};

use crate::store::{About, KeptAgent, KeptDestination, Kind, Record, Store};

use super::{Driver, now};

/// What is in the store, as far as the loop must know.
#[derive(Default)]
pub(super) struct Keeping {
    store: Option<Store>,
    /// Hosts of the nodes, by which their numbers are known in other settings.
    hosts: Vec<String>,
    agents: BTreeMap<AgentId, Destination>,
    destinations: BTreeMap<Destination, Reach>,
    /// As an earlier process has kept them, until agents there are kept again.
    read: BTreeMap<Destination, KeptDestination>,
    stage: Stage,
}

/// A destination that agents are kept for.
struct Reach {
    client: ClientId,
    agents: usize,
    saved: Option<KeptDestination>,
}

/// Whether sessions are those that the store has already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// They are read from it.
    TakingUp,
    /// They are new or changed.
    #[default]
    Running,
}

impl Keeping {
    pub(super) fn new(store: Option<Store>, hosts: Vec<String>) -> Self {
        Self {
            store,
            hosts,
            ..Self::default()
        }
    }

    pub(super) fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Notes what the store has.
    pub(super) fn has_read(&mut self, kept: KeptDestination) {
        self.read.insert(kept.destination.clone(), kept);
    }

    pub(super) fn set_stage(&mut self, stage: Stage) {
        self.stage = stage;
    }

    /// Number of a node, if it is in these settings.
    pub(super) fn node_at(&self, host: &str) -> Option<usize> {
        self.hosts.iter().position(|known| known == host)
    }

    pub(super) fn remove(&self, about: About) {
        if let Some(store) = &self.store {
            store.remove(about);
        }
    }

    fn save(&self, record: Record) {
        if let Some(store) = &self.store {
            store.save(record);
        }
    }

    /// Notes where an agent's events go; the destination that it has left.
    fn enter(&mut self, agent: &AgentId, client: &ClientId, to: &Destination) {
        let from = self.agents.insert(agent.clone(), to.clone());
        let reach = self.destinations.entry(to.clone());
        let reach = reach.or_insert_with(|| Reach {
            client: client.clone(),
            agents: 0,
            saved: self.read.remove(to),
        });
        reach.client = client.clone();
        reach.agents += 1;
        if let Some(from) = from {
            self.leave(&from);
        }
    }

    fn leave(&mut self, destination: &Destination) {
        let Some(reach) = self.destinations.get_mut(destination) else {
            return;
        };
        reach.agents -= 1;
        if reach.agents == 0 {
            let saved = reach.saved.take();
            self.destinations.remove(destination);
            if saved.is_some() {
                self.remove(About::Destination(destination.clone()));
            }
        }
    }
}

impl Driver {
    pub(super) fn keep(&mut self, standing: Standing) {
        if self.keeping.store.is_none() {
            return;
        }
        let secret = self.vault.get(standing.credential.secret);
        let host = self.keeping.hosts.get(standing.node);
        let (Some(secret), Some(host)) = (secret.cloned(), host.cloned()) else {
            tracing::error!(agent = %standing.agent, "a session was to be kept with a forgotten secret");
            return;
        };
        let kind = kind(&standing, self.wall.now());
        let Standing {
            agent,
            client,
            destination,
            ..
        } = standing;
        self.keeping.enter(&agent, &client, &destination);
        let kept = KeptAgent {
            agent,
            client,
            destination: destination.clone(),
            host,
            secret,
            kind,
        };
        if self.keeping.stage == Stage::Running {
            self.keeping.save(Record::Agent(kept));
        }
        self.keep_destination(&destination);
    }

    pub(super) fn unkeep(&mut self, agent: AgentId) {
        if let Some(destination) = self.keeping.agents.remove(&agent) {
            self.keeping.leave(&destination);
        }
        self.keeping.remove(About::Agent(agent));
    }

    /// How a destination is reached may have changed; it counts as long as an agent there is kept.
    pub(super) fn keep_destination(&mut self, destination: &Destination) {
        let Some(reach) = self.keeping.destinations.get_mut(destination) else {
            return;
        };
        let found = KeptDestination {
            destination: destination.clone(),
            client: reach.client.clone(),
            callback: self.callbacks.kept(destination),
            topic: self.brokered.has(destination),
            sessions: self.addresses.of(destination),
        };
        let found = Some(found).filter(KeptDestination::tells_anything);
        if reach.saved == found {
            return;
        }
        reach.saved.clone_from(&found);
        match found {
            Some(found) => self.keeping.save(Record::Destination(found)),
            None => {
                let about = About::Destination(destination.clone());
                self.keeping.remove(about);
            }
        }
    }
}

/// The end of a token by the clock of the wall, which the next process has too. One without an end has ended.
fn kind(standing: &Standing, wall: SystemTime) -> Kind {
    if !standing.credential.token {
        return Kind::Password;
    }
    let left = standing
        .token_ends
        .map(|ends| ends.saturating_duration_since(now()));
    // What no clock can tell has ended, too.
    let ends = wall.checked_add(left.unwrap_or_default());
    Kind::Token {
        ends: ends.unwrap_or(wall),
    }
}
