//! Hostile receivers: every way known to us of leading a callback to where it must not go.

use super::super::hostile::{ADDRESSES, HOSTS};
use super::*;

fn policy() -> Policy {
    let allow = [
        "https://crm.example.org",
        "https://*.partner.example:8443",
        "https://10.20.0.0/16",
        "https://[fd00:20::/32]",
        "https://0.0.0.0/0:7443",
        "https://[::/0]:7443",
        "http://192.0.2.10:8080",
        "http://127.0.0.1:9000",
        "http://localhost:9100",
        "http://127.0.0.1:8112",
        "http://127.0.0.1:18445",
        "https://10.20.0.11",
        "https://finesse-a.example.org",
    ];
    Policy {
        allow: allow.iter().map(|entry| entry.parse().unwrap()).collect(),
        own: vec![
            "127.0.0.1:8112".parse().unwrap(),
            "10.20.0.5:443".parse().unwrap(),
        ],
        neighbours: vec![
            Neighbour {
                host: "10.20.0.11".into(),
                shut: Shut::Host(vec![8445]),
            },
            Neighbour {
                host: "finesse-a.example.org".into(),
                shut: Shut::Host(vec![8445]),
            },
            Neighbour {
                host: "127.0.0.1".into(),
                shut: Shut::Host(vec![18445]),
            },
            Neighbour {
                host: "10.20.0.12".into(),
                shut: Shut::Port(443),
            },
        ],
    }
}

/// What comes of an address whose host, if it is a name, leads to `resolved`.
fn verdict(fqdn: &str, endpoint: &str, resolved: &[&str]) -> Result<Vec<SocketAddr>, TargetError> {
    let policy = policy();
    let target = Target::parse(fqdn, endpoint)?;
    target.may_be_tried(&policy)?;
    let found = match target.url().host() {
        Some(Host::Ipv4(address)) => vec![SocketAddr::from((address, target.port()))],
        Some(Host::Ipv6(address)) => vec![SocketAddr::from((address, target.port()))],
        Some(Host::Domain(_)) | None => resolved
            .iter()
            .map(|address| SocketAddr::new(address.parse().unwrap(), target.port()))
            .collect(),
    };
    target.check(&policy, found)
}

#[test]
fn allowed_receivers_are_reached_at_the_address_that_was_checked() {
    for (fqdn, resolved, expected) in [
        ("https://crm.example.org", "10.1.2.3", "10.1.2.3:443"),
        ("crm.example.org", "10.1.2.3", "10.1.2.3:443"),
        ("HTTPS://CRM.Example.ORG", "10.1.2.3", "10.1.2.3:443"),
        ("https://crm.example.org.", "10.1.2.3", "10.1.2.3:443"),
        (
            "https://a.b.partner.example:8443",
            "192.0.2.1",
            "192.0.2.1:8443",
        ),
        ("https://10.20.30.40", "", "10.20.30.40:443"),
        (
            "https://some.name.example",
            "10.20.30.40",
            "10.20.30.40:443",
        ),
        ("https://[fd00:20::7]", "", "[fd00:20::7]:443"),
        ("https://10.20.0.12:7443", "", "10.20.0.12:7443"),
        ("http://192.0.2.10:8080", "", "192.0.2.10:8080"),
        ("http://127.0.0.1:9000", "", "127.0.0.1:9000"),
        ("http://localhost:9100", "127.0.0.1", "127.0.0.1:9100"),
    ] {
        let found = verdict(fqdn, "/gc/events", &[resolved]);
        assert_eq!(found, Ok(vec![expected.parse().unwrap()]), "{fqdn}");
    }
}

#[test]
fn an_endpoint_is_joined_and_keeps_its_query() {
    let target = Target::parse("https://crm.example.org", "/gc/events?session=91&x=@a").unwrap();
    assert_eq!(
        target.url().as_str(),
        "https://crm.example.org/gc/events?session=91&x=@a"
    );
}

#[test]
fn an_endpoint_never_changes_the_host() {
    for endpoint in [
        "@evil.example/x",
        ".evil.example/x",
        ":8443/x",
        "//evil.example/x",
        "/\\evil.example/x",
        "\\\\evil.example",
        "\\evil.example",
        "https://evil.example/x",
        "/x\r\nHost: evil.example",
        "/x\ny",
        "/\t/evil.example",
        "/ /evil.example",
        "/x#fragment",
        "gc/events",
        "?x=1",
        "",
        "/x\u{0}",
    ] {
        let parsed = Target::parse("https://crm.example.org", endpoint);
        assert_eq!(parsed, Err(TargetError::Endpoint), "{endpoint:?}");
    }
}

