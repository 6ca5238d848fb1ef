//! Another agent's state, in a supervisor's name: who may, with whose credential, and how it ends.

use gc_core::{LinkEvent, Rights, Ticket};

use crate::docs::UserDoc;
use crate::harness::Bench;

const NOTHING: [&str; 0] = [];
const TOPIC: &str = "/finesse/api/Team/5107/Users";
const LIST: &str = "GET /Team/5107?includeLoggedOutAgents=true";

fn team(users: &[&UserDoc]) -> String {
    let users: String = users.iter().map(|user| user.element("User")).collect();
    format!("<Team><id>5107</id><name>Retail_Blue</name><users>{users}</users></Team>")
}

/// Nadia at desk-1; Layla is READY somewhere, Omar logged out.
fn supervisor() -> Bench {
    let mut bench = Bench::new();
    bench.login("desk-1", "41900");
    bench.users.get_mut("41027").unwrap().set("READY");
    bench
}

/// The command, up to the request that goes out in Nadia's name.
fn ask(bench: &mut Bench, command: &str) -> Ticket {
    let ticket = bench.send("desk-1", command, "");
    let list = bench.request(LIST);
    let found = team(&[&bench.users["41027"], &bench.users["41033"]]);
    bench.answer_xml(&list, &found);
    ticket
}

#[test]
fn a_supervisor_makes_a_member_not_ready_and_is_told() {
    let mut bench = supervisor();
    let ticket = ask(&mut bench, "MakeNotReady#41027");
    assert_eq!(bench.requests(), NOTHING, "the topic comes first");
    bench.subscribed("41900", TOPIC);
    let request = bench.request("PUT /User/41027 NOT_READY");
    assert_eq!(request.agent, "41900", "in the supervisor's name");
    bench.accept(&request);
    let update = bench
        .users
        .get_mut("41027")
        .unwrap()
        .set("NOT_READY")
        .team_update();
    bench.notify("41900", &update);
    assert_eq!(bench.told("desk-1"), ["State NOT_READY of 41027"]);
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.topics("41900"), NOTHING, "nobody needs it any more");
}

#[test]
fn a_supervisor_who_follows_the_team_is_told_once() {
    let mut bench = supervisor();
    bench.send("desk-1", "getteamusers#41900", "5107,true");
    bench.subscribed("41900", TOPIC);
    let list = bench.request("GET /Team/5107?includeLoggedOutAgents=false");
    let found = team(&[&bench.users["41027"]]);
    bench.answer_xml(&list, &found);
    bench.taken("desk-1");
    let ticket = ask(&mut bench, "Logout#41027");
    let request = bench.request("PUT /User/41027 LOGOUT");
    bench.accept(&request);
    let update = bench
        .users
        .get_mut("41027")
        .unwrap()
        .set("LOGOUT")
        .team_update();
    bench.notify("41900", &update);
    assert_eq!(bench.told("desk-1"), ["State LOGOUT of 41027"]);
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.topics("41900"), [TOPIC]);
}

#[test]
fn whether_the_command_is_the_senders_to_give_is_open_until_the_list_is_read() {
    let mut bench = supervisor();
    bench.users.get_mut("41033").unwrap().set("NOT_READY");
    let ticket = bench.send("desk-1", "MakeReady#41033", "");
    assert!(bench.gateway.is_undecided(ticket));
    let list = bench.request(LIST);
    let found = team(&[&bench.users["41033"]]);
    bench.answer_xml(&list, &found);
    assert!(bench.was_taken(ticket) && !bench.gateway.is_undecided(ticket));
    assert_eq!(bench.result(ticket), "open");
}

