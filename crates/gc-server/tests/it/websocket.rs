//! `GET /gc/v1/ws`.

use pretty_assertions::assert_eq;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::core::Told;
use crate::support::{Gateway, Socket, soon};

const CONNECT: &str = "Connect#41027 desk-17,c4nary";

async fn connected(gateway: &Gateway, protocol: &str) -> Socket {
    let mut socket = gateway.socket("?destination=desk-17", protocol).await;
    socket.say(CONNECT).await;
    socket.hear().await;
    if protocol == "gc.v2" {
        assert_eq!(socket.hear().await["event"]["type"], "CommandResult");
    }
    socket
}

#[tokio::test]
async fn gc_v1_frames_are_bare_events_without_results() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway, "gc.v1").await;
    assert_eq!(socket.protocol.as_deref(), Some("gc.v1"));
    socket.say("MakeReady#41027").await;
    let state = socket.hear().await;
    assert_eq!(
        (&state["type"], &state["state"]),
        (&"State".into(), &"READY".into())
    );
    socket.say("MakeReady#41027").await;
    assert_eq!(socket.hear().await["type"], "State");
}

#[tokio::test]
async fn gc_v2_frames_are_numbered_and_end_in_one_result() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway, "gc.v2").await;
    socket
        .say(r#"{"command":"MakeReady","agentId":"41027","commandId":"c-17"}"#)
        .await;
    let event = socket.hear().await;
    let (stream, number) = event["id"].as_str().unwrap().split_once(':').unwrap();
    let process = stream.strip_suffix(".1").unwrap();
    assert_eq!((process.len(), number), (32, "2"));
    assert_eq!(event["agentId"], "41027");
    assert_eq!(event["origin"], "live");
    assert_eq!(event["event"]["type"], "State");
    assert!(event["time"].as_str().unwrap().ends_with('Z'));
    let result = socket.hear().await;
    assert_eq!(result.get("id"), None);
    assert_eq!(
        result["event"],
        serde_json::json!({
            "type": "CommandResult",
            "commandId": "c-17",
            "agentId": "41027",
            "command": "MakeReady",
            "outcome": "done",
            "errorType": result["event"]["errorType"],
        })
    );
}

#[tokio::test]
async fn gc_v2_is_the_default() {
    let gateway = Gateway::open().await;
    let mut socket = gateway
        .try_socket("?destination=desk-17", &[])
        .await
        .unwrap();
    assert_eq!(socket.protocol, None);
    socket.say("Hello#desk-17").await;
    assert_eq!(socket.hear().await["event"]["type"], "System");
}

#[tokio::test]
async fn a_frame_that_is_no_command_is_an_error_event_and_the_connection_lives() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway, "gc.v2").await;
    for frame in [
        "",
        "{",
        "nonsense",
        "Fly#41027",
        r#"{"command":7}"#,
        "MakeReady",
        "\u{0}",
    ] {
        socket.say(frame).await;
        let error = socket.hear().await;
        assert_eq!(error["event"]["type"], "Error", "{frame:?}");
        assert_eq!(error["event"]["errorType"], "PLEASE_RETRY", "{frame:?}");
        let result = socket.hear().await;
        assert_eq!(result["event"]["outcome"], "failed", "{frame:?}");
    }
    socket.say("MakeReady#41027").await;
    assert_eq!(socket.hear().await["event"]["type"], "State");
}

#[tokio::test]
async fn a_command_for_another_destination_is_refused() {
    let mut gateway = Gateway::open().await;
    let mut socket = gateway.socket("?destination=desk-17", "gc.v1").await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    for frame in ["Connect#41027 desk-18,c4nary", "Hello#desk-18"] {
        socket.say(frame).await;
        let error = socket.hear().await;
        assert_eq!(error["errorType"], "PLEASE_RETRY", "{frame}");
    }
    assert!(gateway.told.try_recv().is_err());
}

#[tokio::test]
async fn binary_frames_are_refused() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway, "gc.v1").await;
    socket
        .say_raw(Message::binary(b"MakeReady#41027".to_vec()))
        .await;
    let close = socket.closed().await.unwrap();
    assert_eq!(u16::from(close.code), 1003);
}

