//! Takeover: the right password moves an agent from one destination to another, a wrong one moves nothing.

use gc_core::{Config, LinkEvent};
use pretty_assertions::assert_eq;

use crate::harness::Bench;

#[test]
fn the_loser_gets_logout_then_session_invalidated_then_nothing() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT", "Error SESSION_INVALIDATED"]
    );
    assert_eq!(
        bench.told("desk-2"),
        [
            "ConnectStatus",
            "~AgentInfo",
            "~State NOT_READY",
            "~DialogState 207 ACTIVE",
            "~InboundCall 207 ACTIVE PREROUTE_ACD_IN"
        ]
    );
    call.set("6127", "HELD");
    bench.put("41027", &call);
    bench.user_is("41027", "HOLD");
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(
        bench.told("desk-2"),
        ["InboundCall 207 HELD PREROUTE_ACD_IN", "State HOLD"]
    );
    assert_eq!(bench.link_log, ["open 41027 at 0"]);
    assert_eq!(bench.gateway.counters().sessions, 1);
}

#[test]
fn a_call_that_rings_during_the_takeover_is_new_to_the_new_client() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.post("41027", &crate::docs::routed("207", "6127"));
    bench.send("desk-2", "Connect#41027", "desk-2,demo");
    assert_eq!(
        bench.told("desk-2").last().unwrap(),
        "~NewInboundCall 207 PREROUTE_ACD_IN"
    );
}

#[test]
fn a_login_that_takes_over_and_cannot_be_sent_introduces_the_agent_all_the_same() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.node(0, false);
    bench.told("desk-2");
    let ticket = bench.send("desk-2", "Login#41027", "demo,6127");
    assert_eq!(bench.result(ticket), "failed PLEASE_RETRY");
    assert_eq!(
        bench.told("desk-2"),
        [
            "Error PLEASE_RETRY",
            "~AgentInfo",
            "~State NOT_READY",
            "~DialogState 207 ACTIVE",
            "~InboundCall 207 ACTIVE PREROUTE_ACD_IN"
        ]
    );
}

#[test]
fn a_wrong_password_disturbs_nobody_but_its_sender() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-2", "Connect#41027", "desk-2,wrong");
    // The owner works on while Finesse looks at the password.
    bench.send("desk-1", "HoldCall#41027", "207");
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "PUT /Dialog/207 HOLD"]
    );
    let read = bench.request("GET /User/41027");
    bench.fault(&read, 401);
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
    assert_eq!(bench.told("desk-2"), ["Error SUBSCRIPTION_FAILED"]);
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(bench.secrets(), 1);
}

#[test]
fn login_takes_over_too() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-2", "Login#41027", "demo,6127");
    bench.answer_reads();
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT", "Error SESSION_INVALIDATED"]
    );
    let told = bench.told("desk-2");
    assert_eq!(told[..2], ["State NOT_READY", "AgentInfo"]);
}

#[test]
fn the_outcome_of_a_command_in_flight_goes_only_to_who_sent_it() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.request("PUT /Dialog/207 HOLD");
    let takeover = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    assert_eq!(bench.result(takeover), "done");
    bench.told("desk-2");
    bench.told("desk-1");
    // The device is still busy: one request at a time, whoever asks.
    let next = bench.send("desk-2", "ReleaseCall#41027", "207");
    assert_eq!(bench.requests(), Vec::<String>::new());

    bench.fault_with(
        &request,
        400,
        "Generic Error",
        "INVALID_ACTION HOLD on extension 6127",
    );
    assert_eq!(bench.result(hold), "failed GENERAL_ERROR");
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(bench.told("desk-2"), Vec::<String>::new());
    assert_eq!(bench.requests(), ["PUT /Dialog/207 DROP"]);
    assert_eq!(bench.result(next), "open");
}

#[test]
fn what_the_loser_had_waiting_is_never_sent() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "HoldCall#41027", "207");
    let waiting = bench.send("desk-1", "ReleaseCall#41027", "207");
    let hold = bench.request("PUT /Dialog/207 HOLD");
    bench.send("desk-2", "Connect#41027", "desk-2,demo");
    bench.told("desk-1");
    assert_eq!(bench.result(waiting), "failed SESSION_INVALIDATED");
    bench.fault(&hold, 400);
    assert_eq!(bench.requests(), Vec::<String>::new());
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
}

