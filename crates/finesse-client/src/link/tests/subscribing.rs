//! Explicit subscriptions, and credentials that are renewed.

use std::time::Duration;

use pretty_assertions::assert_eq;
use tokio::time::Instant;

use super::notifications::{escaped, message, user};
use super::server::{Login, Server, TestLink, World};
use super::{LinkEvent, up};
use crate::credential::Credential;
use crate::link::SubscribeError;

const TEAM: &str = "/finesse/api/Team/5107/Users";
const QUEUE: &str = "/finesse/api/Queue/5240";

fn request(id: &str, verb: &str, node: &str) -> String {
    format!(
        "<iq type='set' id='{id}' to='pubsub.fin-a.acme.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <{verb} node='{node}' jid='41027@fin-a.acme.test/gw-1'/></pubsub></iq>"
    )
}

fn confirmed(id: &str, node: &str) -> String {
    format!(
        "<iq type='result' id='{id}' from='pubsub.fin-a.acme.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <subscription node='{node}' jid='41027@fin-a.acme.test/gw-1' subscription='subscribed'/></pubsub></iq>"
    )
}

fn subscribed(node: &str) -> LinkEvent {
    LinkEvent::Subscribed { node: node.into() }
}

fn wish(link: &TestLink, node: &str) -> Result<(), SubscribeError> {
    link.handle.as_ref().unwrap().subscribe(node.into())
}

async fn subscribed_to_team(world: &mut World) -> (TestLink, Server) {
    let (link, mut server) = up(world, "41027").await;
    wish(&link, TEAM).unwrap();
    assert_eq!(server.heard().await, request("n1", "subscribe", TEAM));
    server.say(&confirmed("n1", TEAM)).await;
    assert_eq!(world.event(&link).await, subscribed(TEAM));
    (link, server)
}

