//! Faults on request.

use std::time::{Duration, Instant};

use finesse_sim::Fault;
use hyper::{Method, StatusCode};

use crate::desk::{Desk, LAYLA, simulator};

const LOGIN: &str = "<User><state>LOGIN</state><extension>6127</extension></User>";

fn fault(json: &str) -> Fault {
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn a_programmed_answer_replaces_the_request_as_often_as_asked() {
    let simulator = simulator().await;
    simulator.add_fault(fault(
        r#"{"where":"rest","match":{"agentId":"41027","method":"PUT","action":"LOGIN"},
            "effect":{"status":500,"body":"<oops/>"},"times":1}"#,
    ));
    let desk = Desk::new(&simulator, LAYLA);
    assert_eq!(desk.get("/User/41027").await.status, StatusCode::OK);
    let failed = desk.put("/User/41027", LOGIN).await;
    assert_eq!(
        (failed.status.as_u16(), failed.body.as_str()),
        (500, "<oops/>")
    );
    assert_eq!(
        desk.put("/User/41027", LOGIN).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn a_connection_dropped_before_is_not_executed_and_after_it_is() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    for (when, id, executed) in [("before", "r-1", 0), ("after", "r-2", 1)] {
        simulator.clear_faults();
        simulator.add_fault(fault(&format!(
            r#"{{"where":"rest","effect":{{"drop":"{when}"}},"times":1}}"#
        )));
        let answer = desk.send(Method::PUT, "/User/41027", LOGIN, id).await;
        assert!(answer.is_err());
        let count = simulator.counters().executions.get(id).copied();
        assert_eq!(count.unwrap_or_default(), executed, "{when}");
    }
}

#[tokio::test]
async fn a_late_answer_comes_after_its_notification() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    simulator.add_fault(fault(
        r#"{"where":"rest","effect":{"delayMs":300},"times":1}"#,
    ));
    let started = Instant::now();
    let notified = async {
        link.until("<state>NOT_READY</state>").await;
        started.elapsed()
    };
    let (answer, notified) = tokio::join!(desk.put("/User/41027", LOGIN), notified);
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert!(notified < Duration::from_millis(300), "{notified:?}");
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn silence_accepts_and_does_nothing() {
    let simulator = simulator().await;
    simulator.add_fault(fault(
        r#"{"where":"rest","effect":{"silence":true},"times":1}"#,
    ));
    let desk = Desk::new(&simulator, LAYLA);
    assert_eq!(
        desk.put("/User/41027", LOGIN).await.status,
        StatusCode::ACCEPTED
    );
    assert_eq!(simulator.counters().sign_ins.get(LAYLA), None);
}

#[tokio::test]
async fn notifications_are_lost_doubled_and_reordered_on_request() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, LAYLA).link("gw-1").await;
    let publish = |text: &str| simulator.publish_raw(LAYLA, "", text);
    let next = async |link: &mut crate::desk::Link| link.next().await.1;

    simulator.add_fault(fault(
        r#"{"where":"xmpp","effect":{"drop":"before"},"times":1}"#,
    ));
    publish("one");
    publish("two");
    assert_eq!(next(&mut link).await, "two");

    simulator.add_fault(fault(
        r#"{"where":"xmpp","effect":{"duplicate":true},"times":1}"#,
    ));
    publish("three");
    assert_eq!(next(&mut link).await, "three");
    assert_eq!(next(&mut link).await, "three");

    simulator.add_fault(fault(
        r#"{"where":"xmpp","effect":{"reorder":true},"times":1}"#,
    ));
    publish("four");
    publish("five");
    assert_eq!(next(&mut link).await, "five");
    assert_eq!(next(&mut link).await, "four");

    simulator.add_fault(fault(
        r#"{"where":"xmpp","effect":{"delayMs":50},"times":1}"#,
    ));
    publish("six");
    publish("seven");
    assert_eq!(next(&mut link).await, "seven");
    assert_eq!(next(&mut link).await, "six");

    simulator.add_fault(fault(
        r#"{"where":"xmpp","effect":{"drop":"after"},"times":1}"#,
    ));
    publish("eight");
    assert_eq!(next(&mut link).await, "eight");
    link.end().await;
}

#[tokio::test]
async fn a_silent_link_stays_open_and_says_nothing() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, LAYLA).link("gw-1").await;
    simulator.add_fault(fault(
        r#"{"where":"xmpp","effect":{"silence":true},"times":1}"#,
    ));
    simulator.publish_raw(LAYLA, "", "lost");
    assert!(link.is_quiet_for(Duration::from_millis(200)).await);
    simulator.clear_faults();
    simulator.publish_raw(LAYLA, "", "heard");
    assert_eq!(link.next().await.1, "heard");
}

#[test]
fn an_unknown_word_in_a_fault_is_refused() {
    let text = r#"{"where":"rest","match":{"agent":"41027"},"effect":{}}"#;
    assert!(serde_json::from_str::<Fault>(text).is_err());
}
