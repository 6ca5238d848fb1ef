//! Commands: one at a time on a device, one outcome each, nothing sent twice.

use std::time::Duration;

use gc_core::{Config, LinkEvent};
use pretty_assertions::assert_eq;

use crate::docs::{errors, placed};
use crate::harness::Bench;

const NOTHING: [String; 0] = [];

#[test]
fn call_control_is_one_at_a_time_with_states_and_reads_beside_it() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let retrieve = bench.send("desk-1", "RetrieveCall#41027", "207");
    bench.send("desk-1", "MakeReady#41027", "");
    let list = bench.send("desk-1", "wrapupreasoncode#41027", "");
    assert_eq!(
        bench.requests(),
        [
            "PUT /Dialog/207 HOLD",
            "PUT /User/41027 READY",
            "GET /User/41027/WrapUpReasons"
        ]
    );
    bench.answer_reads();
    assert_eq!(bench.result(list), "done");
    let request = bench.request("PUT /Dialog/207 HOLD");
    bench.accept(&request);
    assert_eq!(bench.requests(), ["PUT /User/41027 READY"]);
    call.set("6127", "HELD");
    bench.put("41027", &call);
    assert_eq!(
        (bench.result(hold), bench.result(retrieve)),
        ("done".into(), "open".into())
    );
    assert_eq!(
        bench.requests(),
        ["PUT /User/41027 READY", "PUT /Dialog/207 RETRIEVE"]
    );
}

#[test]
fn a_ringing_call_leaves_the_device_free_to_give_it_up() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let make = bench.send("desk-1", "MakeCall#41027", "6133");
    let request = bench.expect_request();
    bench.accept(&request);
    let mut call = placed("208", "6127", "AGENT_INSIDE");
    bench.post("41027", &call);
    let release = bench.send("desk-1", "ReleaseCall#41027", "208");
    let request = bench.request("PUT /Dialog/208 DROP");
    bench.accept(&request);
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    assert_eq!(
        (bench.result(make), bench.result(release)),
        ("done".into(), "done".into())
    );
}

#[test]
fn a_queue_that_is_full_says_busy_without_a_request() {
    let mut bench = Bench::with(Config {
        queue_limit: 2,
        ..Config::default()
    });
    bench.talking("desk-1", "41027");
    for _ in 0..3 {
        bench.send("desk-1", "HoldCall#41027", "207");
    }
    let refused = bench.send("desk-1", "HoldCall#41027", "207");
    assert_eq!(bench.told("desk-1"), ["Error CF_RESOURCE_BUSY"]);
    assert_eq!(bench.result(refused), "failed CF_RESOURCE_BUSY");
    assert_eq!(bench.requests().len(), 1);
    let beside = bench.send("desk-1", "GetState#41027", "");
    bench.answer_reads();
    assert_eq!(bench.result(beside), "done");
}

#[test]
fn a_command_that_waited_too_long_is_not_sent_any_more() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "HoldCall#41027", "207");
    bench.pass_seconds(5);
    let second = bench.send("desk-1", "HoldCall#41027", "207");
    let third = bench.send("desk-1", "MakeCall#41027", "6133");
    let _first = bench.expect_request();
    bench.pass_seconds(11);
    // The second began when the first was given up; the third's own time runs out behind it.
    assert_eq!(
        bench.request("PUT /Dialog/207 HOLD").request.path(),
        "/Dialog/207"
    );
    bench.pass_seconds(5);
    assert_eq!(bench.result(second), "open");
    assert_eq!(bench.result(third), "failed PLEASE_RETRY");
    assert!(
        !bench
            .requests()
            .iter()
            .any(|request| request.contains("MAKE_CALL"))
    );
}

#[test]
fn accepted_and_then_silence_is_unknown_once_and_then_a_snapshot() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.request("PUT /Dialog/207 HOLD");
    bench.accept(&request);
    bench.pass_seconds(14);
    assert_eq!(bench.result(hold), "open");
    bench.pass_seconds(1);
    assert_eq!(bench.result(hold), "unknown NOT_REACHABLE");
    assert_eq!(bench.told("desk-1"), ["Error NOT_REACHABLE"]);
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_late_refusal_of_a_command_that_was_given_up_is_not_told_again() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.expect_request();
    bench.accept(&request);
    bench.pass_seconds(15);
    bench.answer_reads();
    bench.told("desk-1");
    bench.notify(
        "41027",
        &errors(
            "Dialog/207",
            &request.header,
            "Generic Error",
            "too late",
            "",
        ),
    );
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_notification_before_the_answer_gives_one_outcome() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.expect_request();
    call.set("6127", "HELD");
    bench.notify("41027", &call.changed(&request.header));
    assert_eq!(bench.result(hold), "done");
    bench.accept(&request);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_request_that_was_not_sent_is_down_without_a_snapshot() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let make = bench.send("desk-1", "MakeCall#41027", "6133");
    let request = bench.expect_request();
    bench.not_sent(&request);
    assert_eq!(bench.result(make), "failed DOWN");
    assert_eq!(bench.told("desk-1"), ["Error DOWN"]);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_call_nobody_knows_is_refused_without_a_request() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    for command in ["AnswerCall", "HoldCall", "RetrieveCall", "ReleaseCall"] {
        let ticket = bench.send("desk-1", &format!("{command}#41027"), "999");
        assert_eq!(bench.result(ticket), "failed NO_DIALOG_ID");
    }
    assert_eq!(bench.told("desk-1"), ["Error NO_DIALOG_ID"; 4]);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn an_answer_that_comes_too_late_frees_the_device_when_the_call_ends() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut call = crate::docs::routed("207", "6127");
    bench.post("41027", &call);
    let answer = bench.send("desk-1", "AnswerCall#41027", "207");
    let request = bench.expect_request();
    bench.accept(&request);
    let next = bench.send("desk-1", "MakeCall#41027", "6133");
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    assert_eq!(bench.result(answer), "failed NO_DIALOG_ID");
    assert_eq!(
        bench.requests(),
        ["POST /User/41027/Dialogs MAKE_CALL 6127 6133"]
    );
    assert_eq!(bench.result(next), "open");
    assert_eq!(
        bench.told("desk-1"),
        [
            "NewInboundCall 207 PREROUTE_ACD_IN",
            "InboundCall 207 DROPPED PREROUTE_ACD_IN",
            "Error NO_DIALOG_ID"
        ]
    );
}

