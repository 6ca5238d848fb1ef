//! Sessions that another process goes on with.

use std::time::Duration;

use gc_core::{Agents, Cluster, Config, LinkEvent, Standing};
use gc_protocol::Destination;
use pretty_assertions::assert_eq;

use crate::docs::routed;
use crate::harness::Bench;

const NOTHING: [String; 0] = [];

#[test]
fn a_session_is_kept_from_its_connect_to_its_end() {
    let mut bench = Bench::new();
    let connect = bench.send("desk-1", "Connect#41027", "desk-1,demo");
    assert!(bench.standings.is_empty(), "nobody has accepted it yet");
    let read = bench.expect_request();
    bench.answer_read(&read);
    assert!(bench.standings.is_empty(), "the link is not there yet");
    bench.link("41027", LinkEvent::Up);
    assert_eq!(bench.result(connect), "done");
    let kept = &bench.standings["41027"];
    assert_eq!(kept.client.as_str(), "desk-1");
    assert_eq!(kept.destination, Destination::from("desk-1"));
    assert_eq!((kept.node, kept.token_ends), (0, None));
    bench.answer_reads();
    bench.send("desk-1", "Logout#41027", "");
    assert!(bench.standings.is_empty());
}

#[test]
fn a_session_that_moves_is_kept_where_it_is_now() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.send("desk-2", "Connect#41027", "desk-2,demo");
    assert_eq!(bench.standings["41027"].client.as_str(), "desk-2");
}

#[test]
fn a_session_whose_credential_is_refused_is_not_kept_until_there_is_a_good_one() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.send("desk-1", "MakeReady#41027", "");
    let ready = bench.expect_request();
    bench.fault(&ready, 401);
    assert!(bench.standings.is_empty());
    bench.send("desk-1", "Connect#41027", "desk-1,changed");
    let read = bench.expect_request();
    bench.answer_read(&read);
    assert!(bench.standings.contains_key("41027"));
}

#[test]
fn a_session_that_another_gateway_takes_is_not_kept() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.link("41027", LinkEvent::Conflict);
    assert!(bench.standings.is_empty());
}

#[test]
fn after_a_restart_the_link_is_opened_at_once_and_nobody_is_signed_in_again() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    before.calls = [("41027".to_owned(), vec![routed("207", "6127")])].into();
    let mut bench = before.restarted();
    assert_eq!(bench.link_log, ["open 41027 at 0"]);
    assert_eq!(
        bench.requests(),
        NOTHING,
        "nothing is known of the node yet"
    );
    bench.client_up("desk-1");
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.link("41027", LinkEvent::Up);
    let mut reads = bench.requests();
    reads.sort();
    assert_eq!(
        reads,
        [
            "GET /User/41027",
            "GET /User/41027/Dialogs",
            "GET /User/41027/ReasonCodes?category=LOGOUT",
            "GET /User/41027/ReasonCodes?category=NOT_READY",
        ]
    );
    bench.answer_reads();
    // Each of them with origin `snapshot`.
    assert_eq!(
        bench.told("desk-1"),
        [
            "~AgentInfo",
            "~State NOT_READY",
            "~DialogState 207 ALERTING",
            "~NewInboundCall 207 PREROUTE_ACD_IN",
        ]
    );
    assert_eq!(bench.requests(), NOTHING);
    assert!(bench.standings.contains_key("41027"));
}

#[test]
fn an_agent_whom_finesse_has_signed_out_meanwhile_is_told_and_not_signed_in_again() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    let mut bench = before.restarted();
    bench.client_up("desk-1");
    bench.users.get_mut("41027").unwrap().state = "LOGOUT".into();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~AgentInfo", "~State LOGOUT", "~DialogState NOT_FOUND"]
    );
    bench.pass_seconds(10);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn until_it_comes_back_the_client_is_gone_and_its_time_begins_with_the_restart() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    before.user_is("41027", "READY");
    before.users.get_mut("41027").unwrap().state = "READY".into();
    before.pass_seconds(3600);
    let mut bench = before.restarted();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.pass_seconds(29);
    assert_eq!(bench.requests(), NOTHING);
    bench.pass_seconds(2);
    let pause = bench.expect_request();
    assert_eq!(pause.in_short(), "PUT /User/41027 NOT_READY");
}

