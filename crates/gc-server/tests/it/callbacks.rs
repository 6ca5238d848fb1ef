//! Events posted to receivers.

use std::io::Write;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use gc_protocol::Secret;
use gc_server::config::Config;
use hmac::{Hmac, Mac};
use pretty_assertions::assert_eq;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::core::Told;
use crate::support::{Gateway, Receiver, client, soon};

const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

fn loopback(config: &mut Config) {
    config.callbacks.allow = vec!["http://127.0.0.1:*".into()];
    config.callbacks.timeout = Duration::from_secs(2);
    // Short pauses between tries.
    config.callbacks.give_up_after = Duration::from_secs(3);
}

fn hello(destination: &str, receiver: &str) -> String {
    format!(
        r#"{{"data":{{"type":"Hello#{destination}","body":"null","sessionUrl":"https://crm.example.org/s/{destination}","callbackFqdn":"{receiver}","callbackEndpoint":"/gc/events?x=1"}}}}"#
    )
}

fn later(destination: &str, kind: &str, body: &str) -> String {
    format!(
        r#"{{"data":{{"type":"{kind}","body":"{body}","sessionUrl":"https://crm.example.org/s/{destination}"}}}}"#
    )
}

#[tokio::test]
async fn events_are_posted_with_their_session_and_headers() {
    let gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[]).await;
    let answer = gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let got = receiver.next().await;
    assert_eq!(got.path, "/gc/events?x=1");
    assert_eq!(got.json()["data"]["type"], "System");
    assert_eq!(
        got.json()["sessionUrl"],
        "https://crm.example.org/s/desk-17"
    );
    assert_eq!(got.header("content-type"), "application/json");
    assert_eq!(got.header("host"), receiver.address.to_string());
    assert_eq!(got.header("gc-sequence"), "1");
    assert!(got.headers.get("gc-agent-id").is_none());
    assert!(got.headers.get("webhook-signature").is_none());
    assert!(got.header("webhook-id").starts_with("desk-17/"));

    gateway
        .post(None, later("desk-17", "Connect#41027", "desk-17,c4nary"))
        .await;
    let got = receiver.next().await;
    assert_eq!(got.json()["data"]["type"], "ConnectStatus");
    assert_eq!(got.header("gc-agent-id"), "41027");
    assert_eq!(got.header("gc-sequence"), "2");
}

#[tokio::test]
async fn what_stood_for_an_agent_in_a_broken_command_gets_into_no_header() {
    let gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    receiver.next().await;
    gateway
        .post(None, later("desk-17", "Login#c4nary-5e1", "c4nary,61a7"))
        .await
        .assert_problem(422, "WRONG_EXTENSION");
    let got = receiver.next().await;
    assert_eq!(got.json()["data"]["errorType"], "WRONG_EXTENSION");
    assert!(
        !format!("{:?} {}", got.headers, got.body).contains("c4nary"),
        "{got:?}"
    );
}

