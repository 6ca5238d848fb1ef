//! What one client and one address may ask for, at the edge of each limit.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use gc_server::config::Config;
use pretty_assertions::assert_eq;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::lines::Lines;
use crate::support::{Gateway, client, soon};

/// With clients `crm` and `desk`, whose keys are `key-crm` and `key-desk`.
async fn keyed(change: impl FnOnce(&mut Config)) -> Gateway {
    Gateway::with(|config| {
        for name in ["crm", "desk"] {
            let key = format!("key-{name}");
            config.clients.insert(name.into(), client(&key));
        }
        change(config);
    })
    .await
}

/// One token, and then none for longer than a test lasts.
fn slow_source(config: &mut Config, burst: u32) {
    config.server.commands_per_second_per_source = 1;
    config.server.command_burst_per_source = burst;
    // Only the first tokens count here.
    config.server.command_burst = 1_000;
}

async fn hello(gateway: &Gateway, key: &str) -> u16 {
    let hello = format!(r#"{{"data":{{"type":"Hello#of-{key}","sessionUrl":"s-1"}}}}"#);
    gateway.post(Some(key), hello).await.status
}

/// What a request from another address of this machine is answered.
async fn status_from(source: &str, gateway: SocketAddr) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::new(source.parse().unwrap(), 0))
        .unwrap();
    let mut stream = soon(socket.connect(gateway)).await.unwrap();
    let request = "GET /gc/v1/agents/41027 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer key-crm\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_address_that_is_too_fast_is_429_whatever_its_key_and_another_address_is_not() {
    let gateway = keyed(|config| slow_source(config, 3)).await;
    assert_eq!(hello(&gateway, "key-crm").await, 202);
    assert_eq!(hello(&gateway, "no-key").await, 401);
    assert_eq!(hello(&gateway, "key-desk").await, 202);
    let refused = gateway.post(Some("key-desk"), "{}").await;
    refused.assert_problem(429, "PLEASE_RETRY");
    assert!(refused.header("retry-after").is_some());
    let document = gateway.send("GET", "/openapi.json", &[], "").await;
    document.assert_problem(429, "PLEASE_RETRY");
    let other = status_from("127.0.0.2", gateway.handle.client_addr()).await;
    assert_eq!(other, "HTTP/1.1 404 Not Found");
}

#[tokio::test]
async fn frames_of_all_connections_of_an_address_count_together() {
    let gateway = keyed(|config| slow_source(config, 4)).await;
    let mut sockets = Vec::new();
    for (key, destination) in [("Bearer key-crm", "desk-1"), ("Bearer key-desk", "desk-2")] {
        let query = format!("?destination={destination}");
        let headers = [("authorization", key), ("sec-websocket-protocol", "gc.v1")];
        let socket = gateway.try_socket(&query, &headers).await;
        sockets.push((socket.unwrap(), destination));
    }
    for (socket, destination) in &mut sockets {
        socket.say(&format!("Hello#{destination}")).await;
        assert_eq!(socket.hear().await["type"], "System");
    }
    for (socket, destination) in &mut sockets {
        socket.say(&format!("Hello#{destination}")).await;
        assert_eq!(socket.hear().await["errorType"], "PLEASE_RETRY");
    }
}

#[tokio::test]
async fn an_address_may_be_as_fast_as_it_likes_when_there_is_no_limit() {
    let gateway = keyed(|config| {
        slow_source(config, 0);
        config.server.commands_per_second_per_source = 0;
        config.server.wrong_keys_per_second_per_source = 0;
    })
    .await;
    for _ in 0..50 {
        assert_eq!(hello(&gateway, "key-crm").await, 202);
        assert_eq!(hello(&gateway, "no-key").await, 401);
    }
}

