//! Call control whose answer is lost: never sent again, one outcome, and until the deadline a notification may tell it.

use gc_core::{Cluster, Config, LinkEvent, Ticket};
use pretty_assertions::assert_eq;

use crate::docs::{DialogDoc, errors, placed, routed};
use crate::harness::{Bench, Sent};

const NOTHING: [String; 0] = [];

/// Call control of each kind, with a call that it can be about.
const COMMANDS: [(&str, &str); 4] = [
    ("MakeCall", "6133"),
    ("AnswerCall", "207"),
    ("ReleaseCall", "207"),
    ("Transfer_sst", "6133,207"),
];

/// The command is sent, and its answer is lost; a call is ringing or going on, where it needs one.
fn unanswered(command: &str, body: &str) -> (Bench, Ticket, Sent, DialogDoc) {
    let mut bench = Bench::new();
    let call = match command {
        "AnswerCall" => {
            bench.login("desk-1", "41027");
            let call = routed("207", "6127");
            bench.post("41027", &call);
            bench.calls.insert("41027".to_owned(), vec![call.clone()]);
            call
        }
        "MakeCall" => {
            bench.login("desk-1", "41027");
            placed("208", "6127", "OUT")
        }
        _ => bench.talking("desk-1", "41027"),
    };
    bench.told("desk-1");
    let ticket = bench.send("desk-1", &format!("{command}#41027"), body);
    let request = bench.expect_request();
    bench.unknown(&request);
    assert_eq!(bench.result(ticket), "open", "{command}");
    assert_eq!(bench.told("desk-1"), NOTHING, "{command}");
    assert_eq!(bench.requests(), NOTHING, "{command}");
    (bench, ticket, request, call)
}

/// What Finesse tells, and reads find, once the command was done.
fn take_effect(command: &str, call: &mut DialogDoc) -> bool {
    match command {
        "MakeCall" => _ = call.set("6133", "ALERTING"),
        "AnswerCall" => _ = call.set("6127", "ACTIVE"),
        _ => _ = call.set("6127", "DROPPED"),
    }
    !matches!(command, "MakeCall" | "AnswerCall")
}

#[test]
fn its_notification_tells_the_outcome_and_nobody_hears_of_trouble() {
    for (command, body) in COMMANDS {
        let (mut bench, ticket, request, mut call) = unanswered(command, body);
        bench.pass_seconds(14);
        let ended = take_effect(command, &mut call);
        match command {
            "MakeCall" => bench.post("41027", &call),
            _ => bench.notify("41027", &call.changed(&request.header)),
        }
        assert_eq!(bench.result(ticket), "done", "{command}");
        let told = bench.told("desk-1");
        assert!(!told.iter().any(|told| told.contains("Error")), "{told:?}");
        assert_eq!(told.iter().any(|told| told.contains("DROPPED")), ended);
        bench.pass_seconds(600);
        assert_eq!(bench.told("desk-1"), NOTHING, "{command}");
        assert_eq!(bench.requests(), NOTHING, "{command}");
    }
}

#[test]
fn a_refusal_by_notification_is_its_outcome() {
    for (command, body) in COMMANDS {
        let (mut bench, ticket, request, _) = unanswered(command, body);
        let refusal = errors(
            "Dialog/207",
            &request.header,
            "Generic Error",
            "CF_INVALID_OBJECT_STATE",
            "",
        );
        bench.notify("41027", &refusal);
        assert_eq!(bench.result(ticket), "failed CF_INVALID_OBJECT_STATE");
        assert_eq!(bench.told("desk-1"), ["Error CF_INVALID_OBJECT_STATE"]);
        bench.pass_seconds(600);
        assert_eq!(bench.told("desk-1"), NOTHING, "{command}");
        assert_eq!(bench.requests(), NOTHING, "{command}");
    }
}

