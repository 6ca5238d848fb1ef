//! Registrations of callbacks: one a destination, each with a task that delivers.

use std::collections::BTreeMap;

use gc_core::ClientId;
use gc_protocol::Destination;
use gc_protocol::command::Callback;
use tokio::sync::mpsc;

use crate::callback::signature::SigningKey;
use crate::callback::{self, Handover, Predecessor, Registration, Session, Target, TargetError};
use crate::hub::{End, Form, Hub, Presence, Queue, SubscriberId, WhenFull, Wish};
use crate::store::KeptCallback;

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
    client: ClientId,
    id: SubscriberId,
    queue: Queue,
    target: Target,
    address: Callback,
    session: Session,
    delivery: Predecessor,
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
        if let Some(known) = self.registered.get(wanted.destination)
            && known.target == target
        {
            known.session.change(wanted.session_url);
            return Ok(None);
        }
        let before = self.registered.remove(wanted.destination);
        let id_before = before.as_ref().map(|before| before.id);
        let before = before.map(Registered::close);
        // The new one first, so that the destination is not gone in between.
        let (registered, change) = self.start(hub, &wanted, target, before);
        if let Some(id) = id_before {
            hub.unsubscribe(wanted.destination, id);
        }
        self.registered
            .insert(wanted.destination.clone(), registered);
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

    /// Each destination with a registration, and its client.
    pub(super) fn registrations(&self) -> Vec<(Destination, ClientId)> {
        let all = self.registered.iter();
        all.map(|(destination, registered)| (destination.clone(), registered.client.clone()))
            .collect()
    }

    /// The registration of a destination, as the store has it.
    pub(super) fn kept(&self, destination: &Destination) -> Option<KeptCallback> {
        let registered = self.registered.get(destination)?;
        Some(KeptCallback {
            address: registered.address.clone(),
            session_url: registered.session.url(),
        })
    }

    fn start(
        &self,
        hub: &mut Hub,
        wanted: &Wanted<'_>,
        target: Target,
        before: Option<Predecessor>,
    ) -> (Registered, Option<Presence>) {
        let queue = Queue::default();
        let wish = Wish {
            style: wanted.style,
            form: Form::Bare,
            when_full: WhenFull::DropWaiting,
        };
        let (id, change) = hub.subscribe(wanted.destination, wish, queue.clone());
        let session = Session::new(wanted.session_url);
        let registration = Registration {
            destination: wanted.destination.clone(),
            id,
            queue: queue.clone(),
            session: session.clone(),
            signing: wanted.signing.clone(),
            bare: self.parts.bare,
            dialect: hub.press().dialect(wanted.style),
            gap: hub.press().gap(wanted.style),
            stream: hub.press().stream().to_owned(),
        };
        let (handover, delivery) = Handover::new(before, queue.clone());
        self.tasks.spawn(Box::pin(callback::deliver(
            registration,
            self.parts.couriers.to(target.clone()),
            self.parts.patience.clone(),
            self.news.clone(),
            handover,
        )));
        let registered = Registered {
            client: wanted.client.clone(),
            id,
            queue,
            target,
            address: wanted.callback.clone(),
            session,
            delivery,
        };
        (registered, change)
    }

    /// Ends a registration; what waits is still delivered.
    pub(super) fn end(&mut self, hub: &mut Hub, destination: &Destination) -> Option<Presence> {
        let registered = self.registered.remove(destination)?;
        let id = registered.id;
        registered.close();
        hub.unsubscribe(destination, id)
    }
}

impl Registered {
    /// Takes nothing more; what waits is still delivered.
    fn close(self) -> Predecessor {
        self.queue.end(End::Drain);
        self.delivery
    }
}