#[test]
fn a_takeover_does_not_wait_for_a_client_that_floods() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    for _ in 0..40 {
        bench.send("desk-1", "HoldCall#41027", "207");
    }
    let takeover = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    assert_eq!(bench.result(takeover), "done");
}

#[test]
fn a_client_of_many_destinations_moves_an_agent_between_them() {
    let mut bench = Bench::new();
    bench.send_as("broker", None, "Connect#41027", "desk-1,demo");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.told("desk-1");
    let refused = bench.send_as("broker", None, "AnswerCall#41027", "207");
    assert_eq!(bench.result(refused), "failed CF_INVALID_OBJECT_STATE");
    assert_eq!(bench.told("desk-1"), ["Error CF_INVALID_OBJECT_STATE"]);
    bench.send_as("broker", None, "MakeReady#41027", "");
    let ready = bench.expect_request();
    bench.send_as("broker", None, "Connect#41027", "desk-2,demo");
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT", "Error SESSION_INVALIDATED"]
    );
    assert_eq!(bench.told("desk-2"), ["ConnectStatus"]);
    // That answer belongs to the destination that asked, which is not to be told any more.
    bench.fault(&ready, 500);
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(bench.told("desk-2"), Vec::<String>::new());
}

#[test]
fn of_two_connects_at_once_the_later_wins_and_one_link_serves_both() {
    let mut bench = Bench::new();
    let first = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    let second = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    assert_eq!(bench.requests(), ["GET /User/41027"]);
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(
        (bench.result(first), bench.result(second)),
        ("done".into(), "done".into())
    );
    assert_eq!(
        bench.told("desk-1"),
        ["ConnectStatus", "State LOGOUT", "Error SESSION_INVALIDATED"]
    );
    assert_eq!(bench.told("desk-2"), ["ConnectStatus"]);
    assert_eq!(bench.link_log, ["open 41027 at 0"]);
}

#[test]
fn of_two_connects_at_once_the_right_password_wins_whatever_the_order() {
    let mut bench = Bench::new();
    let wrong = bench.send("desk-1", "Connect#41027", "desk-1,wrong");
    let right = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    let read = bench.expect_request();
    bench.fault(&read, 401);
    assert_eq!(bench.result(wrong), "failed SUBSCRIPTION_FAILED");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(bench.result(right), "done");
    assert_eq!(bench.told("desk-1"), ["Error SUBSCRIPTION_FAILED"]);
    assert_eq!(bench.told("desk-2"), ["ConnectStatus"]);
    assert_eq!(bench.secrets(), 1);
}

#[test]
fn login_racing_logout_begins_a_new_session_after_it() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let logout = bench.send("desk-1", "Logout#41027", "");
    let login = bench.send("desk-2", "Login#41027", "demo,6127");
    let request = bench.request("PUT /User/41027 LOGOUT");
    bench.accept(&request);
    bench.users.get_mut("41027").unwrap().extension.clear();
    bench.user_is("41027", "LOGOUT");
    assert_eq!(bench.result(logout), "done");
    assert_eq!(bench.told("desk-1"), ["State LOGOUT"]);

    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    let request = bench.request("PUT /User/41027 LOGIN 6127");
    bench.accept(&request);
    bench.users.get_mut("41027").unwrap().extension = "6127".to_owned();
    bench.user_is("41027", "NOT_READY");
    bench.answer_reads();
    assert_eq!(bench.result(login), "done");
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(
        bench.link_log,
        ["open 41027 at 0", "close 41027", "open 41027 at 0"]
    );
    assert_eq!(bench.secrets(), 1);
}