#[test]
fn an_echo_is_proof_even_if_nothing_else_is_seen() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.expect_request();
    bench.unknown(&request);
    // Finesse has taken it up; the state of the agent's side has not followed yet.
    call.set("03005550142", "HELD");
    bench.notify("41027", &call.changed(&request.header));
    assert_eq!(bench.result(hold), "open");
    bench.pass_seconds(15);
    assert_eq!(bench.result(hold), "done");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn without_a_notification_it_is_unknown_at_the_deadline_told_once_and_never_sent_again() {
    for (command, body) in COMMANDS {
        let (mut bench, ticket, _, call) = unanswered(command, body);
        bench.pass_seconds(14);
        assert_eq!(bench.result(ticket), "open", "{command}");
        bench.pass_seconds(1);
        assert_eq!(bench.result(ticket), "unknown NOT_REACHABLE", "{command}");
        assert_eq!(bench.told("desk-1"), ["Error NOT_REACHABLE"], "{command}");
        assert_eq!(
            bench.requests(),
            ["GET /User/41027", "GET /User/41027/Dialogs"],
            "{command}"
        );
        if command == "MakeCall" {
            bench.calls.insert("41027".to_owned(), vec![call]);
        }
        bench.answer_reads();
        let found: &[&str] = match command {
            "MakeCall" => &["~InboundCall 208 INITIATING OUT"],
            _ => &[],
        };
        assert_eq!(bench.told("desk-1"), found, "{command}");
        bench.pass_seconds(600);
        assert_eq!(bench.requests(), NOTHING, "{command}");
        assert_eq!(bench.told("desk-1"), NOTHING, "{command}");
    }
}

#[test]
fn an_answer_that_cannot_be_read_is_as_good_as_none() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let make = bench.send("desk-1", "MakeCall#41027", "6133");
    let request = bench.expect_request();
    let reason = "no document".to_owned();
    bench.reply(&request, gc_core::Reply::Garbage { reason });
    assert_eq!(bench.result(make), "open");
    let mut call = placed("208", "6127", "OUT");
    bench.post("41027", call.set("6133", "ALERTING"));
    assert_eq!(bench.result(make), "done");
}

#[test]
fn the_next_command_of_the_device_waits_for_it_and_states_do_not() {
    let (mut bench, make, _, _) = unanswered("MakeCall", "6133");
    bench.pass_seconds(1);
    let second = bench.send("desk-1", "MakeCall#41027", "6190");
    bench.send("desk-1", "MakeReady#41027", "");
    assert_eq!(bench.requests(), ["PUT /User/41027 READY"]);
    bench.drop_requests();
    bench.pass_seconds(14);
    assert_eq!(bench.result(make), "unknown NOT_REACHABLE");
    let sent = bench.request("POST /User/41027/Dialogs MAKE_CALL 6127 6190");
    bench.accept(&sent);
    assert_eq!(bench.result(second), "open");
}

#[test]
fn a_snapshot_after_the_link_was_lost_decides_if_it_shows_the_effect() {
    for (command, body) in COMMANDS {
        let (mut bench, ticket, _, mut call) = unanswered(command, body);
        bench.link("41027", LinkEvent::Down);
        bench.pass_seconds(5);
        bench.link("41027", LinkEvent::Up);
        let ended = take_effect(command, &mut call);
        let calls = Vec::from_iter((!ended).then_some(call));
        bench.calls.insert("41027".to_owned(), calls);
        bench.answer_reads();
        assert_eq!(bench.result(ticket), "done", "{command}");
        bench.pass_seconds(600);
        let told = bench.told("desk-1");
        assert!(!told.iter().any(|told| told.contains("Error")), "{told:?}");
        assert_eq!(bench.requests(), NOTHING, "{command}");
    }
}

#[test]
fn a_snapshot_that_shows_nothing_leaves_it_open_until_the_deadline() {
    for (command, body) in COMMANDS {
        let (mut bench, ticket, _, _) = unanswered(command, body);
        bench.link("41027", LinkEvent::Down);
        bench.link("41027", LinkEvent::Up);
        bench.answer_reads();
        assert_eq!(bench.result(ticket), "open", "{command}");
        bench.pass_seconds(15);
        assert_eq!(bench.result(ticket), "unknown NOT_REACHABLE", "{command}");
        assert_eq!(bench.told("desk-1"), ["Error NOT_REACHABLE"], "{command}");
        bench.answer_reads();
        bench.pass_seconds(600);
        assert_eq!(bench.requests(), NOTHING, "{command}");
    }
}

