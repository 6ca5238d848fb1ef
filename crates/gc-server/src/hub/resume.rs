//! Connections that come back: what they have missed, or that it is not known.

use std::time::Instant;

use gc_core::Origin;
use gc_protocol::event::envelope;
use gc_protocol::{Destination, Event};

use super::print::is_about_one_link;
use super::{Form, Hub, Queue, Stream, SubscriberId, Wish};

impl Hub {
    /// Puts into the queue of a connection that is about to subscribe what came after the event it names; how many that
    /// were, or `None` if the event is not of this numbering or not everything since is kept.
    pub(crate) fn replay(
        &mut self,
        now: Instant,
        destination: &Destination,
        last: &str,
        queue: &Queue,
    ) -> Option<usize> {
        let stream = self.destinations.get_mut(destination)?;
        let last = stream.number_of(last)?;
        let window = stream.window.as_mut()?;
        window.expire(now);
        let missing = window.since(last)?;
        let count = missing.len();
        for (number, kept) in missing {
            queue.push_free(self.press.replayed((&stream.name, number), kept));
        }
        Some(count)
    }

    /// Puts into the queue of a connection that is about to subscribe that events are missing, and then how things stand.
    ///
    /// The last of these frames says where the numbering stands: who has read all of them may resume from there.
    pub(crate) fn start_over(
        &self,
        destination: &Destination,
        style: usize,
        events: &[Event],
        queue: &Queue,
    ) {
        let Some(stream) = self.destinations.get(destination) else {
            return;
        };
        let here = (&*stream.name, stream.last);
        let id = |is_last: bool| is_last.then_some(here);
        queue.push_free(self.press.gap_frame(id(events.is_empty())));
        for (index, event) in events.iter().enumerate() {
            let id = id(index + 1 == events.len());
            queue.push_free(self.press.snapshot(style, id, event));
        }
    }

    /// Gives a subscriber how things stand, after what waits in its queue and whatever that holds.
    pub(crate) fn catch_up(&self, destination: &Destination, id: SubscriberId, events: &[Event]) {
        let Some(subscriber) = self.subscriber(destination, id) else {
            return;
        };
        let Wish { style, form, .. } = subscriber.wish;
        let is_for_it = |event: &&Event| form == Form::Enveloped || !is_about_one_link(event);
        for event in events.iter().filter(is_for_it) {
            let frame = self.press.unnumbered(style, form, Origin::Snapshot, event);
            subscriber.queue.push_free(frame);
        }
    }

    /// Name of a destination's numbering.
    pub(crate) fn numbering(&self, destination: &Destination) -> Option<&str> {
        self.destinations
            .get(destination)
            .map(|stream| &*stream.name)
    }

    /// Forgets what is kept for too long.
    pub(crate) fn expire(&mut self, now: Instant) {
        for stream in self.destinations.values_mut() {
            if let Some(window) = &mut stream.window {
                window.expire(now);
            }
        }
    }
}

impl Stream {
    /// The number in an id of this numbering, if it is written as we write it.
    fn number_of(&self, id: &str) -> Option<u64> {
        let (name, number) = id.rsplit_once(':')?;
        let number = number.parse().ok()?;
        let ours = *name == *self.name && envelope::event_id(name, number) == id;
        ours.then_some(number)
    }
}
