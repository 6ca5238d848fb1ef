//! Where a client wants its events posted, and whether we may: the address comes from outside, so nothing in it is trusted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

use super::allow::{AllowEntry, Match};
use super::network::Network;

/// What may be posted to and what never.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    /// The allow-list.
    pub(crate) allow: Vec<AllowEntry>,
    /// Our own listeners.
    pub(crate) own: Vec<SocketAddr>,
    /// Finesse, the broker and others that the gateway itself talks to.
    pub(crate) neighbours: Vec<Neighbour>,
}

/// A host that has other duties than receiving events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Neighbour {
    /// Name or address, lower case.
    pub(crate) host: String,
    /// What of it is shut to callbacks.
    pub(crate) shut: Shut,
}

/// What of a neighbour is never posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shut {
    /// All of it; on loopback, where others live too, these ports.
    Host(Vec<u16>),
    /// One port; the rest may be somebody else's.
    Port(u16),
}

impl Neighbour {
    fn shuts(&self, address: IpAddr, port: u16) -> bool {
        match &self.shut {
            Shut::Host(ports) => !address.is_loopback() || ports.contains(&port),
            Shut::Port(shut) => *shut == port,
        }
    }
}

/// A receiver: an address of a known form, still to be resolved and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    url: Url,
}

/// Why events may not be posted there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TargetError {
    #[error("callbackFqdn is no address of a host")]
    Base,
    #[error("callbackFqdn must be https or http")]
    Scheme,
    #[error("callbackFqdn must hold neither user nor password")]
    UserInfo,
    #[error("callbackFqdn must hold no path, query or fragment")]
    BaseHasMore,
    #[error("callbackEndpoint must be a path that begins with one `/`")]
    Endpoint,
    #[error("the receiver is not on the list of allowed callbacks")]
    NotAllowed,
    #[error("the receiver is an address that callbacks never go to")]
    Forbidden,
    #[error("the receiver cannot be found")]
    Unresolved,
}

impl Target {
    /// Reads the two parts apart and joins them; what an endpoint adds can never change the host.
    pub(crate) fn parse(fqdn: &str, endpoint: &str) -> Result<Self, TargetError> {
        let base = parse_base(fqdn)?;
        check_endpoint(endpoint)?;
        let url = base.join(endpoint).map_err(|_| TargetError::Endpoint)?;
        if url.origin() != base.origin() || !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Endpoint);
        }
        Ok(Self { url })
    }

    /// The whole address.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Lower-case host without brackets.
    pub(crate) fn host(&self) -> String {
        match self.url.host() {
            Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => String::new(),
        }
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// Whether TLS is spoken.
    pub(crate) fn secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether a listed host may be this machine: without TLS, whoever answers for a name could lead it here.
    fn means_loopback(&self) -> bool {
        let named = matches!(self.url.host(), Some(Host::Domain(_)));
        !named || self.secure() || self.host() == "localhost"
    }

    /// What can be said before the host is looked up.
    pub(crate) fn may_be_tried(&self, policy: &Policy) -> Result<(), TargetError> {
        match self.url.host() {
            Some(Host::Ipv4(address)) => policy.check(self, address.into()),
            Some(Host::Ipv6(address)) => policy.check(self, address.into()),
            Some(Host::Domain(_)) => policy.may_ask_for(self),
            None => Err(TargetError::Base),
        }
    }

    /// Looks the host up once and checks every address found; only these may be connected to.
    pub(crate) async fn resolve(
        &self,
        policy: &Policy,
        network: &dyn Network,
    ) -> Result<Vec<SocketAddr>, TargetError> {
        let port = self.port();
        let found: Vec<SocketAddr> = match self.url.host() {
            Some(Host::Ipv4(address)) => vec![SocketAddr::from((address, port))],
            Some(Host::Ipv6(address)) => vec![SocketAddr::from((address, port))],
            Some(Host::Domain(_)) => {
                policy.may_ask_for(self)?;
                let found = network.lookup(&self.host(), port).await;
                found.map_err(|_| TargetError::Unresolved)?
            }
            None => return Err(TargetError::Base),
        };
        self.check(policy, found)
    }

    /// Checks addresses that the host was resolved to: one bad address spoils all.
    pub(crate) fn check(
        &self,
        policy: &Policy,
        found: Vec<SocketAddr>,
    ) -> Result<Vec<SocketAddr>, TargetError> {
        if found.is_empty() {
            return Err(TargetError::Unresolved);
        }
        for address in &found {
            policy.check(self, address.ip())?;
        }
        Ok(found)
    }
}

