//! A node that fails: its agents go to the other one, sign in there and are read (faults F18 to F26).

use std::time::Duration;

use finesse_protocol::{MobileMode, Request};
use gc_core::{Agents, Cluster, Config, Epoch, LinkEvent};
use pretty_assertions::assert_eq;

use crate::docs::{DialogDoc, routed};
use crate::harness::{Bench, Logged, Sent};

const NOTHING: [&str; 0] = [];
const CHANGED: &str = "status node changed: another Finesse node serves the agent now";

/// Two nodes, both IN_SERVICE.
pub(crate) fn pair() -> Bench {
    pair_with(Config::default())
}

pub(crate) fn pair_with(config: Config) -> Bench {
    Bench::with(Config {
        clusters: vec![Cluster::of_nodes(2)],
        ..config
    })
}

/// The node's process is gone: links break, nobody answers.
fn kill(bench: &mut Bench, node: usize, agents: &[&str]) {
    for agent in agents {
        bench.link(agent, LinkEvent::Down);
    }
    bench.node(node, false);
}

/// The agent comes to the other node: link, sign-in, reads.
fn arrive(bench: &mut Bench, agent: &str) -> Sent {
    bench.link(agent, LinkEvent::Up);
    let login = bench.expect_request();
    bench.accept(&login);
    let update = bench.users[agent].update(&login.header);
    bench.notify(agent, &update);
    bench.answer_reads();
    login
}

fn requests_at(bench: &Bench) -> Vec<String> {
    let sent = bench.log.iter().filter_map(|logged| match logged {
        Logged::Request(sent) => Some(format!("{} at {}", sent.in_short(), sent.node)),
        _ => None,
    });
    sent.collect()
}

/// F21.
#[test]
fn agents_of_a_node_that_died_go_to_the_other_sign_in_there_and_are_read() {
    let mut bench = pair();
    let mut call = bench.talking("desk-1", "41027");
    bench.link_log.clear();
    bench.log.clear();
    kill(&mut bench, 0, &["41027"]);
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    bench.pass_seconds(14);
    assert_eq!(bench.link_log, NOTHING);
    bench.pass_seconds(1);
    assert_eq!(bench.link_log, ["close 41027", "open 41027 at 1"]);
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    arrive(&mut bench, "41027");
    assert_eq!(
        requests_at(&bench),
        [
            "PUT /User/41027 LOGIN 6127 at 1",
            "GET /User/41027 at 1",
            "GET /User/41027/Dialogs at 1"
        ]
    );
    assert_eq!(
        bench.told("desk-1"),
        [
            "System OUT_OF_SERVICE 41027",
            "~InboundCall 207 HELD PREROUTE_ACD_IN",
            CHANGED,
            "System IN_SERVICE 41027",
            "System IN_SERVICE"
        ]
    );
    let retrieve = bench.send("desk-1", "RetrieveCall#41027", "207");
    let request = bench.request("PUT /Dialog/207 RETRIEVE");
    assert_eq!(request.node, 1);
    bench.accept(&request);
    assert_eq!(bench.result(retrieve), "open");
}

/// F21: a takeover whose Login the dead node has taken along.
#[test]
fn a_new_owner_whose_login_was_left_behind_learns_of_the_calls_on_the_other_node() {
    // Sooner than the Login is given up.
    let mut bench = pair_with(Config {
        failover_after: Duration::from_secs(5),
        ..Config::default()
    });
    let call = bench.talking("desk-1", "41027");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.link("41027", LinkEvent::Down);
    let body = "demo,6127,03215550100,true";
    let login = bench.send("desk-2", "MobileAgentLogin#41027", body);
    let request = bench.expect_request();
    assert!(
        matches!(request.request, Request::Login { .. }),
        "{request:?}"
    );
    bench.accept(&request);
    bench.node(0, false);
    bench.pass_seconds(5);
    assert_eq!(bench.result(login), "unknown NOT_REACHABLE");
    bench.told("desk-2");
    arrive(&mut bench, "41027");
    let told = bench.told("desk-2");
    let call = "~InboundCall 207 ACTIVE PREROUTE_ACD_IN".to_owned();
    assert!(told.contains(&call), "{told:?}");
}