#[test]
fn an_agent_of_no_team_of_the_supervisors_is_refused() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "MakeNotReady#41999", "");
    let list = bench.request(LIST);
    let found = team(&[&bench.users["41027"]]);
    bench.answer_xml(&list, &found);
    assert_eq!(bench.result(ticket), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.told("desk-1"), ["Error INVALID_SUPERVISOR"]);
    assert!(!bench.gateway.is_undecided(ticket));
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn another_clients_supervisor_is_of_no_use() {
    let mut bench = supervisor();
    bench.login("desk-2", "41033");
    bench.login("desk-3", "41027");
    let ticket = bench.send("desk-2", "MakeNotReady#41027", "");
    assert_eq!(bench.result(ticket), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.told("desk-3"), NOTHING);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn an_agent_of_ones_own_is_asked_with_the_agents_credential() {
    let mut bench = supervisor();
    bench.login("desk-1", "41027");
    bench.send("desk-1", "MakeReady#41027", "");
    let request = bench.request("PUT /User/41027 READY");
    assert_eq!(request.agent, "41027");
}

#[test]
fn a_supervisor_gives_no_reason() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "MakeNotReadyWithReason#41027", "12");
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_member_who_is_in_the_state_already_is_told_at_once() {
    let mut bench = supervisor();
    let ticket = ask(&mut bench, "MakeReady#41027");
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.told("desk-1"), ["State READY of 41027"]);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_member_who_is_logged_out_is_not_asked() {
    let mut bench = supervisor();
    bench.users.get_mut("41033").unwrap().set("LOGOUT");
    let ticket = ask(&mut bench, "MakeReady#41033");
    assert_eq!(bench.result(ticket), "failed CF_INVALID_OBJECT_STATE");
    let error = bench.result_error(ticket);
    assert_eq!(error.error_message, "the member is not logged in");
    assert_eq!(bench.told("desk-1"), ["Error CF_INVALID_OBJECT_STATE"]);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn finesses_refusal_is_the_supervisors_error() {
    let mut bench = supervisor();
    let ticket = ask(&mut bench, "MakeNotReady#41027");
    bench.subscribed("41900", TOPIC);
    let request = bench.request("PUT /User/41027 NOT_READY");
    bench.fault_with(&request, 401, "Invalid Supervisor", "not in the team");
    assert_eq!(bench.result(ticket), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.topics("41900"), NOTHING);
    // The supervisor's own credential is as good as before.
    bench.send("desk-1", "MakeReady#41900", "");
    bench.request("PUT /User/41900 READY");
}

#[test]
fn without_news_the_outcome_is_unknown_and_the_team_tells() {
    let mut bench = supervisor();
    let ticket = ask(&mut bench, "MakeNotReady#41027");
    bench.subscribed("41900", TOPIC);
    let request = bench.request("PUT /User/41027 NOT_READY");
    bench.accept(&request);
    bench.pass_seconds(15);
    assert_eq!(bench.result(ticket), "unknown NOT_REACHABLE");
    let list = bench.request(LIST);
    bench.users.get_mut("41027").unwrap().set("NOT_READY");
    let found = team(&[&bench.users["41027"]]);
    bench.answer_xml(&list, &found);
    assert_eq!(
        bench.told("desk-1"),
        ["Error NOT_REACHABLE", "~State NOT_READY of 41027"]
    );
}

#[test]
fn a_topic_that_is_refused_does_not_keep_the_command_from_going_out() {
    let mut bench = supervisor();
    ask(&mut bench, "MakeNotReady#41027");
    bench.link("41900", LinkEvent::NotSubscribed(TOPIC.to_owned()));
    bench.request("PUT /User/41027 NOT_READY");
}

#[test]
fn a_member_who_talks_is_not_ready_after_the_call() {
    let mut bench = supervisor();
    bench.users.get_mut("41027").unwrap().set("TALKING");
    let ticket = ask(&mut bench, "MakeNotReady#41027");
    bench.subscribed("41900", TOPIC);
    let request = bench.request("PUT /User/41027 NOT_READY");
    bench.accept(&request);
    let layla = bench.users.get_mut("41027").unwrap();
    layla.pending = "NOT_READY".to_owned();
    let update = layla.team_update();
    bench.notify("41900", &update);
    assert_eq!(
        bench.told("desk-1"),
        ["State TALKING then NOT_READY of 41027"]
    );
    assert_eq!(bench.result(ticket), "done");
}

/// Nadia and Omar, both supervisors at desk-1; Omar is asked first, and has nobody else.
fn two_supervisors() -> Bench {
    let mut bench = Bench::new();
    bench.users.get_mut("41033").unwrap().supervises = true;
    bench.login("desk-1", "41033");
    bench.login("desk-1", "41900");
    bench.users.get_mut("41027").unwrap().set("READY");
    bench
}

#[test]
fn what_waits_when_a_supervisor_leaves_is_still_about_the_member() {
    let mut bench = two_supervisors();
    let first = bench.send("desk-1", "MakeNotReady#41027", "");
    let second = bench.send("desk-1", "Logout#41027", "");
    bench.send("desk-1", "force_logout#41033", "");
    assert_eq!(bench.result(first), "failed SUBSCRIPTION_FAILED");
    let list = bench.drop_requests().pop().unwrap();
    assert_eq!(
        (&*list.agent, &*list.in_short()),
        ("41900", LIST),
        "Nadia is asked next"
    );
    let found = team(&[&bench.users["41027"], &bench.users["41033"]]);
    bench.answer_xml(&list, &found);
    bench.subscribed("41900", TOPIC);
    assert_eq!(bench.requests(), ["PUT /User/41027 LOGOUT"]);
    assert_eq!(bench.result(second), "open");
}

#[test]
fn a_supervisor_who_is_taken_over_gives_no_command_of_the_client_before() {
    for found_there in [true, false] {
        let mut bench = supervisor();
        let ticket = bench.send("desk-1", "MakeNotReady#41027", "");
        let list = bench.request(LIST);
        bench.send("desk-2", "Connect#41900", "desk-2,demo");
        bench.taken("desk-2");
        let found = match found_there {
            true => team(&[&bench.users["41027"]]),
            false => team(&[]),
        };
        bench.answer_xml(&list, &found);
        assert_eq!(bench.result(ticket), "failed SESSION_INVALIDATED");
        assert!(!bench.gateway.is_undecided(ticket));
        assert_eq!(bench.requests(), NOTHING);
        assert_eq!(bench.topics("41900"), NOTHING);
        assert_eq!(bench.told("desk-2"), NOTHING);
    }
}

#[test]
fn an_error_names_the_member_and_not_the_supervisor() {
    let mut bench = supervisor();
    ask(&mut bench, "MakeNotReady#41027");
    bench.subscribed("41900", TOPIC);
    let request = bench.request("PUT /User/41027 NOT_READY");
    bench.fault_with(&request, 401, "Invalid Supervisor", "not in the team");
    assert_eq!(bench.told_json("desk-1")[0]["agentId"], "41027");
    ask(&mut bench, "MakeNotReady#41027");
    bench.pass_seconds(15);
    assert_eq!(bench.told_json("desk-1")[0]["agentId"], "41027");
}

#[test]
fn late_news_of_a_member_answer_no_command() {
    let mut bench = supervisor();
    let layla = bench.users.get_mut("41027").unwrap();
    let late = layla.set("NOT_READY").team_update();
    layla.set("READY");
    let ticket = ask(&mut bench, "MakeNotReady#41027");
    bench.subscribed("41900", TOPIC);
    let request = bench.request("PUT /User/41027 NOT_READY");
    bench.accept(&request);
    bench.notify("41900", &late);
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.result(ticket), "open");
}

