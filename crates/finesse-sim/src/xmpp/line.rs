//! A bound link without a stream: what it hears is taken from it one by one.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::handle::{Handle, Outgoing};
use super::hub::finesse_presence;
use super::link::BACKLOG;
use super::pubsub::{Access, access};
use super::sign_in;
use crate::core::Core;
use crate::engine::Node;
use crate::xml::Element;

/// Signs off when it is dropped.
#[derive(Debug)]
pub(crate) struct Line {
    core: Arc<Core>,
    node: Node,
    handle: Arc<Handle>,
    receiver: mpsc::Receiver<Outgoing>,
}

/// Something that a line is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A notification: the document inside.
    Notification(String),
    /// Whether Finesse's own user is present.
    FinessePresent(bool),
    /// The stream has ended with this condition, `conflict` for example.
    Closed(&'static str),
    /// The connection has ended without a word.
    Cut,
}

impl Line {
    /// Signs in, binds and becomes present; `None` if the credentials are refused.
    pub(crate) fn sign_in(
        core: &Arc<Core>,
        node: Node,
        (user, password): (&str, &str),
        resource: &str,
    ) -> Option<Self> {
        if !sign_in::lets_in(core, user, password) {
            return None;
        }
        let (sender, receiver) = mpsc::channel(BACKLOG);
        let serial = core.hub.next_serial();
        let domain = core.hub.domain(node);
        let handle = Arc::new(Handle::new(serial, user, (domain, resource), sender));
        core.hub.enter(node, &handle);
        handle.arrive(core, node);
        let presence = finesse_presence(domain, &handle.full, core.is_on_bus(node));
        handle.send(Outgoing::Stanza(presence.into()));
        Some(Self {
            core: Arc::clone(core),
            node,
            handle,
            receiver,
        })
    }

    pub(crate) fn node(&self) -> Node {
        self.node
    }

    /// Subscribes to a pubsub node; tells whether it may.
    pub(crate) fn subscribe(&self, path: &str) -> bool {
        match access(&self.core, &self.handle.user, path) {
            Access::Unknown | Access::Forbidden => false,
            Access::Automatic => true,
            Access::Allowed => {
                let hub = &self.core.hub;
                hub.subscribe(self.node, path, &self.handle.bare, &self.handle.user);
                true
            }
        }
    }

    /// Does not want a pubsub node any more.
    pub(crate) fn unsubscribe(&self, path: &str) {
        self.core
            .hub
            .unsubscribe(self.node, path, &self.handle.bare);
    }

    /// What was heard next, if anything.
    pub(crate) fn next(&mut self) -> Option<Heard> {
        loop {
            match self.receiver.try_recv().ok()? {
                Outgoing::Close(condition) => return Some(Heard::Closed(condition)),
                Outgoing::Cut => return Some(Heard::Cut),
                Outgoing::Stanza(bytes) => {
                    if let Some(heard) = read(&bytes) {
                        return Some(heard);
                    }
                }
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.handle.leave(&self.core, self.node);
        self.core.hub.leave(self.node, &self.handle);
    }
}

fn read(stanza: &[u8]) -> Option<Heard> {
    let stanza = Element::parse(std::str::from_utf8(stanza).ok()?).ok()?;
    match stanza.name.as_str() {
        "presence" => Some(Heard::FinessePresent(stanza.attribute("type").is_none())),
        "message" => {
            let item = stanza.child("event")?.child("items")?.child("item")?;
            Some(Heard::Notification(item.child_text("notification")?))
        }
        _ => None,
    }
}
