//! What a client is told that cannot know what it has missed.

use gc_protocol::Destination;
use gc_protocol::style::Style;
use gc_protocol::{Event, Printer};
use pretty_assertions::assert_eq;

use crate::docs::{placed, routed};
use crate::harness::{Bench, in_short};

fn snapshot(bench: &Bench, desk: &str) -> Vec<String> {
    let printer = Printer::new(&Style::default()).unwrap();
    let short = |event: &Event| in_short(&serde_json::from_str(&printer.print(event)).unwrap());
    let events = bench.gateway.snapshot(&Destination::from(desk));
    events.iter().map(short).collect()
}

#[test]
fn every_agent_of_a_destination_is_told_with_its_calls_and_nobody_elses() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.post("41027", &routed("207", "6127"));
    bench.post("41027", &placed("208", "6127", "CONSULT"));
    bench.connect("desk-1", "41033");
    bench.login("desk-2", "41900");
    assert_eq!(
        snapshot(&bench, "desk-1"),
        [
            "AgentInfo",
            "State NOT_READY",
            "DialogState 207 ALERTING",
            "DialogState 208 INITIATING",
            "InboundCall 207 ALERTING PREROUTE_ACD_IN",
            "ConsultCall 208 INITIATING CONSULT",
            "AgentInfo",
            "State LOGOUT",
            "DialogState NOT_FOUND",
        ]
    );
    assert_eq!(
        snapshot(&bench, "desk-2"),
        ["AgentInfo", "State NOT_READY", "DialogState NOT_FOUND"]
    );
    assert_eq!(snapshot(&bench, "desk-3"), [""; 0]);
}

#[test]
fn a_snapshot_is_told_to_nobody_else_and_sends_nothing() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let requests = bench.requests();
    snapshot(&bench, "desk-1");
    bench.drain();
    assert_eq!(bench.told("desk-1"), [""; 0]);
    assert_eq!(bench.requests(), requests);
}

#[test]
fn an_agent_whose_link_is_down_is_told_with_that_trouble() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.link("41027", gc_core::LinkEvent::Down);
    bench.pass_seconds(3);
    assert_eq!(
        snapshot(&bench, "desk-1"),
        [
            "System OUT_OF_SERVICE 41027",
            "AgentInfo",
            "State NOT_READY",
            "DialogState NOT_FOUND"
        ]
    );
}

#[test]
fn an_agent_that_was_never_read_is_not_told() {
    let mut bench = Bench::new();
    bench.send("desk-1", "Connect#41027", "desk-1,demo");
    assert_eq!(snapshot(&bench, "desk-1"), [""; 0]);
}