#[tokio::test(start_paused = true)]
async fn a_subscription_is_asked_for_once_and_told_when_it_is_confirmed() {
    let mut world = World::new();
    let (link, mut server) = subscribed_to_team(&mut world).await;
    wish(&link, TEAM).unwrap();
    wish(&link, QUEUE).unwrap();
    assert_eq!(server.heard().await, request("n2", "subscribe", QUEUE));
    server.say(&confirmed("n2", QUEUE)).await;
    assert_eq!(world.event(&link).await, subscribed(QUEUE));
    server.say(&message(&escaped(&user("READY")))).await;
    let event = world.event(&link).await;
    assert!(matches!(event, LinkEvent::Notification(_)), "{event:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_wished_before_the_link_is_up_is_asked_for_when_it_is() {
    let mut world = World::new();
    let link = world.link("41027");
    wish(&link, TEAM).unwrap();
    wish(&link, QUEUE).unwrap();
    link.handle.as_ref().unwrap().unsubscribe(QUEUE);
    let mut server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    assert_eq!(server.heard().await, request("n1", "subscribe", TEAM));
}

#[tokio::test(start_paused = true)]
async fn subscriptions_are_made_again_after_each_reconnect() {
    let mut world = World::new();
    let (link, mut server) = subscribed_to_team(&mut world).await;
    for _ in 0..3 {
        drop(server);
        assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
        server = world.logged_in().await;
        assert_eq!(world.event(&link).await, LinkEvent::Up);
        assert_eq!(server.heard().await, request("n1", "subscribe", TEAM));
        server.say(&confirmed("n1", TEAM)).await;
        assert_eq!(world.event(&link).await, subscribed(TEAM));
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_is_no_longer_wanted_is_taken_back_and_not_made_again() {
    let mut world = World::new();
    let (link, mut server) = subscribed_to_team(&mut world).await;
    link.handle.as_ref().unwrap().unsubscribe(TEAM);
    link.handle.as_ref().unwrap().unsubscribe(TEAM);
    assert_eq!(server.heard().await, request("n2", "unsubscribe", TEAM));
    server.say("<iq type='result' id='n2'/>").await;
    drop(server);
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    let mut server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    assert!(server.heard().await.contains("urn:xmpp:ping"));
}

#[tokio::test(start_paused = true)]
async fn a_subscription_taken_back_and_wished_again_at_once_is_confirmed_again() {
    let mut world = World::new();
    let (link, mut server) = subscribed_to_team(&mut world).await;
    link.handle.as_ref().unwrap().unsubscribe(TEAM);
    wish(&link, TEAM).unwrap();
    assert_eq!(server.heard().await, request("n2", "subscribe", TEAM));
    server.say(&confirmed("n2", TEAM)).await;
    assert_eq!(world.event(&link).await, subscribed(TEAM));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_closed_takes_its_subscriptions_back_first() {
    let mut world = World::new();
    let (mut link, mut server) = subscribed_to_team(&mut world).await;
    wish(&link, QUEUE).unwrap();
    assert_eq!(server.heard().await, request("n2", "subscribe", QUEUE));
    link.handle.take().unwrap().close();
    let goodbye = [
        request("n3", "unsubscribe", QUEUE),
        request("n4", "unsubscribe", TEAM),
        "<presence type='unavailable'/></stream:stream>".into(),
    ];
    assert_eq!(server.heard_until_closed().await, goodbye.concat());
    link.ended().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_subscription_is_told_and_asked_for_again_only_when_wished_again() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    for (id, answer, reason) in [
        (
            "n1",
            "<iq type='error' id='n1'><pubsub/><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
            "forbidden",
        ),
        (
            "n2",
            "<iq type='result' id='n2'><pubsub><subscription subscription='pending'/></pubsub></iq>",
            "pending",
        ),
    ] {
        wish(&link, TEAM).unwrap();
        assert_eq!(server.heard().await, request(id, "subscribe", TEAM));
        server.say(answer).await;
        let refused = LinkEvent::SubscriptionRefused {
            node: TEAM.into(),
            reason: reason.into(),
        };
        assert_eq!(world.event(&link).await, refused);
        assert!(server.heard().await.contains("urn:xmpp:ping"));
    }
    drop(server);
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    let mut server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    assert!(server.heard().await.contains("urn:xmpp:ping"));
}

#[tokio::test(start_paused = true)]
async fn an_unanswered_subscription_is_asked_for_again_after_its_time() {
    let mut world = World::with(|config| config.subscribe_timeout = Duration::from_secs(3));
    let (link, mut server) = up(&mut world, "41027").await;
    let start = Instant::now();
    wish(&link, TEAM).unwrap();
    for (id, seconds) in [("n1", 0), ("n2", 3), ("n3", 6)] {
        assert_eq!(server.heard().await, request(id, "subscribe", TEAM));
        assert_eq!(start.elapsed().as_secs(), seconds);
    }
    // Too late: it answers a question that stands no more.
    server.say(&confirmed("n2", TEAM)).await;
    server.say(&confirmed("n3", TEAM)).await;
    assert_eq!(world.event(&link).await, subscribed(TEAM));
    assert!(server.heard().await.contains("urn:xmpp:ping"));
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_a_server_gave_another_resource_subscribes_with_that_one() {
    let mut world = World::new();
    let link = world.link("41027");
    let mut server = world.dialled().await;
    for answer in Login::ANSWERS {
        server.heard().await;
        server.say(&answer.replace("/gw-1<", "/gw-1&apos;s<")).await;
    }
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    wish(&link, TEAM).unwrap();
    let asked = server.heard().await;
    assert!(
        asked.contains("jid='41027@fin-a.acme.test/gw-1&apos;s'"),
        "{asked}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_renewed_credential_leaves_the_session_and_is_used_at_the_next_sign_in() {
    let mut world = World::new();
    let (link, server) = up(&mut world, "41027").await;
    let token = Credential::bearer("t-2");
    link.handle.as_ref().unwrap().renew(token);
    assert!(world.nobody_dials().await);
    drop(server);
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    let mut server = world.dialled().await;
    server.heard().await;
    server.say(Login::ANSWERS[0]).await;
    // "\0" 41027 "\0" t-2
    assert!(server.heard().await.contains(">ADQxMDI3AHQtMg==<"));
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_comes_while_the_old_one_is_refused_is_tried_once() {
    let mut world = World::new();
    let mut link = world.link("41027");
    for (number, sent) in ["ADQxMDI3AGM0bmFyeQ==", "ADQxMDI3AHQtMg=="]
        .iter()
        .enumerate()
    {
        let mut server = world.dialled().await;
        server.heard().await;
        server.say(Login::ANSWERS[0]).await;
        assert!(server.heard().await.contains(sent));
        if number == 0 {
            link.handle
                .as_ref()
                .unwrap()
                .renew(Credential::bearer("t-2"));
        }
        server
            .say("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>")
            .await;
    }
    assert!(matches!(
        world.event(&link).await,
        LinkEvent::Refused { .. }
    ));
    link.ended().await;
    assert_eq!(world.dials(), 2);
}