/// F25: one more takeover, on the way; the new owner is told at once what is known, and then how it went on.
#[test]
fn who_takes_over_on_the_way_hears_of_the_end_of_the_calls_it_was_told_of() {
    let mut bench = pair_with(Config {
        failover_after: Duration::from_secs(5),
        ..Config::default()
    });
    let mut call = bench.talking("desk-1", "41027");
    bench.calls.insert("41027".to_owned(), vec![call.clone()]);
    bench.link("41027", LinkEvent::Down);
    let body = "demo,6127,03215550100,true";
    bench.send("desk-2", "MobileAgentLogin#41027", body);
    bench.expect_request();
    bench.node(0, false);
    bench.pass_seconds(5);
    let taken = bench.send("desk-3", "Connect#41027", "desk-3,demo");
    bench.answer_reads();
    assert_eq!(bench.result(taken), "done");
    assert_eq!(
        bench.told("desk-3"),
        [
            "ConnectStatus",
            "~AgentInfo",
            "~State NOT_READY",
            "~DialogState 207 ACTIVE",
            "~InboundCall 207 ACTIVE PREROUTE_ACD_IN"
        ]
    );
    call.set("6127", "WRAP_UP");
    bench.calls.insert("41027".to_owned(), vec![call]);
    arrive(&mut bench, "41027");
    assert_eq!(
        bench.told("desk-3"),
        [
            "~InboundCall 207 DROPPED PREROUTE_ACD_IN",
            CHANGED,
            "System IN_SERVICE 41027",
            "System IN_SERVICE"
        ]
    );
}

/// F21: the phone of a mobile agent is known only to the node that the agent signed in at.
#[test]
fn a_mobile_agent_takes_its_phone_along() {
    let mut bench = pair();
    bench.connect("desk-1", "41027");
    bench.send(
        "desk-1",
        "MobileAgentLogin#41027",
        "demo,6127,03215550100,false",
    );
    let login = bench.expect_request();
    bench.accept(&login);
    "6127".clone_into(&mut bench.users.get_mut("41027").unwrap().extension);
    bench.user_is("41027", "NOT_READY");
    bench.answer_reads();
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    let again = arrive(&mut bench, "41027");
    let Request::Login {
        extension, mobile, ..
    } = again.request
    else {
        panic!("{again:?}")
    };
    assert_eq!(extension, "6127");
    let (mode, phone) = mobile.unwrap();
    assert_eq!(
        (mode, &*phone),
        (MobileMode::NailedConnection, "03215550100")
    );
}

#[test]
fn who_was_not_signed_in_is_not_signed_in_at_the_other_node_either() {
    let mut bench = pair();
    bench.connect("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.link("41027", LinkEvent::Up);
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    bench.told("desk-1");
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [CHANGED, "System IN_SERVICE 41027", "System IN_SERVICE"]
    );
}

/// F21: no way back by itself.
#[test]
fn agents_stay_on_the_other_node_when_their_own_is_back() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    arrive(&mut bench, "41027");
    bench.link_log.clear();
    bench.told("desk-1");
    bench.node(0, true);
    bench.pass_seconds(3600);
    assert_eq!(bench.link_log, NOTHING);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.connect("desk-2", "41033");
    assert_eq!(bench.link_log, ["open 41033 at 0"]);
}

