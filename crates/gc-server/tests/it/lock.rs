//! What clients may do, and keys that come and go while the gateway runs.

use std::io::{Seek, Write};
use std::sync::Arc;

use axum::http::StatusCode;
use gc_server::ReloadError;
use gc_server::config::{Client, Sources};
use pretty_assertions::assert_eq;
use tokio::sync::Notify;

use crate::core::Told;
use crate::lines::Lines;
use crate::support::{Gateway, Receiver, client, soon};

/// With one client, `crm`, whose key is `key-crm`.
async fn scoped(change: impl FnOnce(&mut Client)) -> Gateway {
    Gateway::with(|config| {
        let mut crm = client("key-crm");
        change(&mut crm);
        config.clients.insert("crm".into(), crm);
    })
    .await
}

fn envelope(kind: &str, body: &str) -> String {
    format!(r#"{{"data":{{"type":"{kind}","body":"{body}","sessionUrl":"s-1"}}}}"#)
}

async fn status(gateway: &Gateway, key: &str, kind: &str, body: &str) -> u16 {
    gateway.post(Some(key), envelope(kind, body)).await.status
}

#[tokio::test]
async fn a_command_out_of_scope_is_refused_over_rest_and_reaches_nobody() {
    let mut gateway = scoped(|crm| {
        crm.commands = vec!["Connect".into(), "agent_state".into()];
        crm.agents = vec!["410*".into()];
        crm.destinations = vec!["crm-*".into()];
    })
    .await;
    let post = async |kind, body| gateway.post(Some("key-crm"), envelope(kind, body)).await;
    post("Connect#41027", "desk-1,c4nary")
        .await
        .assert_problem(403, "AUTHORIZATION_FAILURE");
    post("Connect#51027", "crm-1,c4nary")
        .await
        .assert_problem(403, "INVALID_SUPERVISOR");
    assert_eq!(post("Connect#41027", "crm-1,c4nary").await.status, 202);
    post("MakeCall#41027", "9999")
        .await
        .assert_problem(403, "AUTHORIZATION_FAILURE");
    assert_eq!(post("MakeReady#41027", "null").await.status, 202);
    assert_eq!(gateway.told().await, Told::Command("Connect"));
    assert_eq!(gateway.told().await, Told::Command("MakeReady"));
}

#[tokio::test]
async fn a_command_out_of_scope_is_refused_over_a_websocket() {
    let gateway = scoped(|crm| crm.commands = vec!["Connect".into()]).await;
    let bearer = ("authorization", "Bearer key-crm");
    let mut socket = gateway
        .try_socket("?destination=desk-1", &[bearer])
        .await
        .unwrap();
    socket
        .say(r#"{"command":"MakeReady","agentId":"41027","commandId":"c-1"}"#)
        .await;
    let error = &socket.hear().await["event"];
    assert_eq!(error["errorType"], "AUTHORIZATION_FAILURE");
    assert_eq!(socket.hear().await["event"]["outcome"], "failed");
}

#[tokio::test]
async fn a_destination_out_of_scope_cannot_be_listened_to_but_an_unnamed_one_can() {
    let gateway = scoped(|crm| crm.destinations = vec!["crm-*".into()]).await;
    let bearer = ("authorization", "Bearer key-crm");
    let refused = gateway.try_socket("?destination=desk-1", &[bearer]).await;
    assert_eq!(refused.err(), Some(StatusCode::FORBIDDEN));
    assert!(
        gateway
            .try_socket("?destination=crm-1", &[bearer])
            .await
            .is_ok()
    );
    assert!(gateway.try_socket("", &[bearer]).await.is_ok());
}

#[tokio::test]
async fn an_agent_out_of_scope_cannot_be_looked_at_any_more() {
    let gateway = scoped(|_| ()).await;
    status(&gateway, "key-crm", "Connect#41027", "desk-1,c4nary").await;
    let bearer = [("authorization", "Bearer key-crm".to_owned())];
    let look = async || {
        gateway
            .send("GET", "/gc/v1/agents/41027", &bearer, "")
            .await
    };
    assert_eq!(look().await.status, 200);
    let mut config = gateway.config.clone();
    if let Some(crm) = config.clients.get_mut("crm") {
        crm.agents = vec!["5*".into()];
    }
    gateway.handle.reload(&config).unwrap();
    look().await.assert_problem(403, "INVALID_SUPERVISOR");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_and_closes_what_it_had_opened() {
    let gateway = Gateway::keyed().await;
    let bearer = |key: &'static str| ("authorization", key);
    let mut revoked = gateway
        .try_socket("?destination=desk-1", &[bearer("Bearer key-crm")])
        .await
        .unwrap();
    let mut kept = gateway
        .try_socket("?destination=desk-2", &[bearer("Bearer key-desk")])
        .await
        .unwrap();
    let mut config = gateway.config.clone();
    config.clients.remove("crm");
    config.clients.insert("new".into(), client("key-new"));
    gateway.handle.reload(&config).unwrap();
    let frame = revoked.closed().await.unwrap();
    assert_eq!(
        (u16::from(frame.code), frame.reason.as_str()),
        (1008, "the key was revoked")
    );
    assert_eq!(
        status(&gateway, "key-crm", "Hello#desk-3", "null").await,
        401
    );
    assert_eq!(
        status(&gateway, "key-new", "Hello#desk-3", "null").await,
        202
    );
    kept.say("Hello#desk-2").await;
    assert_eq!(kept.hear().await["event"]["type"], "System");
}

#[tokio::test]
async fn a_key_is_replaced_without_closing_what_the_other_one_opened() {
    let gateway = scoped(|crm| crm.key_sha256.extend(client("key-next").key_sha256)).await;
    let open = async |key: &'static str| {
        gateway
            .try_socket("?destination=desk-1", &[("authorization", key)])
            .await
            .unwrap()
    };
    let mut old = open("Bearer key-crm").await;
    let mut next = open("Bearer key-next").await;
    let mut config = gateway.config.clone();
    config.clients.insert("crm".into(), client("key-next"));
    gateway.handle.reload(&config).unwrap();
    assert!(old.closed().await.is_some());
    next.say("Hello#desk-1").await;
    assert_eq!(next.hear().await["event"]["type"], "System");
}

#[tokio::test]
async fn nothing_is_posted_any_more_for_a_client_that_was_removed() {
    let receiver = Receiver::answering(&[]).await;
    let mut gateway = Gateway::with(|config| {
        for name in ["crm", "desk"] {
            config
                .clients
                .insert(name.into(), client(&format!("key-{name}")));
        }
        config.callbacks.allow = vec!["http://127.0.0.1:*".into()];
    })
    .await;
    let origin = receiver.origin();
    let hello = format!(
        r#"{{"data":{{"type":"Hello#desk-1","callbackFqdn":"{origin}","callbackEndpoint":"/events"}}}}"#
    );
    gateway.post(Some("key-crm"), hello).await;
    assert_eq!(gateway.told().await, Told::Up("desk-1".into()));
    assert_eq!(gateway.told().await, Told::Command("Hello"));
    let mut config = gateway.config.clone();
    config.clients.remove("crm");
    gateway.handle.reload(&config).unwrap();
    assert_eq!(gateway.told().await, Told::Gone("desk-1".into()));
}

#[tokio::test]
async fn taking_away_every_key_opens_the_gateway_to_nobody() {
    let gateway = Gateway::keyed().await;
    let mut config = gateway.config.clone();
    config.clients.clear();
    let refused = gateway.handle.reload(&config);
    assert!(matches!(refused, Err(ReloadError::Restart(_))));
    assert_eq!(
        gateway
            .post(None, envelope("Hello#desk-1", "null"))
            .await
            .status,
        401
    );
    assert_eq!(
        status(&gateway, "key-crm", "Hello#desk-1", "null").await,
        202
    );
}

#[tokio::test]
async fn settings_with_a_problem_change_nothing() {
    let gateway = Gateway::keyed().await;
    let mut config = gateway.config.clone();
    config.clients.insert("crm".into(), Client::default());
    let refused = gateway.handle.reload(&config);
    assert!(matches!(refused, Err(ReloadError::Problems(_))));
    assert_eq!(
        status(&gateway, "key-crm", "Hello#desk-1", "null").await,
        202
    );
}

#[tokio::test]
async fn a_licence_that_changed_is_told_before_the_next_command_and_closes_nothing() {
    let mut gateway = Gateway::keyed().await;
    let bearer = ("authorization", "Bearer key-crm");
    let mut socket = gateway
        .try_socket("?destination=desk-1", &[bearer])
        .await
        .unwrap();
    assert_eq!(gateway.told().await, Told::Up("desk-1".into()));
    for (max_sessions, told) in [(1, Some(1)), (0, None)] {
        let mut config = gateway.config.clone();
        config.session.max_sessions = max_sessions;
        gateway.handle.reload(&config).unwrap();
        socket.say("Hello#desk-1").await;
        assert_eq!(gateway.told().await, Told::Licence(told));
        assert_eq!(gateway.told().await, Told::Command("Hello"));
        assert_eq!(socket.hear().await["event"]["type"], "System");
        assert_eq!(socket.hear().await["event"]["outcome"], "done");
    }
    let mut config = gateway.config.clone();
    config.session.max_sessions = 7;
    config.clients.insert("crm".into(), Client::default());
    gateway.handle.reload(&config).unwrap_err();
    socket.say("Hello#desk-1").await;
    assert_eq!(gateway.told().await, Told::Command("Hello"));
}

#[tokio::test]
async fn a_file_with_a_mistake_changes_nothing_and_the_log_names_it_and_no_secret() {
    let (log, _listening) = Lines::listen();
    let gateway = Gateway::keyed().await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let sources = Sources {
        file: Some(file.path().to_owned()),
        ..Sources::default()
    };
    let (handle, asked) = (gateway.handle.clone(), Arc::new(Notify::new()));
    let heard = Arc::clone(&asked);
    let following = tokio::spawn(async move {
        handle.follow(sources, &heard).await;
    });
    let mistakes = [
        ("[session]\nmax_sesions = 1\n", "line 2"),
        ("[broker]\npassword = canary-7\n", "line 2"),
        ("[session]\nmax_sessions = \"canary-7\"\n", "line 2"),
        ("[clients.crm]\nkey_sha256 = \"canary-7\"\n", "clients.crm"),
    ];
    for (number, (text, named)) in (1..).zip(mistakes) {
        file.as_file().set_len(0).unwrap();
        file.rewind().unwrap();
        write!(file, "{text}").unwrap();
        asked.notify_one();
        let told = async || loop {
            let lines = log.with("the changed settings were not taken over");
            if lines.len() >= number {
                return lines;
            }
            tokio::task::yield_now().await;
        };
        let lines = soon(told()).await;
        let line = lines.last().unwrap();
        assert!(line.contains(named) && !line.contains("canary"), "{line}");
    }
    assert_eq!(
        status(&gateway, "key-crm", "Hello#desk-1", "null").await,
        202
    );
    let metrics = gateway.admin("/metrics").await.text;
    assert!(
        metrics.contains(r#"gc_reloads_total{outcome="refused"}"#),
        "{metrics}"
    );
    following.abort();
}

#[tokio::test]
async fn the_file_is_read_again_when_it_changes_and_when_asked() {
    let gateway = Gateway::with(|config| {
        config.clients.insert("crm".into(), client("key-crm"));
        // It knocks until the new key is known.
        config.server.wrong_keys_per_second_per_source = 0;
    })
    .await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let sources = Sources {
        file: Some(file.path().to_owned()),
        ..Sources::default()
    };
    let asked = Arc::new(Notify::new());
    let (handle, heard) = (gateway.handle.clone(), Arc::clone(&asked));
    let following = tokio::spawn(async move {
        handle.follow(sources, &heard).await;
    });
    for (key, told) in [("key-one", true), ("key-three", false)] {
        let digest = &client(key).key_sha256[0];
        file.as_file().set_len(0).unwrap();
        file.rewind().unwrap();
        write!(file, "[[finesse.nodes]]\nhost = \"a.example.org\"\n[clients.crm]\nkey_sha256 = \"{digest}\"\n# {key}\n").unwrap();
        if told {
            asked.notify_one();
        }
        soon(async {
            while status(&gateway, key, "Hello#desk-1", "null").await != 202 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    assert_eq!(
        status(&gateway, "key-one", "Hello#desk-1", "null").await,
        401
    );
    following.abort();
}