#[test]
fn who_comes_back_in_time_goes_on_as_if_nothing_had_been() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    let mut bench = before.restarted();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.client_up("desk-1");
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
    let login = bench.send("desk-1", "Login#41027", "demo,6127");
    bench.answer_reads();
    assert_eq!(bench.result(login), "done");
    assert_eq!(bench.link_log, ["open 41027 at 0"]);
}

#[test]
fn a_credential_that_is_refused_after_a_restart_is_tried_once_and_its_owner_is_told() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    let mut bench = before.restarted();
    bench.link("41027", LinkEvent::Refused);
    bench.pass_seconds(600);
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.link_log, ["open 41027 at 0", "close 41027"]);
    assert!(bench.standings.is_empty());
    let known = bench.gateway.snapshot(&Destination::from("desk-1"));
    let [gc_protocol::Event::Error(error)] = known.as_slice() else {
        panic!("{known:?}");
    };
    assert_eq!(error.error_type, gc_protocol::ErrorType::SubscriptionFailed);
}

#[test]
fn a_token_that_has_expired_meanwhile_is_not_tried() {
    let mut before = Bench::new();
    before.token_life = Some(Duration::from_secs(60));
    before.send("desk-1", "Connect#41027", "desk-1,token-1,SSO");
    let read = before.expect_request();
    before.answer_read(&read);
    before.link("41027", LinkEvent::Up);
    before.now += Duration::from_secs(60);
    let mut bench = before.restarted();
    assert_eq!(bench.link_log, NOTHING);
    assert_eq!(bench.requests(), NOTHING);
    assert!(bench.standings.is_empty());
    bench.client_up("desk-1");
    bench.node(0, true);
    bench.send_typed(
        "desk-1",
        r#"{"command":"UpdateToken","agentId":"41027","params":{"token":"token-2"}}"#,
    );
    let read = bench.expect_request();
    bench.answer_read(&read);
    assert_eq!(bench.link_log, ["open 41027 at 0"]);
    assert!(bench.standings.contains_key("41027"));
}

#[test]
fn a_token_goes_on_with_the_life_that_it_has_left() {
    let mut before = Bench::new();
    before.token_life = Some(Duration::from_secs(3600));
    before.send("desk-1", "Connect#41027", "desk-1,token-1,SSO");
    let read = before.expect_request();
    before.answer_read(&read);
    before.link("41027", LinkEvent::Up);
    before.now += Duration::from_secs(3500);
    let ends = before.now + Duration::from_secs(100);
    assert_eq!(before.standings["41027"].token_ends, Some(ends));
    let mut bench = before.restarted();
    bench.client_up("desk-1");
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.told("desk-1");
    bench.pass_seconds(75);
    assert_eq!(
        bench.told("desk-1"),
        ["status the access token expires in 25 s: send UpdateToken"]
    );
}

#[test]
fn a_restart_is_no_new_session_for_the_licence() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    before.login("desk-2", "41033");
    let kept = before.standings.clone();
    let mut bench = Bench::untouched(Config {
        max_sessions: Some(1),
        ..Config::default()
    });
    for standing in kept.into_values() {
        bench.restore(standing, "demo");
    }
    assert_eq!(bench.gateway.agents().len(), 2);
    let third = bench.send("desk-3", "Connect#41900", "desk-3,demo");
    assert_eq!(bench.result(third), "failed LICENSES_EXCEEDED");
}

#[test]
fn a_client_that_was_quicker_keeps_its_session() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    let kept = before.standings["41027"].clone();
    let mut bench = Bench::new();
    bench.login("desk-2", "41027");
    bench.restore(kept, "older");
    assert_eq!(bench.standings["41027"].client.as_str(), "desk-2");
    assert_eq!(bench.secrets(), 1);
}

#[test]
fn before_the_link_is_back_only_that_is_told() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    let mut bench = before.restarted();
    assert!(
        bench
            .gateway
            .snapshot(&Destination::from("desk-1"))
            .is_empty()
    );
    bench.client_up("desk-1");
    bench.pass_seconds(2);
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE 41027"]);
}