/// F18: a short time out of service moves nobody.
#[test]
fn a_node_that_is_back_in_time_keeps_its_agents_and_is_told_once_each_way() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.link_log.clear();
    for _ in 0..3 {
        bench.node(0, false);
        bench.pass_seconds(14);
        let refused = bench.send("desk-1", "MakeReady#41027", "");
        assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
        bench.node(0, true);
        bench.pass_seconds(1);
        bench.answer_reads();
    }
    assert_eq!(bench.link_log, NOTHING);
    let once = [
        "System OUT_OF_SERVICE",
        "Error PLEASE_RETRY",
        "System IN_SERVICE",
    ];
    assert_eq!(bench.told("desk-1"), [once, once, once].concat());
}

/// F19: out of service for good, though its links live.
#[test]
fn a_node_without_finesses_own_application_is_left_too() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.link_log.clear();
    bench.link("41027", LinkEvent::FinessePresent(false));
    bench.pass_seconds(15);
    assert_eq!(bench.link_log, ["close 41027", "open 41027 at 1"]);
    arrive(&mut bench, "41027");
    assert_eq!(
        bench.told("desk-1"),
        ["System OUT_OF_SERVICE", CHANGED, "System IN_SERVICE"]
    );
}

/// F24: of a node that serves, one broken link moves nobody.
#[test]
fn an_agent_whose_link_alone_is_broken_stays_where_the_others_are() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.login("desk-2", "41033");
    bench.link_log.clear();
    bench.link("41027", LinkEvent::Down);
    bench.pass_seconds(600);
    assert_eq!(bench.link_log, NOTHING);
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE 41027"]);
    assert_eq!(bench.told("desk-2"), NOTHING);
}

/// The notification service is down, while SystemInfo says IN_SERVICE.
#[test]
fn a_node_that_nobody_gets_through_to_is_out_of_service_and_is_left() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.login("desk-2", "41033");
    bench.link_log.clear();
    bench.link("41027", LinkEvent::Down);
    bench.link("41033", LinkEvent::Down);
    bench.pass_seconds(15);
    assert_eq!(
        bench.told("desk-2"),
        ["System OUT_OF_SERVICE 41033", "System OUT_OF_SERVICE"]
    );
    bench.pass_seconds(1);
    bench.link_log.sort();
    assert_eq!(
        bench.link_log,
        [
            "close 41027",
            "close 41033",
            "open 41027 at 1",
            "open 41033 at 1"
        ]
    );
    bench.connect("desk-3", "41900");
    assert_eq!(bench.link_log.last().unwrap(), "open 41900 at 1");
}

#[test]
fn a_node_that_nobody_gets_through_to_serves_again_with_the_first_link() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.link("41027", LinkEvent::Down);
    bench.pass_seconds(60);
    bench.told("desk-1");
    let refused = bench.send("desk-1", "MakeReady#41027", "");
    assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "Error PLEASE_RETRY",
            "System IN_SERVICE 41027",
            "System IN_SERVICE"
        ]
    );
}

/// F23.
#[test]
fn with_both_nodes_down_everybody_waits_and_goes_to_the_first_that_is_back() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.node(1, false);
    kill(&mut bench, 0, &["41027"]);
    bench.link_log.clear();
    bench.pass_seconds(3600);
    let refused = bench.send("desk-1", "GetState#41027", "");
    assert_eq!(bench.result(refused), "failed PLEASE_RETRY");
    assert_eq!(
        bench.told("desk-1"),
        [
            "System OUT_OF_SERVICE",
            "System OUT_OF_SERVICE 41027",
            "Error PLEASE_RETRY"
        ]
    );
    assert_eq!((bench.link_log.len(), bench.requests().len()), (0, 0));
    bench.node(1, true);
    bench.pass_seconds(0);
    assert_eq!(bench.link_log, ["close 41027", "open 41027 at 1"]);
    arrive(&mut bench, "41027");
    assert_eq!(
        bench.told("desk-1"),
        [CHANGED, "System IN_SERVICE 41027", "System IN_SERVICE"]
    );
}

