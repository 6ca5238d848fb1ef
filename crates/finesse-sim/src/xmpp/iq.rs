//! Answers to the requests that XMPP clients make.

use super::handle::Handle;
use super::pubsub::{Access, access};
use crate::core::Core;
use crate::engine::Node;
use crate::xml::{Element, escape_into};

const PUBSUB: &str = "http://jabber.org/protocol/pubsub";
const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";
const DISCO_ITEMS: &str = "http://jabber.org/protocol/disco#items";

/// The answer to an IQ after binding, or `None` if it needs none.
pub(super) fn answer(core: &Core, node: Node, link: &Handle, iq: &Element) -> Option<String> {
    let kind = iq.attribute("type").unwrap_or_default();
    if kind != "get" && kind != "set" {
        return None;
    }
    let payload = iq.children.first();
    let outcome = match payload {
        Some(payload) => content(core, node, link, iq, payload),
        None => Outcome::Error("modify", "bad-request"),
    };
    Some(reply(link, iq, core.hub.domain(node), outcome))
}

enum Outcome {
    Result(String),
    Error(&'static str, &'static str),
}

fn content(core: &Core, node: Node, link: &Handle, iq: &Element, payload: &Element) -> Outcome {
    let domain = core.hub.domain(node);
    match (payload.name.as_str(), payload.namespace.as_str()) {
        ("ping", "urn:xmpp:ping") | ("session", "urn:ietf:params:xml:ns:xmpp-session") => {
            Outcome::Result(String::new())
        }
        ("query", "jabber:iq:roster") => Outcome::Result(format!(
            "<query xmlns='jabber:iq:roster'><item jid='finesse@{domain}' name='finesse' \
             subscription='to'/></query>"
        )),
        ("pubsub", PUBSUB) => pubsub(core, node, link, payload),
        ("query", DISCO_INFO) => disco_info(core, link, domain, iq, payload),
        ("query", DISCO_ITEMS) => disco_items(link, domain, iq, payload),
        // Kept by nobody, and answered as by a server where nothing was kept yet.
        ("vCard", "vcard-temp") => Outcome::Result("<vCard xmlns='vcard-temp'/>".to_owned()),
        ("query", "jabber:iq:private") => Outcome::Result(private_storage(payload)),
        _ => Outcome::Error("cancel", "service-unavailable"),
    }
}

fn pubsub(core: &Core, node: Node, link: &Handle, payload: &Element) -> Outcome {
    let Some(request) = payload.children.first() else {
        return Outcome::Error("modify", "bad-request");
    };
    match request.name.as_str() {
        "subscribe" => subscribe(core, node, link, request),
        "unsubscribe" => unsubscribe(core, node, link, request),
        "subscriptions" => subscriptions(core, node, link),
        _ => Outcome::Error("cancel", "feature-not-implemented"),
    }
}

fn subscribe(core: &Core, node: Node, link: &Handle, request: &Element) -> Outcome {
    let path = request.attribute("node").unwrap_or_default();
    let Some(address) = own_address(link, request) else {
        return Outcome::Error("modify", "bad-request");
    };
    match access(core, &link.user, path) {
        Access::Unknown => return Outcome::Error("cancel", "item-not-found"),
        Access::Forbidden => return Outcome::Error("auth", "forbidden"),
        Access::Automatic => {}
        Access::Allowed => core.hub.subscribe(node, path, &address, &link.user),
    }
    let subscription = subscription(path, &address);
    Outcome::Result(format!("<pubsub xmlns='{PUBSUB}'>{subscription}</pubsub>"))
}

fn unsubscribe(core: &Core, node: Node, link: &Handle, request: &Element) -> Outcome {
    let path = request.attribute("node").unwrap_or_default();
    let Some(address) = own_address(link, request) else {
        return Outcome::Error("modify", "bad-request");
    };
    match core.hub.unsubscribe(node, path, &address) {
        true => Outcome::Result(String::new()),
        false => Outcome::Error("cancel", "unexpected-request"),
    }
}

fn subscriptions(core: &Core, node: Node, link: &Handle) -> Outcome {
    let list: String = core
        .hub
        .subscribed_by(node, &link.bare)
        .iter()
        .map(|(path, address)| subscription(path, address))
        .collect();
    Outcome::Result(format!(
        "<pubsub xmlns='{PUBSUB}'><subscriptions>{list}</subscriptions></pubsub>"
    ))
}

