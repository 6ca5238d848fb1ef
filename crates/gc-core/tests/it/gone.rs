//! A client that is gone: no new calls after 30 seconds, signed out after 15 minutes, unless it comes back.

use gc_core::{Config, LinkEvent};
use pretty_assertions::assert_eq;

use crate::harness::Bench;

const NOTHING: [String; 0] = [];

fn ready() -> Bench {
    let mut bench = Bench::with(Config {
        gone_reason_code: Some("12".to_owned()),
        gone_logout_reason_code: Some("28".to_owned()),
        ..Config::default()
    });
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.told("desk-1");
    bench
}

#[test]
fn after_30_seconds_a_ready_agent_is_set_not_ready_and_after_15_minutes_signed_out() {
    let mut bench = ready();
    bench.client_gone("desk-1");
    bench.pass_seconds(29);
    assert_eq!(bench.requests(), NOTHING);
    bench.pass_seconds(1);
    let request = bench.request("PUT /User/41027 NOT_READY 9");
    bench.accept(&request);
    bench.user_is("41027", "NOT_READY");
    bench.pass_seconds(15 * 60 - 31);
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.open_links(), ["41027"]);
    bench.pass_seconds(1);
    let request = bench.request("PUT /User/41027 LOGOUT 21");
    bench.accept(&request);
    bench.user_is("41027", "LOGOUT");
    bench.assert_empty();
}

#[test]
fn calls_are_left_alone_and_the_agent_gets_no_new_one_after_them() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.user_is("41027", "TALKING");
    bench.client_gone("desk-1");
    bench.pass_seconds(60);
    assert_eq!(bench.requests(), NOTHING);
    bench.user_is("41027", "READY");
    assert_eq!(bench.requests(), ["PUT /User/41027 NOT_READY"]);
}

#[test]
fn a_client_that_comes_back_in_time_finds_everything_as_it_was() {
    let mut bench = ready();
    bench.client_gone("desk-1");
    bench.pass_seconds(29);
    bench.client_up("desk-1");
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
    bench.user_is("41027", "TALKING");
    assert_eq!(bench.told("desk-1"), ["State TALKING"]);
}

#[test]
fn a_client_that_comes_back_later_is_not_signed_out() {
    let mut bench = ready();
    bench.client_gone("desk-1");
    bench.pass_seconds(60);
    bench.drop_requests();
    bench.client_up("desk-1");
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.open_links(), ["41027"]);
}

#[test]
fn a_sign_out_that_finesse_does_not_confirm_still_frees_the_seat() {
    let mut bench = ready();
    bench.client_gone("desk-1");
    bench.pass_seconds(15 * 60);
    bench.drop_requests();
    bench.pass_seconds(16);
    assert_eq!(bench.gateway.counters().sessions, 0);
    bench.drop_requests();
    bench.pass_seconds(15);
    bench.assert_empty();
}

#[test]
fn an_agent_whose_credential_was_refused_frees_the_seat_too() {
    let mut bench = ready();
    bench.link("41027", LinkEvent::Down);
    bench.link("41027", LinkEvent::Refused);
    bench.client_gone("desk-1");
    bench.pass_seconds(16 * 60);
    bench.drop_requests();
    bench.assert_empty();
}

#[test]
fn three_missed_beats_are_gone() {
    let mut bench = ready();
    bench.send("desk-1", "Beat#desk-1", "");
    bench.told("desk-1");
    bench.pass_seconds(90 + 29);
    assert_eq!(bench.requests(), NOTHING);
    bench.pass_seconds(1);
    assert_eq!(bench.requests(), ["PUT /User/41027 NOT_READY 9"]);
}

