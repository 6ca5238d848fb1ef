//! The program from its command line.
// Helpers of tests may fail a test.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Output};

fn gc_server(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gc-server"))
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_demo_plays_a_morning_and_ends_well() {
    let output = gc_server(&["demo", "--play", "--any-ports"]);
    let told = text(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", text(&output.stderr));
    for line in [
        "type=NewInboundCall agentId=41027",
        "state=HELD",
        "callType=TRANSFER",
        "callType=CONFERENCE",
        "callType=SUPERVISOR_MONITOR",
        "message=6127 was dropped from the call",
        "type=OutboundCall agentId=41027 state=ACTIVE",
        "type=State agentId=41033 state=LOGOUT",
        "== Done",
    ] {
        assert!(told.contains(line), "{line} is missing in\n{told}");
    }
}

#[test]
fn check_names_every_problem_and_fails() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"[server]\nlisten = \"0.0.0.0:8112\"\n")
        .unwrap();
    let file = file.path().to_str().unwrap();
    let output = gc_server(&["check", "--config", file]);
    assert!(!output.status.success());
    let told = text(&output.stderr);
    assert!(
        told.contains("server.listen:") && told.contains("finesse.nodes:"),
        "{told}"
    );
}

#[test]
fn check_accepts_good_settings_from_file_and_command_line() {
    let output = gc_server(&[
        "check",
        "--set",
        r#"finesse.nodes=[{host="finesse-a.example.org"}]"#,
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_certificate_that_is_none_is_named_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let file = file.path().to_str().unwrap();
    let output = gc_server(&[
        "run",
        "--set",
        r#"finesse.nodes=[{host="finesse-a.example.org"}]"#,
        "--set",
        &format!(r#"finesse.ca_files=["{file}"]"#),
        "--set",
        "server.listen=127.0.0.1:0",
        "--set",
        "server.admin_listen=127.0.0.1:0",
    ]);
    assert!(!output.status.success());
    assert_eq!(
        text(&output.stderr),
        format!("gc-server: certificate {file}: no certificate inside\n")
    );
}
