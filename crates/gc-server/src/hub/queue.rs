//! The bounded queue of one subscriber: the hub pushes and never waits, the subscriber pops.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use gc_protocol::AgentId;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::CancellationToken;

use super::room::Load;

/// Most frames in a queue.
pub(crate) const MAX_FRAMES: usize = 1_000;
/// Most bytes in a queue.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// One rendered event, or the result of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its text.
    pub(crate) text: Utf8Bytes,
    /// Type of the event.
    pub(crate) kind: &'static str,
    /// Its number on the destination; results have none.
    pub(crate) seq: Option<u64>,
    /// The agent it speaks of.
    pub(crate) agent: Option<AgentId>,
}

/// Why a queue takes nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// What is in it is still to be delivered.
    Drain,
    /// The subscriber was too slow.
    TooSlow,
}

/// The queue holds as much as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// A subscriber's queue; clones are the same queue.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
    cut: CancellationToken,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Waiting>,
    // Of those that count.
    count: usize,
    bytes: usize,
    // Of memory, with those that do not count.
    room: usize,
    // Of all queues, once it is one of them.
    load: Option<Load>,
    // Thrown away since the last frame was taken out.
    lost: usize,
    end: Option<End>,
}

#[derive(Debug)]
struct Waiting {
    frame: Frame,
    weight: Weight,
}

/// Whether a frame counts towards the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Full,
    /// It was asked for, so nobody is slow who has not read it yet.
    Free,
}

impl Queue {
    /// Adds a frame, unless the queue is full; an ended one takes nothing and says nothing.
    pub(crate) fn push(&self, frame: Frame) -> Result<(), Full> {
        let mut state = self.state();
        if state.end.is_some() {
            return Ok(());
        }
        let bytes = state.bytes + frame.text.len();
        // Who has read everything is not slow, however large a list is.
        let full = state.count >= MAX_FRAMES || bytes > MAX_BYTES;
        if full && state.count > 0 {
            return Err(Full);
        }
        state.add(frame, Weight::Full);
        drop(state);
        self.0.changed.notify_one();
        Ok(())
    }

    /// Adds a frame outside the bound; what is added so must be bounded itself.
    pub(crate) fn push_free(&self, frame: Frame) {
        let mut state = self.state();
        if state.end.is_none() {
            state.add(frame, Weight::Free);
            drop(state);
            self.0.changed.notify_one();
        }
    }

    /// The next frame, or why there will be none; one reader at a time.
    pub(crate) async fn pop(&self) -> Result<Frame, End> {
        self.pop_counting().await.0
    }

    /// As [`Queue::pop`], with how many frames before it were thrown away.
    pub(crate) async fn pop_counting(&self) -> (Result<Frame, End>, usize) {
        loop {
            let changed = self.0.changed.notified();
            if let Some(next) = self.try_pop() {
                return next;
            }
            changed.await;
        }
    }

    /// Takes nothing more; `TooSlow` throws away what is in it.
    pub(crate) fn end(&self, end: End) {
        let mut state = self.state();
        if state.end.is_none() {
            state.end = Some(end);
        }
        if end == End::TooSlow {
            state.empty();
            self.0.cut.cancel();
        }
        drop(state);
        self.0.changed.notify_one();
    }

    /// Throws away what is in it and says how much that was; its reader is told too.
    pub(crate) fn clear(&self) -> usize {
        let mut state = self.state();
        let lost = state.empty();
        state.lost += lost;
        lost
    }

    /// Its reader wants nothing of what is in it: how many that were, with those thrown away before.
    pub(crate) fn discard(&self) -> usize {
        self.clear();
        std::mem::take(&mut self.state().lost)
    }

    /// Resolves when the subscriber is to be cut off in the middle of whatever it does.
    pub(crate) async fn cut(&self) {
        self.0.cut.cancelled().await;
    }

    /// Frames waiting.
    pub(crate) fn len(&self) -> usize {
        self.state().frames.len()
    }

    /// Whether it was ended so.
    #[cfg(test)]
    pub(super) fn has_ended(&self, end: End) -> bool {
        self.state().end == Some(end)
    }

    /// Bytes of memory that what waits takes.
    pub(super) fn room(&self) -> usize {
        self.state().room
    }

    /// Counts what is in it, and what comes, into a sum.
    pub(super) fn count_into(&self, load: &Load) {
        let mut state = self.state();
        if state.load.is_none() {
            load.add(state.room);
            state.load = Some(load.clone());
        }
    }

