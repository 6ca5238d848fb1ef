//! Which transport links take, and when they look for another.

use std::time::Duration;

use pretty_assertions::assert_eq;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::LinkEvent;
use super::server::{Login, PATIENCE, Server, World};
use super::web_server::{WebServer, answer_upgrade};
use crate::transport::{self, Transport, TransportReport};

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

fn world() -> World {
    World::by(&Transport::ALL, |_| {})
}

fn reports(world: &World) -> mpsc::Receiver<TransportReport> {
    let (events, reports) = mpsc::channel(4);
    tokio::spawn(transport::watch(vec![world.node.clone()], events));
    reports
}

async fn next(reports: &mut mpsc::Receiver<TransportReport>) -> (Option<Transport>, String) {
    let report = timeout(PATIENCE, reports.recv()).await;
    let report = report.expect("no report").unwrap();
    assert_eq!(report.node, 0);
    (report.transport, report.reason)
}

async fn tcp_probed(server: &mut Server) {
    server.heard().await;
    server.say(Login::ANSWERS[0]).await;
    assert_eq!(server.heard_until_closed().await, "</stream:stream>");
}

#[tokio::test(start_paused = true)]
async fn the_first_that_answers_is_taken_and_no_other_is_asked() {
    let mut world = world();
    let mut reports = reports(&world);
    let (by, pipe) = world.pipe().await;
    assert_eq!(by, Transport::WebSocket);
    WebServer::probed(pipe).await;
    let chosen = (Some(Transport::WebSocket), "8445 answers".to_owned());
    assert_eq!(next(&mut reports).await, chosen);
    assert_eq!(world.dials(), 1);
    let link = world.link("41027");
    let _server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    assert_eq!(world.dials(), 2);
}

#[tokio::test(start_paused = true)]
async fn each_transport_alone_is_found_and_what_failed_before_it_is_told() {
    let mut world = world();
    world.set_closed(Transport::WebSocket, true);
    let mut found = reports(&world);
    let (by, pipe) = world.pipe().await;
    assert_eq!(by, Transport::LegacyWebSocket);
    WebServer::probed(pipe).await;
    let chosen = (
        Some(Transport::LegacyWebSocket),
        "8445: connection refused; 7443 answers".to_owned(),
    );
    assert_eq!(next(&mut found).await, chosen);

    let mut world = self::world();
    world.set_closed(Transport::LegacyWebSocket, true);
    let mut found = reports(&world);
    answer_upgrade(world.pipe().await.1, NOT_FOUND).await;
    let (by, pipe) = world.pipe().await;
    assert_eq!(by, Transport::Tcp);
    tcp_probed(&mut Server(pipe)).await;
    let chosen = (
        Some(Transport::Tcp),
        "8445: the server refused the WebSocket with 404; 7443: connection refused; 5223 answers"
            .to_owned(),
    );
    assert_eq!(next(&mut found).await, chosen);
}

#[tokio::test(start_paused = true)]
async fn a_port_that_says_nothing_or_offers_no_login_is_passed_over() {
    let mut world = world();
    let mut reports = reports(&world);
    let (_, _mute) = world.pipe().await;
    let mut server = WebServer::accept(world.pipe().await.1).await;
    server.heard().await;
    server
        .say("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>")
        .await;
    server
        .say("<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>")
        .await;
    tcp_probed(&mut world.dialled().await).await;
    let chosen = (
        Some(Transport::Tcp),
        "8445: no answer in time; 7443: the server offers no SASL PLAIN; 5223 answers".to_owned(),
    );
    assert_eq!(next(&mut reports).await, chosen);
}