#[test]
fn call_control_needs_an_agent_who_is_logged_in() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let ticket = bench.send("desk-1", "MakeCall#41027", "6133");
    assert_eq!(bench.result(ticket), "failed CF_INVALID_OBJECT_STATE");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn commands_are_refused_at_once_while_finesse_is_out_of_service() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.node(0, false);
    bench.told("desk-1");
    for (command, body) in [
        ("MakeReady", ""),
        ("HoldCall", "207"),
        ("Logout", ""),
        ("MakeCall", "6133"),
    ] {
        let ticket = bench.send("desk-1", &format!("{command}#41027"), body);
        assert_eq!(bench.result(ticket), "failed PLEASE_RETRY", "{command}");
    }
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_401_in_a_session_is_unauthorized_and_not_tried_again() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.expect_request();
    bench.fault(&request, 401);
    assert_eq!(bench.result(hold), "failed Unauthorized");
    assert_eq!(bench.told("desk-1"), ["Error Unauthorized"]);
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.open_links(), ["41027"]);
}

#[test]
fn every_command_gets_its_result_when_the_session_ends() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "HoldCall#41027", "207");
    bench.send("desk-1", "ReleaseCall#41027", "207");
    bench.send("desk-1", "MakeReady#41027", "");
    bench.send("desk-1", "GetState#41027", "");
    bench.send("desk-1", "Logout#41027", "");
    bench.send("desk-1", "MakeReady#41027", "");
    bench.link("41027", LinkEvent::Conflict);
    bench.assert_empty();
}

#[test]
fn a_reply_that_comes_after_the_session_is_nobodys() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.expect_request();
    bench.send("desk-1", "force_logout#41027", "");
    bench.told("desk-1");
    bench.connect("desk-2", "41027");
    bench.fault(&request, 401);
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.told("desk-2"), NOTHING);
}

#[test]
fn every_request_is_answered_for_in_the_counters() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    assert_eq!(bench.gateway.counters().requests_pending, 0);
    bench.send("desk-1", "HoldCall#41027", "207");
    assert_eq!(bench.gateway.counters().requests_pending, 1);
    let request = bench.expect_request();
    bench.accept(&request);
    assert_eq!(bench.gateway.counters().requests_pending, 0);
}

#[test]
fn two_agents_do_not_wait_for_each_other() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.talking("desk-2", "41033");
    bench.send("desk-1", "HoldCall#41027", "207");
    bench.send("desk-2", "HoldCall#41033", "207");
    assert_eq!(bench.requests().len(), 2);
}

#[test]
fn what_is_out_when_the_session_ends_is_unknown_and_only_the_unsent_has_failed() {
    for (end, unsent) in [
        (LinkEvent::Conflict, "failed SESSION_INVALIDATED"),
        (LinkEvent::Up, "failed SUBSCRIPTION_FAILED"),
    ] {
        let mut bench = Bench::new();
        bench.login("desk-1", "41027");
        let ringing = bench.send("desk-1", "MakeCall#41027", "6133");
        let request = bench.expect_request();
        bench.accept(&request);
        bench.post("41027", &placed("208", "6127", "OUT"));
        let sent = bench.send("desk-1", "ReleaseCall#41027", "208");
        let accepted = bench.send("desk-1", "MakeReady#41027", "");
        let request = bench.request("PUT /User/41027 READY");
        bench.accept(&request);
        let read = bench.send("desk-1", "GetState#41027", "");
        let waiting = bench.send("desk-1", "MakeCall#41027", "6133");
        match end {
            LinkEvent::Conflict => bench.link("41027", LinkEvent::Conflict),
            _ => {
                bench.send("desk-1", "force_logout#41027", "");
                bench.see_off("41027");
            }
        }
        assert_eq!(bench.result(ringing), "done");
        assert_eq!(bench.result(sent), "unknown NOT_REACHABLE");
        assert_eq!(bench.result(accepted), "unknown NOT_REACHABLE");
        assert_eq!(bench.result(read), unsent);
        assert_eq!(bench.result(waiting), unsent);
        bench.assert_empty();
    }
}
