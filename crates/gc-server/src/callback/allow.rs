//! One entry of the allow-list of receivers, as `scheme://host[:port]`.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// A receiver, or a set of receivers, that events may be posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AllowEntry {
    scheme: Scheme,
    host: HostPattern,
    port: PortPattern,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Https,
    Http,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum HostPattern {
    Name(String),
    Below(String),
    Network(IpNet),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PortPattern {
    Any,
    One(u16),
}

/// Why an entry cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AllowError {
    #[error("begins with neither https:// nor http://")]
    Scheme,
    #[error("the host is neither a name, nor *.name, nor an address or network")]
    Host,
    #[error("the port is neither a number nor *")]
    Port,
    #[error("plain http needs the very host written out")]
    PlainPattern,
}

/// How a receiver stands to the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// Listed by a pattern: loopback stays forbidden.
    Pattern,
    /// Listed by its very name or address: loopback is meant.
    Literal,
}

impl AllowEntry {
    /// Whether this entry covers a receiver; a network covers addresses, a name covers itself.
    pub(crate) fn covers(
        &self,
        scheme: &str,
        host: &str,
        address: IpAddr,
        port: u16,
    ) -> Option<Match> {
        self.fits(scheme, port)
            .then(|| self.host.covers(host, address))?
    }

    /// Whether this entry could cover a host, depending on what its name leads to.
    pub(crate) fn may_cover(&self, scheme: &str, host: &str, port: u16) -> bool {
        if let Ok(address) = bare_host(host).parse() {
            return self.covers(scheme, host, address, port).is_some();
        }
        match &self.host {
            HostPattern::Name(_) | HostPattern::Below(_) => {
                let anywhere = IpAddr::from([0, 0, 0, 0]);
                self.covers(scheme, host, anywhere, port).is_some()
            }
            // Plain http is for hosts written out, so a name never leads there.
            HostPattern::Network(_) => self.scheme == Scheme::Https && self.fits(scheme, port),
        }
    }

    fn fits(&self, scheme: &str, port: u16) -> bool {
        let same_port = match self.port {
            PortPattern::Any => true,
            PortPattern::One(one) => one == port,
        };
        scheme == self.scheme.word() && same_port
    }
}

impl HostPattern {
    fn covers(&self, host: &str, address: IpAddr) -> Option<Match> {
        match self {
            Self::Name(name) => (name == host).then_some(Match::Literal),
            Self::Below(domain) => host
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.ends_with('.') && rest.len() > 1)
                .then_some(Match::Pattern),
            Self::Network(net) if is_single(net) => {
                // A name that leads to a listed address is not the address written out.
                let literal = bare_host(host).parse() == Ok(net.addr());
                (net.addr() == address).then_some(if literal {
                    Match::Literal
                } else {
                    Match::Pattern
                })
            }
            Self::Network(net) => net.contains(&address).then_some(Match::Pattern),
        }
    }
}

fn is_single(net: &IpNet) -> bool {
    net.prefix_len() == net.max_prefix_len()
}

fn bare_host(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

impl Scheme {
    fn word(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    fn usual_port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
        }
    }
}

impl FromStr for AllowEntry {
    type Err = AllowError;

    fn from_str(text: &str) -> Result<Self, AllowError> {
        let (scheme, rest) = split_scheme(text)?;
        let (host, port) = split_port(rest)?;
        let host = host_pattern(host)?;
        let literal = match &host {
            HostPattern::Name(_) => true,
            HostPattern::Below(_) => false,
            HostPattern::Network(net) => is_single(net),
        };
        if scheme == Scheme::Http && !literal {
            return Err(AllowError::PlainPattern);
        }
        let port = match port {
            None => PortPattern::One(scheme.usual_port()),
            Some("*") => PortPattern::Any,
            Some(number) => match number.parse() {
                Ok(0) | Err(_) => return Err(AllowError::Port),
                Ok(number) => PortPattern::One(number),
            },
        };
        Ok(Self { scheme, host, port })
    }
}

fn split_scheme(text: &str) -> Result<(Scheme, &str), AllowError> {
    match text.split_once("://") {
        Some(("https", rest)) => Ok((Scheme::Https, rest)),
        Some(("http", rest)) => Ok((Scheme::Http, rest)),
        Some(_) | None => Err(AllowError::Scheme),
    }
}

fn split_port(rest: &str) -> Result<(&str, Option<&str>), AllowError> {
    if let Some(inside) = rest.strip_prefix('[') {
        let (host, after) = inside.split_once(']').ok_or(AllowError::Host)?;
        return match after.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if after.is_empty() => Ok((host, None)),
            None => Err(AllowError::Host),
        };
    }
    match rest.split_once(':') {
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((rest, None)),
    }
}

fn host_pattern(host: &str) -> Result<HostPattern, AllowError> {
    if let Ok(net) = host.parse::<IpNet>() {
        return Ok(HostPattern::Network(net.trunc()));
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(HostPattern::Network(IpNet::from(address)));
    }
    let (below, name) = match host.strip_prefix("*.") {
        Some(domain) => (true, domain),
        None => (false, host),
    };
    let label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    // What ends in a number is an address to a URL parser, never a name.
    let numeric_end = name
        .rsplit('.')
        .next()
        .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    if !name.split('.').all(label) || numeric_end {
        return Err(AllowError::Host);
    }
    let name = name.to_ascii_lowercase();
    Ok(if below {
        HostPattern::Below(name)
    } else {
        HostPattern::Name(name)
    })
}
