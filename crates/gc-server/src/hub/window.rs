//! The last events of a destination, kept for connections that come back.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use gc_protocol::AgentId;
use jiff::Timestamp;

use super::room::Load;

/// How much is kept for each destination; whichever bound is reached first counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Events.
    pub(crate) events: usize,
    /// Bytes of JSON.
    pub(crate) bytes: usize,
    /// How long one is kept.
    pub(crate) age: Duration,
}

/// One event as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) at: Instant,
    /// When it was told, for people.
    pub(super) time: Timestamp,
    /// Type of the event.
    pub(super) kind: &'static str,
    /// The agent it speaks of.
    pub(super) agent: Option<AgentId>,
    /// The event, without what goes around it.
    pub(super) json: Box<str>,
}

impl Kept {
    /// Bytes of memory that it takes.
    fn room(&self) -> usize {
        size_of::<Self>() + self.json.len()
    }
}

/// The last events of one destination, without a hole.
#[derive(Debug)]
pub(super) struct Window {
    // All connections of a destination are one client's, and see its style.
    style: usize,
    bounds: Bounds,
    // Number of the event before the first one kept.
    before: u64,
    bytes: usize,
    events: VecDeque<Kept>,
    // Of all windows.
    load: Load,
}

impl Window {
    /// Begins after the event of that number.
    pub(super) fn after(last: u64, style: usize, bounds: Bounds, load: Load) -> Self {
        Self {
            style,
            bounds,
            before: last,
            bytes: 0,
            events: VecDeque::new(),
            load,
        }
    }

    /// Number of the style that its events are printed in.
    pub(super) fn style(&self) -> usize {
        self.style
    }

    /// Keeps the next event, in place of the oldest ones if there are too many.
    pub(super) fn keep(&mut self, event: Kept) {
        self.expire(event.at);
        self.bytes += event.json.len();
        self.load.add(event.room());
        self.events.push_back(event);
        while self.events.len() > self.bounds.events || self.bytes > self.bounds.bytes {
            self.forget_oldest();
        }
    }

    /// Forgets what is too old; an empty window takes no room.
    pub(super) fn expire(&mut self, now: Instant) {
        let age = self.bounds.age;
        let is_old = |event: &Kept| now.saturating_duration_since(event.at) > age;
        while self.events.front().is_some_and(is_old) {
            self.forget_oldest();
        }
        if self.events.is_empty() {
            self.events = VecDeque::new();
        }
    }

    /// The events after a number, with their numbers, unless some of them are kept no longer or the number was never given.
    pub(super) fn since(&self, last: u64) -> Option<impl ExactSizeIterator<Item = (u64, &Kept)>> {
        let known = usize::try_from(last.checked_sub(self.before)?).ok()?;
        if known > self.events.len() {
            return None;
        }
        let missing = self.events.range(known..).enumerate();
        Some(missing.map(move |(index, event)| (last + 1 + index as u64, event)))
    }

