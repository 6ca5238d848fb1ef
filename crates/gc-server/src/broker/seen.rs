//! Messages that were taken: a broker may deliver one again when the connection broke before it knew.

use std::collections::{BTreeSet, VecDeque};

use crate::mark::{Mark, mark};

/// Messages remembered; far more than can be under way between two gateways and a broker.
const REMEMBERED: usize = 16_384;

/// The newest messages, by their ids.
#[derive(Debug, Default)]
pub(super) struct Seen {
    known: BTreeSet<Mark>,
    order: VecDeque<Mark>,
}

impl Seen {
    /// Remembers a message; whether it is a new one.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        let mark = mark(id);
        if !self.known.insert(mark) {
            return false;
        }
        self.order.push_back(mark);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_new_once_and_the_window_is_bounded() {
        let mut seen = Seen::default();
        assert!(seen.is_new("ID:broker-1"));
        assert!(!seen.is_new("ID:broker-1"));
        for number in 0..REMEMBERED {
            assert!(seen.is_new(&number.to_string()));
        }
        assert_eq!(seen.known.len(), REMEMBERED);
        assert_eq!(seen.order.len(), REMEMBERED);
        assert!(seen.is_new("ID:broker-1"));
    }
}
