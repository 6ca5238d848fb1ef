//! Who is at the other end of a connection, and how many connections one address has.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::CertificateDer;

use crate::tls;

/// The other end of a connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// Where it is.
    pub(crate) address: SocketAddr,
    /// The names that its certificate bears, if it has shown one that an authority of ours has signed.
    pub(crate) names: Arc<[String]>,
}

impl Peer {
    /// With the certificates that it has shown, its own first.
    pub(super) fn new(address: SocketAddr, shown: &[CertificateDer<'_>]) -> Self {
        let names = shown.first().map(tls::names).unwrap_or_default();
        Self {
            address,
            names: names.into(),
        }
    }
}

/// Connections of each address.
#[derive(Debug, Clone)]
pub(crate) struct Crowd {
    limit: usize,
    seats: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

/// One connection of an address, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    source: IpAddr,
    crowd: Crowd,
}

impl Crowd {
    /// Lets each address have at most `limit` connections; 0 is no limit.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            seats: Arc::default(),
        }
    }

    /// One more connection, if the address may have it.
    pub(crate) fn enter(&self, address: SocketAddr) -> Option<Seat> {
        let source = source(address.ip());
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = seats.entry(source).or_default();
        if self.limit > 0 && *taken >= self.limit {
            return None;
        }
        *taken += 1;
        Some(Seat {
            source,
            crowd: self.clone(),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let seats = self.crowd.seats.lock();
        let mut seats = seats.unwrap_or_else(PoisonError::into_inner);
        match seats.get_mut(&self.source) {
            Some(taken) if *taken > 1 => *taken -= 1,
            Some(_) | None => drop(seats.remove(&self.source)),
        }
    }
}

/// A machine has a whole network of IPv6 addresses.
fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_connections_and_no_more_until_one_ends() {
        let crowd = Crowd::new(2);
        let first = crowd.enter(at("10.0.0.1:1000"));
        let second = crowd.enter(at("[::ffff:10.0.0.1]:1001"));
        assert!(first.is_some() && second.is_some());
        assert!(crowd.enter(at("10.0.0.1:1002")).is_none());
        assert!(crowd.enter(at("10.0.0.2:1000")).is_some());
        drop(first);
        assert!(crowd.enter(at("10.0.0.1:1002")).is_some());
        drop(second);
        assert!(crowd.seats.lock().unwrap().is_empty());
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_source() {
        let crowd = Crowd::new(1);
        let _held = crowd.enter(at("[2001:db8::1]:1"));
        assert!(crowd.enter(at("[2001:db8::ffff:2]:1")).is_none());
        assert!(crowd.enter(at("[2001:db8:0:1::1]:1")).is_some());
    }
}
