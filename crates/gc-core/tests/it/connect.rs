//! Connect: one try of the credential, the link, then the agent is the client's.

use gc_core::{Cluster, Config, LinkEvent, Reply};
use pretty_assertions::assert_eq;

use crate::harness::{Bench, agent};

#[test]
fn connect_tries_the_credential_once_then_opens_the_link_then_says_so() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    assert_eq!(bench.requests(), ["GET /User/41027"]);
    assert_eq!(bench.open_links(), Vec::<&str>::new());

    bench.answer_reads();
    assert_eq!(bench.open_links(), ["41027"]);
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(bench.result(ticket), "open");

    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), ["ConnectStatus"]);
    assert_eq!(bench.result(ticket), "done");
    assert!(bench.gateway.agent(&agent("41027")).is_some());
}

#[test]
fn an_agent_at_work_is_introduced_after_the_first_connect() {
    let mut bench = Bench::new();
    bench.users.get_mut("41027").unwrap().set("READY").extension = "6127".to_owned();
    let mut call = crate::docs::routed("207", "6127");
    call.set("6127", "ACTIVE");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.send("desk-1", "Connect#41027", "desk-1,demo");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "ConnectStatus",
            "~AgentInfo",
            "~State READY",
            "~DialogState 207 ACTIVE",
            "~InboundCall 207 ACTIVE PREROUTE_ACD_IN"
        ]
    );
}

#[test]
fn a_wrong_password_leaves_nothing_behind() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,wrong");
    let read = bench.expect_request();
    bench.fault_with(&read, 401, "Authorization Failure", "UNAUTHORIZED");
    let told = bench.told_json("desk-1");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["errorType"], "SUBSCRIPTION_FAILED");
    assert_eq!(told[0]["errorMessage"], "Invalid Credentials");
    assert_eq!(told[0]["command"], "Connect");
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
    bench.assert_empty();
    assert!(bench.link_log.is_empty());
}

#[test]
fn a_client_without_a_destination_of_its_own_hears_of_the_failure_where_connect_pointed() {
    let mut bench = Bench::new();
    bench.send_as("broker", None, "Connect#41027", "desk-1,wrong");
    let read = bench.expect_request();
    bench.fault(&read, 401);
    assert_eq!(bench.told("desk-1"), ["Error SUBSCRIPTION_FAILED"]);
    bench.assert_empty();
}

#[test]
fn a_link_that_refuses_the_credential_ends_connect_as_a_wrong_password_does() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Refused);
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["errorType"], "SUBSCRIPTION_FAILED");
    assert_eq!(told[0]["errorMessage"], "Invalid Credentials");
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
    bench.assert_empty();
}

#[test]
fn a_link_that_cannot_be_made_is_unable_to_subscribe() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Unreachable);
    assert_eq!(
        bench.told("desk-1"),
        ["Error UNABLE_TO_SUBSCRIBE_TO_FINESSE"]
    );
    assert_eq!(
        bench.result(ticket),
        "failed UNABLE_TO_SUBSCRIBE_TO_FINESSE"
    );
    bench.assert_empty();
}

#[test]
fn a_link_that_stays_silent_is_given_up_at_the_deadline() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    bench.answer_reads();
    bench.pass_seconds(14);
    assert_eq!(bench.result(ticket), "open");
    bench.pass_seconds(2);
    assert_eq!(
        bench.result(ticket),
        "failed UNABLE_TO_SUBSCRIBE_TO_FINESSE"
    );
    assert_eq!(
        bench.told("desk-1"),
        ["Error UNABLE_TO_SUBSCRIBE_TO_FINESSE"]
    );
    bench.assert_empty();
}

#[test]
fn a_finesse_that_cannot_be_reached_is_down_and_one_that_does_not_answer_not_reachable() {
    let mut bench = Bench::new();
    let refused = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    let read = bench.expect_request();
    bench.not_sent(&read);
    assert_eq!(bench.result(refused), "failed DOWN");

    let timed_out = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    let read = bench.expect_request();
    bench.unknown(&read);
    assert_eq!(bench.result(timed_out), "failed NOT_REACHABLE");

    let silent = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    bench.pass_seconds(16);
    assert_eq!(bench.result(silent), "failed NOT_REACHABLE");

    let garbled = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    let read = bench.requests().len() - 1;
    let read = bench.drop_requests().remove(read);
    bench.reply(
        &read,
        Reply::Garbage {
            reason: "no XML".to_owned(),
        },
    );
    assert_eq!(bench.result(garbled), "failed GENERAL_ERROR");
    assert_eq!(
        bench.told("desk-1"),
        [
            "Error DOWN",
            "Error NOT_REACHABLE",
            "Error NOT_REACHABLE",
            "Error GENERAL_ERROR"
        ]
    );
    bench.assert_empty();
}

