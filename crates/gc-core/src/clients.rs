//! Which destinations can be reached, and which clients still beat.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use gc_protocol::Destination;

/// Beats that may be missed.
const MISSED_BEATS: u32 = 3;

/// Destinations that greeted and have no connection; the oldest are forgotten.
const GREETED_LIMIT: usize = 1000;

/// Destinations as far as the gateway knows them.
#[derive(Debug)]
pub(crate) struct Clients {
    beat_period: Duration,
    /// With a connection, or a callback that works.
    up: BTreeSet<Destination>,
    /// Last Beat of those that are up and beat.
    beats: BTreeMap<Destination, Instant>,
    due: BTreeSet<(Instant, Destination)>,
    /// Those that are up, and beat, and have stopped.
    silent: BTreeSet<Destination>,
    /// Those that are not up and said Hello or Beat, the latest last.
    greeted: VecDeque<Destination>,
}

impl Clients {
    pub(crate) fn new(beat_period: Duration) -> Self {
        Self {
            beat_period,
            up: BTreeSet::new(),
            beats: BTreeMap::new(),
            due: BTreeSet::new(),
            silent: BTreeSet::new(),
            greeted: VecDeque::new(),
        }
    }

    pub(crate) fn up(&mut self, destination: &Destination) {
        self.up.insert(destination.clone());
        self.silent.remove(destination);
        self.forget_greeting(destination);
    }

    pub(crate) fn gone(&mut self, destination: &Destination) {
        self.up.remove(destination);
        self.stop_beating(destination);
        self.silent.remove(destination);
        self.forget_greeting(destination);
    }

    /// Notes a greeting; gives the destination that is forgotten for it.
    pub(crate) fn hello(&mut self, destination: &Destination) -> Option<Destination> {
        if self.up.contains(destination) {
            return None;
        }
        self.forget_greeting(destination);
        let oldest = match self.greeted.len() {
            GREETED_LIMIT => self.greeted.pop_front(),
            _ => None,
        };
        self.greeted.push_back(destination.clone());
        oldest
    }

    /// A Beat says that the client lives, not that it can be reached.
    pub(crate) fn beat(&mut self, now: Instant, destination: &Destination) -> Option<Destination> {
        if !self.up.contains(destination) {
            return self.hello(destination);
        }
        self.stop_beating(destination);
        self.silent.remove(destination);
        self.beats.insert(destination.clone(), now);
        self.due.insert((self.due_after(now), destination.clone()));
        None
    }

    /// Whether a destination can be reached, and its client is not known to be dead.
    pub(crate) fn is_here(&self, destination: &Destination) -> bool {
        self.up.contains(destination) && !self.silent.contains(destination)
    }

    /// Whether a destination is told of health without having an agent.
    pub(crate) fn is_known(&self, destination: &Destination) -> bool {
        self.up.contains(destination) || self.greeted.contains(destination)
    }

    /// Destinations that are told of health.
    pub(crate) fn known(&self) -> impl Iterator<Item = &Destination> {
        self.up.iter().chain(&self.greeted)
    }

    pub(crate) fn timeout(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Clients that have missed their beats by now.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Destination> {
        let mut expired = Vec::new();
        while let Some((at, destination)) = self.due.first().cloned() {
            if at > now {
                break;
            }
            self.stop_beating(&destination);
            self.silent.insert(destination.clone());
            expired.push(destination);
        }
        expired
    }

    fn forget_greeting(&mut self, destination: &Destination) {
        self.greeted.retain(|greeted| greeted != destination);
    }

    fn stop_beating(&mut self, destination: &Destination) {
        if let Some(last) = self.beats.remove(destination) {
            self.due
                .remove(&(self.due_after(last), destination.clone()));
        }
    }

    fn due_after(&self, beat: Instant) -> Instant {
        beat + self.beat_period * MISSED_BEATS
    }
}
