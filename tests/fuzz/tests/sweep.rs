//! Every document of Finesse that the tests have, and the recordings of real sites where `GC_RECORDED` names them, cut at each byte
//! and with each byte changed; and every seed of the other targets.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod seeds;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use finesse_protocol::{Document, Request, read_document};
use gc_fuzz::{TARGETS, finesse};

/// No document of this size may take longer, not even without optimisation and beside other tests.
const LIMIT: Duration = Duration::from_secs(5);

#[test]
fn a_document_cut_anywhere_is_refused_with_a_reason() {
    for (path, text) in seeds::documents() {
        let text = text.trim_end();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            match read_document(&text[..end]) {
                Err(error) => assert!(!error.to_string().is_empty()),
                Ok(document) => panic!("{}: cut at {end}: {document:?}", path.display()),
            }
        }
    }
}

#[test]
fn a_notification_with_a_changed_byte_is_refused_or_gives_events() {
    for (_, text) in notifications() {
        changed(text.as_bytes(), finesse::update);
    }
}

#[test]
fn a_stanza_cut_or_changed_anywhere_is_a_stanza_or_not() {
    for (_, text) in notifications() {
        let stanza = stanza_of(&text);
        cut(&stanza, finesse::xmpp_stream);
        changed(&stanza, finesse::xmpp_stream);
    }
}

#[test]
fn a_document_with_a_changed_byte_is_read_or_refused() {
    for (_, text) in seeds::documents() {
        changed(text.as_bytes(), |bytes| {
            let _ = str::from_utf8(bytes).map(read_document);
        });
    }
}

#[test]
fn an_answer_with_a_changed_byte_is_read_or_refused() {
    for (_, text) in seeds::documents() {
        let request = match read_document(&text) {
            Ok(Document::User(_)) => Request::User { user: "1".into() },
            Ok(Document::Dialog(_)) => Request::Dialog { dialog: "1".into() },
            // Of every other kind, an error's text.
            _ => Request::SystemInfo,
        };
        changed(text.as_bytes(), |body| {
            for status in [200, 400] {
                let _ = request.decode(status, body);
            }
        });
    }
}

#[test]
fn every_seed_cut_or_changed_anywhere_passes() {
    for target in TARGETS {
        for seed in seeds::committed(target.name) {
            cut(&seed, target.run);
            changed(&seed, target.run);
        }
    }
}

/// Documents that are updates.
fn notifications() -> impl Iterator<Item = (PathBuf, String)> {
    let all = seeds::documents().into_iter();
    all.filter(|(_, text)| text.trim_start().starts_with("<Update"))
}

fn stanza_of(update: &str) -> Vec<u8> {
    let escaped = update
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("<message from='pubsub.a'><event><items><item><notification>{escaped}</notification></item></items></event></message>")
        .into_bytes()
}

fn cut(bytes: &[u8], run: impl Fn(&[u8])) {
    for end in 0..bytes.len() {
        timed(&run, &bytes[..end]);
    }
}

/// One bit of each byte, which depends on its place.
fn changed(bytes: &[u8], run: impl Fn(&[u8])) {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() {
        let original = bytes[at];
        bytes[at] ^= 1 << (at % 8);
        timed(&run, &bytes);
        bytes[at] = original;
    }
}

fn timed(run: impl Fn(&[u8]), bytes: &[u8]) {
    let begun = Instant::now();
    run(bytes);
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]);
    assert!(begun.elapsed() < LIMIT, "slow on {shown:?}");
}