#[test]
fn commands_behind_a_connect_that_times_out_are_told_to_connect_first() {
    let mut bench = Bench::new();
    let connect = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    bench.pass_seconds(1);
    let ready = bench.send("desk-1", "MakeReady#41027", "");
    bench.pass_seconds(15);
    assert_eq!(bench.result(connect), "failed NOT_REACHABLE");
    assert_eq!(bench.result(ready), "failed SUBSCRIPTION_FAILED");
    bench.assert_empty();
}

#[test]
fn an_unknown_agent_is_user_not_found() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "Connect#49999", "desk-1,demo");
    let read = bench.expect_request();
    bench.fault_with(&read, 404, "User Not Found", "UNKNOWN_USER");
    assert_eq!(bench.result(ticket), "failed USER_NOT_FOUND");
    bench.assert_empty();
}

#[test]
fn connect_again_is_answered_without_another_try() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let again = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    assert_eq!(bench.requests(), Vec::<String>::new());
    assert_eq!(bench.told("desk-1"), ["ConnectStatus"]);
    assert_eq!(bench.result(again), "done");
    assert_eq!(bench.gateway.counters().sessions, 1);
}

#[test]
fn out_of_service_means_please_retry_without_a_request() {
    let mut bench = Bench::new();
    bench.node(0, false);
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    assert_eq!(bench.result(ticket), "failed PLEASE_RETRY");
    assert_eq!(bench.told("desk-1"), ["Error PLEASE_RETRY"]);
    assert_eq!(bench.requests(), Vec::<String>::new());
    bench.assert_empty();
}

#[test]
fn a_503_means_please_retry() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    let read = bench.expect_request();
    bench.fault(&read, 503);
    assert_eq!(bench.result(ticket), "failed PLEASE_RETRY");
    bench.assert_empty();
}

#[test]
fn the_second_node_serves_when_the_first_is_out() {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster::of_nodes(2)],
        ..Config::default()
    });
    bench.node(0, false);
    bench.send("desk-1", "Connect#41027", "desk-1,demo");
    assert_eq!(bench.expect_request().node, 1);
}

#[test]
fn the_licence_limits_sessions_and_every_failure_gives_its_seat_back() {
    let mut bench = Bench::with(Config {
        max_sessions: Some(1),
        ..Config::default()
    });
    bench.send("desk-1", "Connect#41027", "desk-1,wrong");
    let read = bench.expect_request();
    bench.fault(&read, 401);
    bench.told("desk-1");

    bench.connect("desk-1", "41027");
    let refused = bench.send("desk-2", "Connect#41033", "desk-2,demo");
    assert_eq!(bench.result(refused), "failed LICENSES_EXCEEDED");
    assert_eq!(bench.told("desk-2"), ["Error LICENSES_EXCEEDED"]);
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());

    bench.send("desk-1", "Logout#41027", "");
    bench.connect("desk-2", "41033");
    assert_eq!(bench.secrets(), 1);
}

#[test]
fn login_alone_connects_and_signs_in() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "Login#41027", "demo,6127");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    let login = bench.request("PUT /User/41027 LOGIN 6127");
    bench.accept(&login);
    bench.users.get_mut("41027").unwrap().extension = "6127".to_owned();
    bench.user_is("41027", "NOT_READY");
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["State NOT_READY", "AgentInfo", "DialogState NOT_FOUND"]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn login_without_a_destination_says_to_connect_first() {
    let mut bench = Bench::new();
    let ticket = bench.send_as("broker", None, "Login#41027", "demo,6127");
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
    assert!(bench.result_error(ticket).error_message.contains("Connect"));
    bench.assert_empty();
}

#[test]
fn login_with_another_password_that_finesse_refuses_leaves_the_session_alone() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let ticket = bench.send("desk-1", "Login#41027", "wrong,6127");
    let read = bench.expect_request();
    bench.fault(&read, 401);
    assert_eq!(
        bench.told("desk-1"),
        ["Error CF_INVALID_PASSWORD_SPECIFIED"]
    );
    assert_eq!(bench.result(ticket), "failed CF_INVALID_PASSWORD_SPECIFIED");
    assert_eq!(bench.link_secret("41027"), "demo");
    assert_eq!(bench.secrets(), 1);
    bench.user_is("41027", "NOT_READY");
    assert_eq!(bench.told("desk-1"), ["State NOT_READY"]);
}

