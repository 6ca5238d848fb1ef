//! `GET /gc/v1/events`: server-sent events.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::core::Told;
use crate::support::{Gateway, Socket, soon};

/// A client that reads an answer as it comes.
struct Feed {
    stream: TcpStream,
    head: String,
    text: String,
}

/// One block of the stream: its id and its data, or its comment.
#[derive(Debug, PartialEq)]
enum Block {
    Event(Option<String>, Value),
    Comment(String),
}

impl Feed {
    async fn open(gateway: &Gateway, query: &str, headers: &str) -> Self {
        let mut stream = soon(TcpStream::connect(gateway.handle.client_addr()))
            .await
            .unwrap();
        let request = format!("GET /gc/v1/events{query} HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut feed = Self {
            stream,
            head: String::new(),
            text: String::new(),
        };
        feed.head = feed.until("\r\n\r\n").await;
        assert!(
            feed.head.starts_with("HTTP/1.1 200 OK\r\n"),
            "{}",
            feed.head
        );
        assert_eq!(feed.chunk().await, "retry: 1000\n\n");
        feed
    }

    async fn block(&mut self) -> Block {
        let chunk = self.chunk().await;
        let block = chunk.strip_suffix("\n\n").unwrap();
        if let Some(comment) = block.strip_prefix(':') {
            return Block::Comment(comment.trim().to_owned());
        }
        let (id, data) = match block
            .strip_prefix("id: ")
            .and_then(|id| id.split_once('\n'))
        {
            Some((id, data)) => (Some(id.to_owned()), data),
            None => (None, block),
        };
        Block::Event(
            id,
            serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap(),
        )
    }

    /// The next event, whose id stands in both places.
    async fn event(&mut self) -> Value {
        match self.block().await {
            Block::Event(id, data) => {
                assert_eq!(id.as_deref(), data["id"].as_str());
                data
            }
            comment @ Block::Comment(_) => panic!("{comment:?}"),
        }
    }

    async fn chunk(&mut self) -> String {
        let size = self.until("\r\n").await;
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        while self.text.len() < size + 2 {
            self.read().await;
        }
        let chunk = self.text.drain(..size + 2).collect::<String>();
        chunk.strip_suffix("\r\n").unwrap().to_owned()
    }

    async fn until(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = self.text.find(end) {
                return self.text.drain(..at + end.len()).collect();
            }
            self.read().await;
        }
    }

    async fn read(&mut self) {
        let mut buffer = vec![0; 64 * 1024];
        let count = soon(self.stream.read(&mut buffer)).await.unwrap();
        assert!(count > 0, "the connection has ended");
        self.text
            .push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
}

async fn connected(gateway: &Gateway) -> Socket {
    let mut socket = gateway.socket("?destination=desk-17", "gc.v2").await;
    socket.say("Connect#41027 desk-17,c4nary").await;
    socket.hear().await;
    socket.hear().await;
    socket
}

async fn ready(socket: &mut Socket) -> Value {
    socket.say("MakeReady#41027").await;
    let event = socket.hear().await;
    assert_eq!(socket.hear().await["event"]["type"], "CommandResult");
    event
}

#[tokio::test]
async fn events_are_those_of_gc_v2_and_results_stay_with_who_sent_the_command() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway).await;
    let mut feed = Feed::open(&gateway, "?destination=desk-17", "").await;
    for header in [
        "content-type: text/event-stream\r\n",
        "cache-control: no-store\r\n",
    ] {
        assert!(feed.head.contains(header), "{}", feed.head);
    }
    for _ in 0..2 {
        let told = ready(&mut socket).await;
        assert_eq!(feed.event().await, told);
    }
}

#[tokio::test]
async fn who_comes_back_with_an_id_gets_exactly_what_is_missing() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway).await;
    let seen = ready(&mut socket).await["id"].as_str().unwrap().to_owned();
    let missed = [ready(&mut socket).await, ready(&mut socket).await];
    for (query, headers) in [
        (
            "?destination=desk-17".to_owned(),
            format!("last-event-id: {seen}\r\n"),
        ),
        (format!("?destination=desk-17&last={seen}"), String::new()),
        // A browser repeats the address that it began with.
        (
            "?destination=desk-17&last=x:1".to_owned(),
            format!("Last-Event-ID: {seen}\r\n"),
        ),
    ] {
        let mut feed = Feed::open(&gateway, &query, &headers).await;
        for missed in &missed {
            let mut expected = missed.clone();
            expected["origin"] = json!("replay");
            assert_eq!(feed.event().await, expected);
        }
    }
}

