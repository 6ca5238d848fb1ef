//! Servers that send a byte now and then: alive, and of no use.

use std::time::Duration;

use pretty_assertions::assert_eq;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

use super::notifications::{escaped, message, next_state, user};
use super::server::World;
use super::web_server::WebServer;
use super::{LinkEvent, up};
use crate::transport::Transport;

const SECOND: Duration = Duration::from_secs(1);

fn ready() -> String {
    message(&escaped(&user("READY")))
}

fn stuck() -> LinkEvent {
    LinkEvent::Down {
        reason: "a stanza was not whole in 60 s".into(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_stanza_that_trickles_is_given_up_after_a_minute_and_the_link_comes_back() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    let begun = Instant::now();
    let trickle = tokio::spawn(async move {
        server.say("<message><body>").await;
        loop {
            sleep(SECOND).await;
            server.say("x").await;
        }
    });
    assert_eq!(world.event(&link).await, stuck());
    assert_eq!(begun.elapsed(), 60 * SECOND);
    trickle.abort();
    let _server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn stanzas_that_take_almost_a_minute_each_are_read() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    let text = ready();
    server.say(&text[..text.find(' ').unwrap()]).await;
    for _ in 0..3 {
        let text = ready();
        // Blanks do no harm there, and the next stanza begins in the read that ends this one.
        let (head, tail) = text.split_at(text.find(' ').unwrap());
        for _ in 0..59 {
            sleep(SECOND).await;
            server.say(" ").await;
        }
        server.say(&[tail, head].concat()).await;
        assert_eq!(next_state(&world, &link).await, "READY");
    }
    assert_eq!(world.dials(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_in_fragments_without_an_end_is_given_up_whatever_comes_between() {
    let mut world = World::by(&[Transport::WebSocket], |_| {});
    let link = world.link("41027");
    let mut server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    let begun = Instant::now();
    let trickle = tokio::spawn(async move {
        server.say_bytes(b"\x01\x0f<message><body>").await;
        loop {
            sleep(SECOND).await;
            server.send(Message::Ping("1".into())).await;
            server.say_bytes(b"\x00\x01x").await;
        }
    });
    assert_eq!(world.event(&link).await, stuck());
    assert_eq!(begun.elapsed(), 60 * SECOND);
    trickle.abort();
}

#[tokio::test(start_paused = true)]
async fn an_opening_in_fragments_with_pings_between_is_silence() {
    let mut world = World::by(&[Transport::WebSocket], |_| {});
    let link = world.link("41027");
    let mut server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    let begun = Instant::now();
    let trickle = tokio::spawn(async move {
        server.say_bytes(b"\x01\x06<open ").await;
        loop {
            sleep(SECOND).await;
            server.send(Message::Ping("1".into())).await;
            server.say_bytes(b"\x00\x01 ").await;
        }
    });
    let down = LinkEvent::Down {
        reason: "the server was silent for 20 s".into(),
    };
    assert_eq!(world.event(&link).await, down);
    assert_eq!(begun.elapsed(), 20 * SECOND);
    trickle.abort();
}
