//! Listening to an agent's call, joining it, and taking parties out of it.

use gc_core::{Config, MonitorAgentEvent, Ticket};

use crate::docs::{DialogDoc, dialog};
use crate::harness::Bench;

const NOTHING: [&str; 0] = [];

fn monitor_call() -> DialogDoc {
    let mut call = dialog("230", "ACTIVE", "SUPERVISOR_MONITOR")
        .with("6190", "ACTIVE")
        .with("6127", "ACTIVE");
    call.from = "6190".to_owned();
    call.to = "6127".to_owned();
    call
}

/// Layla talks at desk-2; Nadia at desk-1 has asked to listen.
fn asked(bench: &mut Bench) -> (DialogDoc, Ticket) {
    let call = bench.talking("desk-2", "41027");
    bench.login("desk-1", "41900");
    let ticket = bench.send("desk-1", "silentmonitor#41900", "6127");
    let request = bench.request("POST /User/41900/Dialogs SILENT_MONITOR 6190 6127");
    bench.accept(&request);
    (call, ticket)
}

/// As `asked`, and she hears the call.
fn listening(bench: &mut Bench) -> DialogDoc {
    let (call, ticket) = asked(bench);
    bench.post("41900", &monitor_call());
    assert_eq!(bench.result(ticket), "done");
    bench.taken("desk-1");
    call
}

#[test]
fn a_silent_monitor_is_a_call_of_the_supervisors() {
    let mut bench = Bench::new();
    let (_, ticket) = asked(&mut bench);
    assert_eq!(bench.result(ticket), "open");
    bench.post("41900", &monitor_call());
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 230 ACTIVE SUPERVISOR_MONITOR"]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn older_clients_get_the_call_type_they_know() {
    let mut bench = Bench::with(Config {
        monitor_call_type: "SM".to_owned(),
        ..Config::default()
    });
    let (_, ticket) = asked(&mut bench);
    bench.post("41900", &monitor_call());
    assert_eq!(bench.told("desk-1"), ["InboundCall 230 ACTIVE SM"]);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn the_agents_side_is_told_once_and_never_as_a_new_call() {
    let mut bench = Bench::new();
    listening(&mut bench);
    let mut call = monitor_call();
    bench.post("41027", &call);
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    assert_eq!(
        bench.told("desk-2"),
        [
            "InboundCall 230 ACTIVE SUPERVISOR_MONITOR",
            "InboundCall 230 DROPPED SUPERVISOR_MONITOR"
        ]
    );
}

#[test]
fn the_agent_need_not_know() {
    let mut bench = Bench::with(Config {
        monitor_agent_event: MonitorAgentEvent::None,
        ..Config::default()
    });
    listening(&mut bench);
    bench.post("41027", &monitor_call());
    assert_eq!(bench.told("desk-2"), NOTHING);
}

#[test]
fn ending_it_drops_the_supervisor_from_the_monitoring_call() {
    let mut bench = Bench::new();
    listening(&mut bench);
    let ticket = bench.send("desk-1", "endsilentmonitor#41900", "230");
    let request = bench.request("PUT /Dialog/230 DROP");
    bench.accept(&request);
    let mut call = monitor_call();
    call.set("6190", "DROPPED");
    bench.delete("41900", &call);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 230 DROPPED SUPERVISOR_MONITOR"]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn finesses_no_to_a_monitor_is_told() {
    let mut bench = Bench::new();
    let (_, ticket) = asked(&mut bench);
    let error = crate::docs::errors("User/41900/Dialogs", "", "Invalid State", "", "13145");
    bench.notify("41900", &error);
    assert_eq!(bench.result(ticket), "failed INVALID_STATE");
}

/// Nadia joins the call that she hears: it is 207 from then on.
fn barged(bench: &mut Bench) -> DialogDoc {
    let mut call = listening(bench);
    let ticket = bench.send("desk-1", "bargein#41900", "6127,230");
    let request = bench.request("POST /User/41900/Dialogs BARGE_CALL 6190 6127 230");
    bench.accept(&request);
    let mut monitor = monitor_call();
    monitor.set("6190", "DROPPED");
    bench.delete("41900", &monitor);
    assert_eq!(bench.result(ticket), "open");
    call.call_type = "CONFERENCE".to_owned();
    call.set("6190", "ACTIVE");
    bench.post("41900", &call);
    bench.put("41027", &call);
    assert_eq!(bench.result(ticket), "done");
    call
}

#[test]
fn a_barge_turns_the_monitoring_call_into_the_agents_call() {
    let mut bench = Bench::new();
    barged(&mut bench);
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 230 DROPPED SUPERVISOR_MONITOR",
            "InboundCall 207 ACTIVE CONFERENCE"
        ]
    );
}

#[test]
fn the_supervisor_who_barged_in_is_marked_among_the_parties() {
    let mut bench = Bench::new();
    bench.talking("desk-2", "41027");
    let mut bench = Bench::new();
    listening(&mut bench);
    bench.post("41027", &monitor_call());
    bench.taken("desk-2");
    let roles = |told: &serde_json::Value| -> Vec<(String, String)> {
        let parties = told["participants"].as_array().unwrap().iter();
        let text = |party: &serde_json::Value, key: &str| party[key].as_str().unwrap().to_owned();
        parties
            .map(|party| (text(party, "mediaAddress"), text(party, "role")))
            .collect()
    };
    let mut monitor = monitor_call();
    bench.send("desk-1", "bargein#41900", "6127,230");
    let request = bench.request("POST /User/41900/Dialogs BARGE_CALL 6190 6127 230");
    bench.accept(&request);
    monitor.set("6190", "DROPPED").set("6127", "DROPPED");
    bench.delete("41900", &monitor);
    bench.delete("41027", &monitor);
    let mut call = bench.calls["41027"][0].clone();
    call.call_type = "CONFERENCE".to_owned();
    call.set("6190", "ACTIVE");
    bench.post("41900", &call);
    bench.put("41027", &call);
    for desk in ["desk-1", "desk-2"] {
        let told = bench.told_json(desk);
        assert_eq!(
            roles(told.last().unwrap()),
            [
                ("6127".to_owned(), String::new()),
                ("03005550142".to_owned(), String::new()),
                ("6190".to_owned(), "SUPERVISOR_BARGE_IN".to_owned()),
            ],
            "{desk}"
        );
    }
}

#[test]
fn a_dropped_party_is_told_and_gone() {
    let mut bench = Bench::new();
    let mut call = barged(&mut bench);
    bench.taken("desk-1");
    let ticket = bench.send("desk-1", "dropparticipant#41900", "6127,207");
    let request = bench.request("PUT /Dialog/207 DropParticipant");
    bench.accept(&request);
    call.set("6127", "DROPPED");
    bench.put("41900", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 207 ACTIVE CONFERENCE",
            "control 6127 was dropped from the call"
        ]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn a_barge_needs_the_monitoring_call() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41900");
    let ticket = bench.send("desk-1", "bargein#41900", "6127,230");
    assert_eq!(bench.result(ticket), "failed NO_DIALOG_ID");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn an_agent_who_leads_no_team_listens_to_nobody_and_works_on() {
    let mut bench = Bench::new();
    bench.talking("desk-2", "41027");
    for (command, body) in [("silentmonitor", "6133"), ("bargein", "6133,207")] {
        let ticket = bench.send("desk-2", &format!("{command}#41027"), body);
        assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
    }
    assert_eq!(bench.requests(), NOTHING);
    bench.send("desk-2", "HoldCall#41027", "207");
    bench.request("PUT /Dialog/207 HOLD");
}
