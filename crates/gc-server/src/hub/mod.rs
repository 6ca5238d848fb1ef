//! Events on their way out: destinations, their numbering, and who listens to them.

mod print;
mod queue;

pub(crate) use print::{Form, Press};
pub(crate) use queue::{End, Frame, Queue};

use std::collections::BTreeMap;

use gc_core::{ClientId, Origin};
use gc_protocol::event::CommandResult;
use gc_protocol::{Destination, Event};
use print::Sheet;

use crate::telemetry;

/// Number of a subscriber, never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SubscriberId(u64);

/// What happens to a subscriber whose queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenFull {
    /// It is cut off and told why.
    Cut,
    /// What waits is dropped; it goes on with the newest.
    DropWaiting,
}

/// How a subscriber wants its events.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// Number of its style.
    pub(crate) style: usize,
    /// Bare or enveloped.
    pub(crate) form: Form,
    /// What its queue does when full.
    pub(crate) when_full: WhenFull,
}

/// Whether a destination can be reached, when that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Somebody listens now.
    Up,
    /// Nobody listens any more.
    Gone,
}

/// Why a destination cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this destination belongs to another client")]
    Foreign,
    #[error("this client may not have this destination")]
    Forbidden,
    #[error("there are too many destinations")]
    Full,
    #[error("a destination is 1 to 128 letters, digits, `.`, `_`, `-` or `:`")]
    Name,
}

/// All destinations.
#[derive(Debug)]
pub(crate) struct Hub {
    press: Press,
    limit: usize,
    destinations: BTreeMap<Destination, Stream>,
    next_subscriber: u64,
    // Numbers below this one were used by destinations since forgotten.
    floor: u64,
}

#[derive(Debug)]
struct Stream {
    owner: ClientId,
    last: u64,
    subscribers: Vec<Subscriber>,
}

#[derive(Debug)]
struct Subscriber {
    id: SubscriberId,
    wish: Wish,
    queue: Queue,
    reachable: bool,
}

impl Hub {
    /// Knows at most `limit` destinations at once.
    pub(crate) fn new(press: Press, limit: usize) -> Self {
        Self {
            press,
            limit,
            destinations: BTreeMap::new(),
            next_subscriber: 0,
            floor: 0,
        }
    }

    /// Makes a destination a client's own; it stays so as long as the destination is known.
    pub(crate) fn claim(
        &mut self,
        destination: &Destination,
        client: &ClientId,
    ) -> Result<(), Refusal> {
        if let Some(stream) = self.destinations.get(destination) {
            let own = stream.owner == *client;
            return own.then_some(()).ok_or(Refusal::Foreign);
        }
        if self.destinations.len() >= self.limit {
            return Err(Refusal::Full);
        }
        let stream = Stream {
            owner: client.clone(),
            last: self.floor,
            subscribers: Vec::new(),
        };
        self.destinations.insert(destination.clone(), stream);
        Ok(())
    }

    /// Whether a destination is a client's own.
    pub(crate) fn is_owned(&self, destination: &Destination, client: &ClientId) -> bool {
        self.destinations
            .get(destination)
            .is_some_and(|stream| stream.owner == *client)
    }

    /// Whether there is no room for one more destination.
    pub(crate) fn is_full(&self) -> bool {
        self.destinations.len() >= self.limit
    }

    /// Forgets destinations without subscribers that nobody else needs; their numbers are not used again.
    pub(crate) fn sweep(&mut self, needed: impl Fn(&Destination) -> bool) {
        let mut floor = self.floor;
        self.destinations.retain(|destination, stream| {
            let kept = !stream.subscribers.is_empty() || needed(destination);
            if !kept {
                floor = floor.max(stream.last);
            }
            kept
        });
        self.floor = floor;
    }

    /// Adds a subscriber to a claimed destination.
    pub(crate) fn subscribe(
        &mut self,
        destination: &Destination,
        wish: Wish,
        queue: Queue,
    ) -> (SubscriberId, Option<Presence>) {
        let id = SubscriberId(self.next_subscriber);
        self.next_subscriber += 1;
        let change = self.change(destination, |stream| {
            stream.subscribers.push(Subscriber {
                id,
                wish,
                queue,
                reachable: true,
            });
        });
        (id, change)
    }

    /// Removes a subscriber.
    pub(crate) fn unsubscribe(
        &mut self,
        destination: &Destination,
        id: SubscriberId,
    ) -> Option<Presence> {
        self.change(destination, |stream| {
            stream.subscribers.retain(|subscriber| subscriber.id != id);
        })
    }