/// F23: its own node is back first.
#[test]
fn with_both_nodes_down_an_agent_stays_if_its_own_is_back_first() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.node(1, false);
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(3600);
    bench.told("desk-1");
    bench.link_log.clear();
    bench.node(0, true);
    bench.node(1, true);
    bench.pass_seconds(14);
    // The driver may be in the midst of a long pause.
    assert_eq!(bench.link_log, ["close 41027", "open 41027 at 0"]);
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.pass_seconds(60);
    bench.answer_reads();
    assert_eq!(bench.link_log.len(), 2);
    assert_eq!(
        bench.told("desk-1"),
        ["System IN_SERVICE 41027", "System IN_SERVICE"]
    );
}

#[test]
fn many_agents_leave_one_after_the_other() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.login("desk-2", "41033");
    bench.login("desk-3", "41900");
    bench.link_log.clear();
    bench.node(0, false);
    bench.pass(Duration::from_secs(15));
    assert_eq!(bench.link_log, ["close 41027", "open 41027 at 1"]);
    bench.pass(Duration::from_millis(10));
    assert_eq!(bench.link_log.len(), 4);
    bench.pass(Duration::from_millis(10));
    assert_eq!(bench.link_log.len(), 6);
    assert_eq!(bench.gateway.counters().moves, 3);
}

/// A node that comes back while others leave keeps those whose turn has not come.
#[test]
fn whose_turn_has_not_come_stays_when_the_node_is_back() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.login("desk-2", "41033");
    bench.node(0, false);
    bench.link_log.clear();
    bench.pass(Duration::from_secs(15));
    bench.node(0, true);
    arrive(&mut bench, "41027");
    bench.pass_seconds(600);
    assert_eq!(bench.link_log, ["close 41027", "open 41027 at 1"]);
}

/// F11, F21: nothing that may have reached Finesse is sent again.
#[test]
fn a_command_under_way_ends_unknown_and_is_never_sent_to_the_other_node() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.pass_seconds(60);
    kill(&mut bench, 0, &["41027"]);
    bench.node(0, true);
    bench.told("desk-1");
    bench.pass_seconds(12);
    let call = bench.send("desk-1", "MakeCall#41027", "6133");
    let request = bench.request("POST /User/41027/Dialogs MAKE_CALL 6127 6133");
    bench.accept(&request);
    bench.node(0, false);
    bench.pass_seconds(4);
    assert_eq!(bench.result(call), "unknown NOT_REACHABLE");
    bench.log.clear();
    arrive(&mut bench, "41027");
    let sent = requests_at(&bench);
    assert!(
        !sent.iter().any(|sent| sent.contains("MAKE_CALL")),
        "{sent:?}"
    );
    bench.accept(&request);
    bench.pass_seconds(60);
    assert_eq!(bench.result(call), "unknown NOT_REACHABLE");
}

#[test]
fn between_two_nodes_commands_are_refused_at_once() {
    let mut bench = pair();
    bench.talking("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    let commands = [
        ("MakeReady#41027", ""),
        ("HoldCall#41027", "207"),
        ("MakeCall#41027", "6133"),
        ("GetState#41027", ""),
        ("Login#41027", "demo,6127"),
        ("Logout#41027", ""),
    ];
    for (command, body) in commands {
        let refused = bench.send("desk-1", command, body);
        assert_eq!(bench.result(refused), "failed PLEASE_RETRY", "{command}");
    }
    bench.link("41027", LinkEvent::Up);
    for (command, body) in commands {
        let refused = bench.send("desk-1", command, body);
        assert_eq!(bench.result(refused), "failed PLEASE_RETRY", "{command}");
    }
    assert_eq!(bench.requests(), ["PUT /User/41027 LOGIN 6127"]);
}

