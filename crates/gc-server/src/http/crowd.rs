//! How many connections somebody has at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Connections of each address, or of each client.
#[derive(Debug)]
pub(crate) struct Crowd<K> {
    limit: usize,
    seats: Arc<Mutex<BTreeMap<K, usize>>>,
}

/// One connection, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat<K: Ord> {
    who: K,
    seats: Arc<Mutex<BTreeMap<K, usize>>>,
}

impl<K: Ord + Clone> Crowd<K> {
    /// Lets each have at most `limit` connections; 0 is no limit.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            seats: Arc::default(),
        }
    }

    /// One more connection, if it may be had.
    pub(crate) fn enter(&self, who: K) -> Option<Seat<K>> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = seats.entry(who.clone()).or_default();
        if self.limit > 0 && *taken >= self.limit {
            return None;
        }
        *taken += 1;
        Some(Seat {
            who,
            seats: Arc::clone(&self.seats),
        })
    }
}

impl<K: Ord> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        match seats.get_mut(&self.who) {
            Some(taken) if *taken > 1 => *taken -= 1,
            Some(_) | None => drop(seats.remove(&self.who)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_connections_and_no_more_until_one_ends() {
        let crowd = Crowd::new(2);
        let first = crowd.enter("crm");
        let second = crowd.enter("crm");
        assert!(first.is_some() && second.is_some());
        assert!(crowd.enter("crm").is_none());
        assert!(crowd.enter("desk").is_some());
        drop(first);
        assert!(crowd.enter("crm").is_some());
        drop(second);
        assert!(crowd.seats.lock().unwrap().is_empty());
    }

    #[test]
    fn without_a_limit_everybody_may_have_more() {
        let crowd = Crowd::new(0);
        let held: Vec<_> = (0..1_000).map(|_| crowd.enter("crm")).collect();
        assert!(held.iter().all(Option::is_some));
    }
}
