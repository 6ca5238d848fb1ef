//! Keys: the commands of README's section, executed.
// Helpers of tests may fail a test.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use gc_server::config::{Config, Sources};
use tempfile::TempDir;

const README: &str = include_str!("../../../README.md");

/// The code blocks of a section.
fn blocks(section: &str) -> Vec<&'static str> {
    let (_, text) = README.split_once(&format!("\n## {section}\n")).unwrap();
    let text = text.split("\n## ").next().unwrap();
    text.split("```\n").skip(1).step_by(2).collect()
}

/// A folder in which `gc-server` is found.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let program = folder.path().join("gc-server");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gc-server"), program).unwrap();
    folder
}

fn shell(folder: &Path, script: &str) -> Output {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_section_make_a_gateway_that_lets_in_who_has_the_key() {
    let folder = folder();
    let [make_key, make_certificate, curl] = blocks("Keys and TLS")[..] else {
        unreachable!("the section has three commands");
    };
    let made = shell(folder.path(), make_key);
    assert!(made.status.success(), "{made:?}");
    let shown = String::from_utf8(made.stderr).unwrap();
    let key = shown.lines().last().unwrap();
    let made = shell(folder.path(), make_certificate);
    assert!(made.status.success(), "{made:?}");
    let file = folder.path().join("gc.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(key.starts_with("gck_") && !text.contains(key));
    let (handle, gateway) = gc_server::serve(settings(folder.path())).await.unwrap();
    let gateway = tokio::spawn(gateway);
    let port = handle.client_addr().port();
    let curl = curl.replace(":8112", &format!(":{port}"));
    for (key, status) in [(key, "202"), ("gck_other", "401")] {
        let script = format!(
            "KEY={key}; {}",
            curl.replace("curl ", "curl -s -o answer -w %{http_code} ")
        );
        let folder = folder.path().to_owned();
        let answered = tokio::task::spawn_blocking(move || shell(&folder, &script));
        assert_eq!(
            String::from_utf8(answered.await.unwrap().stdout).unwrap(),
            status
        );
    }
    handle.shutdown();
    gateway.await.unwrap().unwrap();
}

#[test]
fn the_commands_of_the_section_about_restarts_make_a_store_that_can_be_used() {
    let folder = folder();
    let file = folder.path().join("gc.toml");
    std::fs::write(
        &file,
        "[finesse]\nnodes = [{ host = \"finesse-a.example.org\" }]\n",
    )
    .unwrap();
    let [make_store] = blocks("Restart")[..] else {
        unreachable!("the section has one block of commands");
    };
    let made = shell(folder.path(), make_store);
    assert!(made.status.success() && made.stdout.is_empty(), "{made:?}");
    let check = "gc-server check --config gc.toml";
    assert!(shell(folder.path(), check).status.success());
    let exposed = shell(folder.path(), &format!("chmod 644 store-key; {check}"));
    let told = String::from_utf8(exposed.stderr).unwrap();
    assert!(
        told.contains("store.key_file: store-key must belong to this user"),
        "{told}"
    );
    // It is never written over.
    assert!(!shell(folder.path(), make_store).status.success());
}

/// What the commands have written, on ports of the system's choice.
fn settings(folder: &Path) -> Config {
    let sources = Sources {
        file: Some(folder.join("gc.toml")),
        overrides: [
            "server.listen=127.0.0.1:0",
            "server.admin_listen=127.0.0.1:0",
            r#"finesse.nodes=[{host="localhost",https_port=1,xmpp_port=1,legacy_websocket_port=1}]"#,
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Sources::default()
    };
    let mut config = sources.load().unwrap();
    // The program finds them in its folder.
    for file in [
        &mut config.server.tls.cert_file,
        &mut config.server.tls.key_file,
    ] {
        *file = folder.join(&file).to_str().unwrap().to_owned();
    }
    config
}

#[test]
fn a_name_that_would_break_the_file_is_refused() {
    let folder = folder();
    for name in ["", "a b", "a]", "a.b"] {
        let made = shell(folder.path(), &format!("gc-server key new --name '{name}'"));
        assert!(!made.status.success() && made.stdout.is_empty(), "{name}");
    }
}