#[tokio::test]
async fn the_body_may_be_the_bare_event() {
    let gateway = Gateway::with(|config| {
        loopback(config);
        config.callbacks.bare = true;
    })
    .await;
    let mut receiver = Receiver::answering(&[]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    assert_eq!(receiver.next().await.json()["type"], "System");
}

#[tokio::test]
async fn a_signature_can_be_verified_with_the_clients_secret() {
    let gateway = Gateway::with(|config| {
        loopback(config);
        let mut crm = client("key-crm");
        crm.callback_secret = Some(Secret::new(SECRET));
        config.clients.insert("crm".into(), crm);
    })
    .await;
    let mut receiver = Receiver::answering(&[]).await;
    gateway
        .post(Some("key-crm"), hello("desk-17", &receiver.origin()))
        .await;
    let got = receiver.next().await;
    let key = BASE64_STANDARD
        .decode(SECRET.trim_start_matches("whsec_"))
        .unwrap();
    let signed = format!(
        "{}.{}.{}",
        got.header("webhook-id"),
        got.header("webhook-timestamp"),
        got.body
    );
    let signature = got.header("webhook-signature").strip_prefix("v1,").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(signed.as_bytes());
    mac.verify_slice(&BASE64_STANDARD.decode(signature).unwrap())
        .unwrap();
}

#[tokio::test]
async fn a_receiver_with_a_trusted_certificate_is_posted_to_over_tls() {
    let (mut receiver, certificate) = Receiver::secured().await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(certificate.as_bytes()).unwrap();
    let gateway = Gateway::with(|config| {
        loopback(config);
        config.callbacks.allow = vec!["https://localhost:*".into()];
        config.callbacks.system_roots = false;
        config.callbacks.ca_files = vec![file.path().to_str().unwrap().into()];
    })
    .await;
    let origin = format!("https://localhost:{}", receiver.address.port());
    gateway.post(None, hello("desk-17", &origin)).await;
    assert_eq!(receiver.next().await.json()["data"]["type"], "System");
}

#[tokio::test]
async fn a_receiver_with_an_unknown_certificate_gets_nothing() {
    let (mut receiver, _) = Receiver::secured().await;
    let mut gateway = Gateway::with(|config| {
        loopback(config);
        config.callbacks.allow = vec!["https://localhost:*".into()];
        config.callbacks.tries = 1;
    })
    .await;
    let origin = format!("https://localhost:{}", receiver.address.port());
    gateway.post(None, hello("desk-17", &origin)).await;
    while gateway.told().await != Told::Gone("desk-17".into()) {}
    assert!(receiver.got.try_recv().is_err());
}

#[tokio::test]
async fn an_endless_answer_is_not_read_and_its_status_counts() {
    let gateway = Gateway::with(loopback).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let mut kept = Vec::new();
    for number in 1..=2 {
        gateway.post(None, hello("desk-17", &origin)).await;
        let (mut connection, _) = soon(listener.accept()).await.unwrap();
        let mut head = vec![0; 4096];
        let length = soon(connection.read(&mut head)).await.unwrap();
        let head = String::from_utf8_lossy(&head[..length]).into_owned();
        assert!(
            head.contains(&format!("gc-sequence: {number}\r\n")),
            "{head}"
        );
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\nx";
        connection.write_all(answer).await.unwrap();
        kept.push(connection);
    }
}

#[tokio::test]
async fn a_refused_event_is_tried_again_under_the_same_id_and_nothing_overtakes_it() {
    let gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[500, 301, 429]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    gateway
        .post(None, later("desk-17", "Connect#41027", "desk-17,c4nary"))
        .await;
    let first = receiver.next().await;
    for _ in 0..3 {
        let again = receiver.next().await;
        assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
        assert_eq!(again.body, first.body);
        assert_eq!(again.path, "/gc/events?x=1");
    }
    assert_eq!(receiver.next().await.header("gc-sequence"), "2");
}

#[tokio::test]
async fn a_thousand_events_arrive_in_order() {
    let gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    gateway
        .post(None, later("desk-17", "Connect#41027", "desk-17,c4nary"))
        .await;
    receiver.next().await;
    receiver.next().await;
    gateway
        .post(None, later("desk-17", "GetState#41027", "null"))
        .await;
    for number in 0..1_000 {
        let got = receiver.next().await;
        assert_eq!(got.json()["data"]["label"], number.to_string());
        assert_eq!(got.header("gc-sequence"), (number + 3).to_string());
    }
}

#[tokio::test]
async fn gone_ends_the_registration() {
    let mut gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[410]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    receiver.next().await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Command("Hello"));
    assert_eq!(gateway.told().await, Told::Gone("desk-17".into()));
    gateway
        .post(None, later("desk-17", "Hello#desk-17", "null"))
        .await;
    assert_eq!(gateway.told().await, Told::Command("Hello"));
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    let got = receiver.next().await;
    assert_eq!(
        got.header("gc-sequence"),
        "3",
        "the second event went nowhere"
    );
}

#[tokio::test]
async fn a_receiver_that_fails_makes_its_destination_gone_until_it_works_again() {
    let mut gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[500; 5]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    let id = receiver.next().await.header("webhook-id").to_owned();
    for _ in 0..4 {
        assert_eq!(receiver.next().await.header("webhook-id"), id);
    }
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Command("Hello"));
    assert_eq!(gateway.told().await, Told::Gone("desk-17".into()));
    gateway
        .post(None, later("desk-17", "Hello#desk-17", "null"))
        .await;
    let gap = receiver.next().await;
    assert_eq!(gap.json()["data"], serde_json::json!({"type": "Gap"}));
    assert_eq!(
        gap.json()["sessionUrl"],
        "https://crm.example.org/s/desk-17"
    );
    assert!(gap.headers.get("gc-sequence").is_none());
    assert!(gap.header("webhook-id").contains(":gap-"));
    assert_eq!(receiver.next().await.header("gc-sequence"), "2");
    assert_eq!(gateway.told().await, Told::Command("Hello"));
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    gateway
        .post(None, later("desk-17", "Hello#desk-17", "null"))
        .await;
    assert_eq!(receiver.next().await.header("gc-sequence"), "3");
    let metrics = gateway.admin("/metrics").await.text;
    assert!(
        metrics.contains("\ngc_callback_events_lost_total "),
        "{metrics}"
    );
}

