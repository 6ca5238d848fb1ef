//! The clients of one reading of the settings, and what the next reading changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use gc_core::ClientId;
use gc_protocol::{AgentId, Style};
use subtle::ConditionallySelectable;

use super::{Lease, of_queue};
use crate::callback::signature::SigningKey;
use crate::config::{Client, Config, Site};
use crate::key::KeyDigest;
use crate::scope::Scope;

/// All clients at one time.
#[derive(Debug)]
pub(super) struct Table {
    keys: Vec<Pass<KeyDigest>>,
    certificates: Vec<Pass<String>>,
    named: BTreeMap<ClientId, Named>,
    others: Arc<Scope>,
    // The broker's queues are clients without keys.
    queues: BTreeMap<ClientId, usize>,
}

#[derive(Debug)]
struct Pass<P> {
    proof: P,
    client: ClientId,
    lease: Lease,
}

#[derive(Debug)]
struct Named {
    // What was removed has none.
    settings: Option<Client>,
    signing: Option<SigningKey>,
    style: usize,
    scope: Arc<Scope>,
}

/// What another reading of the settings changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Changed {
    /// A client is new.
    Added(ClientId),
    /// A client is no more.
    Removed(ClientId),
    /// A client has other keys or may do other things.
    Altered(ClientId),
    /// The change is none that a running gateway can follow.
    Refused,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(client) => write!(f, "client {} was added", client.as_str()),
            Self::Removed(client) => write!(f, "client {} was removed", client.as_str()),
            Self::Altered(client) => write!(f, "client {} was changed", client.as_str()),
            Self::Refused => f.write_str(
                "between a gateway with clients and one without lies a restart: nothing was changed",
            ),
        }
    }
}

impl Table {
    pub(super) fn new(config: &Config, styles: &Styles) -> Self {
        let mut table = Self {
            keys: Vec::new(),
            certificates: Vec::new(),
            named: BTreeMap::new(),
            others: Arc::new(Scope::all()),
            queues: BTreeMap::new(),
        };
        for (name, settings) in config.broker.queues() {
            let style = styles.number(&config.style_of_queue(&settings));
            table.queues.insert(of_queue(&name), style);
        }
        let sites = config.sites();
        let administrators: Vec<AgentId> =
            sites.iter().filter_map(Site::administrator_id).collect();
        for (name, settings) in &config.clients {
            let client = ClientId::new(name.as_str());
            let digests = settings.key_sha256.iter();
            let digests = digests.filter_map(|hex| KeyDigest::parse(hex));
            table
                .keys
                .extend(digests.map(|digest| Pass::new(digest, &client)));
            let names = settings
                .certificates
                .iter()
                .map(|name| name.to_ascii_lowercase());
            table
                .certificates
                .extend(names.map(|name| Pass::new(name, &client)));
            let named = Named {
                signing: settings
                    .callback_secret
                    .as_ref()
                    .and_then(SigningKey::parse),
                style: styles.number(&config.style_of(settings)),
                scope: Arc::new(Scope::new(settings, &administrators)),
                settings: Some(settings.clone()),
            };
            table.named.insert(client, named);
        }
        table
    }

    /// Who holds a key; all keys are compared, so that time tells nothing.
    pub(super) fn holder(&self, key: &str) -> Option<(ClientId, Lease)> {
        let digest = KeyDigest::of(key);
        let mut found = u64::MAX;
        for (index, known) in (0u64..).zip(&self.keys) {
            found = u64::conditional_select(&found, &index, known.proof.is(&digest));
        }
        let key = self.keys.get(usize::try_from(found).ok()?)?;
        Some((key.client.clone(), key.lease.clone()))
    }

    /// Whose certificate bears one of these names.
    pub(super) fn bearer(&self, names: &[String]) -> Option<(ClientId, Lease)> {
        let pass = self
            .certificates
            .iter()
            .find(|pass| names.contains(&pass.proof))?;
        Some((pass.client.clone(), pass.lease.clone()))
    }

    pub(super) fn scope(&self, client: &ClientId) -> Arc<Scope> {
        let named = self.named.get(client);
        Arc::clone(named.map_or(&self.others, |named| &named.scope))
    }

