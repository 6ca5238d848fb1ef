//! The gateway's core and the simulated Finesse in one thread, on one clock, with a network that fails at random.
//!
//! A run begins with an empty gateway and the demo site. Each transition is anything that may happen: a command, a
//! customer, a cut link, a node that dies, the end of the gateway and another one that goes on with what was kept, time
//! that passes. After each one the invariants are checked; at the end nothing fails any more, clients and Finesse must
//! agree, everybody leaves, and nothing may be left. Requests and notifications cross as text, so that the gateway's types
//! cannot agree with themselves.
//!
//! The same seed is the same run. What a run cannot prove it says: [`Sightings`] counts how often each rare path was hit.

mod at_rest;
mod desk;
mod dice;
mod generator;
mod history;
mod ledger;
mod log_guard;
mod reference;
mod settling;
mod sightings;
mod transition;
mod vault;
mod world;

use std::fmt;

use log_guard::LogGuard;
pub use settling::Settling;
pub use sightings::{RARE, Sightings};
use world::World;

/// What must not be, for a person.
pub(crate) type Breach = String;

/// Transitions of one run.
pub const STEPS_PER_RUN: u64 = 500;

/// A run that broke an invariant.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Replays it.
    pub seed: u64,
    /// The transition after which it showed; the number of all where it showed at rest.
    pub step: u64,
    /// The transitions of the shortest run of this seed that fails.
    pub shortest: u64,
    /// What was broken.
    pub breach: String,
    /// The last transitions.
    pub steps: Vec<String>,
    /// Everything that went in and out lately.
    pub lines: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {} fails after {} transitions: {}",
            self.seed, self.step, self.breach
        )?;
        for step in &self.steps {
            writeln!(f, "  {step}")?;
        }
        let (seed, steps) = (self.seed, self.shortest);
        write!(f, "again: cargo xtask model --steps {steps} --seed {seed}")
    }
}

/// One run: so many transitions from this seed on, then rest.
pub fn run(seed: u64, steps: u64) -> Result<Sightings, Box<Failure>> {
    let stopped = match play(seed, steps, Telling::Nothing) {
        Ok(seen) => return Ok(seen),
        Err(stopped) => stopped,
    };
    let shortest = match stopped.at_rest {
        true => shorten(seed, stopped.step),
        false => stopped.step,
    };
    let told = match play(seed, shortest, Telling::Everything) {
        Ok(_) => stopped,
        Err(told) => told,
    };
    Err(Box::new(Failure {
        seed,
        step: told.step,
        shortest,
        breach: told.breach,
        steps: told.steps,
        lines: told.lines,
    }))
}

struct Stopped {
    step: u64,
    at_rest: bool,
    breach: Breach,
    steps: Vec<String>,
    lines: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    Nothing,
    Everything,
}

fn play(seed: u64, steps: u64, telling: Telling) -> Result<Sightings, Stopped> {
    let mut world = World::new(seed).map_err(|breach| Stopped {
        step: 0,
        at_rest: false,
        breach,
        steps: Vec::new(),
        lines: Vec::new(),
    })?;
    world.history.in_full = telling == Telling::Everything;
    let guard = LogGuard::default();
    guard.watch(|| play_out(&mut world, steps, &guard))?;
    Ok(world.seen)
}

fn play_out(world: &mut World, steps: u64, guard: &LogGuard) -> Result<(), Stopped> {
    let stop = |world: &World, step, at_rest, breach| Stopped {
        step,
        at_rest,
        breach,
        steps: world.history.steps(),
        lines: world.history.lines(),
    };
    for step in 1..=steps {
        let transition = world.choose();
        let at = world.now();
        world.history.step(step, at, format!("{transition:?}"));
        world.apply(transition);
        let checked = world.check().and_then(|()| world.check_links());
        if let Err(breach) = checked.and_then(|()| guard.check()) {
            return Err(stop(world, step, false, breach));
        }
    }
    let rested = world.come_to_rest().and_then(|()| guard.check());
    rested.map_err(|breach| stop(world, steps, true, breach))
}

/// Fewer transitions after which the same seed does not come to rest well; halved as long as it fails.
fn shorten(seed: u64, steps: u64) -> u64 {
    let (mut good, mut bad) = (0, steps);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        match play(seed, middle, Telling::Nothing) {
            Ok(_) => good = middle,
            Err(_) => bad = middle,
        }
    }
    bad
}
