//! Directory of links and subscriptions; turns publications into messages.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;

use super::handle::{Handle, Outgoing, send_with_fault};
use crate::core::Core;
use crate::engine::{Change, Node, Payload, Publication, Topic};
use crate::faults::{FaultPlace, Occasion};
use crate::profile::{MessageId, Profile};
use crate::rng::Rng;
use crate::xml::{escape_into, escape_text_into};

#[derive(Debug)]
pub(crate) struct Hub {
    nodes: [NodeHub; 2],
    serial: AtomicU64,
    message: AtomicU64,
}

#[derive(Debug)]
struct NodeHub {
    domain: String,
    service: String,
    items: AtomicU64,
    links: RwLock<BTreeMap<String, Vec<Arc<Handle>>>>,
    /// Pubsub node to subscribed addresses, bare or full, each with its user.
    subscriptions: RwLock<BTreeMap<String, BTreeMap<String, String>>>,
}

/// A message on its way to links: everything but the address.
struct Letter<'a> {
    node: Node,
    path: &'a str,
    method: &'a str,
    text: &'a str,
}

impl Hub {
    pub(crate) fn new(hosts: &[String; 2], seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x7075_6273_7562);
        let mut node = |host: &String| NodeHub {
            domain: host.clone(),
            service: uuid::Builder::from_random_bytes(
                (u128::from(rng.next()) << 64 | u128::from(rng.next())).to_be_bytes(),
            )
            .into_uuid()
            .to_string(),
            items: AtomicU64::new(330),
            links: RwLock::default(),
            subscriptions: RwLock::default(),
        };
        Self {
            nodes: [node(&hosts[0]), node(&hosts[1])],
            serial: AtomicU64::new(1),
            message: AtomicU64::new(seed),
        }
    }

    pub(crate) fn domain(&self, node: Node) -> &str {
        &self.nodes[node.index()].domain
    }

    pub(crate) fn next_serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// Enters a bound link; the same full address signs the older one off.
    pub(crate) fn enter(&self, node: Node, handle: &Arc<Handle>) {
        let mut links = write(&self.nodes[node.index()].links);
        let of_user = links.entry(handle.user.clone()).or_default();
        for older in of_user.extract_if(.., |other| other.full == handle.full) {
            older.send(Outgoing::Close("conflict"));
        }
        of_user.push(Arc::clone(handle));
    }

    pub(crate) fn leave(&self, node: Node, handle: &Handle) {
        let mut links = write(&self.nodes[node.index()].links);
        if let Some(of_user) = links.get_mut(&handle.user) {
            of_user.retain(|other| other.serial != handle.serial);
            if of_user.is_empty() {
                links.remove(&handle.user);
            }
        }
    }

    pub(crate) fn subscribe(&self, node: Node, path: &str, address: &str, user: &str) {
        let mut subscriptions = write(&self.nodes[node.index()].subscriptions);
        let addresses = subscriptions.entry(path.to_owned()).or_default();
        addresses.insert(address.to_owned(), user.to_owned());
    }

    pub(crate) fn unsubscribe(&self, node: Node, path: &str, address: &str) -> bool {
        let mut subscriptions = write(&self.nodes[node.index()].subscriptions);
        let addresses = subscriptions.get_mut(path);
        addresses.is_some_and(|addresses| addresses.remove(address).is_some())
    }

    pub(crate) fn subscribed_by(&self, node: Node, bare: &str) -> Vec<(String, String)> {
        let subscriptions = read(&self.nodes[node.index()].subscriptions);
        let all = subscriptions.iter().flat_map(|(path, addresses)| {
            addresses
                .keys()
                .map(move |address| (path.clone(), address.clone()))
        });
        all.filter(|(_, address)| address.split('/').next() == Some(bare))
            .collect()
    }

    /// Cuts every link of an agent without a word; tells how many.
    pub(crate) fn cut(&self, agent: &str) -> usize {
        let links = self.links_of(agent);
        for link in &links {
            link.send(Outgoing::Cut);
        }
        links.len()
    }

    /// A node that was killed has lost its subscriptions.
    pub(crate) fn forget(&self, node: Node) {
        write(&self.nodes[node.index()].subscriptions).clear();
    }

    /// Sends bytes as they are on every link of an agent; tells on how many.
    pub(crate) fn say_raw(&self, agent: &str, bytes: &[u8]) -> usize {
        let links = self.links_of(agent);
        for link in &links {
            link.send(Outgoing::Stanza(Bytes::copy_from_slice(bytes)));
        }
        links.len()
    }

    fn links_of(&self, agent: &str) -> Vec<Arc<Handle>> {
        let links = self
            .nodes
            .iter()
            .map(|node| read(&node.links).get(agent).cloned());
        links.flatten().flatten().collect()
    }

    pub(crate) fn unsilence(&self) {
        for node in &self.nodes {
            for link in read(&node.links).values().flatten() {
                link.silent.store(false, Ordering::Release);
            }
        }
    }

    pub(crate) fn link_count_of(&self, user: &str) -> usize {
        self.links_of(user).len()
    }

    pub(crate) fn link_count(&self, node: Node) -> usize {
        read(&self.nodes[node.index()].links)
            .values()
            .map(Vec::len)
            .sum()
    }

    /// Presence of Finesse's own user, to everybody who is present.
    pub(crate) fn announce_finesse(&self, node: Node, serving: bool) {
        let hub = &self.nodes[node.index()];
        for link in read(&hub.links)
            .values()
            .flatten()
            .filter(|link| link.is_available())
        {
            let presence = finesse_presence(&hub.domain, &link.full, serving);
            link.send(Outgoing::Stanza(presence.into()));
        }
    }

    pub(crate) fn publish(&self, core: &Core, publication: &Publication) {
        let path = publication.topic.path();
        let mut text = None;
        let method = match &publication.payload {
            Payload::Dialog(change, _) | Payload::ListedQueue(change, _) => change.as_str(),
            Payload::User(_)
            | Payload::TeamMember(_)
            | Payload::Error(_)
            | Payload::System(_)
            | Payload::Queue(_) => Change::Put.as_str(),
        };
        for node in Node::ALL {
            let system = publication.topic == Topic::SystemInfo;
            let owner = publication.topic.owner();
            let elsewhere = publication.node.is_some_and(|only| only != node);
            let unheard = owner.is_none() && !system && !self.is_watched(node, &path);
            if elsewhere || unheard || !(system || core.is_serving(node)) {
                continue;
            }
            let text = text.get_or_insert_with(|| publication.xml_as(core.profile.spelling));
            let letter = Letter {
                node,
                path: &path,
                method,
                text,
            };
            self.deliver(core, &letter, owner, system);
        }
    }

    /// Publishes any text on a node of an agent, at both servers.
    pub(crate) fn publish_raw(&self, core: &Core, agent: &str, path: &str, text: &str) {
        for node in Node::ALL {
            let letter = Letter {
                node,
                path,
                method: "PUT",
                text,
            };
            self.deliver(core, &letter, Some(agent), false);
        }
    }

    fn is_watched(&self, node: Node, path: &str) -> bool {
        let subscriptions = read(&self.nodes[node.index()].subscriptions);
        subscriptions
            .get(path)
            .is_some_and(|addresses| !addresses.is_empty())
    }

    fn deliver(&self, core: &Core, letter: &Letter<'_>, owner: Option<&str>, everybody: bool) {
        let hub = &self.nodes[letter.node.index()];
        let targets = hub.receivers(letter.path, owner, everybody);
        if targets.is_empty() {
            return;
        }
        core.tally.notified(targets.len() as u64);
        let body = body(hub, letter, core.profile);
        for (link, full) in targets {
            let to = if full { &link.full } else { &link.bare };
            let id = self.message_id(core.profile, letter, &link.bare);
            let message = envelope(hub, (to, &id), &body);
            self.hand_over(core, letter, &link, message);
        }
    }

    fn message_id(&self, profile: Profile, letter: &Letter<'_>, bare: &str) -> String {
        let mut letters = Rng::new(self.message.fetch_add(1, Ordering::Relaxed));
        match profile.message_id() {
            MessageId::Addressed => format!("{}__{bare}__{}", letter.path, letters.text(5)),
            MessageId::Random => letters.text(8),
        }
    }

    fn hand_over(&self, core: &Core, letter: &Letter<'_>, link: &Arc<Handle>, message: Bytes) {
        let effect = core.faults.strike(Occasion {
            place: FaultPlace::Xmpp,
            node: letter.node.as_str(),
            agent: &link.user,
            method: letter.method,
            path: letter.path,
            action: "",
        });
        match effect {
            None => link.send_in_turn(message),
            Some(effect) => send_with_fault(core, link, message, &effect),
        }
    }
}

