//! Explicit subscriptions of one session (Finesse API, section 6.5): which are asked for, and which are confirmed.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::stanza::escaped;

/// How the subscriptions of one session stand.
pub(super) struct Subscriptions {
    /// Our full address: a subscription of the bare one would be delivered to every session of the user.
    address: String,
    service: String,
    patience: Duration,
    nodes: BTreeMap<String, Subscription>,
    asked: u64,
}

struct Subscription {
    wish: u64,
    standing: Standing,
}

enum Standing {
    Asked { id: String, again: Instant },
    Confirmed,
}

/// What a reply turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Confirmed(String),
    Refused { node: String, wish: u64 },
}

impl Subscriptions {
    pub(super) fn new(address: String, domain: &str, patience: Duration) -> Self {
        Self {
            address,
            service: format!("pubsub.{domain}"),
            patience,
            nodes: BTreeMap::new(),
            asked: 0,
        }
    }

    /// The requests that make what stands into what is wanted.
    pub(super) fn towards(&mut self, wanted: &BTreeMap<String, u64>, now: Instant) -> Vec<String> {
        let unwanted = self.names(|node, _| !wanted.contains_key(node));
        let mut requests = Vec::new();
        for node in unwanted {
            self.nodes.remove(&node);
            requests.push(self.request("unsubscribe", &node).1);
        }
        for (node, wish) in wanted {
            if self.nodes.get(node).is_none_or(|known| known.wish != *wish) {
                requests.push(self.ask(node, *wish, now));
            }
        }
        requests
    }

    /// Asks once more for what was not answered in time.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<String> {
        let overdue = self.names(|_, known| known.due().is_some_and(|due| due <= now));
        let mut requests = Vec::new();
        for node in overdue {
            if let Some(wish) = self.nodes.get(&node).map(|known| known.wish) {
                requests.push(self.ask(&node, wish, now));
            }
        }
        requests
    }

    /// When the next one is overdue.
    pub(super) fn next_overdue(&self) -> Option<Instant> {
        self.nodes.values().filter_map(Subscription::due).min()
    }

    /// Takes a reply, if it answers one of ours.
    pub(super) fn answered(&mut self, id: &str, granted: bool) -> Option<Outcome> {
        let (node, known) = self
            .nodes
            .iter_mut()
            .find(|(_, known)| known.is_asked(id))?;
        if granted {
            known.standing = Standing::Confirmed;
            return Some(Outcome::Confirmed(node.clone()));
        }
        let (node, wish) = (node.clone(), known.wish);
        self.nodes.remove(&node);
        Some(Outcome::Refused { node, wish })
    }

    /// Takes everything back.
    pub(super) fn goodbye(&mut self) -> Vec<String> {
        self.towards(&BTreeMap::new(), Instant::now())
    }

    fn names(&self, which: impl Fn(&str, &Subscription) -> bool) -> Vec<String> {
        let chosen = self.nodes.iter().filter(|(node, known)| which(node, known));
        chosen.map(|(node, _)| node.clone()).collect()
    }

    fn ask(&mut self, node: &str, wish: u64, now: Instant) -> String {
        let (id, request) = self.request("subscribe", node);
        let again = now + self.patience;
        let standing = Standing::Asked { id, again };
        self.nodes
            .insert(node.to_owned(), Subscription { wish, standing });
        request
    }

    fn request(&mut self, verb: &str, node: &str) -> (String, String) {
        self.asked += 1;
        let id = format!("n{}", self.asked);
        let request = format!(
            "<iq type='set' id='{id}' to='{}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
             <{verb} node='{}' jid='{}'/></pubsub></iq>",
            escaped(&self.service),
            escaped(node),
            escaped(&self.address)
        );
        (id, request)
    }
}

impl Subscription {
    fn due(&self) -> Option<Instant> {
        match &self.standing {
            Standing::Asked { again, .. } => Some(*again),
            Standing::Confirmed => None,
        }
    }

    fn is_asked(&self, by: &str) -> bool {
        match &self.standing {
            Standing::Asked { id, .. } => id == by,
            Standing::Confirmed => false,
        }
    }
}
