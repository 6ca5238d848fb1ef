//! Notifications that come more than once: each thing that happened is told once, however long that goes on.

use pretty_assertions::assert_eq;

use crate::docs::{errors, routed};
use crate::harness::Bench;

const NOTHING: [String; 0] = [];

/// Finesse tells something as often as the agent is subscribed.
fn twice(bench: &mut Bench, update: &str) {
    bench.notify("41027", update);
    bench.notify("41027", update);
}

#[test]
fn a_link_that_is_subscribed_twice_tells_everything_twice_and_we_tell_it_once() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    for number in 0..1_000 {
        let id = (2_000 + number).to_string();
        let mut call = routed(&id, "6127");
        twice(&mut bench, &call.in_collection("POST", "41027"));
        call.state = "ACTIVE".to_owned();
        call.set("6127", "ACTIVE").set("03005550142", "ACTIVE");
        twice(&mut bench, &call.changed(""));
        let talking = bench
            .users
            .get_mut("41027")
            .unwrap()
            .set("TALKING")
            .update("");
        twice(&mut bench, &talking);
        call.state = "DROPPED".to_owned();
        call.set("6127", "DROPPED");
        twice(&mut bench, &call.changed(""));
        twice(&mut bench, &call.in_collection("DELETE", "41027"));
        let ready = bench
            .users
            .get_mut("41027")
            .unwrap()
            .set("READY")
            .update("");
        twice(&mut bench, &ready);
        assert_eq!(
            bench.told("desk-1"),
            [
                format!("NewInboundCall {id} PREROUTE_ACD_IN"),
                format!("InboundCall {id} ACTIVE PREROUTE_ACD_IN"),
                "State TALKING".to_owned(),
                format!("InboundCall {id} DROPPED PREROUTE_ACD_IN"),
                "State READY".to_owned(),
            ]
        );
    }
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.gateway.agents()[0].dialogs.len(), 0);
}

/// Two subscriptions, of which one lags behind: what it tells is the past.
#[test]
fn copies_that_come_later_than_what_followed_them_change_nothing() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let mut copies = Vec::new();
    for state in ["HELD", "ACTIVE", "HELD", "ACTIVE"] {
        let update = call.set("6127", state).changed("");
        bench.notify("41027", &update);
        copies.push(update);
    }
    assert_eq!(bench.told("desk-1").len(), 4);
    for copy in copies {
        bench.notify("41027", &copy);
    }
    assert_eq!(bench.told("desk-1"), NOTHING);
    let mut copies = Vec::new();
    for state in ["TALKING", "WORK", "READY"] {
        let update = bench.users.get_mut("41027").unwrap().set(state).update("");
        bench.notify("41027", &update);
        copies.push(update);
    }
    assert_eq!(bench.told("desk-1").len(), 3);
    for copy in copies {
        bench.notify("41027", &copy);
    }
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_refusal_that_comes_twice_ends_its_command_once() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.expect_request();
    bench.accept(&request);
    let refusal = errors(
        "Dialog/207",
        &request.header,
        "Generic Error",
        "CF_INVALID_OBJECT_STATE",
        "",
    );
    twice(&mut bench, &refusal);
    assert_eq!(bench.result(hold), "failed CF_INVALID_OBJECT_STATE");
    assert_eq!(bench.told("desk-1"), ["Error CF_INVALID_OBJECT_STATE"]);
}