/// F21: subscriptions are of each node.
#[test]
fn what_a_supervisor_follows_is_subscribed_at_the_other_node_and_read_there() {
    let topic = "/finesse/api/Team/5107/Users";
    let mut bench = pair();
    bench.login("desk-1", "41900");
    bench.send("desk-1", "getteamusers#41900", "5107,true");
    bench.subscribed("41900", topic);
    let list = bench.expect_request();
    let team = |bench: &Bench| {
        let member = bench.users["41027"].element("User");
        format!("<Team><id>5107</id><name>Retail_Blue</name><users>{member}</users></Team>")
    };
    bench.answer_xml(&list, &team(&bench));
    kill(&mut bench, 0, &["41900"]);
    bench.pass_seconds(15);
    assert_eq!(bench.topics("41900"), [topic]);
    arrive(&mut bench, "41900");
    bench.told("desk-1");
    bench.users.get_mut("41027").unwrap().set("READY");
    bench.subscribed("41900", topic);
    let list = bench.expect_request();
    assert_eq!(list.node, 1);
    bench.answer_xml(&list, &team(&bench));
    assert_eq!(bench.told("desk-1"), ["~State READY of 41027"]);
}

/// F22: what the old link still says counts no more.
#[test]
fn news_of_the_old_link_are_dropped_after_the_move() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    let old = bench.epoch("41027").unwrap();
    bench.node(0, false);
    bench.pass_seconds(15);
    arrive(&mut bench, "41027");
    bench.told("desk-1");
    let update = bench.users["41027"].clone().set("LOGOUT").update("");
    bench.notify_at("41027", old, &update);
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.requests(), NOTHING);
    assert!(bench.epoch("41027") > Some(Epoch(old.0)));
}

/// An agent on node B, whose node A signs it out late.
fn moved(config: Config) -> Bench {
    let mut bench = pair_with(config);
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.node(0, false);
    bench.pass_seconds(15);
    arrive(&mut bench, "41027");
    bench.told("desk-1");
    bench
}

fn forced_out(bench: &mut Bench) {
    let user = bench.users.get_mut("41027").unwrap().set("LOGOUT");
    user.reason = Some(("255", "Connection Failure", "-1"));
    user.extension.clear();
    let update = user.update("");
    bench.notify("41027", &update);
}

fn signed_in(bench: &mut Bench, login: &Sent) {
    bench.accept(login);
    let user = bench.users.get_mut("41027").unwrap().set("NOT_READY");
    "6127".clone_into(&mut user.extension);
    let update = user.update(&login.header);
    bench.notify("41027", &update);
    bench.answer_reads();
}

/// F22.
#[test]
fn a_late_forced_logout_is_undone_once_and_told_as_it_was() {
    let mut bench = moved(Config::default());
    bench.pass_seconds(45);
    forced_out(&mut bench);
    let login = bench.request("PUT /User/41027 LOGIN 6127");
    signed_in(&mut bench, &login);
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT 255 Connection Failure", "State NOT_READY"]
    );
    assert_eq!(bench.gateway.counters().returns, 1);
    forced_out(&mut bench);
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT 255 Connection Failure"]
    );
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
}

/// F22: the same code hours later means something else.
#[test]
fn a_forced_logout_long_after_the_move_is_not_undone() {
    let mut bench = moved(Config::default());
    bench.pass_seconds(241);
    forced_out(&mut bench);
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT 255 Connection Failure"]
    );
    assert_eq!(bench.requests(), NOTHING);
}

/// F22: Finesse waits for the end of a call with it.
#[test]
fn a_forced_logout_after_a_call_that_went_on_is_late_too() {
    let mut bench = moved(Config::default());
    bench.user_is("41027", "TALKING");
    bench.pass_seconds(1800);
    forced_out(&mut bench);
    let login = bench.request("PUT /User/41027 LOGIN 6127");
    signed_in(&mut bench, &login);
    assert_eq!(bench.told("desk-1").last().unwrap(), "State NOT_READY");
}

#[test]
fn a_logout_that_somebody_wanted_is_not_undone() {
    for reason in [None, Some(("999", "Supervisor", "-1"))] {
        let mut bench = moved(Config::default());
        let user = bench.users.get_mut("41027").unwrap().set("LOGOUT");
        user.reason = reason;
        let update = user.update("");
        bench.notify("41027", &update);
        forced_out(&mut bench);
        assert_eq!(bench.requests(), NOTHING);
    }
}