    fn try_pop(&self) -> Option<(Result<Frame, End>, usize)> {
        let mut state = self.state();
        let next = match state.take() {
            Some(frame) => Ok(frame),
            None => Err(state.end?),
        };
        Some((next, std::mem::take(&mut state.lost)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held; if it did, the queue would still be whole.
        self.0.state.lock().unwrap_or_else(|held| held.into_inner())
    }
}

impl State {
    fn add(&mut self, frame: Frame, weight: Weight) {
        if weight == Weight::Full {
            self.count += 1;
            self.bytes += frame.text.len();
        }
        let waiting = Waiting { frame, weight };
        self.room += waiting.room();
        if let Some(load) = &self.load {
            load.add(waiting.room());
        }
        self.frames.push_back(waiting);
    }

    fn take(&mut self) -> Option<Frame> {
        let waiting = self.frames.pop_front()?;
        self.give_back(waiting.room());
        let Waiting { frame, weight } = waiting;
        if weight == Weight::Full {
            self.count -= 1;
            self.bytes -= frame.text.len();
        }
        Some(frame)
    }

    fn give_back(&mut self, room: usize) {
        self.room -= room;
        if let Some(load) = &self.load {
            load.remove(room);
        }
    }

    fn empty(&mut self) -> usize {
        self.count = 0;
        self.bytes = 0;
        self.give_back(self.room);
        std::mem::take(&mut self.frames).len()
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.give_back(self.room);
    }
}

impl Waiting {
    fn room(&self) -> usize {
        size_of::<Self>() + self.frame.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Frame {
        Frame {
            kind: "State",
            text: text.into(),
            seq: None,
            agent: None,
        }
    }

    #[tokio::test]
    async fn frames_come_out_in_order_and_then_the_end() {
        let queue = Queue::default();
        queue.push(frame("one")).unwrap();
        queue.push(frame("two")).unwrap();
        queue.end(End::Drain);
        queue.push(frame("late")).unwrap();
        assert_eq!(queue.pop().await, Ok(frame("one")));
        assert_eq!(queue.pop().await, Ok(frame("two")));
        assert_eq!(queue.pop().await, Err(End::Drain));
    }

    #[tokio::test]
    async fn a_list_larger_than_the_bound_reaches_who_has_read_everything_else() {
        let queue = Queue::default();
        let list = frame(&"x".repeat(MAX_BYTES + 1));
        assert_eq!(queue.push(list.clone()), Ok(()));
        assert_eq!(queue.push(frame("one")), Err(Full));
        assert_eq!(queue.pop().await, Ok(list));
        assert_eq!(queue.push(frame("one")), Ok(()));
    }

    #[tokio::test]
    async fn a_waiting_reader_is_woken() {
        let queue = Queue::default();
        let reader = tokio::spawn({
            let queue = queue.clone();
            async move { queue.pop().await }
        });
        tokio::task::yield_now().await;
        queue.push(frame("one")).unwrap();
        assert_eq!(reader.await.unwrap(), Ok(frame("one")));
    }

    #[tokio::test]
    async fn the_thousand_and_first_frame_finds_no_room() {
        let queue = Queue::default();
        for _ in 0..MAX_FRAMES {
            queue.push(frame("x")).unwrap();
        }
        assert_eq!(queue.push(frame("x")), Err(Full));
        queue.end(End::TooSlow);
        assert_eq!(queue.pop().await, Err(End::TooSlow));
        queue.cut().await;
    }

    #[test]
    fn four_mebibytes_fill_the_queue() {
        let queue = Queue::default();
        let large = "x".repeat(MAX_BYTES / 4);
        for _ in 0..4 {
            queue.push(frame(&large)).unwrap();
        }
        assert_eq!(queue.push(frame("x")), Err(Full));
        assert_eq!(queue.clear(), 4);
        queue.push(frame("x")).unwrap();
    }

    #[tokio::test]
    async fn what_was_read_makes_room() {
        let queue = Queue::default();
        for _ in 0..3 * MAX_FRAMES {
            queue.push(frame("x")).unwrap();
            queue.pop().await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_was_asked_for_takes_nobodys_place_and_keeps_its_own() {
        let queue = Queue::default();
        for _ in 0..2 * MAX_FRAMES {
            queue.push_free(frame("asked for"));
        }
        for _ in 0..MAX_FRAMES {
            queue.push(frame("x")).unwrap();
        }
        assert_eq!(queue.push(frame("x")), Err(Full));
        for _ in 0..2 * MAX_FRAMES {
            assert_eq!(queue.pop().await, Ok(frame("asked for")));
        }
        assert_eq!(queue.push(frame("x")), Err(Full));
        assert_eq!(queue.pop().await, Ok(frame("x")));
        assert_eq!(queue.push(frame("x")), Ok(()));
        assert_eq!(queue.clear(), MAX_FRAMES);
        assert_eq!(queue.len(), 0);
    }
}
