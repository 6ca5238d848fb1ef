//! A supervisor's teams: lists, states of members, and the topic that brings them.

use gc_core::{Config, LinkEvent};

use crate::docs::UserDoc;
use crate::harness::Bench;

const NOTHING: [&str; 0] = [];
const TOPIC: &str = "/finesse/api/Team/5107/Users";
const LIST: &str = "GET /Team/5107?includeLoggedOutAgents=false";
const ALL: &str = "GET /Team/5107?includeLoggedOutAgents=true";

fn team(users: &[&UserDoc]) -> String {
    let users: String = users.iter().map(|user| user.element("User")).collect();
    format!("<Team><id>5107</id><name>Retail_Blue</name><users>{users}</users></Team>")
}

/// Nadia, with Layla READY and Omar logged out in her team.
fn supervisor() -> Bench {
    let mut bench = Bench::new();
    bench.login("desk-1", "41900");
    bench.users.get_mut("41027").unwrap().set("READY").extension = "6127".to_owned();
    bench
}

fn the_team(bench: &Bench) -> String {
    team(&[
        &bench.users["41027"],
        &bench.users["41033"],
        &bench.users["41900"],
    ])
}

/// As `supervisor`, following the team.
fn following() -> Bench {
    let mut bench = supervisor();
    bench.send("desk-1", "getteamusers#41900", "5107,true");
    bench.subscribed("41900", TOPIC);
    let list = bench.request(LIST);
    bench.answer_xml(&list, &the_team(&bench));
    bench.taken("desk-1");
    bench
}

#[test]
fn a_team_is_listed_without_those_who_are_logged_out_and_without_a_subscription() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107");
    let list = bench.request(LIST);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["type"], "Team Agents");
    let ids: Vec<_> = told[0]["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| &user["loginId"])
        .collect();
    assert_eq!(ids, ["41027", "41900"]);
    assert_eq!(told[0]["users"][0]["state"], "READY");
    assert_eq!(bench.topics("41900"), NOTHING);
}

#[test]
fn the_setting_lists_those_who_are_logged_out_too() {
    let mut bench = Bench::with(Config {
        include_logged_out_agents: true,
        ..Config::default()
    });
    bench.login("desk-1", "41900");
    bench.send("desk-1", "getteamusers#41900", "5107");
    let list = bench.request(ALL);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(
        bench.told_json("desk-1")[0]["users"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_subscription_is_confirmed_before_the_list_is_read() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107,true");
    assert_eq!(bench.topics("41900"), [TOPIC]);
    assert_eq!(bench.requests(), NOTHING);
    bench.subscribed("41900", TOPIC);
    let list = bench.request(LIST);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.told("desk-1"), ["Team Agents"]);
    assert_eq!(bench.topics("41900"), [TOPIC]);
}

#[test]
fn a_members_new_state_reaches_the_supervisor_once() {
    let mut bench = following();
    let update = bench
        .users
        .get_mut("41027")
        .unwrap()
        .set("TALKING")
        .team_update();
    bench.notify("41900", &update);
    bench.notify("41900", &update);
    assert_eq!(bench.told("desk-1"), ["State TALKING of 41027"]);
}

#[test]
fn the_state_names_the_supervisor_who_receives_it() {
    let mut bench = following();
    let update = bench
        .users
        .get_mut("41027")
        .unwrap()
        .set("READY")
        .team_update();
    bench.notify("41900", &update);
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["agentId"], "41027");
    assert_eq!(told[0]["supervisorId"], "41900");
    assert_eq!(told[0]["fullName"], "Layla Haddad");
}

#[test]
fn a_supervisor_who_is_in_the_own_team_is_told_of_herself_once() {
    let mut bench = following();
    bench.user_is("41900", "READY");
    let update = bench.users["41900"].team_update();
    bench.notify("41900", &update);
    assert_eq!(bench.told("desk-1"), ["State READY"]);
}

#[test]
fn members_are_not_told_of_without_a_subscription() {
    let mut bench = supervisor();
    let update = bench
        .users
        .get_mut("41027")
        .unwrap()
        .set("TALKING")
        .team_update();
    bench.notify("41900", &update);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn asking_again_subscribes_only_once() {
    let mut bench = following();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107,true");
    assert_eq!(bench.topics("41900"), [TOPIC]);
    let list = bench.request(LIST);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn after_a_reconnect_the_team_is_read_anew_and_what_differs_is_marked() {
    let mut bench = following();
    bench.link("41900", LinkEvent::Down);
    bench.link("41900", LinkEvent::Up);
    bench.answer_reads();
    bench.taken("desk-1");
    bench.users.get_mut("41027").unwrap().set("NOT_READY");
    bench.subscribed("41900", TOPIC);
    let list = bench.request(ALL);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.told("desk-1"), ["~State NOT_READY of 41027"]);
}

#[test]
fn the_topic_is_let_go_with_the_session() {
    let mut bench = following();
    let logout = bench.send("desk-1", "Logout#41900", "");
    let request = bench.request("PUT /User/41900 LOGOUT");
    bench.accept(&request);
    bench.user_is("41900", "LOGOUT");
    assert_eq!(bench.result(logout), "done");
    bench.assert_empty();
}

#[test]
fn a_topic_that_is_refused_fails_the_subscription_and_nothing_else() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107,true");
    bench.link("41900", LinkEvent::NotSubscribed(TOPIC.to_owned()));
    assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
    assert_eq!(bench.topics("41900"), NOTHING);
    let plain = bench.send("desk-1", "getteamusers#41900", "5107");
    let list = bench.request(LIST);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.result(plain), "done");
}

