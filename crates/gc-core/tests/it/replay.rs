//! Recorded notifications, played as one agent's.
//!
//! Our own recordings (`tests/data`) are compared with golden JSON; `GC_BLESS=1` writes it anew, to be read before it is
//! committed. Those that `GC_RECORDED` names are compared with what the contract says of them.

use std::path::{Path, PathBuf};

use finesse_protocol::{Data, Document, Source, Update, UpdateEvent, read_document};
use gc_core::Config;
use gc_core::replay::Replay;
use gc_protocol::style::{Profile, Style};
use gc_protocol::{Event, Printer};
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::harness::in_short;

/// Folder, the agent, the extension, and the events in short.
const EXPECTED: &[(&str, &str, &str, &[&str])] = &[
    (
        "inbound-routed",
        "532653290",
        "7831",
        &[
            "NewInboundCall 147370467 PREROUTE_ACD_IN",
            "InboundCall 147370467 HELD PREROUTE_ACD_IN",
        ],
    ),
    (
        "wrap-up",
        "774765628",
        "7540",
        &[
            "NewInboundCall 188136819 PREROUTE_ACD_IN",
            "InboundCall 188136819 ACTIVE PREROUTE_ACD_IN",
            "InboundCall 188136819 DROPPED PREROUTE_ACD_IN",
        ],
    ),
    ("transfer-leg-dropped", "409221764", "7831", &[]),
    (
        "abandoned-and-error",
        "115306061",
        "7831",
        &[
            "State RESERVED",
            "NewInboundCall 154963621 PREROUTE_ACD_IN",
            "Error GENERAL_ERROR",
            "InboundCall 154963621 DROPPED PREROUTE_ACD_IN",
            "State READY",
            "State TALKING",
            "InboundCall 154963626 INITIATING AGENT_INSIDE",
            "InboundCall 154963626 DROPPED AGENT_INSIDE",
        ],
    ),
    (
        "stanzas",
        "9610",
        "7122",
        &[
            "Error CF_INVALID_LOGON_DEVICE_SPECIFIED",
            "State NOT_READY",
            "State READY",
        ],
    ),
];

#[test]
fn our_own_recordings_give_their_golden_events() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let folders = folders(&data);
    assert_eq!(folders.len(), 3);
    for folder in folders {
        for (profile, file) in [
            (Profile::Union, "events-union.jsonl"),
            (Profile::Documented, "events-documented.jsonl"),
        ] {
            let printed = printed(&play(&folder, "41027", "6127"), profile);
            let golden = folder.join(file);
            if std::env::var_os("GC_BLESS").is_some() {
                std::fs::write(&golden, &printed).unwrap();
            }
            assert_eq!(
                printed,
                std::fs::read_to_string(&golden).unwrap(),
                "{}",
                golden.display()
            );
        }
    }
}

#[test]
fn recorded_traffic_gives_the_events_that_the_contract_says() {
    for folder in recorded() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let known = EXPECTED.iter().find(|(known, ..)| *known == name);
        // A folder nobody has looked at must be read without a panic; what it gives is not known.
        let (_, agent, extension, expected) = known.unwrap_or(&("", "41027", "6127", &[]));
        let events = play(&folder, agent, extension);
        if known.is_some() {
            let told: Vec<String> = union(&events).iter().map(in_short).collect();
            assert_eq!(told, *expected, "{name}");
        }
    }
}

#[test]
fn recorded_values_arrive_where_clients_look_for_them() {
    for folder in recorded() {
        let (agent, extension) = match folder.file_name().unwrap().to_str().unwrap() {
            "inbound-routed" => ("532653290", "7831"),
            "abandoned-and-error" => ("115306061", "7831"),
            "wrap-up" => ("774765628", "7540"),
            _ => continue,
        };
        let events = union(&play(&folder, agent, extension));
        match agent {
            "532653290" => {
                assert_eq!(events[0]["callVariables"].as_object().unwrap().len(), 61);
                assert_eq!(events[0]["fromAddress"], "01174407291");
                assert_eq!(events[1]["startTime"], "2019-12-16 11:37:59");
                assert_eq!(events[1]["participants"][0]["state"], "HELD");
                assert_eq!(events[1]["participants"][1]["state"], "ACTIVE");
                assert_eq!(events[1]["associatedDialogId"], Value::Null);
            }
            "115306061" => {
                let sentence = "INVALID_ACTION UPDATE_CALL_DATA on extension 7831";
                assert_eq!(events[2]["errorMessage"], sentence);
                assert_eq!(events[0]["stateChangeTime"], "2020-06-19 03:31:28");
                assert_eq!(events[3]["dialogId"], "154963621");
            }
            _ => {
                assert_eq!(events[2]["state"], "DROPPED");
                assert_eq!(events[2]["prevDialogId"], Value::Null);
            }
        }
    }
}

#[test]
fn the_extension_of_the_first_user_is_taken_where_none_is_given() {
    let mut replay = Replay::new("41027".into(), None, Config::default());
    let mut user = crate::docs::user("41027");
    user.extension = "6127".to_owned();
    let call = crate::docs::routed("207", "6127").in_collection("POST", "41027");
    assert!(replay.apply(Update::parse(&call).unwrap()).is_empty());
    replay.apply(Update::parse(&user.update("")).unwrap());
    assert_eq!(replay.apply(Update::parse(&call).unwrap()).len(), 1);
}

fn recorded() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("GC_RECORDED") else {
        println!("GC_RECORDED names no folder: nothing to play");
        return Vec::new();
    };
    folders(Path::new(&folder))
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// All notifications of a folder, in the order of their names.
fn play(folder: &Path, agent: &str, extension: &str) -> Vec<Event> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "xml"))
        .collect();
    files.sort();
    let mut replay = Replay::new(agent.into(), Some(extension.to_owned()), Config::default());
    let mut events = Vec::new();
    for file in files {
        let xml = std::fs::read_to_string(&file).unwrap();
        let document =
            read_document(&xml).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for update in updates(document) {
            events.extend(replay.apply(update));
        }
    }
    events
}

fn updates(document: Document) -> Vec<Update> {
    let bare = |source, data| Update {
        event: UpdateEvent::Put,
        request_id: String::new(),
        source,
        data,
    };
    match document {
        Document::Update(update) => vec![update],
        Document::Stanza(stanza) => stanza.updates.into_iter().map(Result::unwrap).collect(),
        Document::Dialog(dialog) => {
            vec![bare(
                Source::Dialog(dialog.id.clone()),
                Data::Dialog(dialog),
            )]
        }
        Document::User(user) => vec![bare(Source::User(user.login_id.clone()), Data::User(user))],
        other => panic!("a kind of document that this test does not know: {other:?}"),
    }
}

fn printed(events: &[Event], profile: Profile) -> String {
    let style = Style {
        profile,
        ..Style::default()
    };
    let printer = Printer::new(&style).unwrap();
    events
        .iter()
        .map(|event| printer.print(event) + "\n")
        .collect()
}

fn union(events: &[Event]) -> Vec<Value> {
    let lines = printed(events, Profile::Union);
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
