//! Inner decoders for the fuzz targets in `tests/fuzz`; nothing else uses it, and it promises nothing.

use std::net::{IpAddr, SocketAddr};

use url::Url;

use crate::callback::{Policy, Target};
use crate::recorder::Recording;
use crate::recorder::template::Template;

/// The address that a callback would be posted to and the one that would be connected to, where everything is allowed that can be
/// listed by a pattern, and the receiver's name, if it has one, leads to `leads_to`.
pub fn callback(fqdn: &str, endpoint: &str, leads_to: IpAddr) -> Option<(Url, SocketAddr)> {
    let target = Target::parse(fqdn, endpoint).ok()?;
    let entries = ["https://0.0.0.0/0:*", "https://[::/0]:*"];
    let policy = Policy {
        allow: entries
            .iter()
            .filter_map(|entry| entry.parse().ok())
            .collect(),
        ..Policy::default()
    };
    let address = match target.url().host()? {
        url::Host::Ipv4(address) => address.into(),
        url::Host::Ipv6(address) => address.into(),
        url::Host::Domain(_) => leads_to,
    };
    target.may_be_tried(&policy).ok()?;
    let found = vec![SocketAddr::new(address, target.port())];
    let checked = target.check(&policy, found).ok()?;
    Some((target.url().clone(), *checked.first()?))
}

/// What a call recorder would be asked for, and of whom: its origin and the rest of the address.
pub fn recorder(template: &str, recording: &Recording<'_>) -> Option<(Url, String)> {
    let template = Template::parse(template).ok()?;
    let path = template.path(recording).ok()?;
    Some((template.origin().clone(), path))
}
