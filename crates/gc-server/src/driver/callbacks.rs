//! Registrations of callbacks: one a destination, each with a task that delivers.

use std::collections::BTreeMap;

use gc_core::ClientId;
use gc_protocol::Destination;
use gc_protocol::command::Callback;
use tokio::sync::mpsc;

use crate::callback::signature::SigningKey;
use crate::callback::{self, Registration, Target, TargetError};
use crate::hub::{End, Form, Hub, Presence, Queue, SubscriberId, WhenFull, Wish};

use super::CallbackParts;
use super::happening::HubNews;
use super::tasks::Tasks;

/// All registrations.
pub(super) struct Callbacks {
    parts: CallbackParts,
    news: mpsc::Sender<HubNews>,
    tasks: Tasks,
    registered: BTreeMap<Destination, Registered>,
}

struct Registered {
    id: SubscriberId,
    queue: Queue,
    target: Target,
    session_url: Option<String>,
}

/// What a client asks for.
pub(super) struct Wanted<'a> {
    pub(super) client: &'a ClientId,
    pub(super) destination: &'a Destination,
    pub(super) callback: &'a Callback,
    pub(super) session_url: Option<&'a str>,
    pub(super) signing: Option<SigningKey>,
    pub(super) style: usize,
}

impl Callbacks {
    pub(super) fn new(parts: CallbackParts, news: mpsc::Sender<HubNews>, tasks: Tasks) -> Self {
        Self {
            parts,
            news,
            tasks,
            registered: BTreeMap::new(),
        }
    }

    /// Registers the receiver of a destination in place of an earlier one; the same again changes nothing.
    pub(super) fn register(
        &mut self,
        hub: &mut Hub,
        wanted: Wanted<'_>,
    ) -> Result<Option<Presence>, TargetError> {
        let target = Target::parse(&wanted.callback.fqdn, &wanted.callback.endpoint)
            .and_then(|target| target.may_be_tried(self.parts.couriers.policy()).map(|()| target))
            .inspect_err(|reason| {
                let client = wanted.client.as_str();
                tracing::warn!(client, destination = %wanted.destination, %reason, "a callback was refused");
            })?;
        if self.is_known(&wanted, &target) {
            return Ok(None);
        }
        // The new one first, so that the destination is not gone in between.
        let (queue, id, change) = self.start(hub, &wanted, target.clone());
        self.end(hub, wanted.destination);
        self.registered.insert(
            wanted.destination.clone(),
            Registered {
                id,
                queue,
                target,
                session_url: wanted.session_url.map(str::to_owned),
            },
        );
        Ok(change)
    }

    /// The receiver wants no more.
    pub(super) fn ended(
        &mut self,
        hub: &mut Hub,
        destination: &Destination,
        id: SubscriberId,
    ) -> Option<Presence> {
        if self
            .registered
            .get(destination)
            .is_some_and(|registered| registered.id == id)
        {
            return self.end(hub, destination);
        }
        None
    }

    fn is_known(&self, wanted: &Wanted<'_>, target: &Target) -> bool {
        self.registered
            .get(wanted.destination)
            .is_some_and(|known| {
                known.target == *target && known.session_url.as_deref() == wanted.session_url
            })
    }

    fn start(
        &self,
        hub: &mut Hub,
        wanted: &Wanted<'_>,
        target: Target,
    ) -> (Queue, SubscriberId, Option<Presence>) {
        let queue = Queue::default();
        let wish = Wish {
            style: wanted.style,
            form: Form::Bare,
            when_full: WhenFull::DropWaiting,
        };
        let (id, change) = hub.subscribe(wanted.destination, wish, queue.clone());
        let registration = Registration {
            destination: wanted.destination.clone(),
            id,
            queue: queue.clone(),
            session_url: wanted.session_url.map(str::to_owned),
            signing: wanted.signing.clone(),
            bare: self.parts.bare,
            stream: hub.press().stream().to_owned(),
        };
        let courier = self.parts.couriers.to(target);
        let patience = self.parts.patience.clone();
        self.tasks.spawn(Box::pin(callback::deliver(
            registration,
            courier,
            patience,
            self.news.clone(),
        )));
        (queue, id, change)
    }

    fn end(&mut self, hub: &mut Hub, destination: &Destination) -> Option<Presence> {
        let registered = self.registered.remove(destination)?;
        registered.queue.end(End::Drain);
        hub.unsubscribe(destination, registered.id)
    }
}
