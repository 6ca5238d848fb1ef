//! A refused credential: nothing is sent with it any more, because a few refusals lock the account.

use gc_core::LinkEvent;
use pretty_assertions::assert_eq;

use crate::harness::Bench;

const NOTHING: [String; 0] = [];

/// Layla talks, and her password has changed: Finesse has refused a command.
fn refused() -> Bench {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "MakeReady#41027", "");
    let ready = bench.expect_request();
    bench.fault(&ready, 401);
    assert_eq!(bench.told("desk-1"), ["Error Unauthorized"]);
    bench
}

fn assert_nothing_is_sent(bench: &mut Bench) {
    for (command, body) in [
        ("GetState", ""),
        ("refresh", ""),
        ("wrapupreasoncode", ""),
        ("GetDialogState", "999"),
        ("MakeReady", ""),
        ("MakeNotReadyWithReason", "12"),
        ("HoldCall", "207"),
        ("MakeCall", "6133"),
        ("Logout", ""),
    ] {
        let ticket = bench.send("desk-1", &format!("{command}#41027"), body);
        assert_eq!(bench.result(ticket), "failed Unauthorized", "{command}");
        let message = &bench.result_error(ticket).error_message;
        assert!(message.contains("send Connect"), "{message}");
        assert_eq!(bench.told("desk-1"), ["Error Unauthorized"]);
    }
    bench.node(0, false);
    bench.node(0, true);
    bench.link("41027", LinkEvent::Undecodable);
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn after_a_refusal_nothing_is_sent_until_somebody_gives_another_credential() {
    let mut bench = refused();
    assert_nothing_is_sent(&mut bench);
    bench.told("desk-1");

    let connect = bench.send("desk-1", "Connect#41027", "desk-1,changed");
    assert_eq!(bench.requests(), ["GET /User/41027"]);
    let read = bench.expect_request();
    bench.answer_read(&read);
    assert_eq!(bench.result(connect), "done");
    // What happened meanwhile is read.
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    bench.answer_reads();
    bench.send("desk-1", "MakeReady#41027", "");
    assert_eq!(bench.requests(), ["PUT /User/41027 READY"]);
}

#[test]
fn a_refused_read_and_a_refused_link_count_too() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let poll = bench.send("desk-1", "GetState#41027", "");
    for read in bench.drop_requests() {
        bench.fault(&read, 401);
    }
    assert_eq!(bench.result(poll), "failed Unauthorized");
    bench.told("desk-1");
    assert_nothing_is_sent(&mut bench);

    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.link("41027", LinkEvent::Down);
    bench.link("41027", LinkEvent::Refused);
    bench.told("desk-1");
    assert_nothing_is_sent(&mut bench);
}

#[test]
fn one_refusal_of_several_is_enough_to_stop_the_snapshots() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.link("41027", LinkEvent::Undecodable);
    for (read, status) in bench.drop_requests().iter().zip([401, 500]) {
        bench.fault(read, status);
    }
    assert_eq!(bench.told("desk-1"), ["Error SUBSCRIPTION_FAILED"]);
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn the_same_password_once_more_is_one_try() {
    let mut bench = refused();
    let connect = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    let read = bench.expect_request();
    bench.fault(&read, 401);
    assert_eq!(bench.result(connect), "failed SUBSCRIPTION_FAILED");
    bench.told("desk-1");
    assert_nothing_is_sent(&mut bench);
}

#[test]
fn a_401_about_something_else_refuses_no_credential() {
    for class in [
        "Invalid State",
        "Invalid Supervisor",
        "Invalid Authorization User Specified",
    ] {
        let mut bench = Bench::new();
        bench.talking("desk-1", "41027");
        bench.send("desk-1", "MakeReady#41027", "");
        let ready = bench.expect_request();
        bench.fault_with(&ready, 401, class, "not now");
        bench.send("desk-1", "GetState#41027", "");
        assert_eq!(bench.requests().len(), 2, "{class}");
    }
}

#[test]
fn a_401_for_what_not_everybody_may_have_is_cleared_up_by_a_read() {
    for (command, body) in [
        ("GetDialogState#41027", "999"),
        ("silentmonitor#41900", "6127"),
    ] {
        let mut bench = Bench::new();
        bench.talking("desk-1", "41027");
        bench.login("desk-1", "41900");
        let ticket = bench.send("desk-1", command, body);
        let asked = bench.expect_request();
        bench.fault_with(&asked, 401, "Authorization Failure", "UNAUTHORIZED");
        assert_eq!(bench.result(ticket), "failed Unauthorized");
        bench.answer_reads();
        let agent = command.split('#').nth(1).unwrap();
        bench.send("desk-1", &format!("MakeReady#{agent}"), "");
        assert_eq!(bench.requests().len(), 1, "{command}");
    }
}

#[test]
fn a_401_for_what_not_everybody_may_have_and_for_the_read_refuses_the_credential() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "GetDialogState#41027", "999");
    let asked = bench.expect_request();
    bench.fault_with(&asked, 401, "Authorization Failure", "UNAUTHORIZED");
    for read in bench.drop_requests() {
        bench.fault(&read, 401);
    }
    assert_eq!(
        bench.told("desk-1"),
        ["Error Unauthorized", "Error SUBSCRIPTION_FAILED"]
    );
    assert_nothing_is_sent(&mut bench);
}

#[test]
fn a_late_refusal_of_an_older_credential_says_nothing_about_the_present_one() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let ready = bench.send("desk-1", "MakeReady#41027", "");
    let request = bench.expect_request();
    bench.send("desk-1", "Connect#41027", "desk-1,changed");
    bench.answer_reads();
    bench.fault(&request, 401);
    assert_eq!(bench.result(ready), "failed Unauthorized");
    bench.send("desk-1", "GetState#41027", "");
    assert_eq!(bench.requests().len(), 2);
}