/// F9, F22: a credential that Finesse refuses on the way is not tried again.
#[test]
fn a_credential_that_the_other_node_refuses_is_tried_once() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.told("desk-1");
    bench.link("41027", LinkEvent::Up);
    let login = bench.expect_request();
    bench.fault(&login, 401);
    let refused = ["Error SUBSCRIPTION_FAILED", "System IN_SERVICE"];
    assert_eq!(bench.told("desk-1"), refused);
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.told("desk-1");
    bench.link_log.clear();
    bench.link("41027", LinkEvent::Refused);
    bench.pass_seconds(3600);
    assert_eq!(bench.told("desk-1"), refused);
    assert_eq!(bench.link_log, ["close 41027"]);
}

#[test]
fn a_sign_in_that_the_other_node_refuses_is_told_with_the_state_that_is() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.told("desk-1");
    bench.users.get_mut("41027").unwrap().set("LOGOUT");
    bench.link("41027", LinkEvent::Up);
    let login = bench.expect_request();
    bench.accept(&login);
    let refused = crate::docs::errors("User/41027", &login.header, "Device Busy", "", "283");
    bench.notify("41027", &refused);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "Error CF_SPECIFIED_EXTENSION_ALREADY_IN_USE",
            "~State LOGOUT",
            CHANGED,
            "System IN_SERVICE 41027",
            "System IN_SERVICE"
        ]
    );
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_sign_in_that_did_not_get_through_is_made_once_more_if_the_agent_is_out() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.link("41027", LinkEvent::Up);
    bench.users.get_mut("41027").unwrap().set("LOGOUT");
    let login = bench.expect_request();
    bench.unknown(&login);
    bench.answer_reads();
    let again = bench.request("PUT /User/41027 LOGIN 6127");
    signed_in(&mut bench, &again);
    let told = bench.told("desk-1");
    assert_eq!(told.last().unwrap(), "State NOT_READY", "{told:?}");
}

/// Finesse tells nothing of a sign-in that changes nothing.
#[test]
fn a_sign_in_that_is_not_confirmed_is_believed_after_two_seconds() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.link("41027", LinkEvent::Up);
    let login = bench.expect_request();
    bench.accept(&login);
    bench.pass_seconds(2);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1").last().unwrap(), "System IN_SERVICE");
}

/// The other node fails before the agent has arrived.
#[test]
fn an_agent_goes_back_when_the_other_node_fails_and_the_first_is_there_again() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    bench.link_log.clear();
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.node(0, true);
    bench.node(1, false);
    bench.pass_seconds(15);
    assert_eq!(
        bench.link_log,
        [
            "close 41027",
            "open 41027 at 1",
            "close 41027",
            "open 41027 at 0"
        ]
    );
    let login = arrive(&mut bench, "41027");
    assert_eq!(login.node, 0);
    let told = bench.told("desk-1");
    let changes = told.iter().filter(|told| *told == CHANGED);
    assert_eq!(changes.count(), 1, "{told:?}");
}

#[test]
fn a_link_that_breaks_on_the_way_is_begun_with_again() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.link("41027", LinkEvent::Up);
    let first = bench.expect_request();
    bench.link("41027", LinkEvent::Down);
    bench.unknown(&first);
    assert_eq!(bench.requests(), NOTHING);
    arrive(&mut bench, "41027");
    assert_eq!(bench.told("desk-1").last().unwrap(), "System IN_SERVICE");
}

