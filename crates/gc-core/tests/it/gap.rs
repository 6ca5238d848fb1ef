//! What Finesse does to an agent because of a gap, and what the gateway undoes of it (faults F20, F22).

use gc_core::{Cluster, Config, LinkEvent};
use pretty_assertions::assert_eq;

use crate::docs::routed;
use crate::harness::Bench;

const NOTHING: [&str; 0] = [];
const FAILED: (&str, &str, &str) = ("50002", "Connection Failure", "-1");

fn restoring() -> Config {
    Config {
        clusters: vec![Cluster::of_nodes(2)],
        restore_ready: true,
        ..Config::default()
    }
}

/// Layla is READY, then the CTI server is gone for both nodes, for as long as it takes at most.
fn cti_failover(config: Config) -> Bench {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster::of_nodes(2)],
        ..config
    });
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.told("desk-1");
    bench.node(0, false);
    bench.node(1, false);
    bench.pass_seconds(150);
    bench
}

fn is_made_not_ready(bench: &mut Bench) {
    let user = bench.users.get_mut("41027").unwrap().set("NOT_READY");
    user.reason = Some(FAILED);
    let update = user.update("");
    bench.notify("41027", &update);
}

/// F20.
#[test]
fn a_cti_failover_signs_nobody_out_and_moves_nobody_and_the_state_after_it_is_told_once() {
    let mut bench = cti_failover(Config::default());
    bench.link_log.clear();
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    assert_eq!(bench.requests(), NOTHING);
    bench.node(0, true);
    is_made_not_ready(&mut bench);
    bench.pass_seconds(1);
    bench.answer_reads();
    bench.node(1, true);
    bench.pass_seconds(600);
    assert_eq!(
        bench.told("desk-1"),
        [
            "System IN_SERVICE",
            "State NOT_READY 50002 Connection Failure"
        ]
    );
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.link_log, NOTHING);
}

/// F20.
#[test]
fn commands_of_a_cti_failover_are_refused_and_not_kept_for_later() {
    let mut bench = cti_failover(Config::default());
    let refused = bench.send("desk-1", "MakeCall#41027", "6133");
    assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
    bench.node(0, true);
    bench.pass_seconds(1);
    bench.answer_reads();
    bench.pass_seconds(60);
    assert_eq!(bench.requests(), NOTHING);
}

/// F20, F25: the call that was there went on, another came and went.
#[test]
fn calls_of_a_cti_failover_are_told_as_they_are_after_it() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    bench.node(0, false);
    bench.pass_seconds(150);
    bench.told("desk-1");
    call.set("6127", "HELD");
    bench.calls.insert(
        "41027".to_owned(),
        vec![call.clone(), routed("300", "6127")],
    );
    bench.node(0, true);
    // Finesse replays its dialogs; the read finds the same.
    bench.post("41027", &call);
    bench.pass_seconds(1);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "System IN_SERVICE",
            "InboundCall 207 HELD PREROUTE_ACD_IN",
            "~NewInboundCall 300 PREROUTE_ACD_IN"
        ]
    );
}

/// F20.
#[test]
fn ready_is_restored_once_where_that_is_configured() {
    let mut bench = cti_failover(restoring());
    bench.node(0, true);
    is_made_not_ready(&mut bench);
    let ready = bench.request("PUT /User/41027 READY");
    bench.accept(&ready);
    bench.user_is("41027", "READY");
    bench.pass_seconds(1);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "System OUT_OF_SERVICE",
            "System IN_SERVICE",
            "State NOT_READY 50002 Connection Failure",
            "State READY"
        ]
    );
    is_made_not_ready(&mut bench);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn ready_is_not_restored_to_who_was_not_ready() {
    let mut bench = Bench::with(restoring());
    bench.login("desk-1", "41027");
    bench.node(0, false);
    bench.node(1, false);
    bench.pass_seconds(150);
    bench.node(0, true);
    is_made_not_ready(&mut bench);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn ready_is_not_restored_to_who_has_chosen_something_else_meanwhile() {
    let mut by_command = cti_failover(restoring());
    by_command.send("desk-1", "MakeNotReady#41027", "");
    by_command.node(0, true);
    is_made_not_ready(&mut by_command);
    assert_eq!(by_command.requests(), NOTHING);

    let mut elsewhere = cti_failover(restoring());
    elsewhere.node(0, true);
    elsewhere.user_is("41027", "NOT_READY");
    is_made_not_ready(&mut elsewhere);
    assert_eq!(elsewhere.requests(), NOTHING);
}

#[test]
fn ready_is_not_restored_for_a_client_that_is_gone_for_good() {
    let mut bench = cti_failover(restoring());
    bench.client_gone("desk-1");
    bench.pass_seconds(31);
    bench.node(0, true);
    is_made_not_ready(&mut bench);
    assert_eq!(bench.requests(), NOTHING);
}

/// Between calls READY, in a call when the CTI server went.
#[test]
fn ready_is_restored_after_the_call_that_the_gap_fell_into() {
    let mut bench = Bench::with(restoring());
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.user_is("41027", "TALKING");
    bench.node(0, false);
    bench.node(1, false);
    bench.pass_seconds(150);
    bench.node(0, true);
    bench.pass_seconds(1);
    bench.answer_reads();
    bench.pass_seconds(1200);
    is_made_not_ready(&mut bench);
    bench.request("PUT /User/41027 READY");
}

/// F22: a link that was away for a minute, at a node that serves.
#[test]
fn who_was_signed_out_while_the_link_was_away_is_signed_in_again_once() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.login("desk-2", "41033");
    bench.link("41027", LinkEvent::Down);
    bench.pass_seconds(90);
    let user = bench.users.get_mut("41027").unwrap().set("LOGOUT");
    user.reason = Some(("255", "Connection Failure", "-1"));
    user.extension.clear();
    bench.link("41027", LinkEvent::Up);
    bench.told("desk-1");
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "~State LOGOUT 255 Connection Failure",
            "System IN_SERVICE 41027"
        ]
    );
    let login = bench.request("PUT /User/41027 LOGIN 6127");
    let refused = bench.send("desk-1", "MakeReady#41027", "");
    assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
    bench.accept(&login);
    let user = bench.users.get_mut("41027").unwrap().set("NOT_READY");
    "6127".clone_into(&mut user.extension);
    let update = user.update(&login.header);
    bench.notify("41027", &update);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["Error PLEASE_RETRY", "State NOT_READY"]
    );
}

/// A sign-in after a sign-out ends in NOT_READY without a reason.
#[test]
fn ready_is_restored_after_a_sign_in_of_the_gateways_own() {
    let mut bench = Bench::with(restoring());
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.node(0, false);
    bench.pass_seconds(15);
    let user = bench.users.get_mut("41027").unwrap().set("LOGOUT");
    user.reason = Some(("255", "Connection Failure", "-1"));
    let forced_out = user.update("");
    bench.link("41027", LinkEvent::Up);
    bench.notify("41027", &forced_out);
    let login = bench.request("PUT /User/41027 LOGIN 6127");
    bench.accept(&login);
    let update = bench.users.get_mut("41027").unwrap().set("NOT_READY");
    let update = update.update(&login.header);
    bench.notify("41027", &update);
    bench.answer_reads();
    bench.request("PUT /User/41027 READY");
}
