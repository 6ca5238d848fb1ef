//! The audit log.

use pretty_assertions::assert_eq;
use serde_json::Value;
use tempfile::TempDir;
use tracing_subscriber::layer::SubscriberExt;

use crate::support::{Gateway, client};

/// The entries without their times, and whether each has one and an address where it must.
fn entries(text: &str) -> Vec<Value> {
    let entry = |line: &str| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        let entry = entry.as_object_mut().unwrap();
        assert!(entry.remove("timestamp").is_some());
        for key in ["from", "id"] {
            entry.remove(key);
        }
        Value::Object(entry.clone())
    };
    text.lines().map(entry).collect()
}

#[tokio::test]
async fn it_tells_who_did_what_for_whom_from_where_and_how_it_ended_and_no_secret() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("audit.jsonl");
    let (audit, guard) = gc_server::logs::audit(&file).unwrap();
    let subscriber = tracing_subscriber::registry().with(audit);
    let _listening = tracing::subscriber::set_default(subscriber);
    let gateway = Gateway::keyed().await;
    let post = async |key, kind: &str, body: &str| {
        let envelope =
            format!(r#"{{"data":{{"type":"{kind}","body":"{body}","sessionUrl":"s-{key}"}}}}"#);
        gateway.post(Some(key), envelope).await
    };
    post("key-crm", "Connect#41027", "desk-1,canary-1d4").await;
    post("key-desk", "MakeReady#41027", "null").await;
    post("key-canary", "MakeReady#41027", "null").await;
    post("key-crm", "AnswerCall#41027", "207").await;
    post("key-crm", "Connect#canary-1d4", "").await;
    let mut config = gateway.config.clone();
    config.clients.insert("new".into(), client("key-new"));
    gateway.handle.reload(&config).unwrap();
    drop(guard);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("canary"), "{text}");
    assert_eq!(text.matches(r#""from":"127.0.0.1:"#).count(), 5, "{text}");
    let wanted = r#"
        {"message":"command","client":"crm","agent":"41027","command":"Connect","outcome":"done"}
        {"message":"command","client":"desk","agent":"41027","command":"MakeReady","outcome":"failed","error":"INVALID_SUPERVISOR"}
        {"message":"turned away"}
        {"message":"command","client":"crm","agent":"41027","command":"AnswerCall","outcome":"failed","error":"NO_DIALOG_ID"}
        {"message":"command","client":"crm","command":"Connect","outcome":"failed","error":"PLEASE_RETRY"}
        {"message":"settings","change":"client new was added"}
    "#;
    let wanted: Vec<Value> = wanted
        .trim()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(entries(&text), wanted);
}