/// F21: of another cluster there is nothing to be had.
#[test]
fn agents_go_to_nodes_of_their_own_cluster_only() {
    let berlin = Cluster {
        agents: Agents::Listed {
            ids: vec!["41033".to_owned()],
            prefixes: Vec::new(),
        },
        ..Cluster::of_nodes(2)
    };
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster::of_nodes(1), berlin],
        ..Config::default()
    });
    bench.login("desk-1", "41027");
    bench.login("desk-2", "41033");
    bench.link_log.clear();
    kill(&mut bench, 0, &["41027"]);
    kill(&mut bench, 1, &["41033"]);
    bench.pass_seconds(60);
    assert_eq!(bench.link_log, ["close 41033", "open 41033 at 2"]);
    arrive(&mut bench, "41033");
    assert_eq!(bench.told("desk-2").last().unwrap(), "System IN_SERVICE");
    assert_eq!(
        bench.told("desk-1"),
        ["System OUT_OF_SERVICE", "System OUT_OF_SERVICE 41027"]
    );
}

/// Another node has another clock.
#[test]
fn the_other_nodes_older_clock_does_not_hide_what_it_says() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    let older = bench.users["41027"].since.clone();
    bench.user_is("41027", "READY");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.told("desk-1");
    let user = bench.users.get_mut("41027").unwrap().set("NOT_READY");
    user.since = older;
    bench.link("41027", LinkEvent::Up);
    let login = bench.expect_request();
    bench.accept(&login);
    bench.pass_seconds(2);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1")[0], "~State NOT_READY");
}

/// F25.
#[test]
fn calls_that_ended_began_or_changed_hands_meanwhile_are_told_marked() {
    let mut bench = pair();
    bench.talking("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.told("desk-1");
    let mut transferred: DialogDoc = routed("300", "6127");
    transferred.set("6127", "ACTIVE");
    bench.calls.insert("41027".to_owned(), vec![transferred]);
    arrive(&mut bench, "41027");
    assert_eq!(
        bench.told("desk-1")[..2],
        [
            "~InboundCall 207 DROPPED PREROUTE_ACD_IN",
            "~InboundCall 300 ACTIVE PREROUTE_ACD_IN"
        ]
    );
}

/// F26: the other node speaks while it is still being read.
#[test]
fn what_the_other_node_says_while_it_is_read_comes_after_that() {
    let mut bench = pair();
    let mut call = bench.talking("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.told("desk-1");
    bench.link("41027", LinkEvent::Up);
    let login = bench.expect_request();
    let update = bench.users["41027"].update(&login.header);
    bench.notify("41027", &update);
    let reads = bench.drop_requests();
    let mut held = call.clone();
    held.set("6127", "HELD");
    bench.put("41027", &held);
    assert_eq!(bench.told("desk-1"), NOTHING);
    call.variables.push(("callVariable2", "vip"));
    bench.calls.insert("41027".to_owned(), vec![call]);
    for read in &reads {
        bench.answer_read(read);
    }
    assert_eq!(
        bench.told("desk-1")[..2],
        [
            "~InboundCall 207 ACTIVE PREROUTE_ACD_IN",
            "InboundCall 207 HELD PREROUTE_ACD_IN"
        ]
    );
}

#[test]
fn an_agent_who_is_taken_over_on_the_way_arrives_at_the_new_destination() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.told("desk-1");
    let taken = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    bench.answer_reads();
    assert_eq!(bench.result(taken), "done");
    bench.told("desk-2");
    arrive(&mut bench, "41027");
    assert!(bench.told("desk-2").contains(&CHANGED.to_owned()));
    assert_eq!(
        bench.told("desk-1"),
        [
            "State LOGOUT",
            "Error SESSION_INVALIDATED",
            "System IN_SERVICE"
        ]
    );
}

#[test]
fn whoever_leaves_on_the_way_leaves_nothing_behind() {
    let mut bench = pair();
    bench.login("desk-1", "41027");
    kill(&mut bench, 0, &["41027"]);
    bench.pass_seconds(15);
    bench.link("41027", LinkEvent::Up);
    bench.send("desk-1", "force_logout#41027", "");
    for request in bench.drop_requests() {
        bench.accept(&request);
    }
    bench.assert_empty();
}
