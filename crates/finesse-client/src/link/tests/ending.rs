//! What ends a link, and what must not be tried twice.

use pretty_assertions::assert_eq;

use super::server::{Login, World};
use super::{LinkEvent, up};

const NOT_AUTHORIZED: &str =
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>";
const CONFLICT: &str = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_tried_exactly_once() {
    for failure in [
        NOT_AUTHORIZED,
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><account-locked/></failure>",
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><temporary-auth-failure/></failure>",
        "<unheard-of/>",
    ] {
        let mut world = World::new();
        let mut link = world.link("41027");
        let mut server = world.dialled().await;
        server.heard().await;
        server.say(Login::ANSWERS[0]).await;
        server.heard().await;
        server.say(failure).await;
        let event = world.event(&link).await;
        assert!(
            matches!(event, LinkEvent::Refused { .. }),
            "{failure}: {event:?}"
        );
        link.ended().await;
        assert_eq!(link.reports.recv().await, None);
        assert_eq!(world.dials(), 1, "{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_password_that_has_changed_is_tried_once_after_the_link_was_lost() {
    let mut world = World::new();
    let (mut link, server) = up(&mut world, "41027").await;
    drop(server);
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    let mut server = world.dialled().await;
    server.heard().await;
    server.say(Login::ANSWERS[0]).await;
    server.heard().await;
    server.say(NOT_AUTHORIZED).await;
    let refused = LinkEvent::Refused {
        reason: "NotAuthorized".into(),
    };
    assert_eq!(world.event(&link).await, refused);
    link.ended().await;
    assert_eq!(world.dials(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_final() {
    let mut world = World::new();
    let (mut link, mut server) = up(&mut world, "41027").await;
    server.say(CONFLICT).await;
    assert_eq!(world.event(&link).await, LinkEvent::Conflict);
    link.ended().await;
    assert_eq!(link.reports.recv().await, None);
    assert_eq!(world.dials(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_conflict_during_the_login_is_final() {
    for step in 2..Login::ANSWERS.len() {
        let mut world = World::new();
        let mut link = world.link("41027");
        let mut server = world.dialled().await;
        for answer in &Login::ANSWERS[..step] {
            server.heard().await;
            server.say(answer).await;
        }
        server.heard().await;
        if step == 2 {
            let header = Login::ANSWERS[2].split("<stream:features>").next().unwrap();
            server.say(header).await;
        }
        server.say(CONFLICT).await;
        assert_eq!(world.event(&link).await, LinkEvent::Conflict, "step {step}");
        link.ended().await;
        assert_eq!(world.dials(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn another_stream_error_is_a_link_lost() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    server
        .say("<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
        .await;
    let down = LinkEvent::Down {
        reason: "stream error system-shutdown".into(),
    };
    assert_eq!(world.event(&link).await, down);
    let _server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_shuts_down_during_the_login_does_not_count_as_a_refusal() {
    let mut world = World::new();
    let link = world.link("41027");
    let mut server = world.dialled().await;
    server.heard().await;
    server.say(Login::ANSWERS[0]).await;
    server.heard().await;
    server
        .say("<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
        .await;
    let event = world.event(&link).await;
    assert!(matches!(event, LinkEvent::Unreachable { .. }), "{event:?}");
    let _server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_closed_link_says_goodbye_and_reports_nothing() {
    let mut world = World::new();
    let (mut link, mut server) = up(&mut world, "41027").await;
    link.handle.take().unwrap().close();
    let goodbye = "<presence type='unavailable'/></stream:stream>";
    assert_eq!(server.heard_until_closed().await, goodbye);
    link.ended().await;
    assert_eq!(link.reports.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_link_ends_with_its_handle_and_with_its_receiver() {
    let mut world = World::new();
    let (mut link, mut server) = up(&mut world, "41027").await;
    link.handle = None;
    assert!(server.heard_until_closed().await.contains("unavailable"));
    link.ended().await;

    let (link, mut server) = up(&mut world, "41027").await;
    drop(link.reports);
    server
        .say("<presence from='finesse@fin-a.acme.test/x'/>")
        .await;
    assert!(server.heard_until_closed().await.contains("unavailable"));
}

#[tokio::test(start_paused = true)]
async fn a_link_closed_while_it_logs_in_or_waits_ends_at_once() {
    let mut world = World::new();
    let mut link = world.link("41027");
    let mut server = world.dialled().await;
    server.heard().await;
    link.handle = None;
    assert_eq!(server.heard_until_closed().await, "");
    link.ended().await;

    world.refuse_dials(usize::MAX);
    let mut link = world.link("41027");
    assert!(matches!(
        world.event(&link).await,
        LinkEvent::Unreachable { .. }
    ));
    link.handle = None;
    link.ended().await;

    let mut link = world.link("41027");
    drop(std::mem::replace(
        &mut link.reports,
        world.link("41033").reports,
    ));
    link.ended().await;
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_no_jid_is_refused_without_a_connection() {
    let world = World::new();
    let mut link = world.link("410\n27");
    assert!(matches!(
        world.event(&link).await,
        LinkEvent::Refused { .. }
    ));
    link.ended().await;
    assert_eq!(world.dials(), 0);
}