#[tokio::test]
async fn events_thrown_away_while_a_receiver_was_slow_leave_a_mark() {
    let gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[500, 500]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    receiver.next().await;
    gateway
        .post(None, later("desk-17", "Connect#41027", "desk-17,c4nary"))
        .await;
    // Twelve hundred large events while the first one is tried again.
    gateway
        .post(None, later("desk-17", "refresh#41027", "null"))
        .await;
    let mut last = 0;
    loop {
        let got = receiver.next().await;
        if got.json()["data"]["type"] == "Gap" {
            break;
        }
        let number: u32 = got.header("gc-sequence").parse().unwrap();
        assert!(number <= last + 1, "{last} {number}");
        last = number;
    }
}

#[tokio::test]
async fn a_receiver_that_works_again_is_found_without_an_event() {
    let mut gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[500; 5]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    for _ in 0..5 {
        assert_eq!(receiver.next().await.header("gc-sequence"), "1");
    }
    assert_eq!(receiver.next().await.json()["data"]["type"], "Gap");
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Command("Hello"));
    assert_eq!(gateway.told().await, Told::Gone("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
}

#[tokio::test]
async fn a_receiver_that_missed_events_is_told_how_things_stand() {
    let gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[204, 204, 500, 500, 500, 500, 500]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    for (command, body) in [
        ("Connect#41027", "desk-17,c4nary"),
        ("MakeReady#41027", "null"),
    ] {
        gateway.post(None, later("desk-17", command, body)).await;
    }
    for sequence in ["1", "2", "3", "3", "3", "3", "3"] {
        assert_eq!(receiver.next().await.header("gc-sequence"), sequence);
    }
    assert_eq!(receiver.next().await.json()["data"]["type"], "Gap");
    let state = receiver.next().await;
    assert_eq!(state.json()["data"]["label"], "as it stands");
    assert_eq!(state.header("gc-agent-id"), "41027");
    assert!(state.header("webhook-id").contains(":snapshot-"));
    assert!(state.headers.get("gc-sequence").is_none());
    gateway
        .post(None, later("desk-17", "Hello#desk-17", "null"))
        .await;
    assert_eq!(receiver.next().await.header("gc-sequence"), "4");
}

#[tokio::test]
async fn a_new_session_at_the_same_receiver_overtakes_nothing() {
    let gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[500]).await;
    let first = hello("desk-17", &receiver.origin());
    gateway.post(None, first.as_str()).await;
    receiver.next().await;
    let again = first.replace("/s/desk-17", "/s/92");
    assert_eq!(gateway.post(None, again).await.status, 202);
    assert_eq!(receiver.next().await.header("gc-sequence"), "1");
    let second = receiver.next().await;
    assert_eq!(second.header("gc-sequence"), "2");
    assert_eq!(second.json()["sessionUrl"], "https://crm.example.org/s/92");
}

#[tokio::test]
async fn a_new_receiver_gets_nothing_before_the_old_one_got_its_last() {
    let gateway = Gateway::with(loopback).await;
    let mut old = Receiver::answering(&[500]).await;
    let mut new = Receiver::answering(&[]).await;
    gateway.post(None, hello("desk-17", &old.origin())).await;
    old.next().await;
    gateway.post(None, hello("desk-17", &new.origin())).await;
    // The first try of the first event has failed, so the second one waits behind it.
    assert_eq!(new.next().await.header("gc-sequence"), "2");
    assert_eq!(old.got.try_recv().unwrap().header("gc-sequence"), "1");
}

#[tokio::test]
async fn a_new_receiver_learns_what_the_old_one_never_got() {
    let gateway = Gateway::with(loopback).await;
    let old = Receiver::answering(&[500; 5]).await;
    gateway.post(None, hello("desk-17", &old.origin())).await;
    let mut new = Receiver::answering(&[]).await;
    gateway.post(None, hello("desk-17", &new.origin())).await;
    assert_eq!(new.next().await.json()["data"]["type"], "Gap");
    assert_eq!(new.next().await.header("gc-sequence"), "2");
}

