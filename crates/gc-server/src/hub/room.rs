//! How much may wait for all clients, and be kept for all who come back; when that is used up, who holds most gives way.

use std::cmp::Reverse;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::Hub;
use super::stream::Subscriber;
use crate::seldom::Seldom;
use crate::telemetry;

/// Bytes that several hold together; clones count into the same sum.
#[derive(Debug, Clone, Default)]
pub(crate) struct Load(Arc<AtomicUsize>);

impl Load {
    pub(super) fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn remove(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// The room for all queues, and as much again for all windows: neither takes from the other.
#[derive(Debug)]
pub(crate) struct Room {
    each: usize,
    pub(super) waiting: Load,
    pub(super) kept: Load,
    forgetting: Seldom,
    cutting: Seldom,
}

impl Room {
    /// For so many bytes in all.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            each: bytes / 2,
            waiting: Load::default(),
            kept: Load::default(),
            forgetting: Seldom::default(),
            cutting: Seldom::default(),
        }
    }

    /// Bytes that wait, and bytes that are kept, with what goes around each event.
    pub(super) fn taken(&self) -> (usize, usize) {
        (self.waiting.bytes(), self.kept.bytes())
    }

    /// What is left when somebody had to give way, so that it does not begin anew with the next event.
    fn enough(&self) -> usize {
        self.each - self.each / 8
    }
}

impl Hub {
    /// Has those who hold most give way, if there is more than room for.
    pub(super) fn make_room(&mut self) {
        let (waiting, kept) = self.room.taken();
        if kept > self.room.each {
            self.forget_most();
        }
        if waiting > self.room.each {
            self.cut_most();
        }
    }

    /// The oldest events of the largest windows go, down to one size for all that are larger.
    fn forget_most(&mut self) {
        let windows = self.destinations.values_mut();
        let mut windows: Vec<_> = windows
            .filter_map(|stream| stream.window.as_mut())
            .collect();
        let sizes = windows.iter().map(|window| window.room()).collect();
        let most = level(sizes, self.room.enough());
        let forgotten = windows.iter_mut().map(|window| window.shrink_to(most));
        let events: usize = forgotten.sum();
        telemetry::kept_events_shed(events);
        if let Some(times) = self.room.forgetting.due(Instant::now()) {
            tracing::warn!(
                events,
                times,
                "more is kept than server.event_bytes has room for; the oldest events of those with most are forgotten"
            );
        }
    }

    /// Those who are furthest behind are cut off, or lose what waits.
    fn cut_most(&mut self) {
        let streams = self.destinations.values();
        let subscribers = streams.flat_map(|stream| &stream.subscribers);
        let mut behind: Vec<(usize, &Subscriber)> = subscribers
            .map(|subscriber| (subscriber.queue.room(), subscriber))
            .collect();
        behind.sort_unstable_by_key(|(bytes, _)| Reverse(*bytes));
        let mut clients = 0;
        for (_, subscriber) in behind {
            if self.room.waiting.bytes() <= self.room.enough() {
                break;
            }
            subscriber.give_way();
            clients += 1;
        }
        telemetry::queues_shed(clients);
        if let Some(times) = self.room.cutting.due(Instant::now()) {
            tracing::warn!(
                clients,
                times,
                "more waits than server.event_bytes has room for; those who are furthest behind lose it"
            );
        }
    }
}

/// The largest size at which all fit when none is larger.
fn level(mut sizes: Vec<usize>, room: usize) -> usize {
    sizes.sort_unstable();
    let mut left = room;
    let mut others = sizes.len();
    for size in sizes {
        let share = left / others;
        if size > share {
            return share;
        }
        left -= size;
        others -= 1;
    }
    usize::MAX
}

#[cfg(test)]
#[path = "room_tests.rs"]
mod tests;