#[test]
fn who_is_gone_with_a_refused_credential_leaves_without_a_request() {
    let mut bench = refused();
    bench.user_is("41027", "READY");
    bench.client_gone("desk-1");
    bench.pass_seconds(16 * 60);
    assert_eq!(bench.requests(), NOTHING);
    bench.assert_empty();
}

#[test]
fn force_logout_still_ends_the_session_here() {
    let mut bench = refused();
    let forced = bench.send("desk-1", "force_logout#41027", "");
    assert_eq!(bench.result(forced), "done");
    assert_eq!(bench.requests(), NOTHING);
    bench.assert_empty();
}

#[test]
fn a_login_that_took_effect_before_the_refusal_is_answered() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let login = bench.send("desk-1", "Login#41027", "demo,6127");
    let request = bench.expect_request();
    bench.accept(&request);
    bench.send("desk-1", "wrapupreasoncode#41027", "");
    let read = bench.expect_request();
    bench.fault(&read, 401);
    bench.users.get_mut("41027").unwrap().extension = "6127".to_owned();
    bench.user_is("41027", "NOT_READY");
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.result(login), "done");
}

#[test]
fn a_list_that_is_not_the_agents_to_read_says_nothing_about_the_credential() {
    for (command, body) in [
        ("getteamusers", "5107"),
        ("GetTeamUsersState", "5107"),
        ("getqueuelist", ""),
        ("GetPhonebooks", ""),
        ("GetTeamPhonebooks", "5107"),
        ("GetPhonebookContacts", "2"),
        ("GetLoggedInAgents", ""),
    ] {
        let mut bench = Bench::new();
        bench.login("desk-1", "41900");
        let ticket = bench.send("desk-1", &format!("{command}#41900"), body);
        let read = bench.expect_request();
        bench.fault_with(&read, 403, "Forbidden", "FORBIDDEN");
        assert_eq!(
            bench.result(ticket),
            "failed AUTHORIZATION_FAILURE",
            "{command}"
        );
        bench.send("desk-1", "MakeReady#41900", "");
        assert_eq!(bench.requests(), ["PUT /User/41900 READY"], "{command}");
    }
}

#[test]
fn a_member_whose_team_is_forbidden_says_nothing_about_the_credential() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41900");
    let ticket = bench.send("desk-1", "MakeReady#41027", "");
    let read = bench.expect_request();
    bench.fault_with(&read, 403, "Forbidden", "FORBIDDEN");
    assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
    bench.send("desk-1", "MakeReady#41900", "");
    assert_eq!(bench.requests(), ["PUT /User/41900 READY"]);
}

#[test]
fn reasons_that_are_forbidden_say_nothing_about_the_credential() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "reasoncodenotready#41027", "");
    let read = bench.expect_request();
    bench.fault(&read, 403);
    assert_eq!(bench.result(ticket), "failed Unauthorized");
    bench.send("desk-1", "MakeReady#41027", "");
    assert_eq!(bench.requests(), ["PUT /User/41027 READY"]);
}

/// A Connect with a password that Finesse refuses, if it is asked at all.
fn guess(bench: &mut Bench, desk: &str, password: &str) -> String {
    let ticket = bench.send(desk, "Connect#41027", &format!("{desk},{password}"));
    if bench.requests() == ["GET /User/41027"] {
        let read = bench.expect_request();
        bench.fault(&read, 401);
    }
    bench.result(ticket)
}

#[test]
fn three_wrong_passwords_reach_finesse_whoever_sends_them() {
    let mut bench = Bench::new();
    for desk in ["desk-1", "desk-2", "desk-3"] {
        let result = guess(&mut bench, desk, &format!("wrong-{desk}"));
        assert_eq!(result, "failed SUBSCRIPTION_FAILED");
    }
    for number in 0..100 {
        let result = guess(&mut bench, "desk-4", &format!("wrong-{number}"));
        assert_eq!(result, "failed CF_AGENT_ACCOUNT_LOCKED_OUT");
    }
    bench.pass_seconds(300);
    assert_eq!(
        guess(&mut bench, "desk-4", "late"),
        "failed SUBSCRIPTION_FAILED"
    );
}

#[test]
fn guesses_do_not_harm_the_owner_and_her_password_needs_no_asking() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    for number in 0..10 {
        guess(&mut bench, "desk-2", &format!("wrong-{number}"));
    }
    let again = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    assert_eq!(bench.result(again), "done");
    assert_eq!(
        guess(&mut bench, "desk-2", "more"),
        "failed CF_AGENT_ACCOUNT_LOCKED_OUT"
    );
    bench.send("desk-1", "MakeReady#41027", "");
    assert_eq!(bench.requests(), ["PUT /User/41027 READY"]);
}

#[test]
fn a_right_password_that_finesse_accepts_counts_from_the_beginning() {
    let mut bench = Bench::new();
    for number in 0..2 {
        guess(&mut bench, "desk-2", &format!("wrong-{number}"));
    }
    bench.login("desk-1", "41027");
    for number in 0..3 {
        let result = guess(&mut bench, "desk-2", &format!("wrong-{number}"));
        assert_eq!(result, "failed SUBSCRIPTION_FAILED");
    }
    assert_eq!(
        guess(&mut bench, "desk-2", "more"),
        "failed CF_AGENT_ACCOUNT_LOCKED_OUT"
    );
}
