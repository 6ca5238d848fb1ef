//! Connections that come back: `?last=` and `Last-Event-ID`.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::{Gateway, Socket};

const CONNECT: &str = "Connect#41027 desk-17,c4nary";
const READY: &str = "MakeReady#41027";

/// A connection at desk-17 that has connected the agent, and the id of its last event.
async fn connected(gateway: &Gateway) -> (Socket, String) {
    let mut socket = gateway.socket("?destination=desk-17", "gc.v2").await;
    socket.say(CONNECT).await;
    let last = id(&socket.hear().await);
    socket.hear().await;
    (socket, last)
}

/// Sends a command and waits for its event and its end.
async fn ready(socket: &mut Socket) -> String {
    socket.say(READY).await;
    let event = id(&socket.hear().await);
    assert_eq!(socket.hear().await["event"]["type"], "CommandResult");
    event
}

fn id(frame: &Value) -> String {
    frame["id"].as_str().unwrap().to_owned()
}

fn after(id: &str, count: u64) -> String {
    let (stream, number) = id.split_once(':').unwrap();
    format!("{stream}:{}", number.parse::<u64>().unwrap() + count)
}

#[tokio::test]
async fn a_websocket_that_comes_back_gets_exactly_what_it_has_missed() {
    let gateway = Gateway::open().await;
    let (mut stays, last) = connected(&gateway).await;
    for _ in 0..3 {
        ready(&mut stays).await;
    }
    let query = format!("?destination=desk-17&last={last}");
    let mut back = gateway.socket(&query, "gc.v2").await;
    for number in 1..=3 {
        let frame = back.hear().await;
        assert_eq!(id(&frame), after(&last, number));
        assert_eq!(
            (&frame["origin"], &frame["agentId"]),
            (&json!("replay"), &json!("41027"))
        );
    }
    ready(&mut stays).await;
    let frame = back.hear().await;
    assert_eq!(
        (id(&frame), &frame["origin"]),
        (after(&last, 4), &json!("live"))
    );
    let metrics = gateway.admin("/metrics").await.text;
    for line in [
        "\ngc_resumes_total{outcome=\"replay\"} ",
        "\ngc_events_replayed_total ",
        "\ngc_replay_bytes ",
    ] {
        assert!(metrics.contains(line), "{line} {metrics}");
    }
}

#[tokio::test]
async fn an_id_that_is_not_known_gives_a_gap_and_a_snapshot_to_that_connection_only() {
    let gateway = Gateway::open().await;
    let (mut stays, last) = connected(&gateway).await;
    let mut elsewhere = gateway.socket("?destination=desk-18", "gc.v2").await;
    elsewhere.say("Hello#desk-18").await;
    let foreign = id(&elsewhere.hear().await);
    let never = after(&last, 1);
    for unknown in [
        foreign.as_str(),
        &never,
        "0197a0c2d6f87d3e9b1f2a3b4c5d6e7f.1:1",
        "x",
        "%00",
    ] {
        let query = format!("?destination=desk-17&last={unknown}");
        let mut back = gateway.socket(&query, "gc.v2").await;
        assert_eq!(
            back.hear().await["event"],
            json!({"type": "Gap"}),
            "{unknown}"
        );
        let state = back.hear().await;
        assert_eq!(state["event"]["label"], "as it stands");
        assert_eq!(
            (&state["origin"], id(&state)),
            (&json!("snapshot"), last.clone())
        );
    }
    assert_eq!(
        ready(&mut stays).await,
        never,
        "nobody else was told, and no number was used"
    );
    let metrics = gateway.admin("/metrics").await.text;
    assert!(
        metrics.contains("\ngc_resumes_total{outcome=\"gap\"} "),
        "{metrics}"
    );
}

#[tokio::test]
async fn what_is_no_longer_kept_gives_a_gap() {
    let gateway = Gateway::with(|config| config.replay.events = 2).await;
    let (mut stays, last) = connected(&gateway).await;
    for _ in 0..3 {
        ready(&mut stays).await;
    }
    let mut late = gateway
        .socket(&format!("?destination=desk-17&last={last}"), "gc.v2")
        .await;
    assert_eq!(late.hear().await["event"]["type"], "Gap");
    let query = format!("?destination=desk-17&last={}", after(&last, 1));
    let mut early = gateway.socket(&query, "gc.v2").await;
    assert_eq!(id(&early.hear().await), after(&last, 2));
    assert_eq!(id(&early.hear().await), after(&last, 3));
}

#[tokio::test]
async fn a_gateway_that_was_started_anew_knows_no_id_of_the_one_before() {
    let before = Gateway::open().await;
    let (_, last) = connected(&before).await;
    before.stop().await;
    let gateway = Gateway::open().await;
    let (_stays, _) = connected(&gateway).await;
    let mut back = gateway
        .socket(&format!("?destination=desk-17&last={last}"), "gc.v2")
        .await;
    assert_eq!(back.hear().await["event"]["type"], "Gap");
}

#[tokio::test]
async fn a_slow_consumer_that_was_cut_comes_back_to_a_gap_and_goes_on() {
    let gateway = Gateway::open().await;
    let (mut slow, last) = connected(&gateway).await;
    // Twelve hundred events of 60 KiB, of which it reads none.
    slow.say("refresh#41027").await;
    let close = slow.closed().await.unwrap();
    assert_eq!(
        (u16::from(close.code), close.reason.as_str()),
        (1008, "slow consumer")
    );
    let mut back = gateway
        .socket(&format!("?destination=desk-17&last={last}"), "gc.v2")
        .await;
    assert_eq!(back.hear().await["event"]["type"], "Gap");
    let state = back.hear().await;
    assert_eq!(state["event"]["label"], "as it stands");
    assert_eq!(ready(&mut back).await, after(&id(&state), 1));
}

#[tokio::test]
async fn gc_v1_has_no_numbers_to_come_back_to() {
    let gateway = Gateway::open().await;
    let v1 = [("sec-websocket-protocol", "gc.v1")];
    let refused = gateway
        .try_socket("?destination=desk-17&last=x:1", &v1)
        .await
        .err();
    assert_eq!(refused.map(|status| status.as_u16()), Some(400));
    let mut socket = gateway.socket("?destination=desk-17&last=", "gc.v1").await;
    socket.say("Hello#desk-17").await;
    assert_eq!(socket.hear().await["type"], "System");
}

#[tokio::test]
async fn nobody_resumes_at_a_destination_of_another_client() {
    let gateway = Gateway::keyed().await;
    let own = [("authorization", "Bearer key-crm")];
    let mut socket = gateway
        .try_socket("?destination=desk-17", &own)
        .await
        .unwrap();
    socket.say(CONNECT).await;
    let last = id(&socket.hear().await);
    let query = format!("?destination=desk-17&last={last}");
    let other = [("authorization", "Bearer key-desk")];
    let refused = gateway.try_socket(&query, &other).await.err();
    assert_eq!(refused.map(|status| status.as_u16()), Some(403));
    for (bearer, status) in [("Bearer key-desk", 403), ("Bearer wrong", 401)] {
        let headers = [
            ("authorization", bearer.to_owned()),
            ("last-event-id", last.clone()),
        ];
        let path = "/gc/v1/events?destination=desk-17";
        assert_eq!(gateway.send("GET", path, &headers, "").await.status, status);
    }
}