fn subscription(path: &str, address: &str) -> String {
    let mut text = "<subscription node='".to_owned();
    escape_into(&mut text, path);
    text.push_str("' jid='");
    escape_into(&mut text, address);
    text.push_str("' subscription='subscribed'/>");
    text
}

/// The address to subscribe, bare or full, if it is the client's own.
fn own_address(link: &Handle, request: &Element) -> Option<String> {
    let address = request.attribute("jid")?;
    let bare = address.split('/').next()?;
    bare.eq_ignore_ascii_case(&link.bare)
        .then(|| address.to_owned())
}

fn disco_info(
    core: &Core,
    link: &Handle,
    domain: &str,
    iq: &Element,
    payload: &Element,
) -> Outcome {
    let to_pubsub = iq.attribute("to") == Some(format!("pubsub.{domain}").as_str());
    let (identity, feature) = match payload.attribute("node") {
        Some(path) if to_pubsub => match access(core, &link.user, path) {
            Access::Unknown => return Outcome::Error("cancel", "item-not-found"),
            Access::Automatic | Access::Allowed | Access::Forbidden => ("pubsub", "leaf"),
        },
        Some(_) => return Outcome::Error("cancel", "item-not-found"),
        None if to_pubsub => ("pubsub", "service"),
        None => ("server", "im"),
    };
    let mut node = String::new();
    if let Some(path) = payload.attribute("node") {
        node.push_str(" node='");
        escape_into(&mut node, path);
        node.push('\'');
    }
    Outcome::Result(format!(
        "<query xmlns='{DISCO_INFO}'{node}><identity category='{identity}' type='{feature}'/>\
         <feature var='{DISCO_INFO}'/><feature var='{PUBSUB}'/><feature var='urn:xmpp:ping'/>\
         </query>"
    ))
}

fn disco_items(link: &Handle, domain: &str, iq: &Element, payload: &Element) -> Outcome {
    let pubsub = format!("pubsub.{domain}");
    let whole = payload.attribute("node").is_none();
    let mut items = String::new();
    match iq.attribute("to") {
        Some(to) if to == pubsub && whole => {
            let own = format!("/finesse/api/User/{}", link.user);
            let nodes = [format!("{own}/Dialogs"), own, SYSTEM_INFO.to_owned()];
            for node in nodes {
                item(&mut items, &pubsub, Some(&node));
            }
        }
        None => item(&mut items, &pubsub, None),
        Some(to) if to == domain => item(&mut items, &pubsub, None),
        Some(_) => {}
    }
    Outcome::Result(format!("<query xmlns='{DISCO_ITEMS}'>{items}</query>"))
}

const SYSTEM_INFO: &str = "/finesse/api/SystemInfo";

fn item(items: &mut String, jid: &str, node: Option<&str>) {
    items.push_str("<item jid='");
    escape_into(items, jid);
    if let Some(node) = node {
        items.push_str("' node='");
        escape_into(items, node);
    }
    items.push_str("'/>");
}

/// The element that was asked for, empty.
fn private_storage(payload: &Element) -> String {
    let mut storage = "<query xmlns='jabber:iq:private'>".to_owned();
    if let Some(asked) = payload.children.first() {
        storage.push_str(&format!("<{} xmlns='", asked.name));
        escape_into(&mut storage, &asked.namespace);
        storage.push_str("'/>");
    }
    storage.push_str("</query>");
    storage
}

fn reply(link: &Handle, iq: &Element, domain: &str, outcome: Outcome) -> String {
    let (kind, inside) = match outcome {
        Outcome::Result(inside) => ("result", inside),
        Outcome::Error(kind, condition) => (
            "error",
            format!(
                "<error type='{kind}'><{condition} \
                 xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
            ),
        ),
    };
    let mut text = format!("<iq type='{kind}' id='");
    escape_into(&mut text, iq.attribute("id").unwrap_or_default());
    text.push_str("' from='");
    escape_into(&mut text, iq.attribute("to").unwrap_or(domain));
    text.push_str("' to='");
    escape_into(&mut text, &link.full);
    text.push_str("'>");
    text.push_str(&inside);
    text.push_str("</iq>");
    text
}
