//! How often what is rare was seen: a run that never got there proves nothing about it.

use std::collections::BTreeMap;
use std::fmt;

use crate::settling::Settling;

/// What has to be seen, with the fault of the plan that it stands for.
///
/// A run of a million transitions that sees one of them less than a hundred times is too weak.
pub const RARE: &[&str] = &[
    "P1 a notification is told as it must be",
    "F8 another gateway takes the link",
    "F9 a link that comes back is refused",
    "F11 a reply is lost after the command was executed",
    "F11 a reply is lost before the command was executed",
    "F12 accepted, and nothing is heard of it",
    "F13 the notification comes before the 202",
    "F14 Finesse answers 500",
    "F14 Finesse answers 503",
    "F15 a command's credential is refused",
    "F18 a node goes out of service under a link",
    "F19 Finesse's application leaves the bus",
    "F20 the CTI server changes sides",
    "F20 READY is given back after a gap",
    "F20 Finesse signs out or stops an agent whose link was gone",
    "F21 a node dies under a link",
    "F21 an agent is at work on the other node",
    "F22 the old node forces out an agent who has moved",
    "F22 an agent whom Finesse has signed out is signed in again",
    "F23 no node serves the agents",
    "F25 a call begins and ends while the link is down",
    "F25 a call that was told ends while the link is down",
    "F26 a notification races a snapshot",
    "F27 a notification comes twice",
    "F28 notifications change places",
    "F40 an agent whose client is gone is set NOT_READY",
    "F40 an agent whose client is gone is logged out",
    "F44 an agent is taken over with the right password",
    "F45 an agent is not taken over with a wrong password",
    "F46 an agent is taken over while a command is under way",
    "F46 two sign-ins at once",
    "F46 a sign-in races a sign-out",
    "F49 the password changes while the agent is signed in",
    "F51 no licence is left",
    "F52 the gateway ends and goes on",
    "F52 the gateway ends while a command is open",
    "F52 the gateway ends while a link is down",
    "a notification is lost for good",
    "a notification cannot be read",
    "the guard refuses a sign-in",
    "a queue is full",
    "a consult call",
    "a conference",
    "a transfer",
    "a campaign's preview is accepted",
    "a supervisor listens",
    "a supervisor barges in",
    "a supervisor commands a member",
    "a beating client falls silent",
    "a call was live at rest and agreed",
];

/// Counts of what was seen.
#[derive(Debug, Clone, Default)]
pub struct Sightings {
    counts: BTreeMap<&'static str, u64>,
    /// How long it took until all agreed.
    pub settling: Settling,
}

impl Sightings {
    pub(crate) fn see(&mut self, what: &'static str) {
        debug_assert!(RARE.contains(&what), "{what} is on no list");
        *self.counts.entry(what).or_default() += 1;
    }

    /// How often it was seen.
    pub fn of(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or_default()
    }

    /// What was seen less often than that.
    pub fn below(&self, floor: u64) -> Vec<&'static str> {
        RARE.iter()
            .copied()
            .filter(|what| self.of(what) < floor)
            .collect()
    }

    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.counts {
            *self.counts.entry(what).or_default() += count;
        }
        self.settling.add(&other.settling);
    }
}

impl fmt::Display for Sightings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for what in RARE {
            writeln!(f, "{:>9}  {what}", self.of(what))?;
        }
        write!(f, "{}", self.settling)
    }
}
