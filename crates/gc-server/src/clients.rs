//! Who may send commands: keys kept as digests, and what is set for each client.

use std::collections::BTreeMap;
use std::fmt;

use gc_core::ClientId;
use gc_protocol::Style;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::callback::signature::SigningKey;
use crate::config::Config;

/// SHA-256 of a client's key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// Reads 64 hex digits.
    pub(crate) fn parse(hex: &str) -> Option<Self> {
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut digest = [0; 32];
        for (index, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(digest))
    }

    fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDigest")
    }
}

/// What a request proved about who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A client with a key, by its name.
    Named(ClientId),
    /// Nobody in particular; the gateway runs open, and the destination is the client.
    Open,
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
    keys: Vec<(KeyDigest, ClientId)>,
    signing: BTreeMap<ClientId, SigningKey>,
    styles: BTreeMap<ClientId, usize>,
    printed: Vec<Style>,
}

impl Clients {
    /// From the settings; keys and secrets that cannot be read were reported by their check.
    pub(crate) fn new(config: &Config) -> Self {
        let mut clients = Self {
            keys: Vec::new(),
            signing: BTreeMap::new(),
            styles: BTreeMap::new(),
            printed: vec![config.style()],
        };
        for (name, settings) in &config.clients {
            let id = ClientId::new(name.as_str());
            if let Some(digest) = KeyDigest::parse(&settings.key_sha256) {
                clients.keys.push((digest, id.clone()));
            }
            if let Some(key) = settings
                .callback_secret
                .as_ref()
                .and_then(SigningKey::parse)
            {
                clients.signing.insert(id.clone(), key);
            }
            clients.set_style(id, config.style_of(settings));
        }
        for (name, settings) in config.broker.queues() {
            clients.set_style(of_queue(&name), config.style_of_queue(&settings));
        }
        clients
    }

    /// Whether nobody needs a key.
    pub(crate) fn open(&self) -> bool {
        self.keys.is_empty()
    }

    /// Who holds a key; all keys are compared, so that time tells nothing.
    pub(crate) fn authenticate(&self, key: Option<&str>) -> Option<Caller> {
        if self.open() {
            return Some(Caller::Open);
        }
        let digest = KeyDigest::of(key?);
        let mut found = u64::MAX;
        for (index, (known, _)) in (0u64..).zip(&self.keys) {
            let equal: Choice = known.0.ct_eq(&digest.0);
            found = u64::conditional_select(&found, &index, equal);
        }
        let (_, id) = self.keys.get(usize::try_from(found).ok()?)?;
        Some(Caller::Named(id.clone()))
    }

    /// What signs a client's callbacks.
    pub(crate) fn signing_key(&self, client: &ClientId) -> Option<SigningKey> {
        self.signing.get(client).cloned()
    }

    /// Number of a client's style in [`Clients::styles`].
    pub(crate) fn style(&self, client: &ClientId) -> usize {
        self.styles.get(client).copied().unwrap_or(0)
    }

    /// The styles in use, each once; the first is for everybody without an own one.
    pub(crate) fn styles(&self) -> &[Style] {
        &self.printed
    }

    fn set_style(&mut self, id: ClientId, style: Style) {
        let known = self.printed.iter().position(|other| *other == style);
        let number = known.unwrap_or_else(|| {
            self.printed.push(style);
            self.printed.len() - 1
        });
        self.styles.insert(id, number);
    }
}
