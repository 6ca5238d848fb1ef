//! Logged out by force: the client is told at once, and Finesse signs the agent out behind that.

use gc_core::{Config, LinkEvent};
use pretty_assertions::assert_eq;

use crate::harness::{Bench, Sent};

const NOTHING: [String; 0] = [];

/// A READY agent is logged out by force; the first request that goes out.
fn forced(config: Config) -> (Bench, Sent) {
    let mut bench = Bench::with(config);
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.told("desk-1");
    let ticket = bench.send("desk-1", "force_logout#41027", "");
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.told("desk-1"), ["State LOGOUT"]);
    assert_eq!(bench.open_links(), Vec::<&str>::new());
    assert_eq!(bench.gateway.counters().sessions, 0);
    assert_eq!(bench.secrets(), 1, "it is needed until the agent is out");
    let first = bench.expect_request();
    assert_eq!(bench.requests(), NOTHING);
    (bench, first)
}

/// What reads find from now on.
fn becomes(bench: &mut Bench, state: &str) {
    bench.users.get_mut("41027").unwrap().set(state);
}

#[test]
fn a_ready_agent_is_set_not_ready_seen_so_and_signed_out() {
    let (mut bench, pause) = forced(Config::default());
    assert_eq!(pause.in_short(), "PUT /User/41027 NOT_READY");
    bench.accept(&pause);
    // Finesse has not done it yet.
    let read = bench.request("GET /User/41027");
    bench.answer_read(&read);
    assert_eq!(bench.requests(), NOTHING);
    bench.pass_seconds(1);
    becomes(&mut bench, "NOT_READY");
    let read = bench.request("GET /User/41027");
    bench.answer_read(&read);
    let logout = bench.request("PUT /User/41027 LOGOUT");
    assert_eq!(bench.secrets(), 1);
    bench.accept(&logout);
    bench.assert_empty();
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn configured_reasons_go_along() {
    let (mut bench, pause) = forced(Config {
        default_not_ready_reason: Some("12".to_owned()),
        default_logout_reason: Some("28".to_owned()),
        ..Config::default()
    });
    assert_eq!(pause.in_short(), "PUT /User/41027 NOT_READY 9");
    becomes(&mut bench, "NOT_READY");
    bench.accept(&pause);
    bench.answer_reads();
    let logout = bench.request("PUT /User/41027 LOGOUT 21");
    bench.accept(&logout);
    bench.assert_empty();
}

#[test]
fn who_is_not_ready_or_in_a_call_is_signed_out_with_one_request() {
    for state in ["NOT_READY", "TALKING", "HOLD", "RESERVED"] {
        let mut bench = Bench::new();
        bench.login("desk-1", "41027");
        bench.user_is("41027", state);
        bench.send("desk-1", "force_logout#41027", "");
        let logout = bench.request("PUT /User/41027 LOGOUT");
        assert_eq!(bench.requests(), NOTHING, "{state}");
        bench.accept(&logout);
        bench.assert_empty();
    }
}

#[test]
fn who_is_out_already_is_asked_nothing() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.user_is("41027", "LOGOUT");
    bench.send("desk-1", "force_logout#41027", "");
    assert_eq!(bench.requests(), NOTHING);
    bench.assert_empty();
}

