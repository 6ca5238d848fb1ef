//! Promises of a link, against a scripted server in memory and on simulated time.

mod ending;
mod hostile;
mod keeping;
mod notifications;
mod routes;
mod server;
mod slow;
mod storm;
mod subscribing;
mod web_server;
mod websocket;

use std::time::Duration;

use pretty_assertions::assert_eq;
use tokio::time::timeout;

use super::LinkEvent;
use server::{Login, Server, World};

#[tokio::test(start_paused = true)]
async fn a_login_says_exactly_this() {
    let mut world = World::new();
    let link = world.link("Layla.H");
    let mut server = world.dialled().await;
    let mut said = Vec::new();
    for answer in Login::ANSWERS {
        said.push(server.heard().await);
        server.say(answer).await;
    }
    let header = "<?xml version='1.0' encoding='utf-8'?>\n<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='fin-a.acme.test' version='1.0'>";
    assert_eq!(
        said,
        [
            header,
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGxheWxhLmgAYzRuYXJ5</auth>",
            header,
            "<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>gw-1</resource></bind></iq>",
            "<iq type='set' id='s1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>",
            "<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>",
            "<presence><priority>0</priority></presence><iq type='get' id='a1'><ping xmlns='urn:xmpp:ping'/></iq>",
        ]
    );
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_report_names_its_agent_and_epoch() {
    let mut world = World::new();
    let link = world.link("41027");
    let _server = world.logged_in().await;
    let report = link.reports.recv().await.unwrap();
    assert_eq!((report.agent.as_str(), report.epoch), ("41027", 7));
}

#[tokio::test(start_paused = true)]
async fn session_and_roster_may_be_denied() {
    let mut world = World::new();
    let link = world.link("41027");
    let mut server = world.dialled().await;
    for answer in Login::ANSWERS {
        server.heard().await;
        let denied = answer
            .replace("<iq type='result' id='s1'/>", &server::denied("s1"))
            .replace(Login::ROSTER, &server::denied("r1"));
        server.say(&denied).await;
    }
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_link_is_up_once_the_server_has_taken_its_presence_and_what_it_said_first_is_told() {
    let mut world = World::new();
    let link = world.link("41027");
    let mut server = world.dialled().await;
    let (confirmed, before) = Login::ANSWERS.split_last().unwrap();
    for answer in before {
        server.heard().await;
        server.say(answer).await;
    }
    server.heard().await;
    server
        .say("<presence from='finesse@fin-a.acme.test/web' type='unavailable'/>")
        .await;
    let early = timeout(Duration::from_millis(100), link.reports.recv()).await;
    assert!(early.is_err());
    server.say(confirmed).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    assert_eq!(
        world.event(&link).await,
        LinkEvent::FinesseUserAvailable(false)
    );
}

#[tokio::test(start_paused = true)]
async fn bytes_that_come_with_the_last_features_are_not_lost() {
    let mut world = World::new();
    let link = world.link("41027");
    let mut server = world.dialled().await;
    for answer in &Login::ANSWERS[..2] {
        server.heard().await;
        server.say(answer).await;
    }
    server.heard().await;
    // All answers at once, before the questions.
    server.say(&Login::ANSWERS[2..].concat()).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_login_cut_into_single_bytes_succeeds() {
    let mut world = World::new();
    let link = world.link("41027");
    let mut server = world.dialled().await;
    for answer in Login::ANSWERS {
        server.heard().await;
        server.say_slowly(answer).await;
    }
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_login_cut_off_anywhere_is_tried_again() {
    let dialogue: Vec<&str> = Login::ANSWERS.to_vec();
    for (index, answer) in dialogue.iter().enumerate() {
        for cut in 0..answer.len() {
            let mut world = World::new();
            let link = world.link("41027");
            let mut server = world.dialled().await;
            for answer in &dialogue[..index] {
                server.heard().await;
                server.say(answer).await;
            }
            server.heard().await;
            server.say(&answer[..cut]).await;
            drop(server);
            let event = world.event(&link).await;
            assert!(
                matches!(event, LinkEvent::Unreachable { .. }),
                "cut answer {index} at {cut}: {event:?}"
            );
            let _server = world.logged_in().await;
            assert_eq!(world.event(&link).await, LinkEvent::Up);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_node_is_told_once_and_tried_until_it_answers() {
    let mut world = World::new();
    world.refuse_dials(4);
    let link = world.link("41027");
    let unreachable = LinkEvent::Unreachable {
        reason: "connection refused".into(),
    };
    assert_eq!(world.event(&link).await, unreachable);
    let _server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    assert_eq!(world.dials(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stalls_a_login_is_left_after_the_time_out() {
    let mut world = World::new();
    let link = world.link("41027");
    let started = tokio::time::Instant::now();
    let _stalled = world.dialled().await;
    let unreachable = LinkEvent::Unreachable {
        reason: "time-out during the login".into(),
    };
    assert_eq!(world.event(&link).await, unreachable);
    assert_eq!(started.elapsed(), Duration::from_secs(10));
    let _server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_plain_gets_no_credential() {
    let mut world = World::new();
    let link = world.link("41027");
    let mut server = world.dialled().await;
    server.heard().await;
    server
        .say(&Login::ANSWERS[0].replace("PLAIN", "SCRAM-SHA-1"))
        .await;
    let unreachable = LinkEvent::Unreachable {
        reason: "the server offers no SASL PLAIN".into(),
    };
    assert_eq!(world.event(&link).await, unreachable);
    assert_eq!(server.heard_until_closed().await, "");
}

#[tokio::test(start_paused = true)]
async fn logins_wait_for_their_turn() {
    let mut world = World::with(|config| config.parallel_logins = 1);
    let first = world.link("41027");
    let second = world.link("41033");
    let mut server = world.dialled().await;
    assert!(world.nobody_dials().await);
    server.log_in().await;
    assert_eq!(world.event(&first).await, LinkEvent::Up);
    let _other = world.logged_in().await;
    assert_eq!(world.event(&second).await, LinkEvent::Up);
}

async fn up(world: &mut World, agent: &str) -> (server::TestLink, Server) {
    let link = world.link(agent);
    let server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    (link, server)
}