#[test]
fn a_subscription_that_is_never_confirmed_ends_at_the_deadline() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107,true");
    bench.pass_seconds(15);
    assert_eq!(bench.result(ticket), "failed NOT_REACHABLE");
    assert_eq!(bench.topics("41900"), NOTHING);
}

#[test]
fn a_foreign_team_is_refused_without_asking_finesse() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5999,true");
    assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
    bench.login("desk-2", "41033");
    let plain = bench.send("desk-2", "getteamusers#41033", "5107");
    assert_eq!(bench.result(plain), "failed AUTHORIZATION_FAILURE");
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.topics("41900"), NOTHING);
}

#[test]
fn a_team_that_finesse_does_not_have_is_not_found() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107");
    let list = bench.request(LIST);
    bench.fault_with(&list, 404, "Not Found", "UNKNOWN_TEAM");
    assert_eq!(bench.result(ticket), "failed NOT_FOUND");
}

#[test]
fn the_states_of_a_teams_users_come_one_by_one() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "GetTeamUsersState#41900", "5107");
    let list = bench.request(LIST);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(
        bench.told("desk-1"),
        ["State READY of 41027", "State NOT_READY of 41900"]
    );
}

#[test]
fn a_supervisors_logged_in_agents_are_those_of_the_teams() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "GetLoggedInAgents#41900", "");
    let list = bench.request(LIST);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["type"], "Agents");
    assert_eq!(told[0]["users"].as_array().unwrap().len(), 2);
}

#[test]
fn a_plain_agent_lists_nobody_without_an_administrator() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetLoggedInAgents#41027", "");
    assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_team_that_is_refused_after_a_reconnect_is_lost_and_can_be_asked_for_again() {
    let mut bench = following();
    bench.link("41900", LinkEvent::Down);
    bench.link("41900", LinkEvent::Up);
    bench.answer_reads();
    bench.taken("desk-1");
    bench.link("41900", LinkEvent::NotSubscribed(TOPIC.to_owned()));
    assert_eq!(bench.told("desk-1"), ["Error AUTHORIZATION_FAILURE"]);
    assert_eq!(bench.topics("41900"), NOTHING);
    bench.send("desk-1", "getteamusers#41900", "5107,true");
    assert_eq!(bench.topics("41900"), [TOPIC]);
    assert_eq!(bench.requests(), NOTHING, "the topic comes first");
}

#[test]
fn a_topic_that_was_just_refused_to_another_command_gives_no_subscription() {
    let mut bench = supervisor();
    bench.users.get_mut("41027").unwrap().set("READY");
    bench.send("desk-1", "MakeNotReady#41027", "");
    let list = bench.request(ALL);
    bench.answer_xml(&list, &the_team(&bench));
    bench.link("41900", LinkEvent::NotSubscribed(TOPIC.to_owned()));
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107,true");
    assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
}

#[test]
fn a_team_that_could_not_be_read_after_a_gap_is_read_again() {
    let mut bench = following();
    bench.link("41900", LinkEvent::Down);
    bench.link("41900", LinkEvent::Up);
    bench.answer_reads();
    bench.taken("desk-1");
    bench.users.get_mut("41027").unwrap().set("NOT_READY");
    bench.subscribed("41900", TOPIC);
    let list = bench.request(ALL);
    bench.fault(&list, 503);
    bench.pass_seconds(10);
    let list = bench.request(ALL);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.told("desk-1"), ["~State NOT_READY of 41027"]);
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn after_a_gap_who_is_logged_out_as_before_is_no_news() {
    let mut bench = supervisor();
    bench.send("desk-1", "getteamusers#41900", "5107,true");
    bench.subscribed("41900", TOPIC);
    let list = bench.request(LIST);
    // Omar is logged out, so Finesse does not list him.
    let listed = team(&[&bench.users["41027"]]);
    bench.answer_xml(&list, &listed);
    bench.link("41900", LinkEvent::Down);
    bench.link("41900", LinkEvent::Up);
    bench.answer_reads();
    bench.taken("desk-1");
    bench.subscribed("41900", TOPIC);
    let list = bench.request(ALL);
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn nothing_is_read_with_a_credential_that_was_refused_while_the_topic_was_asked_for() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107,true");
    bench.send("desk-1", "MakeReady#41900", "");
    let ready = bench.request("PUT /User/41900 READY");
    bench.fault(&ready, 401);
    bench.subscribed("41900", TOPIC);
    assert_eq!(bench.result(ticket), "failed Unauthorized");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_list_that_comes_after_a_takeover_is_not_told_to_who_did_not_ask() {
    let mut bench = supervisor();
    let ticket = bench.send("desk-1", "getteamusers#41900", "5107");
    let list = bench.request(LIST);
    bench.send("desk-2", "Connect#41900", "desk-2,demo");
    bench.taken("desk-1");
    bench.taken("desk-2");
    bench.answer_xml(&list, &the_team(&bench));
    assert_eq!(bench.result(ticket), "failed SESSION_INVALIDATED");
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.told("desk-2"), NOTHING);
}