#[test]
fn a_refused_not_ready_does_not_keep_from_signing_out() {
    let (mut bench, pause) = forced(Config::default());
    bench.fault(&pause, 400);
    bench.answer_reads();
    let logout = bench.request("PUT /User/41027 LOGOUT");
    bench.fault(&logout, 400);
    bench.assert_empty();
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn what_did_not_get_through_is_asked_again_after_a_look() {
    let (mut bench, pause) = forced(Config::default());
    bench.unknown(&pause);
    bench.pass_seconds(1);
    bench.answer_reads();
    let pause = bench.request("PUT /User/41027 NOT_READY");
    becomes(&mut bench, "NOT_READY");
    bench.accept(&pause);
    let read = bench.request("GET /User/41027");
    bench.not_sent(&read);
    bench.pass_seconds(1);
    bench.answer_reads();
    let logout = bench.request("PUT /User/41027 LOGOUT");
    bench.fault(&logout, 503);
    bench.pass_seconds(1);
    // It was done all the same.
    becomes(&mut bench, "LOGOUT");
    bench.answer_reads();
    assert_eq!(bench.requests(), NOTHING);
    bench.assert_empty();
}

#[test]
fn silence_is_given_up_at_the_deadline_and_the_secret_is_wiped() {
    let (mut bench, pause) = forced(Config::default());
    bench.pass_seconds(14);
    assert_eq!(bench.secrets(), 1);
    bench.pass_seconds(1);
    bench.assert_empty();
    bench.accept(&pause);
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);

    // Nor is one waited for any longer whose NOT_READY never comes.
    let (mut bench, pause) = forced(Config::default());
    bench.accept(&pause);
    for _ in 0..30 {
        bench.answer_reads();
        bench.pass(std::time::Duration::from_millis(500));
    }
    bench.drop_requests();
    bench.assert_empty();
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_credential_that_is_refused_is_not_tried_again() {
    let (mut bench, pause) = forced(Config::default());
    bench.fault(&pause, 401);
    bench.assert_empty();
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn who_is_connected_again_meanwhile_stays() {
    for password in ["demo", "other"] {
        let (mut bench, pause) = forced(Config::default());
        let connect = bench.send("desk-2", "Connect#41027", &format!("desk-2,{password}"));
        bench.answer_reads();
        bench.link("41027", LinkEvent::Up);
        assert_eq!(bench.result(connect), "done");
        bench.answer_reads();
        bench.told("desk-2");
        bench.accept(&pause);
        assert_eq!(bench.secrets(), 1, "the one of the session");
        bench.pass_seconds(600);
        assert_eq!(bench.requests(), NOTHING);
        assert_eq!(bench.told("desk-2"), NOTHING);
        assert_eq!(bench.open_links(), ["41027"]);
    }
}

#[test]
fn a_connect_that_fails_meanwhile_changes_nothing() {
    let (mut bench, pause) = forced(Config::default());
    let connect = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    let read = bench.request("GET /User/41027");
    bench.fault(&read, 500);
    assert_eq!(bench.result(connect), "failed GENERAL_ERROR");
    assert_eq!(bench.secrets(), 1);
    becomes(&mut bench, "NOT_READY");
    bench.accept(&pause);
    bench.answer_reads();
    let logout = bench.request("PUT /User/41027 LOGOUT");
    bench.accept(&logout);
    bench.assert_empty();
}

/// READY for fifteen minutes without a client: the NOT_READY after 30 s has come to nothing.
#[test]
fn who_is_ready_when_the_time_of_grace_ends_is_set_not_ready_first() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.client_gone("desk-1");
    bench.pass_seconds(30);
    let pause = bench.request("PUT /User/41027 NOT_READY");
    bench.fault(&pause, 500);
    bench.pass_seconds(15 * 60 - 30);
    let pause = bench.request("PUT /User/41027 NOT_READY");
    assert_eq!(bench.requests(), NOTHING, "that is waited for");
    bench.accept(&pause);
    bench.user_is("41027", "NOT_READY");
    let logout = bench.request("PUT /User/41027 LOGOUT");
    bench.accept(&logout);
    bench.user_is("41027", "LOGOUT");
    bench.assert_empty();
}

#[test]
fn a_sign_out_after_the_time_of_grace_goes_on_behind_a_session_that_cannot_wait() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.client_gone("desk-1");
    bench.pass_seconds(15 * 60);
    bench.request("PUT /User/41027 LOGOUT");
    bench.pass_seconds(15);
    assert_eq!(bench.gateway.counters().sessions, 0);
    bench.drop_requests();
    assert_eq!(bench.secrets(), 1);
    bench.pass_seconds(15);
    bench.assert_empty();
}
