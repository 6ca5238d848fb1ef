//! Keys: the commands of README's section, executed.
// Helpers of tests may fail a test.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use gc_server::config::Sources;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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

/// Status of a Hello with a key.
async fn hello(address: std::net::SocketAddr, key: &str) -> String {
    let body = r#"{"data":{"type":"Hello#desk-1","sessionUrl":"s-1"}}"#;
    let request = format!(
        "POST /gc/v1/commands HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_is_shown_once_and_the_file_that_got_its_digest_lets_it_in() {
    let folder = folder();
    let made = shell(folder.path(), blocks("Keys and TLS")[0]);
    assert!(made.status.success(), "{made:?}");
    let shown = String::from_utf8(made.stderr).unwrap();
    let key = shown.lines().last().unwrap().to_owned();
    let file = folder.path().join("gc.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(key.starts_with("gck_") && !text.contains(&key));
    let sources = Sources {
        file: Some(file),
        overrides: [
            "server.listen=127.0.0.1:0",
            "server.admin_listen=127.0.0.1:0",
            r#"finesse.nodes=[{host="localhost",https_port=1,xmpp_port=1,legacy_websocket_port=1}]"#,
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Sources::default()
    };
    let (handle, gateway) = gc_server::serve(sources.load().unwrap()).await.unwrap();
    let gateway = tokio::spawn(gateway);
    let address = handle.client_addr();
    assert_eq!(hello(address, &key).await, "HTTP/1.1 202 Accepted");
    assert_eq!(
        hello(address, "gck_other").await,
        "HTTP/1.1 401 Unauthorized"
    );
    handle.shutdown();
    gateway.await.unwrap().unwrap();
}

#[test]
fn a_name_that_would_break_the_file_is_refused() {
    let folder = folder();
    for name in ["", "a b", "a]", "a.b"] {
        let made = shell(folder.path(), &format!("gc-server key new --name '{name}'"));
        assert!(!made.status.success() && made.stdout.is_empty(), "{name}");
    }
}
