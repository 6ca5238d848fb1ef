//! How a connection begins, lives and ends.

use std::sync::Arc;
use std::time::Duration;

use canaries::CANARY;
use stomp_client::{Broker, Command, Frame, HeartBeat, Item, Login, Settings, Status};

use crate::broker::{Listener, Running, orders, settings, soon};

fn beats(can_send: u32, wants: u32) -> HeartBeat {
    HeartBeat { can_send, wants }
}

#[tokio::test]
async fn it_signs_in_and_subscribes_with_the_headers_it_was_given() {
    let listener = Listener::start().await;
    let running = Running::start(Settings {
        login: Some(Login {
            user: "gc".to_owned(),
            passcode: "s3:c4nary".to_owned(),
        }),
        subscriptions: vec![orders()],
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.accept().await;
    assert_eq!(
        peer.raw().await,
        "CONNECT\naccept-version:1.2\nhost:127.0.0.1\nheart-beat:10000,10000\nlogin:gc\npasscode:s3:c4nary\n\n\0"
    );
    peer.say_raw(b"CONNECTED\nversion:1.2\n\n\0").await;
    assert_eq!(
        peer.raw().await,
        "SUBSCRIBE\nid:1\ndestination:/queue/orders\nack:client-individual\nactivemq.exclusive:true\nactivemq.priority:100\n\n\0"
    );
    assert_eq!(running.up().await, 0);
}

#[tokio::test]
async fn a_password_is_never_shown() {
    let login = Login {
        user: "gc".to_owned(),
        passcode: CANARY.to_owned(),
    };
    assert_eq!(format!("{login:?}"), "Login { user: \"gc\", .. }");
}

#[tokio::test]
async fn a_refused_sign_in_is_told_and_tried_again() {
    let listener = Listener::start().await;
    let running = Running::start(settings(&[listener.broker()]));
    let mut peer = listener.accept().await;
    peer.frame().await;
    let refusal = Frame::new(Command::Error).with("message", "User name [gc] is invalid.");
    peer.say(&refusal).await;
    running.down("User name [gc] is invalid.").await;
    let _peer = listener.welcome().await;
    running.up().await;
}

#[tokio::test]
async fn a_broker_of_an_older_version_is_not_taken() {
    let listener = Listener::start().await;
    let running = Running::start(settings(&[listener.broker()]));
    let mut peer = listener.accept().await;
    peer.frame().await;
    peer.say_raw(b"CONNECTED\nversion:1.1\n\n\0").await;
    running.down("version 1.1").await;
}

#[tokio::test]
async fn a_broker_that_says_nothing_is_left_in_time() {
    let listener = Listener::start().await;
    let running = Running::start(Settings {
        connect_timeout: Duration::from_millis(50),
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.accept().await;
    running.down("no answer in time").await;
    peer.frame().await;
    assert_eq!(peer.item().await, None);
}

#[tokio::test]
async fn heart_beats_are_sent_while_there_is_nothing_to_say() {
    let listener = Listener::start().await;
    let _running = Running::start(Settings {
        heart_beat: beats(20, 0),
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.welcome_with("0,20").await;
    for _ in 0..3 {
        assert_eq!(peer.item().await, Some(Item::HeartBeat));
    }
}

#[tokio::test]
async fn a_broker_that_falls_silent_is_left_and_tried_again() {
    let listener = Listener::start().await;
    let running = Running::start(Settings {
        heart_beat: beats(0, 20),
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.welcome_with("20,0").await;
    running.down("fallen silent").await;
    assert_eq!(peer.item().await, None);
    let _again = listener.welcome_with("0,0").await;
    running.up().await;
}

#[tokio::test]
async fn a_broker_that_beats_is_kept_for_longer_than_its_period() {
    let listener = Listener::start().await;
    let mut running = Running::start(Settings {
        heart_beat: beats(0, 400),
        subscriptions: vec![orders()],
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.welcome_with("400,0").await;
    peer.frame().await;
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    for _ in 0..11 {
        ticks.tick().await;
        peer.say_raw(b"\n").await;
    }
    peer.deliver("1", "still here").await;
    let delivery = running.delivery().await;
    assert_eq!(&delivery.message.body[..], b"still here");
    assert!(matches!(
        *running.client.status().borrow(),
        Status::Up { session: 1, .. }
    ));
}

#[tokio::test]
async fn closing_sends_what_waits_and_says_goodbye() {
    let listener = Listener::start().await;
    let running = Running::start(settings(&[listener.broker()]));
    let mut peer = listener.welcome().await;
    running.up().await;
    let news = stomp_client::Outgoing::to("/topic/news").with_body("the last");
    running.client.send(news.clone()).await.unwrap();
    running.client.close();
    assert_eq!(&peer.frame().await.body[..], b"the last");
    let goodbye = peer.frame().await;
    assert_eq!(goodbye.command, Command::Disconnect);
    peer.receipt(&goodbye).await;
    soon(running.connection).await.unwrap();
    assert_eq!(
        running.client.send(news).await.unwrap_err().to_string(),
        "the client is closed"
    );
}

#[tokio::test]
async fn closing_ends_a_client_that_has_no_connection() {
    let listener = Listener::start().await;
    let broker = listener.broker();
    drop(listener);
    let running = Running::start(settings(&[broker]));
    running.down("refused").await;
    running.client.close();
    soon(running.connection).await.unwrap();
}

#[tokio::test]
async fn a_broker_behind_tls_is_verified_by_its_name() {
    let (listener, certificate) = Listener::secured().await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let tls = Some(trusting(roots));
    let broker = |host: &str, tls| Broker {
        host: host.to_owned(),
        port: listener.port(),
        tls,
    };
    let running = Running::start(settings(&[broker("localhost", tls.clone())]));
    let _peer = listener.welcome().await;
    running.up().await;

    let login = Login {
        user: "gc".to_owned(),
        passcode: CANARY.to_owned(),
    };
    let elsewhere = Running::start(Settings {
        login: Some(login),
        ..settings(&[broker("127.0.0.1", tls)])
    });
    // Not a word was said inside.
    assert!(listener.try_accept().await.is_err());
    elsewhere.down("TLS: ").await;
    let status = elsewhere.client.status().borrow().clone();
    assert!(matches!(status, Status::Down { no_tls: true, .. }));
    elsewhere.client.close();
    soon(elsewhere.connection).await.unwrap();
}

fn trusting(roots: rustls::RootCertStore) -> Arc<rustls::ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}