#[tokio::test(start_paused = true)]
async fn one_probe_serves_all_links_that_wait_for_it() {
    let mut world = world();
    let links: Vec<_> = (0..50).map(|_| world.link("41027")).collect();
    WebServer::probed(world.pipe().await.1).await;
    for _ in &links {
        let _server = WebServer::logged_in(&mut world).await;
    }
    for link in &links {
        assert_eq!(world.event(link).await, LinkEvent::Up);
    }
    assert_eq!(world.dials(), 51);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_given_up_during_the_probe_leaves_it_to_the_others() {
    let mut world = world();
    let mut first = world.link("41027");
    let (_, pipe) = world.pipe().await;
    let second = world.link("41033");
    first.handle = None;
    first.ended().await;
    drop(pipe);
    WebServer::probed(world.pipe().await.1).await;
    let _server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&second).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn while_nothing_answers_probes_are_few_and_the_reason_names_every_port() {
    let mut world = World::by(&Transport::ALL, |config| {
        config.reconnect_min = Duration::from_millis(100);
        config.reconnect_max = Duration::from_millis(100);
    });
    for transport in Transport::ALL {
        world.set_closed(transport, true);
    }
    let none = "8445: connection refused; 7443: connection refused; 5223: connection refused";
    let mut reports = reports(&world);
    assert_eq!(next(&mut reports).await, (None, none.to_owned()));
    let links: Vec<_> = (0..20).map(|_| world.link("41027")).collect();
    let unreachable = LinkEvent::Unreachable {
        reason: none.into(),
    };
    for link in &links {
        assert_eq!(world.event(link).await, unreachable);
    }
    let before = world.dials();
    tokio::time::sleep(Duration::from_secs(20)).await;
    let probes = (world.dials() - before) / 3;
    assert!((1..=11).contains(&probes), "{probes} probes in 20 s");
    world.set_closed(Transport::Tcp, false);
    tcp_probed(&mut world.dialled().await).await;
    let (found, _) = next(&mut reports).await;
    assert_eq!(found, Some(Transport::Tcp));
    let _server = world.logged_in().await;
}

#[tokio::test(start_paused = true)]
async fn a_link_reconnects_without_a_probe_and_the_others_are_tried_only_after_a_while() {
    let mut world = world();
    let mut reports = reports(&world);
    WebServer::probed(world.pipe().await.1).await;
    next(&mut reports).await;
    let link = world.link("41027");
    let server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);

    drop(server);
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    let server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    assert_eq!(world.dials(), 3);

    // The node was set back to an older release.
    world.set_closed(Transport::WebSocket, true);
    let since = Instant::now();
    drop(server);
    assert!(matches!(world.event(&link).await, LinkEvent::Down { .. }));
    let (by, pipe) = world.pipe().await;
    assert_eq!(by, Transport::LegacyWebSocket);
    assert!(since.elapsed() >= Duration::from_secs(30));
    assert!(since.elapsed() <= Duration::from_secs(90));
    WebServer::probed(pipe).await;
    let chosen = (
        Some(Transport::LegacyWebSocket),
        "8445: connection refused; 7443 answers".to_owned(),
    );
    assert_eq!(next(&mut reports).await, chosen);
    let _server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_comes_back_as_it_was_is_told_even_without_a_probe() {
    let mut world = world();
    let mut reports = reports(&world);
    WebServer::probed(world.pipe().await.1).await;
    next(&mut reports).await;
    let link = world.link("41027");
    let server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    for transport in Transport::ALL {
        world.set_closed(transport, true);
    }
    drop(server);
    let gone = (
        Some(Transport::WebSocket),
        "8445: connection refused; 7443: connection refused; 5223: connection refused".to_owned(),
    );
    assert_eq!(next(&mut reports).await, gone);
    for transport in Transport::ALL {
        world.set_closed(transport, false);
    }
    let _server = WebServer::logged_in(&mut world).await;
    let back = (Some(Transport::WebSocket), "8445 answers again".to_owned());
    assert_eq!(next(&mut reports).await, back);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_probe_whose_result_nobody_receives() {
    let mut world = world();
    let (events, reports) = mpsc::channel(4);
    let watch = tokio::spawn(transport::watch(vec![world.node.clone()], events));
    let (_, _mute) = world.pipe().await;
    let since = Instant::now();
    drop(reports);
    watch.await.unwrap();
    assert_eq!(since.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_only_transport_is_not_probed() {
    let mut world = World::new();
    let mut reports = reports(&world);
    let chosen = (Some(Transport::Tcp), "configured".to_owned());
    assert_eq!(next(&mut reports).await, chosen);
    assert!(world.nobody_dials().await);
}
