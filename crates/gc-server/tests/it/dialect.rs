//! Clients of the string dialect beside clients of JSON.

use std::time::Duration;

use gc_protocol::style::Dialect;
use gc_server::config::Config;
use pretty_assertions::assert_eq;

use crate::support::{Gateway, Receiver, client};

const READY: &str = "41027#State#READY####2026-11-22 09:00:00#Layla Haddad#41027#6127";

/// `crm` wants text, `desk` JSON.
fn crm_wants_text(config: &mut Config) {
    let mut crm = client("key-crm");
    crm.dialect = Some(Dialect::String);
    config.clients.insert("crm".into(), crm);
    config.clients.insert("desk".into(), client("key-desk"));
}

fn everybody_wants_text(config: &mut Config) {
    config.compat.dialect = Dialect::String;
    config.callbacks.allow = vec!["http://127.0.0.1:*".into()];
    config.callbacks.give_up_after = Duration::from_secs(3);
}

async fn socket(gateway: &Gateway, protocols: &str, desk: &str) -> crate::support::Socket {
    gateway
        .socket(&format!("?destination={desk}"), protocols)
        .await
}

fn hello(receiver: &Receiver) -> String {
    let origin = receiver.origin();
    format!(
        r#"{{"data":{{"type":"Hello#desk-17","body":"null","sessionUrl":"https://crm.example.org/s/1","callbackFqdn":"{origin}","callbackEndpoint":"/gc/events"}}}}"#
    )
}

#[tokio::test]
async fn gc_v1_frames_are_text_for_the_client_that_wants_it() {
    let gateway = Gateway::with(crm_wants_text).await;
    let mut old = socket(&gateway, "gc.v1, key-crm", "desk-17").await;
    let mut new = socket(&gateway, "gc.v1, key-desk", "desk-18").await;
    old.say("Hello#desk-17").await;
    assert_eq!(old.hear_text().await, "System#IN_SERVICE");
    old.say("Connect#41027 desk-17,c4nary").await;
    assert_eq!(old.hear_text().await, "41027#ConnectStatus#ConnectSuccess");
    old.say("MakeReady#41027").await;
    assert_eq!(old.hear_text().await, READY);
    new.say("Hello#desk-18").await;
    assert_eq!(new.hear().await["status"], "IN_SERVICE");
}

#[tokio::test]
async fn an_error_is_text_too() {
    let gateway = Gateway::with(everybody_wants_text).await;
    let mut socket = socket(&gateway, "gc.v1", "desk-17").await;
    socket.say("MakeRedy#41027").await;
    let error = socket.hear_text().await;
    assert!(error.contains("#Error#PLEASE_RETRY#"), "{error}");
}

#[tokio::test]
async fn gc_v2_is_json_in_every_dialect() {
    let gateway = Gateway::with(everybody_wants_text).await;
    let mut both = socket(&gateway, "gc.v1", "desk-17").await;
    let mut socket = socket(&gateway, "gc.v2", "desk-17").await;
    socket.say("Connect#41027 desk-17,c4nary").await;
    assert_eq!(
        socket.hear().await["event"],
        serde_json::json!({"type": "ConnectStatus", "status": "ConnectSuccess"})
    );
    assert_eq!(socket.hear().await["event"]["type"], "CommandResult");
    assert_eq!(both.hear_text().await, "41027#ConnectStatus#ConnectSuccess");
    socket.say("nonsense").await;
    assert_eq!(socket.hear().await["event"]["type"], "Error");
}

#[tokio::test]
async fn a_callbacks_data_is_the_text_as_a_json_string() {
    let gateway = Gateway::with(everybody_wants_text).await;
    let mut receiver = Receiver::answering(&[]).await;
    gateway.post(None, hello(&receiver)).await;
    let got = receiver.next().await;
    assert_eq!(
        got.body,
        r#"{"data":"System#IN_SERVICE","sessionUrl":"https://crm.example.org/s/1"}"#
    );
    assert_eq!(got.header("content-type"), "application/json");
}

#[tokio::test]
async fn a_bare_callback_is_plain_text() {
    let gateway = Gateway::with(|config| {
        everybody_wants_text(config);
        config.callbacks.bare = true;
    })
    .await;
    let mut receiver = Receiver::answering(&[]).await;
    gateway.post(None, hello(&receiver)).await;
    let got = receiver.next().await;
    assert_eq!(got.body, "System#IN_SERVICE");
    assert_eq!(got.header("content-type"), "text/plain; charset=utf-8");
}

#[tokio::test]
async fn a_loss_is_marked_in_the_dialect() {
    let gateway = Gateway::with(|config| {
        everybody_wants_text(config);
        config.callbacks.tries = 1;
    })
    .await;
    let mut receiver = Receiver::answering(&[500]).await;
    gateway.post(None, hello(&receiver)).await;
    receiver.next().await;
    let got = receiver.next().await;
    assert_eq!(
        got.body,
        r#"{"data":"System#GAP","sessionUrl":"https://crm.example.org/s/1"}"#
    );
}

#[tokio::test]
async fn how_an_agent_stands_is_json_in_every_dialect() {
    let gateway = Gateway::with(everybody_wants_text).await;
    let mut socket = socket(&gateway, "gc.v1", "desk-17").await;
    socket.say("Connect#41027 desk-17,c4nary").await;
    socket.hear_text().await;
    let answer = gateway
        .send("GET", "/gc/v1/agents/41027", &[], String::new())
        .await;
    assert_eq!(answer.json()["state"]["state"], "READY");
}
