//! Development only: the passwords and tokens of tests are canaries, and whoever lets one out, in whatever spelling, is caught.

mod spelling;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use spelling::spellings;
pub use watch::{fields, watch};

/// Every agent's password, and how every other password and token begins that a test makes up.
pub const CANARY: &str = "c4nary";

/// Shorter ones are in every second word.
const SHORTEST: usize = 6;

/// What was planted, and how each may be spelled.
type Planted = BTreeMap<String, BTreeSet<String>>;

static PLANTED: Mutex<Planted> = Mutex::new(Planted::new());

/// From now on this must be seen nowhere.
pub fn plant(secret: &str) {
    // What holds the canary is found by it.
    if secret.len() >= SHORTEST && !secret.contains(CANARY) {
        let spell = || spellings(secret);
        planted().entry(secret.to_owned()).or_insert_with(spell);
    }
}

/// Whether a text holds a canary, or anything else that was planted, however it is spelled.
pub fn is_in(text: &str) -> bool {
    let mut planted = planted();
    planted
        .entry(CANARY.to_owned())
        .or_insert_with(|| spellings(CANARY));
    let mut all = planted.values().flatten();
    all.any(|spelling| text.contains(spelling))
}

fn planted() -> MutexGuard<'static, Planted> {
    PLANTED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_planted_is_found_and_what_was_not_is_not() {
        assert!(!is_in("GET /finesse/api/User/41027 token-one"));
        plant("token-one");
        assert!(is_in("GET /finesse/api/User/41027 token-one"));
        assert!(!is_in("GET /finesse/api/User/41027 token-two"));
    }

    #[test]
    fn the_canary_needs_no_planting_whatever_stands_around_it() {
        for text in ["c4nary", "x-c4nary-7", "password%3Dc4nary%26more"] {
            assert!(is_in(text), "{text}");
        }
        assert!(!is_in("a canary"));
    }

    #[test]
    fn a_word_that_is_too_short_is_not_looked_for() {
        plant("demo");
        assert!(!is_in("gc-server demo"));
    }
}