#[test]
fn commands_behind_connect_and_login_run_after_them() {
    let mut bench = Bench::new();
    let tickets = [
        bench.send("desk-1", "Connect#41027", "desk-1,demo"),
        bench.send("desk-1", "Login#41027", "demo,6127"),
        bench.send("desk-1", "MakeReady#41027", ""),
    ];
    assert_eq!(bench.requests(), ["GET /User/41027"]);
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    let login = bench.request("PUT /User/41027 LOGIN 6127");
    assert_eq!(bench.requests(), Vec::<String>::new());
    bench.accept(&login);
    bench.users.get_mut("41027").unwrap().extension = "6127".to_owned();
    bench.user_is("41027", "NOT_READY");
    bench.answer_reads();
    let ready = bench.request("PUT /User/41027 READY");
    bench.accept(&ready);
    bench.user_is("41027", "READY");
    assert_eq!(
        tickets.map(|ticket| bench.result(ticket)),
        ["done", "done", "done"]
    );
    assert_eq!(
        bench.told("desk-1"),
        [
            "ConnectStatus",
            "State NOT_READY",
            "AgentInfo",
            "DialogState NOT_FOUND",
            "State READY"
        ]
    );
}

#[test]
fn commands_behind_a_takeover_run_after_it_or_fail_with_it() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.send("desk-2", "Connect#41027", "desk-2,wrong");
    let ready = bench.send("desk-2", "MakeReady#41027", "");
    let read = bench.expect_request();
    bench.fault(&read, 401);
    assert_eq!(bench.result(ready), "failed INVALID_SUPERVISOR");
    assert_eq!(
        bench.told("desk-2"),
        ["Error SUBSCRIPTION_FAILED", "Error INVALID_SUPERVISOR"]
    );

    bench.send("desk-2", "Connect#41027", "desk-2,changed");
    let ready = bench.send("desk-2", "MakeReady#41027", "");
    bench.answer_reads();
    let request = bench.request("PUT /User/41027 READY");
    bench.accept(&request);
    bench.user_is("41027", "READY");
    assert_eq!(bench.result(ready), "done");
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT", "Error SESSION_INVALIDATED"]
    );
}

#[test]
fn somebody_else_who_signs_in_with_our_resource_ends_the_session_for_good() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.login("desk-2", "41033");
    let open = bench.send("desk-1", "MakeReady#41027", "");
    bench.link("41027", LinkEvent::Conflict);
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT", "Error SESSION_INVALIDATED"]
    );
    assert_eq!(bench.result(open), "unknown NOT_REACHABLE");
    bench.pass_seconds(300);
    assert_eq!(bench.open_links(), ["41033"]);
    assert_eq!(bench.secrets(), 1);
    assert_eq!(bench.told("desk-2"), Vec::<String>::new());
    let late = bench.send("desk-1", "MakeReady#41027", "");
    assert_eq!(bench.result(late), "failed SUBSCRIPTION_FAILED");
}

#[test]
fn a_takeover_needs_no_seat_of_its_own() {
    let mut bench = Bench::with(Config {
        max_sessions: Some(1),
        ..Config::default()
    });
    bench.connect("desk-1", "41027");
    let ticket = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn a_login_that_takes_over_hears_of_its_calls_before_it_hears_of_their_end() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let login = bench.send("desk-2", "Login#41027", "demo,6127");
    let reads = bench.drop_requests();
    let found = call.clone();
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    bench.calls.insert("41027".to_owned(), vec![found]);
    for read in &reads {
        bench.answer_read(read);
    }
    assert_eq!(bench.result(login), "done");
    assert_eq!(
        bench.told("desk-2"),
        [
            "State NOT_READY",
            "AgentInfo",
            "DialogState 207 ACTIVE",
            "~InboundCall 207 ACTIVE PREROUTE_ACD_IN",
            "InboundCall 207 DROPPED PREROUTE_ACD_IN"
        ]
    );
}

