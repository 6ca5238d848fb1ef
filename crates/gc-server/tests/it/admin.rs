//! The admin listener.

use axum::routing::get;
use pretty_assertions::assert_eq;
use tokio::net::TcpListener;

use crate::support::{Gateway, client, plain_node, soon};

const IN_SERVICE: &str = "<SystemInfo><status>IN_SERVICE</status></SystemInfo>";

/// A node that answers one question only.
pub(crate) async fn node() -> (u16, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = async || ([("content-type", "application/xml")], IN_SERVICE);
    let app = axum::Router::new().route("/finesse/api/SystemInfo", get(answer));
    let serving = tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let service = hyper_util::service::TowerToHyperService::new(app.clone());
            let io = hyper_util::rt::TokioIo::new(connection);
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(io, service));
        }
    });
    (port, serving)
}

pub(crate) async fn until(gateway: &Gateway, status: &str) -> serde_json::Value {
    soon(async {
        loop {
            let readiness = gateway.admin("/readyz").await.json();
            if readiness["nodes"][0]["status"] == status {
                return readiness;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn it_is_alive_and_not_ready_while_no_node_serves() {
    let gateway = Gateway::open().await;
    assert_eq!(gateway.admin("/healthz").await.status, 200);
    let readiness = until(&gateway, "UNREACHABLE").await;
    assert_eq!(readiness["ready"], false);
    assert_eq!(readiness["reasons"][0], "no Finesse node is in service");
    assert_eq!(readiness["nodes"][0]["name"], "a");
    assert_eq!(gateway.admin("/readyz").await.status, 503);
}

#[tokio::test]
async fn it_tells_how_the_notifications_of_a_node_come() {
    let gateway = Gateway::open().await;
    let line = soon(async {
        loop {
            let readiness = gateway.admin("/readyz").await.json();
            if readiness["nodes"][0]["transport"] != "" {
                return readiness["nodes"][0].clone();
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(line["transport"], "tcp");
    assert_eq!(line["transportReason"], "plain connections use it");
    let metrics = gateway.admin("/metrics").await.text;
    for line in [
        "gc_node_transport{cluster=\"finesse\",node=\"a\",transport=\"tcp\"} 1",
        "gc_node_transport{cluster=\"finesse\",node=\"a\",transport=\"websocket\"} 0",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
}

#[tokio::test]
async fn it_is_ready_with_a_node_in_service() {
    let (port, serving) = node().await;
    let gateway = Gateway::with(|config| config.finesse.nodes = vec![plain_node(port)]).await;
    let readiness = until(&gateway, "IN_SERVICE").await;
    assert_eq!(readiness["ready"], true, "{readiness}");
    assert_eq!(readiness["reasons"], serde_json::json!([]));
    assert_eq!(gateway.admin("/readyz").await.status, 200);
    serving.abort();
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let gateway = Gateway::open().await;
    gateway
        .post(
            None,
            r#"{"data":{"type":"Connect#41027","body":"desk-17,c4nary"}}"#,
        )
        .await;
    gateway.post(None, "{").await;
    let answer = gateway.admin("/metrics").await;
    assert_eq!(answer.status, 200);
    for line in [
        "gc_commands_total{command=\"Connect\",outcome=\"done\"}",
        "gc_commands_refused_total{reason=\"malformed\"}",
        "gc_events_total{type=\"ConnectStatus\"}",
        "gc_events_dropped_total",
        "gc_command_seconds_bucket",
        "gc_sessions ",
        "gc_links_up ",
        "gc_commands_waiting ",
        "gc_frames_waiting ",
        "gc_open_files ",
    ] {
        assert!(
            answer.text.contains(line),
            "{line} is missing in\n{}",
            answer.text
        );
    }
    assert!(!answer.text.contains("41027"));
}

#[tokio::test]
async fn sessions_show_no_secret() {
    let gateway = Gateway::open().await;
    let connect = r#"{"data":{"type":"Connect#41027","body":"desk-17,c4nary-9b2"}}"#;
    gateway.post(None, connect).await;
    let answer = gateway.admin("/sessions").await;
    let expected = serde_json::json!([{
        "agentId": "41027",
        "client": "desk-17",
        "destination": "desk-17",
        "cluster": "finesse",
        "link": "up",
        "node": 0,
        "state": "READY",
        "calls": 0,
    }]);
    assert_eq!(answer.json(), expected);
    assert!(!answer.text.contains("c4nary"));
}

#[tokio::test]
async fn the_client_listener_has_no_admin_pages_and_the_other_way_round() {
    let gateway = Gateway::open().await;
    for path in ["/healthz", "/readyz", "/metrics", "/sessions"] {
        gateway
            .send("GET", path, &[], "")
            .await
            .assert_problem(404, "NOT_FOUND");
    }
    assert_eq!(gateway.admin("/gc/v1/commands").await.status, 404);
}

#[tokio::test]
async fn with_a_key_it_answers_nobody_else_but_says_that_it_is_alive() {
    let gateway = Gateway::with(|config| {
        config.admin.key_sha256 = client("key-admin").key_sha256;
    })
    .await;
    assert_eq!(gateway.admin("/healthz").await.status, 200);
    for path in ["/readyz", "/metrics", "/sessions"] {
        assert_eq!(gateway.admin(path).await.status, 401, "{path}");
        assert_eq!(
            gateway.admin_with("key-x", path).await.status,
            401,
            "{path}"
        );
        assert_ne!(
            gateway.admin_with("key-admin", path).await.status,
            401,
            "{path}"
        );
    }
}