fn parse_base(fqdn: &str) -> Result<Url, TargetError> {
    if has_tricks(fqdn) {
        return Err(TargetError::Base);
    }
    let text = if fqdn.contains("://") {
        fqdn.to_owned()
    } else {
        format!("https://{fqdn}")
    };
    let url = Url::parse(&text).map_err(|_| TargetError::Base)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(TargetError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        return Err(TargetError::UserInfo);
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(TargetError::BaseHasMore);
    }
    match url.host() {
        Some(Host::Domain(name)) if name.trim_end_matches('.').is_empty() => Err(TargetError::Base),
        None => Err(TargetError::Base),
        Some(_) => Ok(url),
    }
}

fn check_endpoint(endpoint: &str) -> Result<(), TargetError> {
    let one_slash = endpoint.starts_with('/') && !endpoint.starts_with("//");
    if !one_slash || has_tricks(endpoint) || endpoint.contains('#') {
        return Err(TargetError::Endpoint);
    }
    Ok(())
}

/// What URL parsers silently drop or read as something else.
fn has_tricks(text: &str) -> bool {
    text.is_empty()
        || text.len() > 2_048
        || text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
}

impl Policy {
    /// Whether some entry could cover this name at all; else it is not even looked up.
    fn may_ask_for(&self, target: &Target) -> Result<(), TargetError> {
        let host = target.host();
        let whole = |known: &Neighbour| matches!(known.shut, Shut::Host(_)) && known.host == host;
        if self.neighbours.iter().any(whole) {
            return Err(TargetError::Forbidden);
        }
        let covered = self
            .allow
            .iter()
            .any(|entry| entry.may_cover(target.url.scheme(), &host, target.port()));
        covered.then_some(()).ok_or(TargetError::NotAllowed)
    }

    fn check(&self, target: &Target, address: IpAddr) -> Result<(), TargetError> {
        let (host, port) = (target.host(), target.port());
        let listed = self
            .listed(target, &host, address)
            .ok_or(TargetError::NotAllowed)?;
        let real = innermost(address).ok_or(TargetError::Forbidden)?;
        if self.is_ours(real, port) || self.is_neighbour(&host, real, port) {
            return Err(TargetError::Forbidden);
        }
        let embedded = real != address.to_canonical();
        match reach(real) {
            Reach::Ordinary if !embedded => Ok(()),
            Reach::Loopback if !embedded && listed == Match::Literal && target.means_loopback() => {
                Ok(())
            }
            Reach::Ordinary | Reach::Loopback | Reach::Never => Err(TargetError::Forbidden),
        }
    }

    fn listed(&self, target: &Target, host: &str, address: IpAddr) -> Option<Match> {
        let scheme = target.url.scheme();
        let matches = self
            .allow
            .iter()
            .filter_map(|entry| entry.covers(scheme, host, address, target.port()));
        matches.reduce(|one, other| if one == Match::Literal { one } else { other })
    }

    fn is_ours(&self, address: IpAddr, port: u16) -> bool {
        self.own.iter().any(|own| {
            own.port() == port
                && (own.ip() == address
                    || (own.ip().is_unspecified()
                        && (address.is_loopback() || is_of_this_machine(address))))
        })
    }

    fn is_neighbour(&self, host: &str, address: IpAddr, port: u16) -> bool {
        self.neighbours.iter().any(|known| {
            let same = known.host == host || known.host.parse() == Ok(address);
            same && known.shuts(address, port)
        })
    }
}

/// An address that a socket can be bound to is our own.
fn is_of_this_machine(address: IpAddr) -> bool {
    std::net::UdpSocket::bind((address, 0)).is_ok()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Ordinary,
    Loopback,
    Never,
}

fn reach(address: IpAddr) -> Reach {
    match address {
        _ if address.is_loopback() => Reach::Loopback,
        IpAddr::V4(v4) if never_v4(v4) => Reach::Never,
        IpAddr::V6(v6) if never_v6(v6) => Reach::Never,
        IpAddr::V4(_) | IpAddr::V6(_) => Reach::Ordinary,
    }
}

fn never_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    first == 0
        || first >= 240
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
}

fn never_v6(address: Ipv6Addr) -> bool {
    address.is_unspecified()
        || address.is_multicast()
        || (address.segments()[0] & 0xffc0) == 0xfe80
        || (address.segments()[0] & 0xffc0) == 0xfec0
}

/// The IPv4 address inside an IPv6 one, by every known way of embedding; `None` where there is more than one reading.
fn innermost(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(v6) = address.to_canonical() else {
        return Some(address.to_canonical());
    };
    let s = v6.segments();
    let tail = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Some(IpAddr::V6(v6)),
        [0, 0, 0, 0, 0, 0, high, low] => Some(tail(high, low)),
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some(tail(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(tail(high, low)),
        [0x2002, high, low, ..] => Some(tail(high, low)),
        [0x64, 0xff9b, ..] | [0x2001, 0, ..] => None,
        _ => Some(IpAddr::V6(v6)),
    }
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
