//! Health: System once a change, the nodes, Finesse's own presence, one agent's link.

use gc_core::{Cluster, Config, LinkEvent};
use pretty_assertions::assert_eq;

use crate::harness::Bench;

const NOTHING: [String; 0] = [];

#[test]
fn system_is_told_once_a_change_to_every_destination() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    bench.connect("desk-1", "41033");
    for _ in 0..3 {
        bench.node(0, false);
    }
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    assert_eq!(bench.told("desk-2"), ["System OUT_OF_SERVICE"]);
    bench.node(0, true);
    bench.node(0, true);
    assert_eq!(bench.told("desk-1"), ["System IN_SERVICE"]);
}

#[test]
fn hello_and_beat_are_answered_with_the_present_status() {
    let mut bench = Bench::untouched(Config::default());
    let hello = bench.send("desk-9", "HELLO#desk-9", "null");
    assert_eq!(bench.told("desk-9"), ["System OUT_OF_SERVICE"]);
    assert_eq!(bench.result(hello), "done");
    bench.node(0, true);
    assert_eq!(bench.told("desk-9"), ["System IN_SERVICE"]);
    bench.send("desk-9", "Beat#desk-9", "");
    let told = bench.taken("desk-9").remove(0);
    assert_eq!(
        told.documented(),
        r#"{"type":"System","status":"IN_SERVICE"}"#
    );
}

#[test]
fn one_node_of_two_is_enough() {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster::of_nodes(2)],
        ..Config::default()
    });
    bench.node(0, false);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.node(1, false);
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
}

// Without moving to the other node, the agent can do nothing until its own is back.
#[test]
fn a_destination_is_told_of_the_node_its_agents_are_on() {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster::of_nodes(2)],
        ..Config::default()
    });
    bench.node(1, true);
    bench.connect("desk-1", "41027");
    bench.node(0, false);
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    assert_eq!(bench.told("desk-2"), NOTHING);
    bench.send("desk-1", "Hello#desk-1", "");
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    bench.node(0, true);
    assert_eq!(bench.told("desk-1"), ["System IN_SERVICE"]);
}

#[test]
fn a_login_is_not_answered_from_memory_while_the_node_is_out() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.node(0, false);
    bench.told("desk-1");
    let login = bench.send("desk-1", "Login#41027", "demo,6127");
    assert_eq!(bench.result(login), "failed PLEASE_RETRY");
    assert_eq!(bench.told("desk-1"), ["Error PLEASE_RETRY"]);
}

#[test]
fn the_notification_of_the_system_counts_as_a_poll_does() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let system = |status: &str| {
        format!(
            "<Update><data><systemInfo><status>{status}</status></systemInfo></data><event>PUT</event>\
             <source>/finesse/api/SystemInfo</source></Update>"
        )
    };
    bench.notify("41027", &system("OUT_OF_SERVICE"));
    bench.notify("41027", &system("IN_SERVICE"));
    assert_eq!(
        bench.told("desk-1"),
        ["System OUT_OF_SERVICE", "System IN_SERVICE"]
    );
}

#[test]
fn finesses_own_presence_counts_like_its_service() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.link("41027", LinkEvent::FinessePresent(false));
    let refused = bench.send("desk-1", "MakeReady#41027", "");
    assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
    bench.link("41027", LinkEvent::FinessePresent(true));
    assert_eq!(
        bench.told("desk-1"),
        [
            "System OUT_OF_SERVICE",
            "Error PLEASE_RETRY",
            "System IN_SERVICE"
        ]
    );
}

#[test]
fn an_absence_that_nobody_can_report_the_end_of_is_forgotten() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.link("41027", LinkEvent::FinessePresent(false));
    bench.send("desk-1", "force_logout#41027", "");
    assert_eq!(bench.told("desk-1").last().unwrap(), "System IN_SERVICE");
    bench.drop_requests();
    bench.connect("desk-1", "41027");
}

#[test]
fn when_a_node_is_back_all_its_agents_are_read_one_after_the_other() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.login("desk-1", "41033");
    bench.node(0, false);
    bench.node(0, true);
    bench.told("desk-1");
    bench.pass_seconds(0);
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    bench.users.get_mut("41027").unwrap().set("READY");
    bench.pass_seconds(1);
    assert_eq!(bench.requests().len(), 4);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), ["~State READY"]);
}

