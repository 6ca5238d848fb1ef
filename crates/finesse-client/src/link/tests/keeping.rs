//! How a link is kept alive, and how its death is noticed.

use std::time::Duration;

use pretty_assertions::assert_eq;
use tokio::time::Instant;

use super::server::World;
use super::{LinkEvent, up};

#[tokio::test(start_paused = true)]
async fn the_server_is_pinged_every_ten_seconds() {
    let mut world = World::new();
    let (_link, mut server) = up(&mut world, "41027").await;
    let start = Instant::now();
    for number in 1..=6 {
        let ping = format!(
            "<iq type='get' id='p{number}' to='fin-a.acme.test'><ping xmlns='urn:xmpp:ping'/></iq>"
        );
        assert_eq!(server.heard().await, ping);
        assert_eq!(start.elapsed().as_secs(), number * 10);
        server
            .say(&format!("<iq type='result' id='p{number}'/>"))
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_noticed_in_twenty_seconds_and_the_link_comes_back() {
    let mut world = World::new();
    let (link, mut silent) = up(&mut world, "41027").await;
    let start = Instant::now();
    let down = LinkEvent::Down {
        reason: "the server was silent for 20 s".into(),
    };
    assert_eq!(world.event(&link).await, down);
    assert_eq!(start.elapsed().as_secs(), 20);
    // The dead connection is closed before there is another one.
    assert!(silent.heard_until_closed().await.contains("urn:xmpp:ping"));
    assert_eq!(world.dials(), 1);
    let _server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn anything_heard_counts_as_life() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    for _ in 0..4 {
        tokio::time::advance(Duration::from_secs(15)).await;
        server.say(" ").await;
        assert!(server.heard().await.contains("urn:xmpp:ping"));
    }
    server
        .say("<presence from='finesse@fin-a.acme.test/web'/>")
        .await;
    assert_eq!(
        world.event(&link).await,
        LinkEvent::FinesseUserAvailable(true)
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_link_is_told_once_and_comes_back() {
    let mut world = World::new();
    let (link, server) = up(&mut world, "41027").await;
    world.refuse_dials(5);
    drop(server);
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    let _server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    assert_eq!(world.dials(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_the_stream_is_a_link_lost() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    server.say("</stream:stream>").await;
    let down = LinkEvent::Down {
        reason: "the server closed the stream".into(),
    };
    assert_eq!(world.event(&link).await, down);
}

#[tokio::test(start_paused = true)]
async fn requests_of_the_server_are_answered_and_whitespace_is_not() {
    let mut world = World::new();
    let (_link, mut server) = up(&mut world, "41027").await;
    server
        .say(" \n <iq type='get' id='a&amp;1' from='fin-a.acme.test'><ping xmlns='urn:xmpp:ping'/></iq>")
        .await;
    assert_eq!(
        server.heard().await,
        "<iq type='result' id='a&amp;1' to='fin-a.acme.test'/>"
    );
    server
        .say("\n<iq type='get' id='7'><x:ping xmlns:x='urn:xmpp:ping'/></iq>")
        .await;
    assert_eq!(server.heard().await, "<iq type='result' id='7'/>");
    server
        .say("<iq type='set' id='8' from='x@y'><query xmlns='jabber:iq:version'/></iq>")
        .await;
    assert_eq!(
        server.heard().await,
        "<iq type='error' id='8' to='x@y'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    );
}

#[tokio::test(start_paused = true)]
async fn pauses_between_attempts_grow_and_stay_below_their_cap() {
    let mut world = World::new();
    let link = world.link("41027");
    let mut longest = Duration::ZERO;
    for _ in 0..20 {
        let start = Instant::now();
        drop(world.dialled().await);
        longest = longest.max(start.elapsed());
    }
    assert!(matches!(
        world.event(&link).await,
        LinkEvent::Unreachable { .. }
    ));
    assert!(longest > Duration::from_secs(2), "{longest:?}");
    assert!(longest <= Duration::from_secs(30), "{longest:?}");
}

/// F1.
#[tokio::test(start_paused = true)]
async fn a_lost_link_is_tried_three_times_within_four_seconds_and_told_once() {
    let mut world = World::new();
    let (link, server) = up(&mut world, "41027").await;
    drop(server);
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    let lost = Instant::now();
    for _ in 0..3 {
        drop(world.dialled().await);
    }
    // The bounds are 0.5, 1 and 2 s.
    assert!(
        lost.elapsed() < Duration::from_secs(4),
        "{:?}",
        lost.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_pause_of_the_machine_a_link_is_proven_by_a_ping_and_not_given_up() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    for number in 1..=3 {
        // One jump: nothing runs in between.
        tokio::time::advance(Duration::from_secs(3600)).await;
        let ping = server.heard().await;
        assert!(ping.contains(&format!("id='p{number}'")), "{ping}");
        server
            .say(&format!("<iq type='result' id='p{number}'/>"))
            .await;
    }
    server
        .say("<presence from='finesse@fin-a.acme.test/web'/>")
        .await;
    assert_eq!(
        world.event(&link).await,
        LinkEvent::FinesseUserAvailable(true)
    );
    assert_eq!(world.dials(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_died_during_a_pause_of_the_machine_is_noticed_in_twenty_seconds() {
    let mut world = World::new();
    let (link, _dead) = up(&mut world, "41027").await;
    tokio::time::advance(Duration::from_secs(3600)).await;
    let woken = Instant::now();
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    assert_eq!(woken.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_links_of_a_machine_that_starves_are_kept() {
    let mut world = World::with(|config| config.parallel_logins = 100);
    let mut links = Vec::new();
    for agent in 100_001..=100_100 {
        links.push(up(&mut world, &agent.to_string()).await);
    }
    for number in 1..=6 {
        // Nobody runs for longer than silence may last, and what servers say waits meanwhile.
        for (_, server) in &mut links {
            server.say(" ").await;
        }
        tokio::time::advance(Duration::from_secs(25)).await;
        for (_, server) in &mut links {
            let ping = server.heard().await;
            assert!(ping.contains(&format!("id='p{number}'")), "{ping}");
        }
    }
    assert_eq!(world.dials(), 100);
}
