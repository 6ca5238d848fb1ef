//! Addresses that come from outside, or are made of what comes from outside.

use std::net::IpAddr;

use gc_server::recorder::Recording;

/// A callback: base and endpoint on two lines, and on a third what a name leads to. Whatever is allowed leads to an address that
/// callbacks may go to, at the host of the base.
pub fn callback_url(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (fqdn, endpoint, leads_to) = (line(), line(), line());
    let leads_to = leads_to.parse().unwrap_or(IpAddr::from([192, 0, 2, 1]));
    let Some((url, address)) = gc_server::fuzzing::callback(fqdn, endpoint, leads_to) else {
        return;
    };
    let ip = address.ip().to_canonical();
    let local = ip.is_loopback() || ip.is_unspecified() || ip.is_multicast();
    let linked = match ip {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast() || v4.octets()[0] == 0,
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    assert!(!local && !linked, "{text:?} leads to {address}");
    assert!(
        url.username().is_empty() && url.password().is_none(),
        "{url}"
    );
    let (base, _) = gc_server::fuzzing::callback(fqdn, "/", leads_to).expect("as before");
    assert_eq!(url.origin(), base.origin(), "the endpoint changed the host");
}

/// What fills the address of a call recorder: agent, extension and call on three lines. It can never get out of its place.
pub fn recorder_url(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let recording = Recording {
        agent_id: line(),
        extension: line(),
        dialog_id: line(),
    };
    let template =
        "https://recorder.example.org/calls/{dialogId}/pause?agent={agentId}&line={extension}";
    let Some((origin, path)) = gc_server::fuzzing::recorder(template, &recording) else {
        return;
    };
    assert_eq!(origin.host_str(), Some("recorder.example.org"));
    let plain = |c: char| c.is_ascii_graphic();
    assert!(path.chars().all(plain), "{path:?}");
    let (place, query) = path.split_once('?').expect("the query stays");
    let parts: Vec<&str> = place.split('/').collect();
    assert!(matches!(parts[..], ["", "calls", _, "pause"]), "{path:?}");
    assert_eq!(query.matches(['&', '=', '#']).count(), 3, "{path:?}");
}