#[test]
fn a_beat_in_time_keeps_the_client_alive_and_a_late_one_brings_it_back() {
    let mut bench = ready();
    for _ in 0..10 {
        bench.send("desk-1", "Beat#desk-1", "");
        bench.pass_seconds(89);
    }
    assert_eq!(bench.requests(), NOTHING);
    bench.pass_seconds(20);
    bench.send("desk-1", "Beat#desk-1", "");
    bench.pass_seconds(60);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_client_that_never_beats_is_not_missed() {
    let mut bench = ready();
    bench.pass_seconds(24 * 3600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn an_agent_connected_for_a_destination_nobody_listens_on_is_gone_from_the_start() {
    let mut bench = Bench::new();
    bench.connect("nowhere", "41027");
    bench.users.get_mut("41027").unwrap().extension = "6127".to_owned();
    bench.user_is("41027", "READY");
    bench.pass_seconds(30);
    assert_eq!(bench.requests(), ["PUT /User/41027 NOT_READY"]);
}

#[test]
fn a_takeover_ends_the_absence() {
    let mut bench = ready();
    bench.client_gone("desk-1");
    bench.pass_seconds(20);
    bench.send("desk-2", "Connect#41027", "desk-2,demo");
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn other_clients_are_not_touched() {
    let mut bench = ready();
    bench.login("desk-2", "41033");
    bench.user_is("41033", "READY");
    bench.client_gone("desk-1");
    bench.pass_seconds(30);
    assert_eq!(bench.requests(), ["PUT /User/41027 NOT_READY 9"]);
}

#[test]
fn a_beat_does_not_mend_a_callback_that_fails() {
    let mut bench = ready();
    bench.client_gone("desk-1");
    for _ in 0..30 {
        bench.send("desk-1", "Beat#desk-1", "");
        bench.pass_seconds(1);
    }
    assert_eq!(bench.requests(), ["PUT /User/41027 NOT_READY 9"]);
}

/// Gone for 15 minutes, set NOT_READY, and the LOGOUT is out.
fn being_signed_out() -> (Bench, crate::harness::Sent) {
    let mut bench = ready();
    bench.client_gone("desk-1");
    bench.pass_seconds(30);
    let pause = bench.request("PUT /User/41027 NOT_READY 9");
    bench.accept(&pause);
    bench.user_is("41027", "NOT_READY");
    bench.pass_seconds(15 * 60 - 30);
    bench.told("desk-1");
    let logout = bench.request("PUT /User/41027 LOGOUT 21");
    (bench, logout)
}

#[test]
fn what_the_gateway_asks_for_by_itself_is_no_reason_to_tell_the_same_state_again() {
    let (mut bench, logout) = being_signed_out();
    let mut layla = bench.users["41027"].clone();
    layla.set("TALKING").pending = "LOGOUT".to_owned();
    bench.notify("41027", &layla.update(""));
    assert_eq!(bench.told("desk-1"), ["State TALKING then LOGOUT"]);
    bench.accept(&logout);
    bench.notify("41027", &layla.update(&logout.header));
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn who_returns_while_finesse_refuses_the_sign_out_keeps_the_session() {
    let (mut bench, logout) = being_signed_out();
    bench.client_up("desk-1");
    bench.fault(&logout, 400);
    bench.pass_seconds(3600);
    assert_eq!(bench.open_links(), ["41027"]);

    // Gone once more: the same again.
    bench.client_gone("desk-1");
    bench.pass_seconds(15 * 60);
    bench.request("PUT /User/41027 LOGOUT 21");
}

#[test]
fn who_returns_after_finesse_refused_the_sign_out_keeps_the_session() {
    let (mut bench, logout) = being_signed_out();
    bench.fault(&logout, 400);
    bench.client_up("desk-1");
    bench.client_gone("desk-1");
    bench.pass_seconds(60);
    assert_eq!(bench.open_links(), ["41027"]);
}

#[test]
fn who_returns_while_finesse_says_nothing_of_the_sign_out_keeps_the_session() {
    let (mut bench, _) = being_signed_out();
    bench.client_up("desk-1");
    bench.pass_seconds(3600);
    assert_eq!(bench.open_links(), ["41027"]);
    bench.answer_reads();
    bench.user_is("41027", "TALKING");
    assert_eq!(bench.told("desk-1").last().unwrap(), "State TALKING");
}

#[test]
fn who_returns_before_the_sign_out_is_sent_is_not_signed_out() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.client_gone("desk-1");
    bench.pass_seconds(15 * 60 - 1);
    bench.send("desk-1", "HoldCall#41027", "207");
    bench.pass_seconds(2);
    bench.client_up("desk-1");
    bench.drop_requests();
    bench.pass_seconds(600);
    let sent = bench.drop_requests();
    assert!(
        sent.iter()
            .all(|sent| crate::harness::is_read(&sent.request))
    );
    assert_eq!(bench.open_links(), ["41027"]);
}

#[test]
fn who_returns_too_late_for_the_sign_out_is_told_of_it() {
    let (mut bench, logout) = being_signed_out();
    bench.client_up("desk-1");
    bench.accept(&logout);
    bench.user_is("41027", "LOGOUT");
    assert_eq!(bench.told("desk-1"), ["State LOGOUT"]);
    bench.assert_empty();
}

#[test]
fn an_end_that_finesse_did_not_confirm_is_told_too_for_who_reads_it_later() {
    let (mut bench, _) = being_signed_out();
    bench.pass_seconds(16);
    assert_eq!(bench.told("desk-1").last().unwrap(), "State LOGOUT");
    let logout = bench.request("PUT /User/41027 LOGOUT 21");
    bench.accept(&logout);
    bench.drop_requests();
    bench.assert_empty();
}

#[test]
fn what_the_gateway_was_about_to_do_ends_with_the_session() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.client_gone("desk-1");
    bench.pass_seconds(29);
    // The gateway's own request waits for this one.
    bench.send("desk-1", "MakeNotReadyWithReason#41027", "12");
    bench.pass_seconds(1);
    let connect = bench.send("desk-2", "Connect#41027", "desk-2,other");
    bench.send("desk-1", "force_logout#41027", "");
    let connecting = bench
        .drop_requests()
        .into_iter()
        .filter(|sent| sent.in_short() == "GET /User/41027");
    for read in connecting {
        bench.answer_read(&read);
    }
    bench.link("41027", gc_core::LinkEvent::Up);
    assert_eq!(bench.result(connect), "done");
    assert!(!bench.requests().iter().any(|sent| sent.starts_with("PUT")));
}