/// Everything that is the same for all receivers; escaped once.
fn body(hub: &NodeHub, letter: &Letter<'_>, profile: Profile) -> String {
    let item = hub.items.fetch_add(1, Ordering::Relaxed);
    let mut body = String::with_capacity(letter.text.len() * 5 / 4 + 300);
    body.push_str("<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='");
    escape_into(&mut body, letter.path);
    body.push_str("'><item id='");
    body.push_str(&hub.service);
    body.push_str(&item.to_string());
    body.push_str("'><notification xmlns='");
    body.push_str(profile.notification_namespace());
    body.push_str("'>");
    escape_text_into(&mut body, letter.text);
    body.push_str("</notification></item></items></event></message>");
    body
}

fn envelope(hub: &NodeHub, (to, id): (&str, &str), body: &str) -> Bytes {
    let mut message = String::with_capacity(body.len() + 120);
    message.push_str("<message from='pubsub.");
    message.push_str(&hub.domain);
    message.push_str("' to='");
    escape_into(&mut message, to);
    message.push_str("' id='");
    escape_into(&mut message, id);
    message.push_str("'>");
    message.push_str(body);
    message.into()
}

impl NodeHub {
    /// Who gets it, and whether at the full address.
    fn receivers(
        &self,
        path: &str,
        owner: Option<&str>,
        everybody: bool,
    ) -> Vec<(Arc<Handle>, bool)> {
        let mut receivers = Vec::new();
        let links = read(&self.links);
        let present = |link: &&Arc<Handle>| link.is_available();
        if let Some(owned) = owner.and_then(|owner| links.get(owner)) {
            receivers.extend(owned.iter().filter(present).map(|l| (Arc::clone(l), false)));
        }
        if everybody {
            let all = links.values().flatten().filter(present);
            receivers.extend(all.map(|link| (Arc::clone(link), false)));
        }
        let subscriptions = read(&self.subscriptions);
        for (address, user) in subscriptions.get(path).into_iter().flatten() {
            let owned = links.get(user).into_iter().flatten().filter(present);
            let full = owned.clone().filter(|link| link.full == *address);
            receivers.extend(full.map(|link| (Arc::clone(link), true)));
            let bare = owned.filter(|link| link.bare == *address);
            receivers.extend(bare.map(|link| (Arc::clone(link), false)));
        }
        receivers
    }
}

pub(crate) fn finesse_presence(domain: &str, to: &str, serving: bool) -> String {
    let kind = if serving { "" } else { " type='unavailable'" };
    let mut presence = format!("<presence from='finesse@{domain}/finesse' to='");
    escape_into(&mut presence, to);
    presence.push_str(&format!("'{kind}/>"));
    presence
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
