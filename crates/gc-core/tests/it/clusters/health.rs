//! What clients are told when one cluster of several is in trouble.

use gc_core::LinkEvent;
use gc_protocol::Destination;
use gc_protocol::style::Style;
use gc_protocol::{Event, Printer};
use pretty_assertions::assert_eq;

use super::{LAYLA, LENA, NORA, NOTHING, bench};
use crate::harness::in_short;

#[test]
fn a_session_begins_at_a_node_of_its_cluster_or_not_at_all() {
    let mut bench = bench();
    bench.node(2, false);
    let refused = bench.send("desk-1", &format!("Connect#{LENA}"), "desk-1,demo");
    assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
    bench.node(2, true);
    bench.node(0, false);
    bench.node(1, false);
    let refused = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
    assert_eq!(bench.requests(), NOTHING);
    bench.send("desk-1", &format!("Connect#{LENA}"), "desk-1,demo");
    assert_eq!(bench.expect_request().node, 2);
}

#[test]
fn trouble_of_one_cluster_is_told_to_nobody_of_the_other() {
    let mut bench = bench();
    bench.login("desk-1", LAYLA);
    bench.login("desk-2", LENA);
    bench.node(2, false);
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.told("desk-2"), ["System OUT_OF_SERVICE"]);
    assert_eq!(
        bench.told("desk-3"),
        NOTHING,
        "a client without agents is still served"
    );
    let refused = bench.send("desk-2", &format!("MakeReady#{LENA}"), "");
    assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
    let ready = bench.send("desk-1", "MakeReady#41027", "");
    let request = bench.request("PUT /User/41027 READY");
    bench.accept(&request);
    bench.user_is(LAYLA, "READY");
    assert_eq!(bench.result(ready), "done");
    bench.send("desk-1", "Hello#desk-1", "");
    bench.send("desk-2", "Hello#desk-2", "");
    assert_eq!(bench.told("desk-1"), ["State READY", "System IN_SERVICE"]);
    bench.node(2, true);
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(
        bench.told("desk-2"),
        [
            "Error PLEASE_RETRY",
            "System OUT_OF_SERVICE",
            "System IN_SERVICE"
        ]
    );
}

#[test]
fn a_destination_with_agents_of_both_is_told_whose_cluster_is_out_and_that_nothing_works_when_nothing_does()
 {
    let mut bench = bench();
    bench.login("desk-1", LAYLA);
    bench.login("desk-1", LENA);
    bench.login("desk-1", NORA);
    bench.node(2, false);
    assert_eq!(
        bench.told("desk-1"),
        [
            "System OUT_OF_SERVICE 41027@berlin.example",
            "System OUT_OF_SERVICE 41900@berlin.example"
        ]
    );
    bench.node(0, false);
    assert_eq!(
        bench.told("desk-1"),
        ["System OUT_OF_SERVICE", "System OUT_OF_SERVICE 41027"]
    );
    bench.send("desk-1", "Hello#desk-1", "");
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    bench.node(2, true);
    assert_eq!(
        bench.told("desk-1"),
        [
            "System IN_SERVICE",
            "System IN_SERVICE 41027@berlin.example",
            "System IN_SERVICE 41900@berlin.example"
        ]
    );
    bench.node(0, true);
    assert_eq!(bench.told("desk-1"), ["System IN_SERVICE 41027"]);
}

#[test]
fn an_agent_whose_link_is_down_is_back_in_service_when_that_is_up_again() {
    let mut bench = bench();
    bench.login("desk-1", LAYLA);
    bench.login("desk-1", LENA);
    bench.link(LENA, LinkEvent::Down);
    bench.pass_seconds(2);
    assert_eq!(
        bench.told("desk-1"),
        ["System OUT_OF_SERVICE 41027@berlin.example"]
    );
    bench.node(2, false);
    bench.node(2, true);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.link(LENA, LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["System IN_SERVICE 41027@berlin.example"]
    );
}

#[test]
fn a_destination_is_told_when_an_agent_comes_or_goes_who_makes_the_difference() {
    let mut bench = bench();
    bench.login("desk-1", LENA);
    bench.node(2, false);
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    bench.send("desk-1", "Connect#41027", "desk-1,demo");
    bench.answer_reads();
    bench.link(LAYLA, LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "ConnectStatus",
            "System IN_SERVICE",
            "System OUT_OF_SERVICE 41027@berlin.example"
        ]
    );
    bench.send("desk-1", "force_logout#41027", "");
    bench.drop_requests();
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT", "System OUT_OF_SERVICE"]
    );
    bench.node(2, true);
    assert_eq!(
        bench.told("desk-1"),
        [
            "System IN_SERVICE",
            "System IN_SERVICE 41027@berlin.example"
        ]
    );
}

#[test]
fn who_comes_back_after_a_gap_is_told_whose_cluster_is_out() {
    let mut bench = bench();
    bench.connect("desk-1", LAYLA);
    bench.connect("desk-1", LENA);
    bench.node(2, false);
    let printer = Printer::new(&Style::default()).unwrap();
    let short = |event: &Event| in_short(&serde_json::from_str(&printer.print(event)).unwrap());
    let snapshot = bench.gateway.snapshot(&Destination::from("desk-1"));
    let snapshot: Vec<_> = snapshot.iter().map(short).collect();
    assert_eq!(
        snapshot,
        [
            "AgentInfo",
            "State LOGOUT",
            "DialogState NOT_FOUND",
            "System OUT_OF_SERVICE 41027@berlin.example",
            "AgentInfo",
            "State LOGOUT",
            "DialogState NOT_FOUND",
        ]
    );
}

#[test]
fn what_was_told_to_destinations_that_are_gone_is_not_kept() {
    let mut bench = bench();
    bench.node(0, false);
    bench.node(1, false);
    bench.node(2, false);
    for number in 0..3000 {
        bench.send("passer-by", &format!("HELLO#passer-{number}"), "null");
    }
    bench.client_gone("desk-1");
    let kept = format!("{:?}", bench.gateway).matches("Standing").count();
    assert!(kept <= 1002, "{kept}");
}