    /// Notes whether what is sent to a subscriber arrives.
    pub(crate) fn set_reachable(
        &mut self,
        destination: &Destination,
        id: SubscriberId,
        reachable: bool,
    ) -> Option<Presence> {
        self.change(destination, |stream| {
            for subscriber in &mut stream.subscribers {
                if subscriber.id == id {
                    subscriber.reachable = reachable;
                }
            }
        })
    }

    /// Numbers an event and gives it to everybody who listens, rendering each form once.
    pub(crate) fn publish(
        &mut self,
        destination: &Destination,
        origin: Origin,
        event: &Event,
    ) -> Option<Presence> {
        telemetry::event(event.type_name());
        let press = &self.press;
        self.destinations.get_mut(destination).map_or_else(
            || {
                telemetry::event_dropped();
                None
            },
            |stream| {
                stream.last += 1;
                let before = stream.reachable();
                stream.deliver(&mut Sheet::new(press, stream.last, origin, event));
                presence(before, stream.reachable())
            },
        )
    }

    /// Gives an event to one subscriber only, without a number.
    pub(crate) fn tell(&self, destination: &Destination, id: SubscriberId, event: &Event) {
        self.push_to(destination, id, |wish| {
            self.press.unnumbered(wish.style, wish.form, event)
        });
    }

    /// Gives the result of a command to the connection that sent it.
    pub(crate) fn result(
        &self,
        destination: &Destination,
        id: SubscriberId,
        result: &CommandResult,
    ) {
        self.push_to(destination, id, |wish| {
            self.press.result(wish.style, result)
        });
    }

    /// Lets every queue run empty and end.
    pub(crate) fn drain(&mut self) {
        for subscriber in self
            .destinations
            .values()
            .flat_map(|stream| &stream.subscribers)
        {
            subscriber.queue.end(End::Drain);
        }
    }

    /// Destinations known, subscribers, frames that wait.
    pub(crate) fn figures(&self) -> Figures {
        let mut figures = Figures {
            destinations: self.destinations.len(),
            ..Figures::default()
        };
        for subscriber in self
            .destinations
            .values()
            .flat_map(|stream| &stream.subscribers)
        {
            figures.subscribers += 1;
            figures.waiting += subscriber.queue.len();
        }
        figures
    }

    /// The printers.
    pub(crate) fn press(&self) -> &Press {
        &self.press
    }

    fn push_to(
        &self,
        destination: &Destination,
        id: SubscriberId,
        frame: impl FnOnce(&Wish) -> Frame,
    ) {
        let subscriber = self.destinations.get(destination).and_then(|stream| {
            stream
                .subscribers
                .iter()
                .find(|subscriber| subscriber.id == id)
        });
        if let Some(subscriber) = subscriber
            && subscriber.queue.push(frame(&subscriber.wish)).is_err()
        {
            subscriber.overflow(destination);
        }
    }

    fn change(
        &mut self,
        destination: &Destination,
        act: impl FnOnce(&mut Stream),
    ) -> Option<Presence> {
        let stream = self.destinations.get_mut(destination)?;
        let before = stream.reachable();
        act(stream);
        presence(before, stream.reachable())
    }
}

/// Figures of the hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) destinations: usize,
    pub(crate) subscribers: usize,
    pub(crate) waiting: usize,
}

impl Stream {
    fn reachable(&self) -> bool {
        self.subscribers
            .iter()
            .any(|subscriber| subscriber.reachable)
    }

    fn deliver(&mut self, sheet: &mut Sheet<'_>) {
        if self.subscribers.is_empty() {
            telemetry::event_dropped();
        }
        self.subscribers.retain(|subscriber| {
            let Some(frame) = sheet.frame(subscriber.wish.style, subscriber.wish.form) else {
                return true;
            };
            match subscriber.queue.push(frame.clone()) {
                Ok(()) => true,
                Err(_) => subscriber.overflow_with(frame),
            }
        });
    }
}

impl Subscriber {
    /// Makes room or ends; whether the subscriber stays.
    fn overflow_with(&self, frame: Frame) -> bool {
        match self.wish.when_full {
            WhenFull::Cut => {
                telemetry::slow_consumer();
                self.queue.end(End::TooSlow);
                false
            }
            WhenFull::DropWaiting => {
                // Its reader counts what is lost, and marks it.
                self.queue.clear();
                // An empty queue takes any frame that was ever rendered, or the frame alone is too large.
                self.queue.push(frame).is_ok()
            }
        }
    }

    fn overflow(&self, destination: &Destination) {
        tracing::warn!(%destination, "a subscriber does not read; it is cut off");
        telemetry::slow_consumer();
        self.queue.end(End::TooSlow);
    }
}

fn presence(before: bool, after: bool) -> Option<Presence> {
    match (before, after) {
        (false, true) => Some(Presence::Up),
        (true, false) => Some(Presence::Gone),
        (false, false) | (true, true) => None,
    }
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