#[test]
fn login_with_a_new_password_that_finesse_takes_is_used_from_the_next_link_on() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "Login#41027", "changed,6127");
    bench.answer_reads();
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.link_secret("41027"), "demo");

    bench.link("41027", LinkEvent::Down);
    assert_eq!(bench.link_secret("41027"), "changed");
    assert_eq!(bench.secrets(), 1);
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.user_is("41027", "READY");
    assert_eq!(bench.told("desk-1").last().unwrap(), "State READY");
}

#[test]
fn a_command_for_an_agent_who_is_not_connected_says_to_connect_first() {
    let mut bench = Bench::new();
    let ticket = bench.send("desk-1", "MakeReady#41027", "");
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["errorType"], "SUBSCRIPTION_FAILED");
    assert!(
        told[0]["errorMessage"]
            .as_str()
            .unwrap()
            .contains("Connect")
    );
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
}

#[test]
fn another_clients_agent_is_not_mine() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let ticket = bench.send("desk-2", "MakeReady#41027", "");
    assert_eq!(bench.told("desk-2"), ["Error INVALID_SUPERVISOR"]);
    assert_eq!(bench.result(ticket), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(bench.requests(), Vec::<String>::new());
}

#[test]
fn a_refused_reconnect_is_never_tried_again_and_waits_for_another_credential() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.link("41027", LinkEvent::Down);
    bench.link("41027", LinkEvent::Refused);
    assert_eq!(bench.told("desk-1"), ["Error SUBSCRIPTION_FAILED"]);
    bench.pass_seconds(600);
    assert_eq!(bench.link_log, ["open 41027 at 0", "close 41027"]);
    assert_eq!(bench.requests(), Vec::<String>::new());
    assert_eq!(bench.gateway.agent(&agent("41027")).unwrap().link, "down");

    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,changed");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.link_secret("41027"), "changed");
    assert_eq!(bench.secrets(), 1);
    bench.user_is("41027", "READY");
    assert_eq!(bench.told("desk-1"), ["ConnectStatus", "State READY"]);
}

#[test]
fn a_credential_that_finesse_has_refused_since_is_tried_anew() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.send("desk-1", "MakeReady#41027", "");
    let ready = bench.expect_request();
    bench.fault(&ready, 401);
    assert_eq!(bench.told("desk-1"), ["Error Unauthorized"]);
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    let read = bench.request("GET /User/41027");
    bench.fault(&read, 401);
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
    assert_eq!(bench.secrets(), 1);
}

/// A Login that Finesse has carried out, and whose answer is still being read.
fn signed_in_unread() -> (Bench, gc_core::Ticket) {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let login = bench.send("desk-1", "Login#41027", "demo,6127");
    let request = bench.expect_request();
    bench.accept(&request);
    bench.users.get_mut("41027").unwrap().extension = "6127".to_owned();
    bench.user_is("41027", "NOT_READY");
    assert_eq!(bench.result(login), "open");
    (bench, login)
}

const SIGNED_IN: [&str; 3] = ["State NOT_READY", "AgentInfo", "DialogState NOT_FOUND"];

#[test]
fn a_login_that_took_effect_is_done_though_the_read_after_it_fails() {
    let (mut bench, login) = signed_in_unread();
    for read in bench.drop_requests() {
        bench.fault(&read, 500);
    }
    assert_eq!(bench.told("desk-1"), SIGNED_IN);
    assert_eq!(bench.result(login), "done");
    let call = crate::docs::routed("207", "6127");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.pass_seconds(2);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~NewInboundCall 207 PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_login_that_took_effect_is_done_though_the_read_after_it_takes_too_long() {
    let (mut bench, login) = signed_in_unread();
    bench.pass_seconds(15);
    assert_eq!(bench.told("desk-1"), SIGNED_IN);
    assert_eq!(bench.result(login), "done");
}

#[test]
fn a_login_of_unknown_outcome_that_took_effect_introduces_the_agent() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let ticket = bench.send("desk-1", "Login#41027", "demo,6127");
    let login = bench.request("PUT /User/41027 LOGIN 6127");
    bench.unknown(&login);
    assert_eq!(bench.result(ticket), "unknown NOT_REACHABLE");
    let user = bench.users.get_mut("41027").unwrap();
    "6127".clone_into(&mut user.extension);
    user.set("NOT_READY");
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "Error NOT_REACHABLE",
            "~AgentInfo",
            "~State NOT_READY",
            "~DialogState NOT_FOUND"
        ]
    );
}