#[test]
fn strangers_who_try_passwords_do_not_keep_the_owner_from_connecting() {
    let mut bench = Bench::with(Config {
        queue_limit: 2,
        ..Config::default()
    });
    bench.login("desk-1", "41027");
    bench.send("desk-2", "Connect#41027", "desk-2,wrong");
    let waits = bench.send("desk-2", "Connect#41027", "desk-2,wrong2");
    let refused = bench.send("desk-2", "Connect#41027", "desk-2,wrong3");
    assert_eq!(bench.result(refused), "failed CF_RESOURCE_BUSY");
    assert_eq!(bench.result(waits), "open");
    let third = bench.send("desk-3", "Connect#41027", "desk-3,wrong");
    assert_eq!(bench.result(third), "open");

    let owners = ["demo", "demo"]
        .map(|password| bench.send("desk-1", "Connect#41027", &format!("desk-1,{password}")));
    for _ in 0..3 {
        let read = bench.expect_request();
        bench.fault(&read, 401);
    }
    assert_eq!(owners.map(|ticket| bench.result(ticket)), ["done", "done"]);
}

#[test]
fn a_password_that_is_being_tried_when_the_session_ends_is_not_tried_again() {
    for good in [false, true] {
        let mut bench = Bench::new();
        bench.login("desk-1", "41027");
        let connect = bench.send("desk-2", "Connect#41027", "desk-2,other");
        let behind = bench.send("desk-2", "MakeReady#41027", "");
        let read = bench.request("GET /User/41027");
        bench.send("desk-1", "force_logout#41027", "");
        bench.see_off("41027");
        assert_eq!(bench.requests(), Vec::<String>::new());
        assert_eq!(bench.result(connect), "open");
        if good {
            bench.answer_read(&read);
            bench.link("41027", LinkEvent::Up);
            assert_eq!(bench.result(connect), "done");
            assert_eq!(bench.told("desk-2"), ["ConnectStatus"]);
            assert_eq!(bench.result(behind), "open");
            assert_eq!(bench.link_secret("41027"), "other");
        } else {
            bench.fault(&read, 401);
            assert_eq!(bench.result(connect), "failed SUBSCRIPTION_FAILED");
            assert_eq!(bench.result(behind), "failed SUBSCRIPTION_FAILED");
            bench.assert_empty();
        }
    }
}

#[test]
fn a_try_that_outlives_its_session_has_its_deadline() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let connect = bench.send("desk-2", "Connect#41027", "desk-2,other");
    bench.pass_seconds(10);
    bench.send("desk-1", "force_logout#41027", "");
    bench.pass_seconds(5);
    assert_eq!(bench.result(connect), "failed NOT_REACHABLE");
    bench.see_off("41027");
    bench.assert_empty();
}

#[test]
fn what_one_client_follows_is_not_told_to_the_next() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41900");
    bench.send("desk-1", "getteamusers#41900", "5107,true");
    bench.subscribed("41900", "/finesse/api/Team/5107/Users");
    let list = bench.request("GET /Team/5107?includeLoggedOutAgents=false");
    bench.answer_xml(&list, "<Team><id>5107</id><users></users></Team>");
    bench.connect("desk-2", "41900");
    assert!(bench.topics("41900").is_empty());
    let update = bench
        .users
        .get_mut("41027")
        .unwrap()
        .set("READY")
        .team_update();
    bench.notify("41900", &update);
    assert!(bench.told("desk-2").is_empty());
}

#[test]
fn a_call_that_rings_is_a_new_call_to_who_takes_the_agent_over() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut call = crate::docs::routed("207", "6127");
    bench.post("41027", &call);
    // Told once, and changed while it still rings.
    call.variables.push(("callVariable2", "silver"));
    bench.put("41027", &call);
    bench.calls.insert("41027".to_owned(), vec![call]);
    let ticket = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    bench.answer_reads();
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told("desk-2");
    assert!(
        told.iter()
            .any(|event| event.contains("NewInboundCall 207")),
        "{told:?}"
    );
}

#[test]
fn who_was_told_of_no_call_yet_is_not_told_of_its_end() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.link("41027", LinkEvent::Down);
    bench.calls.clear();
    bench.link("41027", LinkEvent::Up);
    let taken = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    bench.answer_reads();
    assert_eq!(bench.result(taken), "done");
    assert_eq!(
        bench.told("desk-2"),
        [
            "ConnectStatus",
            "~AgentInfo",
            "~State NOT_READY",
            "~DialogState NOT_FOUND"
        ]
    );
}