#[tokio::test]
async fn an_id_that_is_not_known_gives_a_gap_and_a_snapshot() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway).await;
    let last = ready(&mut socket).await["id"].clone();
    for id in ["x", "x:1", ":", "\u{e9}"] {
        let header = format!("last-event-id: {id}\r\n");
        let mut feed = Feed::open(&gateway, "?destination=desk-17", &header).await;
        let gap = feed.event().await;
        assert_eq!(
            (&gap["event"], gap.get("id")),
            (&json!({"type": "Gap"}), None)
        );
        let state = feed.event().await;
        assert_eq!(
            (&state["origin"], &state["id"]),
            (&json!("snapshot"), &last)
        );
    }
}

#[tokio::test]
async fn a_destination_is_up_while_somebody_follows_it() {
    let mut gateway = Gateway::open().await;
    let feed = Feed::open(&gateway, "?destination=desk-17", "").await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    drop(feed);
    assert_eq!(gateway.told().await, Told::Gone("desk-17".into()));
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_and_the_others_go_on() {
    let mut gateway = Gateway::open().await;
    let mut slow = Feed::open(&gateway, "?destination=desk-17", "").await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    let session = [("content-type", "application/json".to_owned())];
    for (command, body) in [
        ("Connect#41027", "desk-17,c4nary"),
        ("refresh#41027", "null"),
    ] {
        let body = json!({"data": {"type": command, "body": body, "sessionUrl": "s"}});
        let answer = gateway
            .send("POST", "/gc/v1/commands", &session, body.to_string())
            .await;
        assert_eq!(answer.status, 202);
    }
    while gateway.told().await != Told::Gone("desk-17".into()) {}
    // What was on its way ends with the reason; nothing of what waited comes.
    let reason = loop {
        if let Block::Comment(reason) = slow.block().await {
            break reason;
        }
    };
    assert_eq!(reason, "slow consumer");
    assert_eq!(slow.chunk().await, "");
    assert_eq!(soon(slow.stream.read(&mut [0; 1])).await.unwrap(), 0);
}

#[tokio::test]
async fn who_never_reads_again_loses_the_connection() {
    let gateway = Gateway::with(|config| {
        config.server.max_connections = 2;
        config.server.command_burst = 1_000_000;
    })
    .await;
    let silent = Feed::open(&gateway, "?destination=desk-17", "").await;
    let mut socket = connected(&gateway).await;
    // First the system's buffers fill, then the queue.
    while !was_somebody_slow(&gateway).await {
        for _ in 0..250 {
            socket.say("MakeReady#41027").await;
        }
        for _ in 0..500 {
            socket.hear().await;
        }
    }
    drop(socket);
    // Both places are taken until the silent one is thrown out.
    let _first = gateway.socket("?destination=desk-18", "gc.v1").await;
    let _second = gateway.socket("?destination=desk-18", "gc.v1").await;
    drop(silent);
}

async fn was_somebody_slow(gateway: &Gateway) -> bool {
    let metrics = gateway.admin("/metrics").await.text;
    metrics.contains("\ngc_slow_consumers_total ")
}

#[tokio::test]
async fn a_stop_says_goodbye() {
    let gateway = Gateway::open().await;
    let mut feed = Feed::open(&gateway, "?destination=desk-17", "").await;
    let last = tokio::spawn(async move { feed.block().await });
    gateway.stop().await;
    let reason = "the gateway is stopping".to_owned();
    assert_eq!(last.await.unwrap(), Block::Comment(reason));
}

#[tokio::test]
async fn requests_that_cannot_be_followed_are_refused() {
    let gateway = Gateway::open().await;
    let get = async |path: &str| gateway.send("GET", path, &[], "").await;
    get("/gc/v1/events")
        .await
        .assert_problem(400, "PLEASE_RETRY");
    get("/gc/v1/events?destination=a&destination=b")
        .await
        .assert_problem(400, "PLEASE_RETRY");
    get("/gc/v1/events?destination=a%20b")
        .await
        .assert_problem(422, "PLEASE_RETRY");
    let posted = gateway
        .send("POST", "/gc/v1/events?destination=a", &[], "")
        .await;
    posted.assert_problem(405, "PLEASE_RETRY");
}

#[tokio::test]
async fn pages_of_other_origins_are_refused_and_allowed_ones_may_read() {
    let gateway = Gateway::with(|config| {
        config.server.allowed_origins = vec!["https://crm.example.org".into()];
    })
    .await;
    let header = [("origin", "https://evil.example".to_owned())];
    let refused = gateway
        .send("GET", "/gc/v1/events?destination=desk-17", &header, "")
        .await;
    refused.assert_problem(403, "AUTHORIZATION_FAILURE");
    let header = "origin: https://crm.example.org\r\n";
    let feed = Feed::open(&gateway, "?destination=desk-17", header).await;
    let allowed = "access-control-allow-origin: https://crm.example.org\r\n";
    assert!(feed.head.contains(allowed), "{}", feed.head);
}
