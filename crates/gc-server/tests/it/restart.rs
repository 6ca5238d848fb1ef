//! What a gateway goes on with that was started after another one, in the same and in other settings.

use std::path::Path;

use gc_protocol::Secret;
use gc_server::config::{BrokerQueue, Config};
use pretty_assertions::assert_eq;
use tempfile::TempDir;

use crate::broker::Broker;
use crate::core::Told;
use crate::support::{Answer, Gateway, Receiver, client, plain_node};

const KEY: &str = "gcs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn store(folder: &TempDir) -> impl Fn(&mut Config) + use<> {
    let path = folder.path().join("store").to_str().unwrap().to_owned();
    move |config| {
        config.store.path.clone_from(&path);
        config.store.key = Secret::new(KEY);
        config.callbacks.allow = vec!["http://127.0.0.1:*".into()];
    }
}

fn keyed(folder: &TempDir) -> impl Fn(&mut Config) + use<> {
    let store = store(folder);
    move |config| {
        store(config);
        let crm = client("key-crm");
        config.clients.insert("crm".into(), crm);
    }
}

fn records(folder: &TempDir) -> usize {
    let entries = std::fs::read_dir(folder.path().join("store")).unwrap();
    let is_record = |path: &Path| path.extension().is_some_and(|kind| kind == "record");
    let files = entries.filter(|entry| is_record(&entry.as_ref().unwrap().path()));
    // One of them tells whose key it is.
    files.count() - 1
}

/// Connects Layla at `desk-17`, with a callback.
async fn connect(gateway: &Gateway, key: Option<&str>, receiver: &str) {
    let body = format!(
        r#"{{"data":{{"type":"Connect#41027","body":"desk-17,c4nary","sessionUrl":"s-17","callbackFqdn":"{receiver}","callbackEndpoint":"/events"}}}}"#
    );
    let answer = gateway.post(key, body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
}

async fn make_ready(gateway: &Gateway, key: Option<&str>) -> Answer {
    let body = r#"{"data":{"type":"MakeReady#41027","body":"null","sessionUrl":"s-17"}}"#;
    gateway.post(key, body).await
}

#[tokio::test]
async fn events_are_posted_where_they_were_after_a_gap_and_the_session_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::answering(&[]).await;
    let gateway = Gateway::with(store(&folder)).await;
    connect(&gateway, None, &receiver.origin()).await;
    assert_eq!(
        receiver.next().await.json()["data"]["type"],
        "ConnectStatus"
    );
    gateway.stop().await;
    assert_eq!(records(&folder), 2);

    let mut gateway = Gateway::with(store(&folder)).await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Restored("41027".into(), 0));
    let gap = receiver.next().await;
    assert_eq!(gap.body, r#"{"data":{"type":"Gap"},"sessionUrl":"s-17"}"#);
    assert!(gap.header("webhook-id").contains(":gap-"));
    let state = receiver.next().await.json();
    assert_eq!(
        (&state["data"]["label"], &state["sessionUrl"]),
        (&"restored".into(), &"s-17".into())
    );
    assert_eq!(make_ready(&gateway, None).await.status, 202);
    assert_eq!(receiver.next().await.json()["data"]["state"], "READY");
    gateway.stop().await;
    assert_eq!(records(&folder), 2);
}

#[tokio::test]
async fn a_receiver_that_is_not_allowed_any_more_gets_nothing_and_the_agent_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::answering(&[]).await;
    let gateway = Gateway::with(store(&folder)).await;
    connect(&gateway, None, &receiver.origin()).await;
    receiver.next().await;
    gateway.stop().await;

    let mut gateway = Gateway::with(|config| {
        store(&folder)(config);
        config.callbacks.allow.clear();
    })
    .await;
    assert_eq!(gateway.told().await, Told::Restored("41027".into(), 0));
    assert_eq!(make_ready(&gateway, None).await.status, 202);
    gateway.stop().await;
    assert!(receiver.got.try_recv().is_err());
}

