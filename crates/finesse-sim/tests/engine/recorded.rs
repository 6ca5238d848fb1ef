//! Our documents against recorded ones: the same elements, in the same order.
//!
//! Runs where the variable `GC_RECORDED` names a folder of recordings.

use std::path::PathBuf;

use pretty_assertions::assert_eq;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::site::{LAYLA, Site};

/// What newer releases add.
const ADDED: [&str; 9] = [
    "callKeyCallId",
    "callKeyPrefix",
    "callKeySequenceNum",
    "mediaId",
    "queueName",
    "queueNumber",
    "wrapUpOnOutgoing",
    "wrapUpTimer",
    "reasonCodeId",
];

fn recording(name: &str) -> Option<String> {
    let folder = PathBuf::from(std::env::var_os("GC_RECORDED")?);
    Some(std::fs::read_to_string(folder.join(name)).unwrap())
}

/// Names in order of appearance, without what repeats: variables, actions, participants.
fn outline(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let mut names: Vec<String> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let name = start.name().into_inner().to_owned();
                if !names.contains(&name) && !ADDED.contains(&name.as_str()) {
                    names.push(name);
                }
            }
            Event::Eof => return names,
            _ => {}
        }
    }
}

fn published(site: &Site, part: &str) -> String {
    let own = site
        .published
        .iter()
        .filter(|p| p.topic.owner() == Some(LAYLA));
    let mut documents = own.map(|publication| publication.xml());
    documents.find(|xml| xml.contains(part)).unwrap()
}

#[test]
fn a_ready_user_has_the_recorded_outline() {
    let Some(recorded) = recording("abandoned-and-error/05-5_READY.xml") else {
        return;
    };
    let mut site = Site::signed_in(&[LAYLA]);
    site.state(LAYLA, "READY");
    site.settle();
    assert_eq!(outline(&published(&site, "READY")), outline(&recorded));
}

#[test]
fn an_offered_dialog_has_the_recorded_outline() {
    let Some(recorded) = recording("wrap-up/01-ALERTING.xml") else {
        return;
    };
    let mut site = Site::ready(&[LAYLA]);
    site.customer_calls("7800");
    site.settle();
    assert_eq!(
        outline(&published(&site, "<dialogs>\n")),
        outline(&recorded)
    );
}

#[test]
fn a_changed_dialog_has_the_recorded_outline() {
    let Some(recorded) = recording("wrap-up/02-ACTIVE.xml") else {
        return;
    };
    let mut site = Site::ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    assert_eq!(outline(&published(&site, "<dialog>")), outline(&recorded));
}

#[test]
fn an_error_has_the_recorded_outline() {
    let Some(recorded) = recording("stanzas/error-invalid-line.xml") else {
        return;
    };
    let start = recorded.find("&lt;Update").unwrap();
    let end = recorded.find("</notification>").unwrap();
    let recorded = quick_xml::escape::unescape(&recorded[start..end])
        .unwrap()
        .into_owned();
    let mut site = Site::new();
    site.put_user(LAYLA, LAYLA, "LOGIN", Some("6999"), None)
        .unwrap();
    site.settle();
    assert_eq!(outline(&published(&site, "apiErrors")), outline(&recorded));
}
