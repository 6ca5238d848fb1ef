//! Recorded notifications in, events out.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::path::PathBuf;
use std::process::{Command, Output};

use pretty_assertions::assert_eq;

fn decode(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gc"))
        .arg("decode")
        .args(arguments)
        .output()
        .unwrap()
}

fn data(path: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    folder.join(path).display().to_string()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The type of each event, and a call's or agent's state.
fn outline(output: &Output) -> Vec<(String, String)> {
    let lines = text(&output.stdout);
    let field = |line: &str, key: &str| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        event[key].as_str().unwrap_or_default().to_owned()
    };
    lines
        .lines()
        .map(|line| (field(line, "type"), field(line, "state")))
        .collect()
}

fn outlined(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected
        .iter()
        .map(|(kind, state)| ((*kind).to_owned(), (*state).to_owned()));
    owned.collect()
}

#[test]
fn the_traffic_of_the_tests_gives_the_golden_events() {
    let output = decode(&[
        "--agent-id",
        "41027",
        "--agent-extension",
        "6127",
        &data("recorded"),
    ]);
    let golden = std::fs::read_to_string(data("golden/recorded.jsonl")).unwrap();
    assert_eq!(text(&output.stdout), golden);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_first_user_says_whose_notifications_these_are() {
    let output = decode(&[&data("recorded")]);
    let golden = std::fs::read_to_string(data("golden/recorded.jsonl")).unwrap();
    assert_eq!(text(&output.stdout), golden);
}

#[test]
fn a_call_is_new_once_and_dropped_once() {
    let output = decode(&[
        "--agent-id",
        "41027",
        "--agent-extension",
        "6127",
        &data("recorded/2-wrap-up"),
    ]);
    let expected = outlined(&[
        ("NewInboundCall", ""),
        ("InboundCall", "ACTIVE"),
        ("InboundCall", "DROPPED"),
        ("State", "WORK"),
        ("State", "NOT_READY"),
    ]);
    assert_eq!(outline(&output), expected);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.xml");
    std::fs::write(&broken, "<Update><data>").unwrap();
    let good = data("recorded/5-stanza/01-user-NOT_READY.xml");
    let output = decode(&[&broken.display().to_string(), &good]);
    assert_eq!(outline(&output), outlined(&[("State", "NOT_READY")]));
    assert!(text(&output.stderr).starts_with(&format!("gc: {}: ", broken.display())));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn without_a_user_the_sources_say_whose_calls_these_are() {
    let output = decode(&["--agent-extension", "6127", &data("recorded/4-late")]);
    let lines = text(&output.stdout);
    assert_eq!(lines.lines().count(), 2);
    assert!(
        lines
            .lines()
            .all(|line| line.contains("\"agentId\":\"41027\""))
    );
}

#[test]
fn an_agent_that_nothing_names_must_be_named() {
    let output = decode(&[&data("recorded/1-routed-call/05-PUT-ACTIVE.xml")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("give --agent-id"));
}

#[test]
fn a_folder_without_traffic_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = decode(&["--agent-id", "41027", &folder.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no .xml file in it"));
}

/// Recordings of real sites, where the variable names them: every file is read, and calls keep their order.
#[test]
fn recorded_traffic_of_real_sites_is_read_without_a_complaint() {
    let Some(recorded) = std::env::var_os("GC_RECORDED") else {
        return;
    };
    let folder = PathBuf::from(recorded);
    let of = |name: &str, extension: &str| {
        let path = folder.join(name).display().to_string();
        let output = decode(&["--agent-id", "41027", "--agent-extension", extension, &path]);
        assert_eq!(text(&output.stderr), "", "{name}");
        outline(&output)
    };
    let abandoned = outlined(&[
        ("State", "RESERVED"),
        ("NewInboundCall", ""),
        ("Error", ""),
        ("InboundCall", "DROPPED"),
        ("State", "READY"),
        ("State", "TALKING"),
        ("InboundCall", "INITIATING"),
        ("InboundCall", "DROPPED"),
    ]);
    assert_eq!(of("abandoned-and-error", "7831"), abandoned);
    let routed = outlined(&[("NewInboundCall", ""), ("InboundCall", "HELD")]);
    assert_eq!(of("inbound-routed", "7831"), routed);
    let wrap_up = outlined(&[
        ("NewInboundCall", ""),
        ("InboundCall", "ACTIVE"),
        ("InboundCall", "DROPPED"),
    ]);
    assert_eq!(of("wrap-up", "7540"), wrap_up);
    assert_eq!(of("transfer-leg-dropped", "7831"), []);
    let stanzas = outlined(&[("Error", ""), ("State", "NOT_READY"), ("State", "READY")]);
    assert_eq!(of("stanzas", "7122"), stanzas);
}