#[test]
fn a_re_read_that_answers_the_next_command_tells_the_state_once() {
    let mut bench = supervisor();
    ask(&mut bench, "MakeNotReady#41027");
    bench.subscribed("41900", TOPIC);
    let request = bench.request("PUT /User/41027 NOT_READY");
    bench.accept(&request);
    bench.pass_seconds(15);
    let re_read = bench.request(LIST);
    bench.taken("desk-1");
    let ticket = ask(&mut bench, "MakeNotReady#41027");
    bench.subscribed("41900", TOPIC);
    bench.request("PUT /User/41027 NOT_READY");
    bench.users.get_mut("41027").unwrap().set("NOT_READY");
    let found = team(&[&bench.users["41027"]]);
    bench.answer_xml(&re_read, &found);
    assert_eq!(bench.told("desk-1"), ["~State NOT_READY of 41027"]);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn a_flood_of_commands_about_members_reads_a_few_teams_at_once() {
    let mut bench = supervisor();
    let tickets: Vec<Ticket> = (0..40)
        .map(|n| bench.send("desk-1", &format!("MakeReady#5{n:04}"), ""))
        .collect();
    assert_eq!(bench.requests().len(), 8);
    let full = |ticket: &&Ticket| bench.result(**ticket) == "failed CF_RESOURCE_BUSY";
    assert_eq!(tickets.iter().filter(full).count(), 40 - 8 - 16);
    // Whatever she does herself goes on.
    bench.send("desk-1", "MakeReady#41900", "");
    bench.request("PUT /User/41900 READY");
}

#[test]
fn another_client_at_the_same_destination_gives_no_command_of_the_client_before() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "MakeNotReady#41027", "");
    let list = bench.request(LIST);
    bench.send_as("broker", None, "Connect#41900", "desk-1,demo");
    let found = team(&[&bench.users["41027"]]);
    bench.answer_xml(&list, &found);
    assert_eq!(bench.result(ticket), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_client_without_the_right_commands_no_members_and_nobody_is_asked() {
    let mut bench = supervisor();
    bench.rights = Rights {
        administrator: true,
        members: false,
    };
    let ticket = bench.send("desk-1", "MakeNotReady#41033", "");
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
    assert_eq!(bench.requests(), NOTHING);
}

/// A command queue of the broker, with an agent and a supervisor whose events go to different topics.
fn queue_with_two_topics() -> Bench {
    let mut bench = Bench::new();
    for (agent, topic) in [("41027", "desk-1"), ("41900", "desk-2")] {
        let connect = format!("Connect#{agent}");
        bench.send_as("queue", None, &connect, &format!("{topic},demo"));
        bench.answer_reads();
        bench.link(agent, LinkEvent::Up);
        bench.answer_reads();
    }
    bench.users.get_mut("41027").unwrap().set("READY");
    bench
}

#[test]
fn a_queue_is_told_of_a_members_failure_where_the_supervisor_is() {
    let mut bench = queue_with_two_topics();
    bench.login("desk-1", "41027");
    bench.told("desk-2");
    let ticket = bench.send_as("queue", None, "MakeNotReady#41027", "");
    let list = bench.request(LIST);
    bench.answer_xml(&list, &team(&[]));
    assert_eq!(bench.result(ticket), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.told("desk-2"), ["Error INVALID_SUPERVISOR"]);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_command_that_outlives_the_queues_agent_is_told_where_the_supervisor_is() {
    let mut bench = queue_with_two_topics();
    bench.send_as("queue", None, "Logout#41027", "");
    let waiting = bench.send_as("queue", None, "MakeNotReady#41027", "");
    bench.send_as("queue", None, "force_logout#41027", "");
    bench.told("desk-1");
    bench.told("desk-2");
    for request in bench.drop_requests() {
        if request.in_short() == LIST {
            bench.answer_xml(&request, &team(&[]));
        }
    }
    assert_eq!(bench.result(waiting), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.told("desk-2"), ["Error INVALID_SUPERVISOR"]);
    assert_eq!(bench.told("desk-1"), NOTHING);
}