#[tokio::test]
async fn a_dead_receiver_and_a_silent_one_cost_the_others_nothing() {
    let gateway = Gateway::with(loopback).await;
    // A bound socket that nobody accepts from, and one that nobody listens on.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_origin = format!("http://{}", silent.local_addr().unwrap());
    gateway.post(None, hello("silent", &silent_origin)).await;
    gateway
        .post(None, hello("dead", "http://127.0.0.1:1"))
        .await;
    let mut receiver = Receiver::answering(&[]).await;
    gateway.post(None, hello("alive", &receiver.origin())).await;
    for number in 1..=20 {
        assert_eq!(
            receiver.next().await.header("gc-sequence"),
            number.to_string()
        );
        gateway
            .post(None, later("silent", "Hello#silent", "null"))
            .await;
        gateway
            .post(None, later("dead", "Hello#dead", "null"))
            .await;
        gateway
            .post(None, later("alive", "Hello#alive", "null"))
            .await;
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_or_in_trickles_is_none_and_the_event_keeps_its_id() {
    let gateway = Gateway::with(|config| {
        loopback(config);
        config.callbacks.timeout = Duration::from_millis(300);
    })
    .await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    gateway.post(None, hello("desk-17", &origin)).await;
    let post = async || {
        let (mut connection, _) = soon(listener.accept()).await.unwrap();
        let mut head = vec![0; 4096];
        let length = soon(connection.read(&mut head)).await.unwrap();
        let head = String::from_utf8_lossy(&head[..length]).into_owned();
        let id = head.lines().find(|line| line.starts_with("webhook-id: "));
        (connection, id.unwrap().to_owned())
    };
    let (mut late, first) = post().await;
    let (mut trickle, second) = post().await;
    // The first one is answered when nobody waits for it any more, the second one byte by byte.
    let _ = late.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let trickling = tokio::spawn(async move {
        for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n" {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if trickle.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    });
    let (mut third_connection, third) = post().await;
    assert_eq!([&second, &third], [&first, &first]);
    third_connection
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        .await
        .unwrap();
    gateway
        .post(None, later("desk-17", "Hello#desk-17", "null"))
        .await;
    let mut head = vec![0; 4096];
    let length = soon(third_connection.read(&mut head)).await.unwrap();
    let head = String::from_utf8_lossy(&head[..length]).into_owned();
    assert!(head.contains("gc-sequence: 2\r\n"), "{head}");
    trickling.abort();
}

#[tokio::test]
async fn a_receiver_that_is_not_allowed_is_refused_and_never_connected_to() {
    let mut gateway = Gateway::open().await;
    let mut receiver = Receiver::answering(&[]).await;
    let answer = gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    answer.assert_problem(422, "PLEASE_RETRY");
    let answer = gateway
        .post(None, hello("desk-17", "https://169.254.169.254"))
        .await;
    answer.assert_problem(422, "PLEASE_RETRY");
    assert!(gateway.told.try_recv().is_err());
    assert!(receiver.got.try_recv().is_err());
}

#[tokio::test]
async fn no_spelling_of_this_machine_reaches_a_socket_of_it() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let gateway = Gateway::with(|config| {
        config.callbacks.allow = vec![
            format!("https://0.0.0.0/0:{port}"),
            format!("https://[::/0]:{port}"),
            format!("https://*.localhost:{port}"),
        ];
        config.callbacks.tries = 1;
    })
    .await;
    for host in [
        "127.0.0.1",
        "127.1",
        "127.255.255.254",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.0.0.1.",
        "0",
        "0.0.0.0",
        "localhost",
        "a.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ] {
        let receiver = format!("https://{host}:{port}");
        gateway.post(None, hello("desk-17", &receiver)).await;
    }
    // Couriers whose receiver was a name are at work until now; nothing of theirs has come before us.
    gateway.stop().await;
    let ours = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let (_, from) = soon(listener.accept()).await.unwrap();
    assert_eq!(from, ours.local_addr().unwrap());
}

#[tokio::test]
async fn the_gateway_never_posts_to_itself() {
    let gateway = Gateway::with(loopback).await;
    for own in [gateway.handle.client_addr(), gateway.handle.admin_addr()] {
        let answer = gateway
            .post(None, hello("desk-17", &format!("http://{own}")))
            .await;
        answer.assert_problem(422, "PLEASE_RETRY");
    }
}

#[tokio::test]
async fn a_new_receiver_takes_the_place_of_the_old_one() {
    let mut gateway = Gateway::with(loopback).await;
    let mut old = Receiver::answering(&[]).await;
    let mut new = Receiver::answering(&[]).await;
    gateway.post(None, hello("desk-17", &old.origin())).await;
    old.next().await;
    gateway.post(None, hello("desk-17", &new.origin())).await;
    assert_eq!(new.next().await.header("gc-sequence"), "2");
    gateway
        .post(None, later("desk-17", "Hello#desk-17", "null"))
        .await;
    assert_eq!(new.next().await.header("gc-sequence"), "3");
    assert!(old.got.try_recv().is_err());
    let told: Vec<Told> = std::iter::from_fn(|| gateway.told.try_recv().ok()).collect();
    assert!(!told.contains(&Told::Gone("desk-17".into())), "{told:?}");
}

#[tokio::test]
async fn what_waits_is_posted_before_a_stop_is_done() {
    let gateway = Gateway::with(loopback).await;
    let mut receiver = Receiver::answering(&[]).await;
    gateway
        .post(None, hello("desk-17", &receiver.origin()))
        .await;
    gateway
        .post(None, later("desk-17", "Connect#41027", "desk-17,c4nary"))
        .await;
    gateway
        .post(None, later("desk-17", "GetState#41027", "null"))
        .await;
    gateway.stop().await;
    let got = std::iter::from_fn(|| receiver.got.try_recv().ok()).count();
    assert_eq!(got, 1_002);
}