/// Layla is connected by `crm`; what other settings make of that is told before anything else.
async fn with_other_settings(change: impl FnOnce(&mut Config)) -> (Option<Told>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::answering(&[]).await;
    let gateway = Gateway::with(keyed(&folder)).await;
    connect(&gateway, Some("key-crm"), &receiver.origin()).await;
    receiver.next().await;
    gateway.stop().await;
    let mut gateway = Gateway::with(|config| {
        keyed(&folder)(config);
        config.callbacks.allow.clear();
        change(config);
    })
    .await;
    gateway.admin("/readyz").await;
    let told = gateway.told.try_recv().ok();
    gateway.stop().await;
    (told, records(&folder))
}

#[tokio::test]
async fn what_these_settings_still_allow_goes_on() {
    let (told, records) = with_other_settings(|_| ()).await;
    assert_eq!(told, Some(Told::Restored("41027".into(), 0)));
    assert_eq!(records, 2);
}

#[tokio::test]
async fn a_session_whose_client_is_no_more_ends_and_is_wiped() {
    let other = |config: &mut Config| {
        config.clients.clear();
        config.clients.insert("desk".into(), client("key-desk"));
    };
    assert_eq!(with_other_settings(other).await, (None, 0));
    // Nor does it go on where nobody has a key.
    let open = |config: &mut Config| config.clients.clear();
    assert_eq!(with_other_settings(open).await, (None, 0));
}

#[tokio::test]
async fn a_session_whose_client_may_not_have_it_any_more_ends_and_is_wiped() {
    let crm = |config: &mut Config| config.clients.remove("crm").unwrap();
    let agents = |config: &mut Config| {
        let mut client = crm(config);
        client.agents = vec!["52*".into()];
        config.clients.insert("crm".into(), client);
    };
    assert_eq!(with_other_settings(agents).await, (None, 0));
    let destinations = |config: &mut Config| {
        let mut client = crm(config);
        client.destinations = vec!["phone-*".into()];
        config.clients.insert("crm".into(), client);
    };
    assert_eq!(with_other_settings(destinations).await, (None, 0));
}

#[tokio::test]
async fn a_node_is_known_by_its_host_and_a_session_of_another_one_ends() {
    let first = |config: &mut Config| {
        let mut other = plain_node(2);
        other.host = "localhost".into();
        other.name = "b".into();
        config.finesse.nodes.insert(0, other);
    };
    let (told, _) = with_other_settings(first).await;
    assert_eq!(told, Some(Told::Restored("41027".into(), 1)));
    let gone = |config: &mut Config| {
        config.finesse.nodes.clear();
        let mut other = plain_node(2);
        other.host = "localhost".into();
        config.finesse.nodes.push(other);
    };
    assert_eq!(with_other_settings(gone).await, (None, 0));
}

#[tokio::test]
async fn a_topic_gets_a_gap_and_what_follows_and_its_queue_is_the_client_still() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start().await;
    let settings = |config: &mut Config| {
        store(&folder)(config);
        broker.settings()(config);
    };
    let gateway = Gateway::with(settings).await;
    let mut line = broker.welcome().await;
    line.connect("desk-17").await;
    tokio::join!(gateway.stop(), line.goodbye());

    let gateway = Gateway::with(settings).await;
    let mut line = broker.welcome().await;
    let gap = line.event().await;
    assert_eq!(gap.header("destination"), Some("/topic/desk-17"));
    assert_eq!(gap.header("type"), Some("Gap"));
    assert_eq!(line.event().await.header("type"), Some("State"));
    tokio::join!(gateway.stop(), line.goodbye());

    let mut gateway = Gateway::with(|config| {
        settings(config);
        let queues = &mut config.broker.queues;
        queues.insert("other".into(), BrokerQueue::default());
    })
    .await;
    let mut line = broker.welcome().await;
    gateway.admin("/readyz").await;
    assert_eq!(gateway.told.try_recv().ok(), None);
    tokio::join!(gateway.stop(), line.goodbye());
    assert_eq!(records(&folder), 0);
}