#[test]
fn a_credential_is_not_shown_to_another_cluster() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    let kept = before.standings["41027"].clone();
    let berlin = Agents::Listed {
        ids: vec!["41027".to_owned()],
        prefixes: Vec::new(),
    };
    let mut bench = Bench::untouched(Config {
        clusters: vec![
            Cluster::of_nodes(1),
            Cluster {
                agents: berlin,
                ..Cluster::of_nodes(1)
            },
        ],
        ..Config::default()
    });
    bench.restore(kept.clone(), "demo");
    assert_eq!(bench.link_log, NOTHING);
    assert_eq!((bench.secrets(), bench.standings.len()), (0, 0));
    bench.restore(Standing { node: 1, ..kept }, "demo");
    assert_eq!(bench.link_log, ["open 41027 at 1"]);
}

#[test]
fn in_service_is_told_when_the_node_the_link_and_the_read_all_say_so() {
    let said: [fn(&mut Bench); 2] = [
        |bench| bench.node(0, true),
        |bench| bench.link("41027", LinkEvent::Up),
    ];
    for node_first in [true, false] {
        let mut before = Bench::new();
        before.login("desk-1", "41027");
        let mut bench = before.restarted();
        bench.client_up("desk-1");
        for step in match node_first {
            true => [said[0], said[1]],
            false => [said[1], said[0]],
        } {
            step(&mut bench);
            assert_eq!(bench.told("desk-1"), NOTHING);
        }
        bench.link("41027", LinkEvent::FinessePresent(true));
        assert_eq!(bench.told("desk-1"), NOTHING);
        bench.answer_reads();
        let told = bench.told("desk-1");
        assert_eq!(told.last().unwrap(), "System IN_SERVICE", "{told:?}");
        let services = told.iter().filter(|told| told.starts_with("System"));
        assert_eq!(services.count(), 1, "{told:?}");
        bench.pass_seconds(600);
        assert_eq!(bench.told("desk-1"), NOTHING);
    }
}

#[test]
fn who_greets_before_the_agent_was_read_is_not_told_in_service() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    let mut bench = before.restarted();
    bench.node(0, true);
    bench.send("desk-1", "Hello#desk-1", "");
    assert_eq!(bench.told("desk-1"), ["System OUT_OF_SERVICE"]);
    bench.link("41027", LinkEvent::Up);
    bench.link("41027", LinkEvent::FinessePresent(false));
    bench.answer_reads();
    let told = bench.told("desk-1");
    assert!(
        !told.iter().any(|told| told.contains("IN_SERVICE")),
        "{told:?}"
    );
    bench.link("41027", LinkEvent::FinessePresent(true));
    assert_eq!(bench.told("desk-1"), ["System IN_SERVICE"]);
}

#[test]
fn a_credential_that_is_refused_keeps_nobody_from_being_told_in_service() {
    let mut before = Bench::new();
    before.login("desk-1", "41027");
    let mut bench = before.restarted();
    bench.client_up("desk-1");
    bench.node(0, true);
    bench.link("41027", LinkEvent::Refused);
    let told = bench.told("desk-1");
    assert_eq!(told, ["Error SUBSCRIPTION_FAILED", "System IN_SERVICE"]);
}

#[test]
fn a_command_in_doubt_is_not_sent_its_outcome_is_unknown_and_the_agent_is_read() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.told("desk-1");
    let call = bench.send_in_doubt("desk-1", "MakeCall#41027", "03005550142");
    assert_eq!(bench.result(call), "unknown NOT_REACHABLE");
    assert_eq!(bench.told("desk-1"), ["Error NOT_REACHABLE"]);
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    // It was carried out, before anybody here knew of it.
    bench.calls = [("41027".to_owned(), vec![routed("207", "6127")])].into();
    bench.answer_reads();
    let told = bench.told("desk-1");
    assert!(told.iter().any(|told| told.contains("207")), "{told:?}");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_command_in_doubt_for_nobodys_or_anothers_agent_is_as_unknown_and_disturbs_nobody() {
    let mut bench = Bench::new();
    let nobodys = bench.send_in_doubt("desk-1", "MakeCall#41027", "03005550142");
    assert_eq!(bench.result(nobodys), "unknown NOT_REACHABLE");
    assert_eq!(bench.told("desk-1"), ["Error NOT_REACHABLE"]);
    bench.login("desk-2", "41027");
    bench.told("desk-2");
    let anothers = bench.send_in_doubt("desk-1", "ReleaseCall#41027", "207");
    assert_eq!(bench.result(anothers), "unknown NOT_REACHABLE");
    assert_eq!(bench.told("desk-2"), NOTHING);
    assert_eq!(bench.requests(), NOTHING);
}
