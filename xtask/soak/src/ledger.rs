//! What has happened, and what must not have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More breaches tell nothing more.
const MOST: usize = 40;

/// Shared by everybody who takes part.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    told: Mutex<Told>,
    breaches: Mutex<Vec<String>>,
}

/// What clients and the log have told so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Told {
    pub(crate) events: u64,
    pub(crate) commands: u64,
    /// By outcome and error.
    pub(crate) outcomes: BTreeMap<String, u64>,
    /// Commands sent again, because a connection ended before their result.
    pub(crate) sent_again: u64,
    /// Connections after the first.
    pub(crate) resumes: u64,
    /// Events told again.
    pub(crate) replayed: u64,
    pub(crate) gaps: u64,
    /// Connections that the gateway ended.
    pub(crate) ended: u64,
    /// Of these, such as did not read.
    pub(crate) cut_off: u64,
    /// Calls that were seen of each number that was dialled for once.
    pub(crate) dialled: BTreeMap<String, BTreeSet<String>>,
    /// WARN lines.
    pub(crate) warnings: u64,
}

impl Ledger {
    pub(crate) fn tell(&self, change: impl FnOnce(&mut Told)) {
        change(&mut held(&self.told));
    }

    pub(crate) fn told(&self) -> Told {
        held(&self.told).clone()
    }

    /// A call to a number that is dialled once only.
    pub(crate) fn saw_call(&self, number: &str, dialog: &str) {
        let mut told = held(&self.told);
        let calls = told.dialled.entry(number.to_owned()).or_default();
        if calls.insert(dialog.to_owned()) && calls.len() > 1 {
            let twice = format!("{number} was dialled once and called twice: {calls:?}");
            drop(told);
            self.breach(twice);
        }
    }

    pub(crate) fn breach(&self, what: String) {
        let mut breaches = held(&self.breaches);
        if breaches.len() < MOST {
            breaches.push(what);
        }
    }

    pub(crate) fn breaches(&self) -> Vec<String> {
        held(&self.breaches).clone()
    }
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_called_twice_is_a_breach_and_one_that_is_seen_twice_is_none() {
        let ledger = Ledger::default();
        ledger.saw_call("07000000001", "16777301");
        ledger.saw_call("07000000001", "16777301");
        ledger.saw_call("07000000002", "16777302");
        assert_eq!(ledger.breaches(), Vec::<String>::new());
        ledger.saw_call("07000000001", "16777303");
        assert_eq!(
            ledger.breaches(),
            [r#"07000000001 was dialled once and called twice: {"16777301", "16777303"}"#]
        );
    }
}
