//! What scripts rely on: exit codes, and what stands on standard output.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output};

fn gc(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gc"))
        .args(arguments)
        .env_remove("GC_URL")
        .env_remove("GC_KEY")
        .env_remove("GC_PARAMS")
        .output()
        .unwrap()
}

/// A gateway that takes one command and gives one answer; the thread returns the body it got.
fn gateway(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let body = read_body(&stream);
        stream.write_all(answer.as_bytes()).unwrap();
        body
    });
    (url, served)
}

fn read_body(stream: &std::net::TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

#[test]
fn an_accepted_command_ends_in_0_and_prints_the_answer() {
    let (url, served) = gateway(
        "HTTP/1.1 202 Accepted\r\ncontent-length: 42\r\n\r\n{\"commandId\":\"c-1\",\"status\":\"accepted\"}   ",
    );
    let output = gc(&["send", "Login#41027", "demo,6127", "--url", &url]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"status\":\"accepted\""));
    assert_eq!(
        served.join().unwrap(),
        r#"{"data":{"body":"demo,6127","sessionUrl":"gc","type":"Login#41027"}}"#
    );
}

#[test]
fn a_refused_command_ends_in_1_and_names_the_status() {
    let (url, served) = gateway("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}");
    let output = gc(&["send", "MakeReady#41027", "--url", &url]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "gc: the gateway said 403 Forbidden\n"
    );
    served.join().unwrap();
}

#[test]
fn a_command_that_is_wrong_in_itself_is_not_sent_and_ends_in_2() {
    let output = gc(&["send", "MakeRedy#41027", "--url", "http://127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("gc: not sent: MakeRedy#41027: "), "{said}");
}

#[test]
fn a_gateway_that_is_not_there_ends_in_2_and_names_the_address() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let output = gc(&["watch", "--url", &format!("http://{closed}")]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&closed.to_string()), "{said}");
}
