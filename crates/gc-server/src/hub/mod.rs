//! Events on their way out: destinations, their numbering, and who listens to them.

mod print;
mod queue;
mod resume;
mod room;
mod stream;
mod window;

pub(crate) use print::{Form, GAP, Press};
pub(crate) use queue::{End, Frame, MAX_BYTES, MAX_FRAMES, Queue};
pub(crate) use room::Room;
pub(crate) use stream::Presence;
pub(crate) use window::Bounds;

use std::collections::BTreeMap;
use std::time::Instant;

use gc_core::{ClientId, Origin};
use gc_protocol::event::CommandResult;
use gc_protocol::{Destination, Event};
use stream::{Stream, Subscriber, presence};
use window::Window;

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
    bounds: Bounds,
    room: Room,
    destinations: BTreeMap<Destination, Stream>,
    next_subscriber: u64,
    next_stream: u64,
    // Numbers below this one were used by destinations since forgotten.
    floor: u64,
}

impl Hub {
    /// Knows at most `limit` destinations at once, keeps so much of each, and has that room for all.
    pub(crate) fn new(press: Press, limit: usize, bounds: Bounds, room: Room) -> Self {
        Self {
            press,
            limit,
            bounds,
            room,
            destinations: BTreeMap::new(),
            next_subscriber: 0,
            next_stream: 1,
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
            name: format!("{}.{}", self.press.stream(), self.next_stream).into(),
            owner: client.clone(),
            last: self.floor,
            window: None,
            subscribers: Vec::new(),
        };
        self.next_stream += 1;
        self.destinations.insert(destination.clone(), stream);
        Ok(())
    }

    /// Whether a destination is a client's own.
    pub(crate) fn is_owned(&self, destination: &Destination, client: &ClientId) -> bool {
        self.owner(destination) == Some(client)
    }

    /// Whose a destination is.
    pub(crate) fn owner(&self, destination: &Destination) -> Option<&ClientId> {
        let stream = self.destinations.get(destination)?;
        Some(&stream.owner)
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

    /// Adds a subscriber to a claimed destination; what is in its queue counts from now on.
    pub(crate) fn subscribe(
        &mut self,
        destination: &Destination,
        wish: Wish,
        queue: Queue,
    ) -> (SubscriberId, Option<Presence>) {
        let id = SubscriberId(self.next_subscriber);
        self.next_subscriber += 1;
        queue.count_into(&self.room.waiting);
        let (bounds, kept) = (self.bounds, self.room.kept.clone());
        let change = self.change(destination, |stream| {
            if wish.form == Form::Enveloped && stream.window.is_none() {
                let window = Window::after(stream.last, wish.style, bounds, kept);
                stream.window = Some(Box::new(window));
            }
            stream.subscribers.push(Subscriber {
                id,
                wish,
                queue,
                reachable: true,
            });
        });
        self.make_room();
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
        now: Instant,
        destination: &Destination,
        origin: Origin,
        event: &Event,
    ) -> Option<Presence> {
        telemetry::event(event.type_name());
        let Some(stream) = self.destinations.get_mut(destination) else {
            telemetry::event_dropped();
            return None;
        };
        let before = stream.reachable();
        stream.publish(&self.press, now, origin, event);
        let change = presence(before, stream.reachable());
        self.make_room();
        change
    }

    /// Gives an event to one subscriber only, without a number.
    pub(crate) fn tell(&self, destination: &Destination, id: SubscriberId, event: &Event) {
        self.push_to(destination, id, |wish| {
            self.press
                .unnumbered(wish.style, wish.form, Origin::Live, event)
        });
    }

    /// Tells everybody who listens without numbers that events are missing.
    pub(crate) fn mark_gap(&self, destination: &Destination) {
        let stream = self.destinations.get(destination);
        for subscriber in stream.iter().flat_map(|stream| &stream.subscribers) {
            let frame = self.press.bare_gap(subscriber.wish.style);
            subscriber.queue.push_free(frame);
        }
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

    /// Destinations known, subscribers, frames that wait, events that are kept.
    pub(crate) fn figures(&self) -> Figures {
        let (waiting_room, kept_room) = self.room.taken();
        let mut figures = Figures {
            destinations: self.destinations.len(),
            waiting_room,
            kept_room,
            ..Figures::default()
        };
        for stream in self.destinations.values() {
            let kept = stream.window.as_ref().map(|window| window.size());
            let (events, bytes) = kept.unwrap_or_default();
            figures.kept += events;
            figures.kept_bytes += bytes;
            figures.subscribers += stream.subscribers.len();
            let queues = stream.subscribers.iter().map(|one| one.queue.len());
            figures.waiting += queues.sum::<usize>();
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
        if let Some(subscriber) = self.subscriber(destination, id)
            && subscriber.queue.push(frame(&subscriber.wish)).is_err()
        {
            subscriber.overflow(destination);
        }
    }

    fn subscriber(&self, destination: &Destination, id: SubscriberId) -> Option<&Subscriber> {
        let stream = self.destinations.get(destination)?;
        stream.subscribers.iter().find(|one| one.id == id)
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
    pub(crate) kept: usize,
    pub(crate) kept_bytes: usize,
    /// Bytes of memory, with what goes around each event.
    pub(crate) waiting_room: usize,
    pub(crate) kept_room: usize,
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;

#[cfg(test)]
mod resume_tests;
