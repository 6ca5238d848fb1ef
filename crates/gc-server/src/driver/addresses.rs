//! Which destination a client's session means.

use std::collections::{BTreeMap, VecDeque};

use gc_core::ClientId;
use gc_protocol::Destination;

/// Sessions kept; the oldest goes first, and its client has to say Hello again.
const LIMIT: usize = 20_000;

/// `sessionUrl` of a client → its destination.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    known: BTreeMap<(Option<ClientId>, String), Destination>,
    order: VecDeque<(Option<ClientId>, String)>,
}

impl Addresses {
    /// Binds a session; the client is `None` where nobody has a key.
    pub(super) fn bind(
        &mut self,
        client: Option<ClientId>,
        session_url: String,
        destination: Destination,
    ) {
        let key = (client, session_url);
        if self.known.insert(key.clone(), destination).is_none() {
            self.order.push_back(key);
        }
        if self.order.len() > LIMIT
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// The sessions of a destination.
    pub(super) fn of(&self, destination: &Destination) -> Vec<(Option<ClientId>, String)> {
        let all = self.known.iter().filter(|(_, known)| *known == destination);
        all.map(|(session, _)| session.clone()).collect()
    }

    /// The destination of a session.
    pub(super) fn find(&self, client: Option<ClientId>, session_url: &str) -> Option<&Destination> {
        self.known.get(&(client, session_url.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_belongs_to_the_client_that_bound_it() {
        let mut addresses = Addresses::default();
        let crm = Some(ClientId::new("crm"));
        addresses.bind(
            crm.clone(),
            "https://crm.example.org/s/91".into(),
            "desk-17".into(),
        );
        let found = addresses.find(crm, "https://crm.example.org/s/91");
        assert_eq!(found, Some(&Destination::from("desk-17")));
        assert_eq!(
            addresses.find(Some(ClientId::new("other")), "https://crm.example.org/s/91"),
            None
        );
        assert_eq!(addresses.find(None, "https://crm.example.org/s/91"), None);
    }

    #[test]
    fn the_oldest_session_makes_room() {
        let mut addresses = Addresses::default();
        for number in 0..=LIMIT {
            addresses.bind(None, number.to_string(), "desk-17".into());
        }
        assert_eq!(addresses.find(None, "0"), None);
        assert!(addresses.find(None, "1").is_some());
    }
}