#[tokio::test]
async fn a_frame_may_have_64_kib_and_one_byte_more_closes_that_connection_only() {
    let gateway = Gateway::open().await;
    let mut other = connected(&gateway, "gc.v1").await;
    let mut socket = gateway.socket("?destination=desk-18", "gc.v1").await;
    socket.say(&"x".repeat(64 * 1024)).await;
    assert_eq!(socket.hear().await["type"], "Error");
    socket.say(&"x".repeat(64 * 1024 + 1)).await;
    let close = socket.closed().await;
    assert!(close.is_none_or(|close| u16::from(close.code) == 1009));
    other.say("MakeReady#41027").await;
    assert_eq!(other.hear().await["type"], "State");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_as_a_slow_consumer() {
    let mut gateway = Gateway::open().await;
    let mut slow = connected(&gateway, "gc.v1").await;
    let mut quick = gateway.socket("?destination=desk-18", "gc.v1").await;
    slow.say("refresh#41027").await;
    while gateway.told().await != Told::Gone("desk-17".into()) {}
    quick.say("Hello#desk-18").await;
    assert_eq!(quick.hear().await["type"], "System");
    let close = slow.closed().await.unwrap();
    assert_eq!(
        (u16::from(close.code), close.reason.as_str()),
        (1008, "slow consumer")
    );
}

#[tokio::test]
async fn a_thousand_events_arrive_in_order() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway, "gc.v1").await;
    socket.say("GetState#41027").await;
    for number in 0..1_000 {
        assert_eq!(socket.hear().await["label"], number.to_string());
    }
}

#[tokio::test]
async fn a_destination_is_up_with_its_first_connection_and_gone_with_its_last() {
    let mut gateway = Gateway::open().await;
    let first = gateway.socket("?destination=desk-17", "gc.v1").await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    let second = gateway.socket("?destination=desk-17", "gc.v2").await;
    drop(first);
    drop(second);
    assert_eq!(gateway.told().await, Told::Gone("desk-17".into()));
}

#[tokio::test]
async fn a_handshake_that_breaks_off_leaves_nobody_at_the_destination() {
    let mut gateway = Gateway::open().await;
    let handshake = "GET /gc/v1/ws?destination=desk-17 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                     sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    for _ in 0..50 {
        let address = gateway.handle.client_addr();
        let mut broken = soon(TcpStream::connect(address)).await.unwrap();
        broken.write_all(handshake.as_bytes()).await.unwrap();
        broken.set_zero_linger().unwrap();
    }
    let mut last = gateway.socket("?destination=desk-17", "gc.v1").await;
    last.say("Hello#desk-17").await;
    while gateway.told().await != Told::Command("Hello") {}
    drop(last);
    // With anybody left at it, the destination would never be gone.
    assert_eq!(gateway.told().await, Told::Gone("desk-17".into()));
}

#[tokio::test]
async fn a_connection_without_a_destination_gets_its_own() {
    let mut gateway = Gateway::open().await;
    let mut socket = gateway.socket("", "gc.v1").await;
    let Told::Up(own) = gateway.told().await else {
        panic!("nobody is up");
    };
    assert_eq!(own.len(), 36);
    socket.say(&format!("Hello#{own}")).await;
    assert_eq!(socket.hear().await["type"], "System");
}

