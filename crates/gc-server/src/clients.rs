//! Who may send commands, and what is set for each client; it can change while the gateway runs.

mod table;

use std::sync::{Arc, PoisonError, RwLock};

use gc_core::ClientId;
use gc_protocol::{Destination, Style};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::callback::signature::SigningKey;
use crate::config::Config;
use crate::scope::Scope;

pub(crate) use table::Changed;
use table::{Styles, Table};

/// What a request proved about who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A client with a key, by its name.
    Named(ClientId),
    /// Nobody in particular; the gateway runs open, and the destination is the client.
    Open,
}

/// How long what was proved holds: a connection that lives longer than a request has to look.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lease(CancellationToken);

impl Lease {
    /// Resolves when the key has been revoked, or may no longer hear what it heard.
    pub(crate) async fn revoked(&self) {
        self.0.cancelled().await;
    }
}

/// The client that a command queue of the broker is. No destination and no named client is called so.
pub(crate) fn of_queue(name: &str) -> ClientId {
    ClientId::new(format!("{QUEUES}{name}"))
}

/// How the clients that are queues begin.
pub(crate) const QUEUES: &str = "queue/";

/// All clients.
#[derive(Debug)]
pub(crate) struct Clients {
    // Decided at the start: taking away the last key must not let everybody in.
    open: bool,
    styles: Styles,
    table: RwLock<Arc<Table>>,
    changed: Notify,
}

impl Clients {
    /// From the settings; keys and secrets that cannot be read were reported by their check.
    pub(crate) fn new(config: &Config) -> Self {
        let styles = Styles::new(config);
        Self {
            open: config.clients.is_empty(),
            table: RwLock::new(Arc::new(Table::new(config, &styles))),
            styles,
            changed: Notify::new(),
        }
    }

    /// Takes over the clients of other settings, and says what that changes.
    pub(crate) fn change(&self, config: &Config) -> Vec<Changed> {
        if self.open != config.clients.is_empty() {
            return vec![Changed::Refused];
        }
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let (next, changes) = table.followed_by(Table::new(config, &self.styles));
        *table = Arc::new(next);
        self.changed.notify_one();
        changes
    }

    /// Resolves after [`Clients::change`]; for one listener.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Who has proved to be whom, and for how long: by a key, or by the names in a certificate when no key is given.
    pub(crate) fn authenticate(
        &self,
        key: Option<&str>,
        names: &[String],
    ) -> Option<(Caller, Lease)> {
        if self.open {
            return Some((Caller::Open, Lease::default()));
        }
        let (client, lease) = match key {
            Some(key) => self.table().holder(key)?,
            None => self.table().bearer(names)?,
        };
        Some((Caller::Named(client), lease))
    }

    /// What a client may do. One that is not in the settings was let in by another door, which has its own rules.
    pub(crate) fn scope(&self, client: &ClientId) -> Arc<Scope> {
        self.table().scope(client)
    }

    /// Whether a client of an earlier process is one of these settings too.
    pub(crate) fn is_known(&self, client: &ClientId, destination: &Destination) -> bool {
        if client.as_str().starts_with(QUEUES) || !self.open {
            return self.table().is_known(client);
        }
        client.as_str() == destination.as_str()
    }

    /// What signs a client's callbacks.
    pub(crate) fn signing_key(&self, client: &ClientId) -> Option<SigningKey> {
        self.table().signing_key(client)
    }

    /// Number of a client's style in [`Clients::styles`].
    pub(crate) fn style(&self, client: &ClientId) -> usize {
        self.table().style(client)
    }

    /// The styles in use, each once; the first is for everybody without an own one.
    pub(crate) fn styles(&self) -> &[Style] {
        self.styles.all()
    }

    fn table(&self) -> Arc<Table> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }
}
