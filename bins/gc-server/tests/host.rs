//! The program on a machine in trouble: a log that cannot be written, no file descriptors left, a stop.
// Helpers of tests may fail a test.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gc_testkit::secrets;

/// Longer than any test needs.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running demo; killed when dropped.
struct Demo {
    child: Child,
    client: String,
    admin: String,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    fn start(program: &mut Command, log: Stdio) -> Self {
        let mut child = program
            .stdout(Stdio::piped())
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |word: &str| {
            let line = lines
                .by_ref()
                .map(Result::unwrap)
                .find(|line| line.starts_with(word));
            let line = line.unwrap();
            let (_, rest) = line.split_once("http://").unwrap();
            rest.split('/').next().unwrap().to_owned()
        };
        let (client, admin) = (address("clients"), address("admin"));
        // What it prints afterwards must have room somewhere.
        std::thread::spawn(move || for _ in lines.map_while(Result::ok) {});
        let demo = Self {
            child,
            client,
            admin,
        };
        demo.wait_until_ready();
        demo
    }

    fn logging(level: &str, log: Stdio) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_gc-server"));
        program.args(["demo", "--any-ports", "--log", level]);
        Self::start(&mut program, log)
    }

    fn wait_until_ready(&self) {
        let begun = Instant::now();
        while !get(&self.admin, "/readyz").starts_with("HTTP/1.1 200") {
            assert!(begun.elapsed() < PATIENCE, "never ready");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Connects and signs in Layla, and gives what her client hears.
    fn layla(&self) -> (Line, Events) {
        let mut line = Line::to(&self.client);
        let events = Events::of(&self.client, "desk-1");
        line.send("Connect#41027", "desk-1,demo");
        line.send("Login#41027", "demo,6127");
        let mut events = events;
        events.until(r#""state":"NOT_READY""#);
        (line, events)
    }
}

/// A connection for requests, which is kept.
struct Line(TcpStream);

impl Line {
    fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    fn send(&mut self, kind: &str, body: &str) {
        let body = format!(r#"{{"data":{{"type":"{kind}","body":"{body}"}}}}"#);
        write!(
            self.0,
            "POST /gc/v1/commands HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = [0; 4096];
        let read = self.0.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 202"), "{kind}: {answer}");
    }
}

/// Server-sent events.
struct Events(BufReader<TcpStream>);

impl Events {
    fn of(address: &str, destination: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "GET /gc/v1/events?destination={destination} HTTP/1.1\r\nhost: x\r\n\r\n"
        )
        .unwrap();
        let mut events = Self(BufReader::new(stream));
        events.until("HTTP/1.1 200");
        events
    }

    /// Reads until a line holds this.
    fn until(&mut self, wanted: &str) {
        let mut line = String::new();
        while !line.contains(wanted) {
            line.clear();
            let read = self.0.read_line(&mut line);
            assert!(read.is_ok_and(|read| read > 0), "never: {wanted}");
        }
    }

    fn until_the_end(mut self) -> String {
        let mut rest = String::new();
        let _ = self.0.read_to_string(&mut rest);
        rest
    }
}

fn get(address: &str, path: &str) -> String {
    let mut answer = String::new();
    if let Ok(mut stream) = TcpStream::connect(address) {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        );
        let _ = stream.read_to_string(&mut answer);
    }
    answer
}

fn metric(admin: &str, name: &str) -> u64 {
    let metrics = get(admin, "/metrics");
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in\n{metrics}"))
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn a_full_disk_under_the_log_stops_no_event_and_what_is_lost_is_counted() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let demo = Demo::logging("trace", full.into());
    let (mut line, mut events) = demo.layla();
    for _ in 0..10 {
        line.send("MakeReady#41027", "null");
        events.until(r#""state":"READY""#);
        line.send("MakeNotReady#41027", "null");
        events.until(r#""state":"NOT_READY""#);
    }
    assert!(metric(&demo.admin, "gc_log_lines_lost_total") > 0);
}

#[test]
fn a_log_that_nobody_reads_stops_no_event() {
    // The pipe takes 64 KiB, which are soon full.
    let mut demo = Demo::logging("trace", Stdio::piped());
    let (mut line, mut events) = demo.layla();
    for _ in 0..15 {
        line.send("MakeReady#41027", "null");
        events.until(r#""state":"READY""#);
        line.send("MakeNotReady#41027", "null");
        events.until(r#""state":"NOT_READY""#);
    }
    assert!(get(&demo.admin, "/healthz").starts_with("HTTP/1.1 200"));
    let unread = demo.child.stderr.as_mut().unwrap();
    let mut log = vec![0; 64 * 1024];
    unread.read_exact(&mut log).unwrap();
    // The demo's password is no secret; what it is sent in shows whether others would be safe.
    for credential in ["41027:demo", "41027\0demo", "demo,6127", "desk-1,demo"] {
        secrets::plant(credential);
    }
    assert!(!secrets::is_in(&String::from_utf8_lossy(&log)));
}

#[test]
fn without_file_descriptors_events_go_on_and_connections_are_taken_again_when_there_are_some() {
    let mut program = Command::new("sh");
    program.args([
        "-c",
        r#"ulimit -n 90; exec "$0" demo --any-ports --log warn"#,
    ]);
    program.arg(env!("CARGO_BIN_EXE_gc-server"));
    let mut demo = Demo::start(&mut program, Stdio::piped());
    let mut log = BufReader::new(demo.child.stderr.take().unwrap()).lines();
    let (mut line, mut events) = demo.layla();
    line.send("MakeReady#41027", "null");
    events.until(r#""state":"READY""#);

    let crowd: Vec<TcpStream> = (0..100)
        .map(|_| TcpStream::connect(&demo.client).unwrap())
        .collect();
    let refused = log.find(|line| {
        let line = line.as_ref().unwrap();
        line.contains("a connection cannot be accepted")
    });
    assert!(refused.is_some());
    line.send("MakeNotReady#41027", "null");
    events.until(r#""state":"NOT_READY""#);

    drop(crowd);
    let mut line = Line::to(&demo.client);
    line.send("MakeReady#41027", "null");
    events.until(r#""state":"READY""#);
}

#[test]
fn a_request_to_stop_ends_streams_and_the_process_and_nobody_finds_it_ready() {
    let mut demo = Demo::logging("info", Stdio::null());
    let (_line, events) = demo.layla();
    let begun = Instant::now();
    let id = demo.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    events.until_the_end();
    assert!(demo.child.wait().unwrap().success());
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(get(&demo.admin, "/readyz"), "");
    assert_eq!(get(&demo.client, "/openapi.json"), "");
}