#[test]
fn a_node_that_is_out_of_service_is_not_read_over_and_over() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.link("41027", LinkEvent::Undecodable);
    bench.node(0, false);
    for read in bench.drop_requests() {
        bench.fault(&read, 503);
    }
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
    bench.node(0, true);
    bench.pass_seconds(1);
    assert_eq!(bench.requests().len(), 2);
}

#[test]
fn one_agents_link_is_told_after_two_seconds_and_once() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    for _ in 0..5 {
        bench.link("41027", LinkEvent::Down);
        bench.pass_seconds(1);
        bench.link("41027", LinkEvent::Up);
        bench.answer_reads();
    }
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.link("41027", LinkEvent::Down);
    bench.pass_seconds(2);
    let told = bench.taken("desk-1");
    assert_eq!(
        told[0].union(),
        r#"{"type":"System","status":"OUT_OF_SERVICE","agentId":"41027"}"#
    );
    bench.pass_seconds(10);
    bench.link("41027", LinkEvent::Up);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), ["System IN_SERVICE 41027"]);
}

#[test]
fn of_those_who_greet_without_a_connection_the_latest_are_remembered() {
    let mut bench = Bench::new();
    for number in 0..5000 {
        bench.send("passer-by", &format!("HELLO#passer-{number}"), "null");
        bench.send("passer-by", &format!("Beat#beating-{number}"), "null");
    }
    bench.pass_seconds(3600);
    let before = bench.gateway.counters().events;
    bench.node(0, false);
    assert!(bench.gateway.counters().events - before < 2000);
    assert_eq!(
        bench.told("passer-4999").last().unwrap(),
        "System OUT_OF_SERVICE"
    );
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
}

#[test]
fn a_node_that_took_the_link_along_is_in_service_once_the_agent_was_read() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.node(0, false);
    bench.link("41027", LinkEvent::Down);
    bench.pass_seconds(3);
    assert_eq!(
        bench.told("desk-1"),
        ["System OUT_OF_SERVICE", "System OUT_OF_SERVICE 41027"]
    );
    bench.node(0, true);
    bench.pass_seconds(1);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.users.get_mut("41027").unwrap().set("READY");
    bench.link("41027", LinkEvent::Up);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "~State READY",
            "System IN_SERVICE 41027",
            "System IN_SERVICE"
        ]
    );
}

#[test]
fn who_keeps_only_an_agent_whose_node_is_out_of_service_is_told_so() {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster::of_nodes(2)],
        ..Config::default()
    });
    bench.node(0, true);
    bench.node(1, true);
    bench.login("desk-1", "41033");
    bench.node(0, false);
    bench.connect("desk-1", "41027");
    bench.told("desk-1");
    bench.link("41027", LinkEvent::Conflict);
    let told = bench.told("desk-1");
    assert_eq!(told.last().unwrap(), "System OUT_OF_SERVICE");
    bench.node(0, true);
    assert_eq!(bench.told("desk-1"), ["System IN_SERVICE"]);
}

#[test]
fn a_read_while_the_link_is_down_again_does_not_say_that_it_is_back() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.link("41027", LinkEvent::Down);
    bench.pass_seconds(2);
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE 41027"]);
    bench.link("41027", LinkEvent::Up);
    bench.link("41027", LinkEvent::Down);
    bench.drop_requests();
    bench.link("41027", LinkEvent::Undecodable);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), ["System IN_SERVICE 41027"]);
}

/// F20: what was asked before the link told of the change is not news.
#[test]
fn an_answer_that_a_link_has_overtaken_changes_nothing() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let asked = bench.now;
    let says = |status: &str| {
        format!(
            "<Update><data><systemInfo><status>{status}</status></systemInfo></data><event>PUT</event>\
             <source>/finesse/api/SystemInfo</source></Update>"
        )
    };
    bench.notify("41027", &says("OUT_OF_SERVICE"));
    bench.pass_seconds(1);
    bench.notify("41027", &says("IN_SERVICE"));
    bench.told("desk-1");
    for (asked, told) in [
        (asked, vec![]),
        (bench.now, vec!["System OUT_OF_SERVICE".to_owned()]),
    ] {
        bench.feed(gc_core::Input::NodeHealth {
            node: 0,
            in_service: false,
            asked,
        });
        assert_eq!(bench.told("desk-1"), told);
    }
}