    pub(super) fn is_known(&self, client: &ClientId) -> bool {
        self.settings(client).is_some() || self.queues.contains_key(client)
    }

    pub(super) fn signing_key(&self, client: &ClientId) -> Option<SigningKey> {
        self.named.get(client)?.signing.clone()
    }

    pub(super) fn style(&self, client: &ClientId) -> usize {
        let queue = self.queues.get(client).copied();
        self.named
            .get(client)
            .map_or(queue.unwrap_or(0), |named| named.style)
    }

    /// The next table in force, with the leases that go on; those that do not are ended.
    pub(super) fn followed_by(&self, mut next: Self) -> (Self, Vec<Changed>) {
        let changes = self.changes(&next);
        let listens = |client: &ClientId| self.listens_as(&next.named, client);
        renew(&self.keys, &mut next.keys, listens);
        renew(&self.certificates, &mut next.certificates, listens);
        for client in self.named.keys() {
            next.named.entry(client.clone()).or_insert_with(Named::gone);
        }
        (next, changes)
    }

    fn listens_as(&self, next: &BTreeMap<ClientId, Named>, client: &ClientId) -> bool {
        match (self.named.get(client), next.get(client)) {
            (Some(before), Some(after)) => before.scope.listens_as(&after.scope),
            (Some(_), None) | (None, _) => false,
        }
    }

    fn changes(&self, next: &Self) -> Vec<Changed> {
        let clients: BTreeSet<&ClientId> = self.named.keys().chain(next.named.keys()).collect();
        let change = |client: &ClientId| match (self.settings(client), next.settings(client)) {
            (None, Some(_)) => Some(Changed::Added(client.clone())),
            (Some(_), None) => Some(Changed::Removed(client.clone())),
            (Some(before), Some(after)) if before != after => {
                Some(Changed::Altered(client.clone()))
            }
            (Some(_), Some(_)) | (None, None) => None,
        };
        clients.into_iter().filter_map(change).collect()
    }

    fn settings(&self, client: &ClientId) -> Option<&Client> {
        self.named.get(client)?.settings.as_ref()
    }
}

impl<P: PartialEq> Pass<P> {
    fn new(proof: P, client: &ClientId) -> Self {
        Self {
            proof,
            client: client.clone(),
            lease: Lease::default(),
        }
    }

    fn goes_on_as(&self, other: &Self) -> bool {
        self.client == other.client && self.proof == other.proof
    }
}

/// Leases go on with what lets in the same client to the same destinations; the others end.
fn renew<P: PartialEq>(
    before: &[Pass<P>],
    after: &mut [Pass<P>],
    listens: impl Fn(&ClientId) -> bool,
) {
    for pass in before {
        match after.iter_mut().find(|other| pass.goes_on_as(other)) {
            Some(other) if listens(&pass.client) => other.lease = pass.lease.clone(),
            Some(_) | None => pass.lease.0.cancel(),
        }
    }
}

impl Named {
    /// Commands of a removed client may still be on their way.
    fn gone() -> Self {
        Self {
            settings: None,
            signing: None,
            style: 0,
            scope: Arc::new(Scope::nothing()),
        }
    }
}

/// The styles that are printed, each once; what is printed is decided at the start.
#[derive(Debug)]
pub(super) struct Styles(Vec<Style>);

impl Styles {
    pub(super) fn new(config: &Config) -> Self {
        let mut styles = vec![config.style()];
        let clients = config
            .clients
            .values()
            .map(|client| config.style_of(client));
        let queues = config.broker.queues();
        let queues = queues
            .into_values()
            .map(|settings| config.style_of_queue(&settings));
        for style in clients.chain(queues) {
            if !styles.contains(&style) {
                styles.push(style);
            }
        }
        Self(styles)
    }

    pub(super) fn all(&self) -> &[Style] {
        &self.0
    }

    fn number(&self, style: &Style) -> usize {
        let known = self.0.iter().position(|other| other == style);
        known.unwrap_or_else(|| {
            tracing::warn!("a client's own style takes a restart; it gets the usual one");
            0
        })
    }
}
