//! One destination: its numbering, who listens, and what becomes of who does not keep up.

use std::time::Instant;

use gc_core::{ClientId, Origin};
use gc_protocol::{Destination, Event};

use super::print::Sheet;
use super::window::Window;
use super::{End, Frame, Press, Queue, SubscriberId, WhenFull, Wish};
use crate::telemetry;

/// Whether a destination can be reached, when that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Somebody listens now.
    Up,
    /// Nobody listens any more.
    Gone,
}

/// A destination that is known.
#[derive(Debug)]
pub(super) struct Stream {
    // No other destination's, and no earlier one's of this destination: ids of those are known to be foreign.
    pub(super) name: Box<str>,
    pub(super) owner: ClientId,
    pub(super) last: u64,
    // From the first connection on that sees the numbers.
    pub(super) window: Option<Box<Window>>,
    pub(super) subscribers: Vec<Subscriber>,
}

/// One of those who listen.
#[derive(Debug)]
pub(super) struct Subscriber {
    pub(super) id: SubscriberId,
    pub(super) wish: Wish,
    pub(super) queue: Queue,
    pub(super) reachable: bool,
}

impl Stream {
    pub(super) fn reachable(&self) -> bool {
        self.subscribers
            .iter()
            .any(|subscriber| subscriber.reachable)
    }

    pub(super) fn publish(&mut self, press: &Press, now: Instant, origin: Origin, event: &Event) {
        self.last += 1;
        let mut sheet = Sheet::new(press, (&self.name, self.last), origin, event);
        self.subscribers.retain(|subscriber| {
            let Some(frame) = sheet.frame(subscriber.wish.style, subscriber.wish.form) else {
                return true;
            };
            match subscriber.queue.push(frame.clone()) {
                Ok(()) => true,
                Err(_) => subscriber.overflow_with(frame),
            }
        });
        match &mut self.window {
            Some(window) => window.keep(sheet.kept(window.style(), now)),
            None if self.subscribers.is_empty() => telemetry::event_dropped(),
            None => {}
        }
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

    /// What waits for it goes, for the sake of all.
    pub(super) fn give_way(&self) {
        match self.wish.when_full {
            WhenFull::Cut => {
                telemetry::slow_consumer();
                self.queue.end(End::TooSlow);
            }
            // Its reader counts what is lost, and marks it.
            WhenFull::DropWaiting => drop(self.queue.clear()),
        }
    }

    pub(super) fn overflow(&self, destination: &Destination) {
        tracing::warn!(%destination, "a subscriber does not read; it is cut off");
        telemetry::slow_consumer();
        self.queue.end(End::TooSlow);
    }
}

pub(super) fn presence(before: bool, after: bool) -> Option<Presence> {
    match (before, after) {
        (false, true) => Some(Presence::Up),
        (true, false) => Some(Presence::Gone),
        (false, false) | (true, true) => None,
    }
}
