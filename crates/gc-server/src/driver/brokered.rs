//! Destinations reached by the broker, and the commands that come from its queues.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gc_core::ClientId;
use gc_protocol::command::CommandError;
use gc_protocol::{Command, Destination};
use stomp_client::{Client, Status};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::broker::{Names, Route, deliver};
use crate::clients::QUEUES;
use crate::hub::{End, Form, Hub, Presence, Queue, Refusal, SubscriberId, WhenFull, Wish};

use super::commands::Delivered;
use super::happening::{BrokerLine, BrokerState};
use super::submit::{Origin, agent_of, named, refused, wrong};
use super::tasks::Tasks;
use super::{Driver, Waiter};

/// What the driver needs of the broker transport.
#[derive(Clone)]
pub(crate) struct BrokerParts {
    pub(crate) client: Client,
    pub(crate) labels: Vec<String>,
    pub(crate) names: Arc<Names>,
    pub(crate) persistent: bool,
    pub(crate) give_up_after: Duration,
    pub(crate) couriers: TaskTracker,
    pub(crate) stop: CancellationToken,
}

/// Destinations that are topics.
pub(super) struct Brokered {
    parts: Option<BrokerParts>,
    tasks: Tasks,
    up: bool,
    registered: BTreeMap<Destination, Registered>,
}

struct Registered {
    id: SubscriberId,
    queue: Queue,
}

impl Brokered {
    pub(super) fn new(parts: Option<BrokerParts>, tasks: Tasks) -> Self {
        Self {
            parts,
            tasks,
            up: false,
            registered: BTreeMap::new(),
        }
    }

    /// How the broker stands, for readiness.
    pub(super) fn line(&self) -> Option<BrokerLine> {
        let parts = self.parts.as_ref()?;
        let status = parts.client.status();
        let line = match &*status.borrow() {
            Status::Up { broker, .. } => BrokerLine {
                connected: true,
                broker: parts.labels.get(*broker).cloned().unwrap_or_default(),
                reason: String::new(),
            },
            Status::Down { reason, .. } => BrokerLine {
                reason: reason.clone(),
                ..BrokerLine::default()
            },
        };
        Some(line)
    }

    /// Forgets the destinations that nobody needs; those that nobody listens to now.
    pub(super) fn forget(
        &mut self,
        hub: &mut Hub,
        needed: impl Fn(&Destination) -> bool,
    ) -> Vec<Destination> {
        let mut gone = Vec::new();
        self.registered.retain(|destination, registered| {
            let kept = needed(destination);
            if !kept {
                registered.queue.end(End::Drain);
                if hub.unsubscribe(destination, registered.id) == Some(Presence::Gone) {
                    gone.push(destination.clone());
                }
            }
            kept
        });
        gone
    }

    /// Whether a destination's events go to its topic.
    pub(super) fn has(&self, destination: &Destination) -> bool {
        self.registered.contains_key(destination)
    }

    /// Whether a client may have a destination, as far as it is for the broker's rules to say.
    pub(super) fn allows(&self, client: &ClientId, destination: &Destination) -> bool {
        let allows = |parts: &BrokerParts| parts.names.allows(destination.as_str());
        !client.as_str().starts_with(QUEUES) || self.parts.as_ref().is_some_and(allows)
    }

    /// Sends a claimed destination's events to its topic from now on.
    pub(super) fn register(
        &mut self,
        hub: &mut Hub,
        destination: &Destination,
        style: usize,
    ) -> Option<Presence> {
        let parts = self.parts.as_ref()?;
        if self.registered.contains_key(destination) {
            return None;
        }
        let queue = Queue::default();
        let wish = Wish {
            style,
            form: Form::Bare,
            when_full: WhenFull::DropWaiting,
        };
        let (id, change) = hub.subscribe(destination, wish, queue.clone());
        let route = Route {
            destination: destination.clone(),
            queue: queue.clone(),
            gap: hub.press().gap(style),
            client: parts.client.clone(),
            persistent: parts.persistent,
            give_up_after: parts.give_up_after,
            stop: parts.stop.clone(),
        };
        let delivery = deliver(route);
        self.tasks.spawn(parts.couriers.track_future(delivery));
        let registered = Registered { id, queue };
        self.registered.insert(destination.clone(), registered);
        if self.up {
            return change;
        }
        // The connection went while the command was on its way here.
        hub.set_reachable(destination, id, false);
        None
    }
}

impl Driver {
    pub(super) fn submit_brokered(
        &mut self,
        read: Result<Command, CommandError>,
        client: ClientId,
        delivered: Delivered,
        taken: oneshot::Sender<()>,
    ) {
        if self.stopping && delivered != Delivered::Forgotten {
            // Not taken: the broker has it for another gateway.
            return;
        }
        let named = read.as_ref().ok().and_then(named).cloned();
        let agent = read
            .as_ref()
            .map_or_else(|error| error.agent_id.as_ref(), agent_of);
        let destination = named
            .clone()
            .or_else(|| self.agents_destination(agent?, |owner| *owner == client));
        let origin = Origin {
            client,
            destination,
            from: None,
            waiter: Waiter::Nobody,
        };
        match read.and_then(|command| self.bind_topic(&origin.client, named, command)) {
            Ok(command) => match delivered {
                Delivered::Kept | Delivered::Forgotten => self.run_command(origin, command),
                Delivered::InDoubt(reason) => self.leave_in_doubt(origin, command, reason),
            },
            Err(error) => {
                let client = origin.client.as_str();
                tracing::warn!(client, reason = error.message, "a command was refused");
                self.refuse(origin, error);
            }
        }
        // Whoever waits for it may have ended.
        let _ = taken.send(());
    }

    /// The destination that a command names becomes the queue's, and its events go to the topic of that name.
    fn bind_topic(
        &mut self,
        client: &ClientId,
        named: Option<Destination>,
        command: Command,
    ) -> Result<Command, CommandError> {
        let Some(destination) = named else {
            return Ok(command);
        };
        let allowed = self
            .brokered
            .parts
            .as_ref()
            .is_some_and(|parts| parts.names.allows(destination.as_str()));
        if !allowed {
            let message = "this destination is not allowed; see broker.destination_signs";
            return Err(wrong(&command, message));
        }
        self.claim_named(&destination, client)
            .map_err(|refusal: Refusal| refused(&command, refusal))?;
        let style = self.clients.style(client);
        let change = self.brokered.register(&mut self.hub, &destination, style);
        // The destination is up before its command is heard.
        self.presence_changed(&destination, change);
        self.settle();
        self.keep_destination(&destination);
        Ok(command)
    }

    pub(super) fn broker_changed(&mut self, state: BrokerState) {
        tracing::info!(?state, "broker");
        self.brokered.up = state == BrokerState::Up;
        let up = self.brokered.up;
        let registered: Vec<(Destination, SubscriberId)> = self
            .brokered
            .registered
            .iter()
            .map(|(destination, registered)| (destination.clone(), registered.id))
            .collect();
        for (destination, id) in registered {
            let change = self.hub.set_reachable(&destination, id, up);
            self.presence_changed(&destination, change);
        }
    }
}
