//! Streams that mean harm: only their own link may suffer.

use pretty_assertions::assert_eq;

use super::notifications::{escaped, message, user};
use super::server::{Login, World};
use super::{LinkEvent, up};

#[tokio::test(start_paused = true)]
async fn a_stanza_beyond_a_limit_closes_its_own_link_only() {
    let huge = format!("<message><body>{}", "x".repeat(300 * 1024));
    let whole = message(&"y".repeat(257 * 1024));
    let deep = "<a>".repeat(100_000);
    for (stanza, reason) in [
        (huge.as_str(), "a stanza is too large"),
        (whole.as_str(), "a stanza is too large"),
        (deep.as_str(), "elements are nested too deep"),
        (
            "<!DOCTYPE a [<!ENTITY b 'c'>]>",
            "forbidden markup in the stream",
        ),
    ] {
        let mut world = World::new();
        let (victim, mut bad) = up(&mut world, "41027").await;
        let (bystander, mut good) = up(&mut world, "41033").await;
        bad.say(stanza).await;
        let down = LinkEvent::Down {
            reason: reason.into(),
        };
        assert_eq!(world.event(&victim).await, down);
        good.say(&message(&escaped(&user("READY")))).await;
        let event = world.event(&bystander).await;
        assert!(matches!(event, LinkEvent::Notification(_)), "{event:?}");
        let _server = world.logged_in().await;
        assert_eq!(world.event(&victim).await, LinkEvent::Up);
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_beyond_a_limit_is_a_failed_attempt_and_no_crash() {
    let header = Login::ANSWERS[0].split("<stream:features>").next().unwrap();
    for flood in [
        "<a>".repeat(80_000),
        format!("<a b='{}", "x".repeat(300 * 1024)),
    ] {
        let mut world = World::new();
        let link = world.link("41027");
        let mut server = world.dialled().await;
        server.heard().await;
        server
            .say(&format!("{header}<stream:features>{flood}"))
            .await;
        let event = world.event(&link).await;
        assert!(matches!(event, LinkEvent::Unreachable { .. }), "{event:?}");
        let _server = world.logged_in().await;
        assert_eq!(world.event(&link).await, LinkEvent::Up);
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_text_spoil_one_stanza() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    server
        .say_bytes(b"<message><x>\xff\xfe</x></message>")
        .await;
    let undecodable = LinkEvent::Undecodable {
        reason: "not UTF-8".into(),
    };
    assert_eq!(world.event(&link).await, undecodable);
    server.say(&message(&escaped(&user("READY")))).await;
    assert!(matches!(
        world.event(&link).await,
        LinkEvent::Notification(_)
    ));
}
