//! No document makes the reader panic, however it was damaged.

use finesse_protocol::{
    ConfigAgent, ConfigSkillGroup, Contact, PhoneBook, SystemInfo, Update, read_document,
};

use crate::fixtures::{
    CONFIG_AGENTS, CONTACTS, PHONE_BOOKS, SKILL_GROUPS, STANZA, SYSTEM_INFO_15, UPDATE_DIALOG,
    UPDATES,
};

#[test]
fn a_document_cut_anywhere_is_refused() {
    for xml in UPDATES.into_iter().chain([STANZA]) {
        let xml = xml.trim_end();
        assert!(read_document(xml).is_ok());
        for end in 0..xml.len() {
            let Some(cut) = xml.get(..end) else {
                continue;
            };
            assert!(read_document(cut).is_err(), "cut at {end}");
        }
    }
}

/// A document of one kind, and whether a text can be read as one.
type Kind = (&'static str, fn(&str) -> bool);

const KINDS: [Kind; 5] = [
    (PHONE_BOOKS, |xml| PhoneBook::parse_list(xml).is_ok()),
    (CONTACTS, |xml| Contact::parse_list(xml).is_ok()),
    (SYSTEM_INFO_15, |xml| SystemInfo::parse(xml).is_ok()),
    (SKILL_GROUPS, |xml| {
        ConfigSkillGroup::parse_page(xml).is_ok()
    }),
    (CONFIG_AGENTS, |xml| ConfigAgent::parse_page(xml).is_ok()),
];

#[test]
fn a_list_cut_anywhere_is_refused() {
    for (xml, readable) in KINDS {
        let xml = xml.trim_end();
        assert!(readable(xml));
        for end in 0..xml.len() {
            if let Some(cut) = xml.get(..end) {
                assert!(!readable(cut), "cut at {end}");
            }
        }
    }
}

#[test]
fn no_changed_byte_panics() {
    let puzzling = *b"\0<>&/!;\"";
    for xml in UPDATES.into_iter().chain([STANZA]) {
        let mut bytes = xml.as_bytes().to_vec();
        for at in 0..bytes.len() {
            let original = bytes[at];
            for byte in puzzling {
                bytes[at] = byte;
                if let Ok(text) = str::from_utf8(&bytes) {
                    let _ = read_document(text);
                }
            }
            bytes[at] = original;
        }
    }
}

#[test]
fn no_changed_byte_of_a_list_panics() {
    for (xml, readable) in KINDS {
        let mut bytes = xml.as_bytes().to_vec();
        for at in 0..bytes.len() {
            let original = std::mem::replace(&mut bytes[at], b'<');
            if let Ok(text) = str::from_utf8(&bytes) {
                let _ = readable(text);
            }
            bytes[at] = original;
        }
    }
}

#[test]
fn no_lost_byte_panics() {
    for at in 0..UPDATE_DIALOG.len() {
        let mut bytes = UPDATE_DIALOG.as_bytes().to_vec();
        bytes.remove(at);
        if let Ok(text) = str::from_utf8(&bytes) {
            let _ = Update::parse(text);
        }
    }
}
