//! Who is at the other end of a connection.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

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

/// What counts as one address: a machine has a whole network of IPv6 addresses.
pub(super) fn source(address: IpAddr) -> IpAddr {
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

    #[test]
    fn addresses_of_one_ipv6_network_are_one_source() {
        let of = |text: &str| source(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8::1"), "2001:db8::");
        assert_eq!(of("2001:db8::ffff:2"), "2001:db8::");
        assert_eq!(of("2001:db8:0:1::1"), "2001:db8:0:1::");
        assert_eq!(of("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(of("10.0.0.2"), "10.0.0.2");
    }
}