#[tokio::test]
async fn the_key_may_be_a_bearer_or_the_second_subprotocol() {
    let gateway = Gateway::keyed().await;
    for headers in [
        &[("authorization", "Bearer key-crm")][..],
        &[("sec-websocket-protocol", "gc.v2, key-crm")][..],
        &[
            ("sec-websocket-protocol", "gc.v1"),
            ("authorization", "Bearer key-crm"),
        ][..],
    ] {
        let socket = gateway
            .try_socket("?destination=desk-17", headers)
            .await
            .unwrap();
        assert_ne!(socket.protocol.as_deref(), Some("key-crm"));
    }
    for headers in [
        &[][..],
        &[("authorization", "Bearer wrong")][..],
        &[("sec-websocket-protocol", "gc.v2, wrong")][..],
        &[("sec-websocket-protocol", "gc.v2")][..],
    ] {
        let refused = gateway.try_socket("", headers).await.err();
        assert_eq!(
            refused.map(|status| status.as_u16()),
            Some(401),
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn subprotocols_that_are_none_of_ours_are_refused() {
    let gateway = Gateway::open().await;
    for offered in ["gc.v3", "gc.v\u{84}"] {
        let headers = [
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-protocol", offered),
        ];
        let headers = headers.map(|(name, value)| (name, value.to_owned()));
        let answer = gateway.send("GET", "/gc/v1/ws", &headers, "").await;
        answer.assert_problem(400, "PLEASE_RETRY");
        assert_eq!(
            answer.json()["detail"],
            "offer the subprotocol gc.v2 or gc.v1"
        );
    }
}

#[tokio::test]
async fn a_destination_of_another_client_cannot_be_listened_to() {
    let gateway = Gateway::keyed().await;
    let query = "?destination=desk-17";
    let first = [("authorization", "Bearer key-crm")];
    let kept = gateway.try_socket(query, &first).await.unwrap();
    let second = [("authorization", "Bearer key-desk")];
    let refused = gateway.try_socket(query, &second).await.err();
    assert_eq!(refused.map(|status| status.as_u16()), Some(403));
    drop(kept);
    let refused = gateway.try_socket(query, &second).await.err();
    assert_eq!(refused.map(|status| status.as_u16()), Some(403));
}

#[tokio::test]
async fn names_that_are_no_destinations_are_refused() {
    let gateway = Gateway::open().await;
    let long = "x".repeat(129);
    for name in ["", "a%20b", "a%2Fb", "a%0D%0Ab", "%C3%A9", &long] {
        let refused = gateway
            .try_socket(&format!("?destination={name}"), &[])
            .await
            .err();
        assert_eq!(refused.map(|status| status.as_u16()), Some(422), "{name}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let gateway = Gateway::with(|config| {
        config.server.allowed_origins = vec!["https://crm.example.org".into()];
    })
    .await;
    let from = |origin| [("origin", origin)];
    assert!(
        gateway
            .try_socket("", &from("https://crm.example.org"))
            .await
            .is_ok()
    );
    for origin in ["https://evil.example", "http://crm.example.org", "null"] {
        let refused = gateway.try_socket("", &from(origin)).await.err();
        assert_eq!(refused.map(|status| status.as_u16()), Some(403), "{origin}");
    }
}

#[tokio::test]
async fn an_unknown_dialect_and_a_plain_request_are_400() {
    let gateway = Gateway::open().await;
    let refused = gateway
        .try_socket("", &[("sec-websocket-protocol", "gc.v9")])
        .await
        .err();
    assert_eq!(refused.map(|status| status.as_u16()), Some(400));
    gateway
        .send("GET", "/gc/v1/ws", &[], "")
        .await
        .assert_problem(400, "PLEASE_RETRY");
}

#[tokio::test]
async fn a_client_that_is_too_fast_is_told_to_slow_down_and_served_again_later() {
    let gateway = Gateway::with(|config| {
        config.server.commands_per_second = 20;
        config.server.command_burst = 1;
    })
    .await;
    let mut socket = gateway.socket("?destination=desk-17", "gc.v1").await;
    socket.say("Hello#desk-17").await;
    socket.say("Hello#desk-17").await;
    assert_eq!(socket.hear().await["type"], "System");
    assert_eq!(socket.hear().await["errorType"], "PLEASE_RETRY");
    socket.say("Hello#desk-17").await;
    assert_eq!(socket.hear().await["type"], "System");
}

#[tokio::test]
async fn a_command_that_came_too_fast_ends_in_one_result_under_its_id() {
    let gateway = Gateway::with(|config| {
        config.server.commands_per_second = 1;
        config.server.command_burst = 1;
    })
    .await;
    let mut socket = connected(&gateway, "gc.v2").await;
    socket
        .say(r#"{"command":"MakeReady","agentId":"41027","commandId":"c-17"}"#)
        .await;
    let error = socket.hear().await;
    assert_eq!(error["event"]["errorType"], "PLEASE_RETRY");
    assert_eq!(error["event"]["commandId"], "c-17");
    let result = socket.hear().await;
    assert_eq!(
        result["event"],
        serde_json::json!({
            "type": "CommandResult",
            "commandId": "c-17",
            "agentId": "41027",
            "command": "MakeReady",
            "outcome": "failed",
            "errorType": "PLEASE_RETRY",
        })
    );
}

#[tokio::test]
async fn the_same_command_id_gets_its_result_again() {
    let mut gateway = Gateway::open().await;
    let mut socket = connected(&gateway, "gc.v2").await;
    let ready = r#"{"command":"MakeReady","agentId":"41027","commandId":"c-17"}"#;
    socket.say(ready).await;
    assert_eq!(socket.hear().await["event"]["type"], "State");
    assert_eq!(socket.hear().await["event"]["type"], "CommandResult");
    socket.say(ready).await;
    let again = socket.hear().await;
    assert_eq!(again["event"]["type"], "CommandResult");
    assert_eq!(again["event"]["outcome"], "done");
    let told: Vec<Told> = std::iter::from_fn(|| gateway.told.try_recv().ok()).collect();
    assert_eq!(
        told.iter()
            .filter(|told| **told == Told::Command("MakeReady"))
            .count(),
        1
    );
}

#[tokio::test]
async fn a_stop_says_goodbye() {
    let gateway = Gateway::open().await;
    let mut socket = connected(&gateway, "gc.v1").await;
    let closed = tokio::spawn(async move { socket.closed().await });
    gateway.stop().await;
    let close = closed.await.unwrap().unwrap();
    assert_eq!(u16::from(close.code), 1001);
}
