//! `gc watch` over lost connections.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::SinkExt;
use pretty_assertions::assert_eq;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway that takes one connection after the other.
struct Gateway(TcpListener);

impl Gateway {
    async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn watch(&self, arguments: &[&str]) -> Watch {
        let url = format!("http://{}", self.0.local_addr().unwrap());
        let mut child = Command::new(env!("CARGO_BIN_EXE_gc"))
            .arg("watch")
            .args(arguments)
            .args(["--url", &url])
            .env_remove("GC_KEY")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let _ = sender.send(line.unwrap());
            }
        });
        Watch { child, lines }
    }

    /// The next connection, and the path that it asks for.
    async fn accept(&self) -> (WebSocketStream<TcpStream>, String) {
        let (stream, _) = timeout(PATIENCE, self.0.accept()).await.unwrap().unwrap();
        let mut path = String::new();
        #[allow(clippy::result_large_err)] // the handshake's own type
        let look = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
            path = request.uri().to_string();
            let protocol = request.headers()["sec-websocket-protocol"].clone();
            let headers = response.headers_mut();
            headers.insert("sec-websocket-protocol", protocol);
            Ok(response)
        };
        let socket = accept_hdr_async(stream, look).await.unwrap();
        (socket, path)
    }

    async fn refuse(&self, status: &str) {
        let (mut stream, _) = timeout(PATIENCE, self.0.accept()).await.unwrap().unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

async fn say(socket: &mut WebSocketStream<TcpStream>, frame: &str) {
    socket.send(Message::text(frame)).await.unwrap();
}

/// The program, and what it prints.
struct Watch {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Watch {
    async fn next(&mut self) -> Option<String> {
        timeout(PATIENCE, self.lines.recv()).await.unwrap()
    }

    /// Its exit code, once it has printed its last.
    async fn ended(mut self) -> Option<i32> {
        assert_eq!(self.next().await, None);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_lost_connection_is_made_again_behind_the_last_event() {
    let gateway = Gateway::start().await;
    let mut watch = gateway.watch(&["--destination", "desk-1"]);
    let (mut socket, path) = gateway.accept().await;
    assert_eq!(path, "/gc/v1/ws?destination=desk-1");
    let frames = [
        r#"{"id":"s.1:7","event":{}}"#,
        r#"{"event":{"type":"CommandResult"}}"#,
    ];
    for frame in frames {
        say(&mut socket, frame).await;
        assert_eq!(watch.next().await.as_deref(), Some(frame));
    }
    drop(socket);
    gateway.refuse("503 Service Unavailable").await;
    let (mut socket, path) = gateway.accept().await;
    assert_eq!(path, "/gc/v1/ws?destination=desk-1&last=s.1%3A7");
    say(&mut socket, "{}").await;
    assert_eq!(watch.next().await.as_deref(), Some("{}"));
}

#[tokio::test]
async fn it_begins_behind_an_event_that_is_named_and_ends_when_it_is_refused() {
    let gateway = Gateway::start().await;
    let arguments = ["--destination", "desk-1", "--last", "s.1:7"];
    let watch = gateway.watch(&arguments);
    let (socket, path) = gateway.accept().await;
    assert_eq!(path, "/gc/v1/ws?destination=desk-1&last=s.1%3A7");
    drop(socket);
    gateway.refuse("401 Unauthorized").await;
    assert_eq!(watch.ended().await, Some(2));
}

#[tokio::test]
async fn bare_events_end_with_their_connection() {
    let gateway = Gateway::start().await;
    let watch = gateway.watch(&["--destination", "desk-1", "--v1"]);
    let (mut socket, _) = gateway.accept().await;
    socket.close(None).await.unwrap();
    assert_eq!(watch.ended().await, Some(0));
}
