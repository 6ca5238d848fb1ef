//! Promises of the health watch.

use std::time::Duration;

use finesse_client::{HealthReport, NodeStatus};
use finesse_protocol::{Request, UserState};
use pretty_assertions::assert_eq;
use tokio::sync::mpsc;

use crate::support::{Reply, RestServer, http, layla, soon};

fn info(status: &str, time: usize) -> Reply {
    Reply::Say(http(
        "200 OK",
        &format!(
            "<SystemInfo><status>{status}</status><deploymentType>UCCE</deploymentType>\
             <xmppDomain>fin-a.acme.test</xmppDomain><currentTimestamp>{time}</currentTimestamp></SystemInfo>"
        ),
    ))
}

#[tokio::test]
async fn every_status_is_told_each_time_it_was_asked() {
    let mut server = RestServer::start(|number| match number {
        0..2 => info("IN_SERVICE", number),
        2 => info("OUT_OF_SERVICE", number),
        3 => Reply::Say(http("503 Service Unavailable", "")),
        4 => info("IN_SERVICE", number),
        _ => Reply::Reset,
    })
    .await;
    let (events, mut reports) = mpsc::channel(16);
    let watch = tokio::spawn(server.cluster().health(Duration::from_millis(5), events));
    let mut told = Vec::new();
    for _ in 0..6 {
        let HealthReport { node, status, .. } = soon(reports.recv()).await.unwrap();
        assert_eq!(node, 0);
        told.push(match status {
            NodeStatus::InService { info } => format!("in service {}", info.xmpp_domain),
            NodeStatus::OutOfService { reason } => format!("out of service {reason}"),
            NodeStatus::NoTls { .. } => "no TLS".into(),
            NodeStatus::Unreachable { .. } => "unreachable".into(),
        });
    }
    assert_eq!(
        told,
        [
            "in service fin-a.acme.test",
            "in service fin-a.acme.test",
            "out of service OUT_OF_SERVICE",
            "out of service Finesse answered 503",
            "in service fin-a.acme.test",
            "unreachable",
        ]
    );
    let request = server.request().await;
    assert!(request.starts_with("GET /finesse/api/SystemInfo HTTP/1.1\r\n"));
    assert!(!request.contains("authorization"));
    drop(reports);
    soon(watch).await.unwrap();
}

#[tokio::test]
async fn another_reason_why_a_node_does_not_answer_is_told() {
    let server = RestServer::start(|number| match number {
        0 => Reply::Say(http("200 OK", "<oops/>")),
        _ => Reply::Say(http("404 Not Found", "")),
    })
    .await;
    let (events, mut reports) = mpsc::channel(16);
    let watch = tokio::spawn(server.cluster().health(Duration::from_millis(5), events));
    let mut told = Vec::new();
    for _ in 0..2 {
        match soon(reports.recv()).await.unwrap().status {
            NodeStatus::Unreachable { reason } => told.push(reason),
            status => panic!("{status:?}"),
        }
    }
    assert_ne!(told[0], told[1]);
    drop(reports);
    soon(watch).await.unwrap();
}

#[tokio::test]
async fn a_503_has_the_nodes_health_asked_for_at_once() {
    let server = RestServer::start(|number| match number {
        0 => info("IN_SERVICE", number),
        1 => Reply::Say(http("503 Service Unavailable", "")),
        _ => info("OUT_OF_SERVICE", number),
    })
    .await;
    let cluster = server.cluster();
    let (events, mut reports) = mpsc::channel(16);
    let hour = Duration::from_secs(3600);
    let watch = tokio::spawn(cluster.health(hour, events));
    let first = soon(reports.recv()).await.unwrap().status;
    assert!(matches!(first, NodeStatus::InService { .. }), "{first:?}");
    let ready = Request::ChangeState {
        user: "41027".into(),
        state: UserState::Ready,
        reason_code_id: None,
    };
    let answer = soon(cluster.request(0, &layla(), &ready, "r-1")).await;
    assert!(answer.is_err(), "{answer:?}");
    let second = soon(reports.recv()).await.unwrap().status;
    assert!(
        matches!(second, NodeStatus::OutOfService { .. }),
        "{second:?}"
    );
    drop(reports);
    soon(watch).await.unwrap();
}