#[test]
fn a_link_that_stays_down_leaves_it_unknown_at_the_deadline() {
    let (mut bench, make, _, _) = unanswered("MakeCall", "6133");
    bench.link("41027", LinkEvent::Down);
    bench.pass_seconds(15);
    assert_eq!(bench.result(make), "unknown NOT_REACHABLE");
    let told = bench.told("desk-1");
    let errors = told.iter().filter(|told| told.starts_with("Error"));
    assert_eq!(errors.collect::<Vec<_>>(), ["Error NOT_REACHABLE"]);
}

#[test]
fn a_session_that_ends_leaves_it_unknown_once() {
    let by_force: fn(&mut Bench) = |bench| _ = bench.send("desk-1", "force_logout#41027", "");
    let by_conflict: fn(&mut Bench) = |bench| bench.link("41027", LinkEvent::Conflict);
    for end in [by_force, by_conflict] {
        let (mut bench, make, _, _) = unanswered("MakeCall", "6133");
        end(&mut bench);
        assert_eq!(bench.result(make), "unknown NOT_REACHABLE");
        bench.drop_requests();
        bench.pass_seconds(600);
        bench.assert_empty();
    }
}

#[test]
fn a_logout_waits_for_it() {
    let (mut bench, make, _, _) = unanswered("MakeCall", "6133");
    bench.pass_seconds(1);
    let logout = bench.send("desk-1", "Logout#41027", "");
    assert_eq!(bench.requests(), NOTHING);
    bench.pass_seconds(14);
    assert_eq!(bench.result(make), "unknown NOT_REACHABLE");
    let request = bench.request("PUT /User/41027 LOGOUT");
    bench.accept(&request);
    bench.answer_reads();
    bench.user_is("41027", "LOGOUT");
    assert_eq!(bench.result(logout), "done");
    bench.pass_seconds(600);
    bench.assert_empty();
}

#[test]
fn who_has_lost_the_agent_gets_the_outcome_and_nothing_else() {
    let (mut bench, make, request, mut call) = unanswered("MakeCall", "6133");
    let over = bench.send("desk-2", "Connect#41027", "desk-2,demo");
    assert_eq!(bench.result(over), "done");
    bench.answer_reads();
    bench.told("desk-1");
    bench.notify(
        "41027",
        &call.set("6133", "ALERTING").changed(&request.header),
    );
    assert_eq!(bench.result(make), "done");
    assert_eq!(bench.told("desk-1"), NOTHING);

    let (mut bench, make, _, _) = unanswered("MakeCall", "6133");
    bench.send("desk-2", "Connect#41027", "desk-2,demo");
    bench.answer_reads();
    for desk in ["desk-1", "desk-2"] {
        bench.told(desk);
    }
    bench.pass_seconds(15);
    assert_eq!(bench.result(make), "unknown NOT_REACHABLE");
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.told("desk-2"), NOTHING);
}

#[test]
fn a_client_that_is_gone_meanwhile_gets_its_outcome_all_the_same() {
    let (mut bench, make, request, mut call) = unanswered("MakeCall", "6133");
    bench.client_gone("desk-1");
    bench.notify(
        "41027",
        &call.set("6133", "ALERTING").changed(&request.header),
    );
    assert_eq!(bench.result(make), "done");
}

#[test]
fn a_node_that_is_left_meanwhile_leaves_it_unknown_and_the_next_one_is_read() {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster::of_nodes(2)],
        failover_after: std::time::Duration::from_secs(5),
        ..Config::default()
    });
    bench.login("desk-1", "41027");
    let make = bench.send("desk-1", "MakeCall#41027", "6133");
    let request = bench.expect_request();
    bench.unknown(&request);
    bench.link("41027", LinkEvent::Down);
    bench.node(0, false);
    bench.told("desk-1");
    bench.pass_seconds(5);
    assert_eq!(bench.result(make), "unknown NOT_REACHABLE");
    let told = bench.told("desk-1");
    let errors = told.iter().filter(|told| told.starts_with("Error"));
    assert_eq!(errors.count(), 1, "{told:?}");
    bench.pass_seconds(600);
    assert!(
        !bench
            .requests()
            .iter()
            .any(|sent| sent.contains("MAKE_CALL"))
    );
}