    /// Events and bytes kept.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.events.len(), self.bytes)
    }

    /// Bytes of memory that its events take.
    pub(super) fn room(&self) -> usize {
        self.events.iter().map(Kept::room).sum()
    }

    /// Forgets the oldest events until the others take no more than this; how many those were.
    pub(super) fn shrink_to(&mut self, most: usize) -> usize {
        let before = self.events.len();
        let mut room = self.room();
        while room > most
            && let Some(oldest) = self.events.front()
        {
            room -= oldest.room();
            self.forget_oldest();
        }
        let forgotten = before - self.events.len();
        if forgotten > 0 {
            self.events.shrink_to_fit();
        }
        forgotten
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.events.pop_front() {
            self.bytes -= oldest.json.len();
            self.load.remove(oldest.room());
            self.before += 1;
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.load.remove(self.room());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        events: 3,
        bytes: 20,
        age: Duration::from_secs(60),
    };

    struct Bench {
        start: Instant,
        window: Window,
    }

    impl Bench {
        fn after(last: u64) -> Self {
            Self {
                start: Instant::now(),
                window: Window::after(last, 0, BOUNDS, Load::default()),
            }
        }

        fn keep(&mut self, second: u64, json: &str) {
            self.window.keep(Kept {
                at: self.start + Duration::from_secs(second),
                time: Timestamp::UNIX_EPOCH,
                kind: "State",
                agent: None,
                json: json.into(),
            });
        }

        fn expire(&mut self, second: u64) {
            self.window.expire(self.start + Duration::from_secs(second));
        }

        fn since(&self, last: u64) -> Option<Vec<(u64, &str)>> {
            let events = self.window.since(last)?;
            Some(events.map(|(number, kept)| (number, &*kept.json)).collect())
        }
    }

    #[test]
    fn exactly_what_is_missing_comes_back_with_its_numbers() {
        let mut bench = Bench::after(7);
        for json in ["a", "b", "c"] {
            bench.keep(0, json);
        }
        assert_eq!(bench.since(7), Some(vec![(8, "a"), (9, "b"), (10, "c")]));
        assert_eq!(bench.since(9), Some(vec![(10, "c")]));
        assert_eq!(bench.since(10), Some(vec![]), "nothing is missing");
    }

    #[test]
    fn a_number_before_the_window_or_never_given_is_not_known() {
        let mut bench = Bench::after(7);
        bench.keep(0, "a");
        for number in [0, 6, 9, u64::MAX] {
            assert_eq!(bench.since(number), None, "{number}");
        }
    }

    #[test]
    fn the_oldest_makes_room_when_there_are_too_many() {
        let mut bench = Bench::after(0);
        for json in ["a", "b", "c", "d", "e"] {
            bench.keep(0, json);
        }
        assert_eq!(bench.since(1), None);
        assert_eq!(bench.since(2), Some(vec![(3, "c"), (4, "d"), (5, "e")]));
        assert_eq!(bench.window.size(), (3, 3));
    }

    #[test]
    fn the_oldest_make_room_for_a_long_one() {
        let mut bench = Bench::after(0);
        bench.keep(0, "0123456789");
        bench.keep(0, "0123456789");
        assert_eq!(bench.window.size(), (2, 20));
        bench.keep(0, "a");
        assert_eq!(bench.since(0), None);
        assert_eq!(bench.since(1), Some(vec![(2, "0123456789"), (3, "a")]));
    }

    #[test]
    fn one_that_is_longer_than_all_may_be_is_not_kept_and_nothing_before_it() {
        let mut bench = Bench::after(0);
        bench.keep(0, "a");
        bench.keep(0, "012345678901234567890");
        assert_eq!(bench.window.size(), (0, 0));
        assert_eq!(bench.since(1), None);
        assert_eq!(bench.since(2), Some(vec![]));
        bench.keep(0, "b");
        assert_eq!(bench.since(2), Some(vec![(3, "b")]));
    }

    #[test]
    fn what_is_older_than_the_age_is_forgotten_and_takes_no_room() {
        let mut bench = Bench::after(0);
        bench.keep(0, "a");
        bench.keep(30, "b");
        bench.expire(60);
        assert_eq!(bench.since(0), Some(vec![(1, "a"), (2, "b")]));
        bench.expire(61);
        assert_eq!(bench.since(0), None);
        assert_eq!(bench.since(1), Some(vec![(2, "b")]));
        bench.expire(91);
        assert_eq!(bench.since(1), None);
        assert_eq!(
            bench.since(2),
            Some(vec![]),
            "who has missed nothing goes on, however long ago that was"
        );
        assert_eq!(bench.window.events.capacity(), 0);
    }

    #[test]
    fn keeping_forgets_what_is_too_old() {
        let mut bench = Bench::after(0);
        bench.keep(0, "a");
        bench.keep(61, "b");
        assert_eq!(bench.since(0), None);
        assert_eq!(bench.since(1), Some(vec![(2, "b")]));
    }

    #[test]
    fn numbers_stay_right_however_often_the_ring_turns() {
        let mut bench = Bench::after(0);
        for number in 1..=1_000_u64 {
            bench.keep(number, &number.to_string());
            let all = bench.since(number.saturating_sub(3)).unwrap();
            let told = all.iter().all(|(number, json)| *json == number.to_string());
            assert!(told, "{all:?}");
        }
        assert_eq!(
            bench.since(997),
            Some(vec![(998, "998"), (999, "999"), (1000, "1000")])
        );
    }

    #[test]
    fn a_window_for_nothing_knows_only_who_has_missed_nothing() {
        let bounds = Bounds {
            events: 0,
            ..BOUNDS
        };
        let mut bench = Bench::after(0);
        bench.window = Window::after(0, 0, bounds, Load::default());
        bench.keep(0, "a");
        assert_eq!(bench.since(0), None);
        assert_eq!(bench.since(1), Some(vec![]));
    }
}
