//! What a gateway goes on with that was started after another one, in the same and in other settings.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gc_protocol::Secret;
use gc_server::Wall;
use gc_server::config::{BrokerQueue, Config};
use pretty_assertions::assert_eq;
use tempfile::TempDir;

use crate::broker::Broker;
use crate::core::Told;
use crate::support::{Answer, Gateway, Receiver, client, plain_node};

const KEY: &str = "gcs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Noon of a day in 2024, in seconds since 1970.
const NOON: u64 = 1_714_651_200;

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

/// How long a token of that life counts as good in a process that is started after one that took it, when the clock of the
/// wall was put forward or back between them.
async fn left_after(life: u64, (jump, back): (u64, bool)) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let noon = UNIX_EPOCH + Duration::from_secs(NOON);
    let mut receiver = Receiver::answering(&[]).await;
    let gateway = Gateway::by(Wall::new(move || noon), store(&folder)).await;
    let token = token(life);
    let origin = receiver.origin();
    let body = format!(
        r#"{{"data":{{"type":"Connect#41027","body":"desk-17,{token},SSO","sessionUrl":"s-17","callbackFqdn":"{origin}","callbackEndpoint":"/events"}}}}"#
    );
    assert_eq!(gateway.post(None, body).await.status, 202);
    receiver.next().await;
    gateway.stop().await;

    let jump = Duration::from_secs(jump);
    let then = if back { noon - jump } else { noon + jump };
    let mut gateway = Gateway::by(Wall::new(move || then), store(&folder)).await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Restored("41027".into(), 0));
    let left = gateway.told().await;
    gateway.stop().await;
    left
}

/// A token (JWT) that says that it was made at noon and how long it lives.
fn token(life: u64) -> String {
    let ends = NOON + life;
    let payload = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"iat":{NOON},"exp":{ends}}}"#));
    format!("eyJhbGciOiJSUzI1NiJ9.{payload}.c2ln")
}

#[tokio::test]
async fn a_clock_that_was_put_forward_an_hour_shortens_a_token_and_one_put_back_does_not_end_it() {
    const HOUR: u64 = 3_600;
    let forward = |jump| (jump, false);
    let back = |jump| (jump, true);
    for (life, jump, left) in [
        (2 * HOUR, forward(0), 2 * HOUR),
        (2 * HOUR, forward(HOUR), HOUR),
        // It counts as ended, so that it is not tried: Finesse would count it as a wrong one if it is.
        (HOUR / 2, forward(HOUR), 0),
        // It is tried once, and Finesse says whether it has ended.
        (HOUR / 2, back(HOUR), HOUR + HOUR / 2),
    ] {
        let Told::TokenLeft(found) = left_after(life, jump).await else {
            panic!("it is no token any more");
        };
        // The test itself takes a while.
        let range = left.saturating_sub(10)..=left;
        assert!(range.contains(&found), "{life} {jump:?}: {found}");
    }
}

const CALL: &str = r#"{"command":"MakeCall","agentId":"41027","params":{"number":"03005550142"},"commandId":"c-17"}"#;

#[tokio::test]
async fn a_call_with_an_id_is_not_made_again_by_the_next_process_and_its_sender_hears_that() {
    let folder = tempfile::tempdir().unwrap();
    let mut gateway = Gateway::with(store(&folder)).await;
    let mut socket = gateway.socket("?destination=desk-17", "gc.v2").await;
    socket.say("Connect#41027\ndesk-17,demo").await;
    socket.say(CALL).await;
    assert_eq!(gateway.told_but_reach().await, Told::Command("Connect"));
    assert_eq!(gateway.told_but_reach().await, Told::Command("MakeCall"));
    drop(socket);
    gateway.stop().await;

    let mut gateway = Gateway::with(store(&folder)).await;
    assert_eq!(
        gateway.told_but_reach().await,
        Told::Restored("41027".into(), 0)
    );
    let mut socket = gateway.socket("?destination=desk-17", "gc.v2").await;
    // The second time this process knows it by itself.
    for _ in 0..2 {
        socket.say(CALL).await;
        let result = loop {
            let frame = socket.hear().await;
            if frame["event"]["type"] == "CommandResult" {
                break frame["event"].clone();
            }
        };
        assert_eq!(result["outcome"], "unknown");
        assert_eq!(result["commandId"], "c-17");
    }
    assert_eq!(gateway.told_but_reach().await, Told::Doubtful("MakeCall"));
    // Another id, and another client's same one, are other commands.
    socket.say(&CALL.replace("c-17", "c-18")).await;
    assert_eq!(gateway.told_but_reach().await, Told::Command("MakeCall"));
    let mut other = gateway.socket("?destination=desk-18", "gc.v2").await;
    other.say(CALL).await;
    assert_eq!(gateway.told_but_reach().await, Told::Command("MakeCall"));
}

#[tokio::test]
async fn a_mark_of_a_command_is_wiped_after_ten_minutes() {
    let folder = tempfile::tempdir().unwrap();
    let noon = UNIX_EPOCH + Duration::from_secs(NOON);
    let after = |seconds| Wall::new(move || noon + Duration::from_secs(seconds));
    let mut gateway = Gateway::by(after(0), store(&folder)).await;
    let mut socket = gateway.socket("?destination=desk-17", "gc.v2").await;
    socket.say("Connect#41027\ndesk-17,demo").await;
    socket.say(CALL).await;
    while gateway.told_but_reach().await != Told::Command("MakeCall") {}
    drop(socket);
    gateway.stop().await;
    let marked = records(&folder);

    // Nearly over; then over.
    for (seconds, wiped) in [(599, 0), (600, 1)] {
        let gateway = Gateway::by(after(seconds), store(&folder)).await;
        gateway.admin("/readyz").await;
        gateway.stop().await;
        assert_eq!(records(&folder), marked - wiped, "{seconds}");
    }
}