#[tokio::test]
async fn a_guesser_of_keys_is_slowed_down_and_known_keys_of_the_same_address_are_not() {
    let gateway = keyed(|config| config.server.wrong_keys_per_second_per_source = 1).await;
    let guess = async |number: u32| hello(&gateway, &format!("guess-{number}")).await;
    for number in 0..10 {
        assert_eq!(guess(number).await, 401);
    }
    let refused = gateway.post(Some("guess"), "{}").await;
    refused.assert_problem(429, "PLEASE_RETRY");
    assert!(refused.header("retry-after").is_some());
    let bearer = [("authorization", "Bearer guess")];
    let socket = gateway.try_socket("?destination=desk", &bearer).await;
    assert_eq!(socket.err(), Some(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(hello(&gateway, "key-crm").await, 202);
    let metrics = gateway.admin("/metrics").await.text;
    assert!(
        metrics.contains(r#"gc_turned_away_total{reason="key_rate"}"#),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_client_has_its_connections_of_both_kinds_and_no_more_until_one_ends() {
    let gateway = keyed(|config| config.server.max_connections_per_client = 2).await;
    let socket = async |key: &str| {
        let key = format!("Bearer {key}");
        let header = [("authorization", key.as_str())];
        gateway.try_socket("?destination=desk-1", &header).await
    };
    let first = socket("key-crm").await.unwrap();
    let stream = stream_of_events(&gateway, "key-crm").await;
    let crowded = Some(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(socket("key-crm").await.err(), crowded);
    let bearer = [("authorization", "Bearer key-crm".to_owned())];
    let path = "/gc/v1/events?destination=desk-1";
    let refused = gateway.send("GET", path, &bearer, "").await;
    refused.assert_problem(429, "CF_RESOURCE_BUSY");
    assert_eq!(refused.header("retry-after"), Some("5"));
    // Commands need no connection that stays, and another client has its own.
    assert_eq!(hello(&gateway, "key-crm").await, 202);
    assert!(
        gateway
            .try_socket("", &[("authorization", "Bearer key-desk")])
            .await
            .is_ok()
    );

    let again = async || loop {
        match socket("key-crm").await {
            Ok(socket) => break socket,
            Err(status) => assert_eq!(Some(status), crowded),
        }
    };
    drop(first);
    let _third = Box::pin(soon(again())).await;
    assert_eq!(socket("key-crm").await.err(), crowded);
    drop(stream);
    let _fourth = Box::pin(soon(again())).await;
    assert_eq!(socket("key-crm").await.err(), crowded);
}

/// Follows the events of `desk-1`, and has read the head of the answer.
async fn stream_of_events(gateway: &Gateway, key: &str) -> TcpStream {
    let address = gateway.handle.client_addr();
    let mut stream = soon(TcpStream::connect(address)).await.unwrap();
    let request = format!(
        "GET /gc/v1/events?destination=desk-1 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 15];
    soon(stream.read_exact(&mut head)).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    stream
}

/// A connection from another address of this machine that has asked for something.
async fn asking_from(source: &str, gateway: &Gateway) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::new(source.parse().unwrap(), 0))
        .unwrap();
    let address = gateway.handle.client_addr();
    let mut stream = soon(socket.connect(address)).await.unwrap();
    // Who is turned away may be so already.
    let _ = stream
        .write_all(b"GET /a HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    stream
}

/// Whether it is answered before it is closed.
async fn is_answered(stream: &mut TcpStream) -> bool {
    let mut answer = [0; 12];
    let read = soon(stream.read_exact(&mut answer)).await;
    read.is_ok() && &answer == b"HTTP/1.1 404"
}

#[tokio::test]
async fn an_address_has_its_connections_and_no_more_until_one_ends() {
    let gateway = keyed(|config| config.server.max_connections_per_source = 2).await;
    let mut first = asking_from("127.0.0.2", &gateway).await;
    let mut second = asking_from("127.0.0.2", &gateway).await;
    assert!(is_answered(&mut first).await && is_answered(&mut second).await);
    assert!(!is_answered(&mut asking_from("127.0.0.2", &gateway).await).await);
    assert!(is_answered(&mut asking_from("127.0.0.3", &gateway).await).await);
    drop(first);
    let again =
        async { while !is_answered(&mut asking_from("127.0.0.2", &gateway).await).await {} };
    soon(again).await;
}

#[tokio::test]
async fn one_connection_more_than_all_may_be_waits_until_one_ends() {
    let gateway = keyed(|config| config.server.max_connections = 2).await;
    let mut first = asking_from("127.0.0.2", &gateway).await;
    let mut second = asking_from("127.0.0.3", &gateway).await;
    assert!(is_answered(&mut first).await && is_answered(&mut second).await);
    let mut third = asking_from("127.0.0.4", &gateway).await;
    let early = timeout(Duration::from_millis(300), third.read_u8()).await;
    assert!(early.is_err(), "{early:?}");
    drop(first);
    assert!(is_answered(&mut third).await);
}

#[tokio::test]
async fn without_keys_a_destination_has_its_connections_and_the_next_one_its_own() {
    let gateway = Gateway::with(|config| config.server.max_connections_per_client = 1).await;
    let _held = gateway.socket("?destination=desk-1", "gc.v2").await;
    let refused = gateway.try_socket("?destination=desk-1", &[]).await;
    assert_eq!(refused.err(), Some(StatusCode::TOO_MANY_REQUESTS));
    let mut others = Vec::new();
    for query in ["?destination=desk-2", "", ""] {
        others.push(gateway.try_socket(query, &[]).await.unwrap());
    }
}

#[tokio::test]
async fn a_head_may_have_16_kib_and_not_one_byte_more() {
    let gateway = Gateway::open().await;
    for (bytes, answered) in [(16 * 1024, "HTTP/1.1 404"), (16 * 1024 + 1, "HTTP/1.1 431")] {
        let head = "GET /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx: \r\n\r\n";
        let pad = format!("x: {}", "y".repeat(bytes - head.len()));
        let mut stream = soon(TcpStream::connect(gateway.handle.client_addr()))
            .await
            .unwrap();
        for piece in head.replace("x: ", &pad).as_bytes().chunks(1_000) {
            stream.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut answer = Vec::new();
        let _ = soon(stream.read_to_end(&mut answer)).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with(answered), "{bytes}: {answer}");
    }
}

#[test]
fn limits_that_nobody_has_set_are_those_of_the_documentation() {
    let Config {
        server,
        session,
        finesse,
        broker,
        callbacks,
        replay,
        ..
    } = Config::default();
    let seconds = Duration::from_secs;
    assert_eq!(broker.body_limit, 64 * 1024);
    assert_eq!(
        (replay.events, replay.bytes, replay.age),
        (500, 512 * 1024, seconds(60))
    );
    assert_eq!(session.queue_limit, 16);
    assert_eq!(session.request_deadline, seconds(15));
    assert_eq!(
        (server.commands_per_second, server.command_burst),
        (100, 200)
    );
    assert_eq!(
        (
            server.commands_per_second_per_source,
            server.command_burst_per_source
        ),
        (2_000, 10_000)
    );
    assert_eq!(server.wrong_keys_per_second_per_source, 10);
    assert_eq!(
        (
            server.max_connections,
            server.max_connections_per_source,
            server.max_connections_per_client
        ),
        (12_000, 4_000, 4_000)
    );
    assert_eq!(
        (session.sign_in_failures, session.sign_in_window),
        (3, seconds(300))
    );
    assert_eq!(
        (callbacks.timeout, callbacks.tries, callbacks.give_up_after),
        (seconds(5), 5, seconds(30))
    );
    assert_eq!(
        (finesse.link.ping_interval, finesse.link.ping_timeout),
        (seconds(10), seconds(20))
    );
    assert_eq!(finesse.failover_after, seconds(15));
    assert_eq!(server.shutdown_timeout, seconds(10));
}

/// At most one line in ten seconds, and the first at once.
fn assert_seldom(lines: &[String], since: Instant) {
    let most = 1 + since.elapsed().as_secs() / 10;
    let told = lines.len() as u64;
    assert!((1..=most).contains(&told), "{most}: {lines:#?}");
}

#[tokio::test]
async fn a_thousand_commands_of_one_client_are_refused_in_one_line_and_others_are_served() {
    let (log, _listening) = Lines::listen();
    let since = Instant::now();
    let gateway = keyed(|config| {
        config.server.commands_per_second = 1;
        config.server.command_burst = 200;
    })
    .await;
    let mut refused = 0;
    for number in 1..=1_000 {
        let status = hello(&gateway, "key-crm").await;
        assert!([202, 429].contains(&status), "{status}");
        refused += u64::from(status == 429);
        if number % 10 == 0 {
            assert_eq!(hello(&gateway, "key-desk").await, 202);
        }
    }
    assert!(refused >= 800 - since.elapsed().as_secs(), "{refused}");
    assert_seldom(&log.with("a client is too fast"), since);
}

#[tokio::test]
async fn ten_thousand_connections_of_one_address_are_turned_away_in_one_line_and_others_are_served()
{
    const MOST: usize = 20;
    let (log, _listening) = Lines::listen();
    let since = Instant::now();
    let gateway = keyed(|config| config.server.max_connections_per_source = MOST).await;
    let address = gateway.handle.client_addr();
    let mut held = Vec::new();
    for _ in 0..MOST {
        held.push(TcpStream::connect(address).await.unwrap());
    }
    for number in 1..=10_000 {
        let mut connection = soon(TcpStream::connect(address)).await.unwrap();
        let read = soon(connection.read(&mut [0])).await;
        assert_eq!(read.unwrap_or(0), 0, "{number} was let in");
        if number % 1_000 == 0 {
            let other = status_from("127.0.0.2", address).await;
            assert_eq!(other, "HTTP/1.1 404 Not Found");
        }
    }
    assert_seldom(&log.with("too many connections of one address"), since);
}