#[test]
fn a_base_holds_a_scheme_and_a_host_and_nothing_else() {
    for (fqdn, expected) in [
        ("", TargetError::Base),
        ("https://", TargetError::Base),
        ("https://.", TargetError::Base),
        ("https:// crm.example.org", TargetError::Base),
        ("https://crm.example.org\r\nx: y", TargetError::Base),
        ("https://crm.example.org\\@evil.example", TargetError::Base),
        ("https://crm.example.org:0x50", TargetError::Base),
        ("https://crm.example.org:99999", TargetError::Base),
        ("https://[::1%25eth0]", TargetError::Base),
        ("https://[fe80::1%eth0]", TargetError::Base),
        ("ftp://crm.example.org", TargetError::Scheme),
        ("file:///etc/passwd", TargetError::Scheme),
        ("gopher://crm.example.org", TargetError::Scheme),
        ("unix:/run/x.sock", TargetError::BaseHasMore),
        ("https://user@crm.example.org", TargetError::UserInfo),
        ("https://user:word@crm.example.org", TargetError::UserInfo),
        (
            "https://crm.example.org@evil.example",
            TargetError::UserInfo,
        ),
        ("https://@evil.example", TargetError::UserInfo),
        ("https://crm.example.org/path", TargetError::BaseHasMore),
        ("https://crm.example.org?x", TargetError::BaseHasMore),
        ("https://crm.example.org#x", TargetError::BaseHasMore),
    ] {
        assert_eq!(Target::parse(fqdn, "/gc").err(), Some(expected), "{fqdn:?}");
    }
}

#[test]
fn what_is_not_listed_is_refused() {
    for (fqdn, resolved) in [
        ("https://evil.example", "192.0.2.1"),
        ("https://crm.example.org.evil.example", "192.0.2.1"),
        ("https://evilcrm.example.org", "192.0.2.1"),
        ("https://partner.example:8443", "192.0.2.1"),
        ("https://evilpartner.example:8443", "192.0.2.1"),
        ("http://crm.example.org", "10.1.2.3"),
        ("https://crm.example.org:8443", "10.1.2.3"),
        ("https://crm.example.org:22", "10.1.2.3"),
        ("https://10.21.0.1", ""),
        ("http://192.0.2.10", ""),
        ("http://127.0.0.1:9001", ""),
        ("http://127.0.0.2:9000", ""),
        ("https://127.0.0.1:9000", ""),
    ] {
        let found = verdict(fqdn, "/gc", &[resolved]);
        assert_eq!(found, Err(TargetError::NotAllowed), "{fqdn}");
    }
}

#[test]
fn no_spelling_of_a_forbidden_address_gets_through_a_network_entry() {
    for host in HOSTS {
        let found = verdict(&format!("https://{host}:7443"), "/gc", &[]);
        assert_eq!(found, Err(TargetError::Forbidden), "{host}");
    }
}

#[test]
fn a_name_that_leads_to_a_forbidden_address_is_refused() {
    for resolved in ADDRESSES {
        let found = verdict("https://x.partner.example:8443", "/gc", &[resolved]);
        assert_eq!(found, Err(TargetError::Forbidden), "{resolved}");
    }
}

#[test]
fn one_bad_address_among_good_ones_spoils_all() {
    let found = verdict(
        "https://x.partner.example:8443",
        "/gc",
        &["192.0.2.1", "127.0.0.1"],
    );
    assert_eq!(found, Err(TargetError::Forbidden));
}

#[test]
fn an_answer_that_turns_bad_later_is_checked_again() {
    assert!(verdict("https://x.partner.example:8443", "/gc", &["192.0.2.1"]).is_ok());
    assert!(verdict("https://x.partner.example:8443", "/gc", &["127.0.0.1"]).is_err());
}

#[test]
fn a_name_without_an_address_is_not_found() {
    let found = verdict("https://crm.example.org", "/gc", &[]);
    assert_eq!(found, Err(TargetError::Unresolved));
}

#[test]
fn our_own_listeners_finesse_and_the_broker_are_refused_even_when_listed() {
    for (fqdn, resolved) in [
        ("http://127.0.0.1:8112", ""),
        ("http://127.0.0.1:18445", ""),
        ("https://10.20.0.11", ""),
        ("https://10.20.0.5", ""),
        ("https://crm.example.org", "10.20.0.11"),
        ("https://10.20.0.12", ""),
        ("https://crm.example.org", "10.20.0.12"),
        ("https://crm.example.org", "10.20.0.5"),
        ("https://finesse-a.example.org", "192.0.2.1"),
    ] {
        let found = verdict(fqdn, "/gc", &[resolved]);
        assert_eq!(found, Err(TargetError::Forbidden), "{fqdn} {resolved}");
    }
}

#[test]
fn an_empty_list_allows_nothing() {
    let target = Target::parse("https://crm.example.org", "/gc").unwrap();
    assert_eq!(
        target.may_be_tried(&Policy::default()),
        Err(TargetError::NotAllowed)
    );
}

#[test]
fn entries_that_would_open_too_much_are_refused() {
    for entry in [
        "",
        "*",
        "crm.example.org",
        "https://",
        "https://*",
        "https://*.",
        "https://a*.example.org",
        "https://crm.example.org/path",
        "https://crm.example.org:0",
        "https://crm.example.org:x",
        "https://user@crm.example.org",
        "https://1.2.3",
        "https://0x7f000001",
        "http://*.example.org",
        "http://10.0.0.0/8",
        "ws://crm.example.org",
    ] {
        assert!(entry.parse::<AllowEntry>().is_err(), "{entry}");
    }
}
