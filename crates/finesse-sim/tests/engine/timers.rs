//! Presence, forced logout, service status.

use std::time::Duration;

use finesse_sim::engine::{AgentState, Payload, Topic};
use finesse_sim::{Node, OnDisconnect, ServiceStatus, Settings};
use pretty_assertions::assert_eq;

use crate::site::{LAYLA, Site};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn lost_presence_makes_not_ready_after_a_minute() {
    let mut site = Site::ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    site.leave(LAYLA, Node::A);
    site.pass(MINUTE - Duration::from_millis(1));
    assert_eq!(site.user_feed(LAYLA), [""; 0]);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(50002)"]);
}

#[test]
fn lost_presence_signs_out_where_the_site_is_set_so() {
    let settings = Settings {
        on_disconnect: OnDisconnect::Logout,
        ..Settings::default()
    };
    let mut site = Site::with(settings).with_ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    site.leave(LAYLA, Node::A);
    site.pass(MINUTE);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=LOGOUT(255)"]);
}

#[test]
fn coming_back_in_time_changes_nothing() {
    let mut site = Site::ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    site.leave(LAYLA, Node::A);
    site.pass(MINUTE / 2);
    site.arrive(LAYLA, Node::A);
    site.pass(MINUTE * 3);
    assert_eq!(site.is(LAYLA), AgentState::Ready);
}

#[test]
fn moving_to_the_other_node_while_the_first_serves_still_forces() {
    let mut site = Site::ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    site.arrive(LAYLA, Node::B);
    site.leave(LAYLA, Node::A);
    site.pass(MINUTE);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(50002)"]);
}

#[test]
fn a_node_out_of_service_forces_nobody() {
    let mut site = Site::ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    site.leave(LAYLA, Node::A);
    let now = finesse_sim::engine::SimTime::default();
    site.engine
        .set_service(now, Node::A, ServiceStatus::OutOfService);
    site.pass(MINUTE * 2);
    assert_eq!(site.is(LAYLA), AgentState::Ready);
}

#[test]
fn a_node_that_comes_back_says_so_and_sends_snapshots() {
    let mut site = Site::ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    site.customer_calls("7800");
    site.settle();
    site.forget();
    let now = finesse_sim::engine::SimTime::default();
    site.engine
        .set_service(now, Node::A, ServiceStatus::OutOfService);
    site.engine
        .set_service(now, Node::A, ServiceStatus::InService);
    site.settle();
    let on_a: Vec<&Topic> = site
        .published
        .iter()
        .filter(|publication| publication.node == Some(Node::A))
        .map(|publication| &publication.topic)
        .collect();
    assert_eq!(
        on_a,
        [
            &Topic::SystemInfo,
            &Topic::SystemInfo,
            &Topic::User(LAYLA.to_owned()),
            &Topic::Dialogs(LAYLA.to_owned()),
        ]
    );
}

#[test]
fn a_queue_reports_at_most_every_ten_seconds() {
    let mut site = Site::ready(&[LAYLA]);
    for _ in 0..20 {
        site.customer_calls("7800");
        site.pass(Duration::from_secs(1));
    }
    let reports = site
        .published
        .iter()
        .filter(|publication| matches!(publication.payload, Payload::Queue(_)));
    assert!((2..=3).contains(&reports.count()));
}

#[test]
fn a_node_whose_minute_ended_while_it_was_out_forces_when_it_is_back() {
    let mut site = Site::ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    site.engine
        .set_service(site.now(), Node::A, ServiceStatus::OutOfService);
    site.leave(LAYLA, Node::A);
    site.arrive(LAYLA, Node::B);
    site.pass(MINUTE * 2);
    assert_eq!(site.is(LAYLA), AgentState::Ready);
    site.engine
        .set_service(site.now(), Node::A, ServiceStatus::InService);
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::NotReady);
}

#[test]
fn a_node_that_died_forces_nobody_when_it_runs_again() {
    let mut site = Site::ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    site.engine.node_died(site.now(), Node::A);
    site.leave(LAYLA, Node::A);
    site.pass(MINUTE * 2);
    site.engine.node_started(site.now(), Node::A);
    site.pass(MINUTE * 2);
    assert_eq!(site.is(LAYLA), AgentState::Ready);
}

#[test]
fn after_a_cti_failover_nobody_is_ready_and_calls_are_as_they_are() {
    let mut site = Site::ready(&[LAYLA]);
    site.arrive(LAYLA, Node::A);
    let call = site.routed_call(LAYLA);
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.forget();
    site.engine.lose_cti(site.now());
    site.pass(MINUTE * 2);
    site.engine.regain_cti(site.now());
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Talking);
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::NotReady);
    assert_eq!(site.user_feed(LAYLA).last().unwrap(), "U=NOT_READY(50002)");
}
