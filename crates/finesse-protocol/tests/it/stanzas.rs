//! Whole message stanzas and documents of unknown kind.

use finesse_protocol::{
    Data, Document, Problem, Source, Stanza, UpdateEvent, notification_texts, read_document,
};
use pretty_assertions::assert_eq;

use crate::fixtures::{STANZA, UPDATE_DIALOG};

fn stanza(xml: &str) -> Stanza {
    match read_document(xml).unwrap() {
        Document::Stanza(stanza) => stanza,
        other => panic!("not a stanza: {other:?}"),
    }
}

fn message(items: &str) -> String {
    format!(
        "<message to='41027@fin-a.acme.test'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
         <items node='/finesse/api/User/41027'>{items}</items></event></message>"
    )
}

#[test]
fn a_stanza_gives_its_node_receiver_and_update() {
    let stanza = stanza(STANZA);
    assert_eq!(stanza.node, "/finesse/api/User/41027");
    assert_eq!(stanza.to, "41027@fin-a.acme.test");
    let [Ok(update)] = stanza.updates.as_slice() else {
        panic!("not one update");
    };
    assert_eq!(update.event, UpdateEvent::Put);
    assert_eq!(update.source, Source::User("41027".into()));
    let Data::User(user) = &update.data else {
        panic!("not a user");
    };
    assert_eq!(user.extension.as_deref(), Some("6127"));
    assert_eq!(user.last_name, "Haddad & Sons");
    assert_eq!(user.state.as_str(), "READY");
}

#[test]
fn the_text_is_unescaped_once() {
    let xml = message(
        "<item><notification>&lt;Update&gt;a &amp;amp; b&lt;/Update&gt;</notification></item>",
    );
    let (node, texts) = notification_texts(&xml).unwrap();
    assert_eq!(node, "/finesse/api/User/41027");
    assert_eq!(texts, ["<Update>a &amp; b</Update>"]);
}

#[test]
fn the_namespace_of_the_notification_makes_no_difference() {
    for open in [
        "<notification>",
        "<notification xmlns='urn:xmpp:push:0'>",
        "<notification xmlns='http://jabber.org/protocol/pubsub' type='html'>",
    ] {
        let xml = message(&format!(
            "<item>{open}&lt;Update/&gt;</notification></item>"
        ));
        assert_eq!(notification_texts(&xml).unwrap().1, ["<Update/>"], "{open}");
    }
    let xml = message("<item><p:notification>&lt;Update/&gt;</p:notification></item>");
    assert_eq!(notification_texts(&xml).unwrap().1, ["<Update/>"]);
}

#[test]
fn character_data_is_text_too() {
    let xml = message("<item><notification><![CDATA[<Update/>]]></notification></item>");
    assert_eq!(notification_texts(&xml).unwrap().1, ["<Update/>"]);
}

#[test]
fn a_bad_notification_costs_only_itself() {
    let xml = message(
        "<item><notification>&lt;Update&gt;</notification></item>\
         <item><notification>&lt;Update/&gt;</notification></item><retract id='1'/>",
    );
    let updates = stanza(&xml).updates;
    assert_eq!(updates.len(), 2);
    assert_eq!(updates[0].as_ref().unwrap_err().problem, Problem::Truncated);
    assert!(updates[1].is_ok());
}

#[test]
fn a_message_without_items_is_an_empty_stanza() {
    let stanza = stanza("<message to='a'><body>hello</body></message>");
    assert_eq!(stanza.node, "");
    assert_eq!(stanza.updates, []);
}

#[test]
fn a_node_with_an_entity_is_unescaped() {
    let xml = message("").replace("User/41027'", "User/a&amp;b'");
    assert_eq!(notification_texts(&xml).unwrap().0, "/finesse/api/User/a&b");
    let xml = message("").replace("User/41027'", "User/a&none;b'");
    let error = notification_texts(&xml).unwrap_err();
    assert_eq!(error.problem, Problem::UndefinedEntity);
}

#[test]
fn a_document_is_known_by_its_root() {
    let kind = |xml: &str| match read_document(xml).unwrap() {
        Document::Update(_) => "update",
        Document::Stanza(_) => "stanza",
        Document::Dialog(_) => "dialog",
        Document::User(_) => "user",
        _ => "other",
    };
    assert_eq!(kind(UPDATE_DIALOG), "update");
    assert_eq!(kind(STANZA), "stanza");
    assert_eq!(kind("<Dialog/>"), "dialog");
    assert_eq!(kind("<user/>"), "user");
    let error = read_document("<Queue/>").unwrap_err();
    assert_eq!(error.problem, Problem::WrongRoot);
}
