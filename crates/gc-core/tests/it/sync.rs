//! Snapshots: after a gap the difference is told, marked, and what raced the read is replayed after it.

use std::time::Duration;

use gc_core::{Epoch, LinkEvent};
use pretty_assertions::assert_eq;

use crate::docs::{DialogDoc, routed};
use crate::harness::Bench;

const NOTHING: [String; 0] = [];

fn gap(bench: &mut Bench) {
    bench.link("41027", LinkEvent::Down);
    bench.link("41027", LinkEvent::Up);
}

fn talking() -> (Bench, DialogDoc) {
    let mut bench = Bench::new();
    let call = bench.talking("desk-1", "41027");
    (bench, call)
}

#[test]
fn a_gap_in_which_nothing_happened_is_told_to_nobody() {
    let (mut bench, _) = talking();
    gap(&mut bench);
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_state_of_a_wrong_clock_lasts_until_the_agent_is_read() {
    let (mut bench, _) = talking();
    bench.notify(
        "41027",
        "<Update><data><user><loginId>41027</loginId><state>WORK</state><stateChangeTime>9999-01-01T00:00:00.000Z</stateChangeTime></user></data><event>PUT</event><source>/finesse/api/User/41027</source></Update>",
    );
    assert_eq!(bench.told("desk-1"), ["State WORK"]);
    gap(&mut bench);
    bench.users.get_mut("41027").unwrap().set("READY");
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), ["~State READY"]);
    bench.user_is("41027", "NOT_READY");
    assert_eq!(bench.told("desk-1"), ["State NOT_READY"]);
}

#[test]
fn a_call_that_ended_in_the_gap_is_ended_and_a_new_one_is_announced_both_marked() {
    let (mut bench, _) = talking();
    bench
        .calls
        .insert("41027".to_owned(), vec![routed("300", "6127")]);
    bench.users.get_mut("41027").unwrap().set("RESERVED");
    gap(&mut bench);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "~State RESERVED",
            "~InboundCall 207 DROPPED PREROUTE_ACD_IN",
            "~NewInboundCall 300 PREROUTE_ACD_IN"
        ]
    );
}

/// The agent's call has ended in a gap, which the read after it found.
fn ended_unheard() -> (Bench, DialogDoc) {
    let (mut bench, mut call) = talking();
    // Told by Finesse before the end, and under way for longer than the read.
    call.set("6127", "HELD");
    bench.calls.clear();
    gap(&mut bench);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 DROPPED PREROUTE_ACD_IN"]
    );
    (bench, call)
}

#[test]
fn news_older_than_a_read_do_not_revive_the_call_that_it_found_ended() {
    let (mut bench, call) = ended_unheard();
    bench.post("41027", &call);
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    bench.answer_reads();
    bench.delete("41027", &call);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_call_that_a_read_found_ended_and_that_comes_back_is_told_once_it_was_read() {
    let (mut bench, call) = ended_unheard();
    bench.calls.insert("41027".to_owned(), vec![call.clone()]);
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_call_that_changed_in_the_gap_is_told_as_it_is_now() {
    let (mut bench, mut call) = talking();
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    gap(&mut bench);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_call_that_is_in_wrap_up_after_the_gap_has_ended() {
    let (mut bench, mut call) = talking();
    call.set("6127", "WRAP_UP");
    bench.calls.insert("41027".to_owned(), vec![call.clone()]);
    gap(&mut bench);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 DROPPED PREROUTE_ACD_IN"]
    );
    gap(&mut bench);
    bench.answer_reads();
    bench.delete("41027", &call);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_call_whose_delete_was_lost_in_the_gap_may_come_back_after_it() {
    let (mut bench, mut call) = talking();
    call.set("6127", "WRAP_UP");
    bench.put("41027", &call);
    bench.calls.clear();
    gap(&mut bench);
    bench.answer_reads();
    bench.told("desk-1");
    call.set("6127", "ALERTING");
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), ["NewInboundCall 207 PREROUTE_ACD_IN"]);
}

#[test]
fn a_first_snapshot_that_comes_late_tells_what_it_changes() {
    let mut bench = Bench::new();
    bench.send("desk-1", "Connect#41027", "desk-1,demo");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    for read in bench.drop_requests() {
        bench.fault(&read, 500);
    }
    bench.users.get_mut("41027").unwrap().extension = "6127".to_owned();
    bench.user_is("41027", "READY");
    let mut call = routed("207", "6127");
    bench.post("41027", &call);
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    bench.told("desk-1");
    call.set("6127", "ALERTING");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.pass_seconds(2);
    bench.answer_reads();
    let told = bench.told("desk-1");
    let announced = told
        .iter()
        .filter(|event| **event == "~NewInboundCall 207 PREROUTE_ACD_IN");
    assert_eq!(announced.count(), 1, "{told:?}");
}

#[test]
fn a_call_that_came_back_in_the_gap_lives_again() {
    let (mut bench, mut call) = talking();
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    bench.told("desk-1");
    call.set("6127", "ACTIVE");
    bench.calls.insert("41027".to_owned(), vec![call]);
    gap(&mut bench);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 ACTIVE PREROUTE_ACD_IN"]
    );
}

#[test]
fn an_agent_who_signed_in_elsewhere_in_the_gap_is_introduced_to_an_owner_who_knew_nothing() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    bench.users.get_mut("41027").unwrap().set("NOT_READY");
    gap(&mut bench);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~AgentInfo", "~State NOT_READY", "~DialogState NOT_FOUND"]
    );
}

#[test]
fn what_races_the_read_is_replayed_after_it() {
    let (mut bench, mut call) = talking();
    gap(&mut bench);
    let reads = bench.drop_requests();
    let mut held = call.clone();
    held.set("6127", "HELD");
    bench.put("41027", &held);
    bench.post("41027", &routed("300", "6127"));
    assert_eq!(bench.told("desk-1"), NOTHING);
    // The read shows an earlier moment than the notifications.
    call.variables.push(("callVariable2", "vip"));
    bench.calls.insert("41027".to_owned(), vec![call]);
    for read in &reads {
        bench.answer_read(read);
    }
    assert_eq!(
        bench.told("desk-1"),
        [
            "~InboundCall 207 ACTIVE PREROUTE_ACD_IN",
            "InboundCall 207 HELD PREROUTE_ACD_IN",
            "NewInboundCall 300 PREROUTE_ACD_IN"
        ]
    );
}

#[test]
fn older_news_than_the_read_do_not_turn_it_back() {
    let (mut bench, mut call) = talking();
    gap(&mut bench);
    let reads = bench.drop_requests();
    let older_user = bench.users["41027"].update("");
    bench.put("41027", &call);
    bench.notify("41027", &older_user);
    bench.users.get_mut("41027").unwrap().set("HOLD");
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    for read in &reads {
        bench.answer_read(read);
    }
    assert_eq!(
        bench.told("desk-1"),
        ["~State HOLD", "~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_delete_that_races_the_read_ends_the_call_once() {
    let (mut bench, mut call) = talking();
    gap(&mut bench);
    let reads = bench.drop_requests();
    let found = call.clone();
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    bench.calls.insert("41027".to_owned(), vec![found]);
    for read in &reads {
        bench.answer_read(read);
    }
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 207 DROPPED PREROUTE_ACD_IN"]
    );
    bench.calls.clear();
    gap(&mut bench);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_call_that_enters_while_the_read_finds_it_ended_is_told_only_if_another_read_finds_it() {
    let (mut bench, mut call) = talking();
    gap(&mut bench);
    let reads = bench.drop_requests();
    // Finesse lists the call once more, then the customer hangs up, then it is read; the DELETE comes late.
    call.set("6127", "HELD");
    bench.post("41027", &call);
    bench.calls.clear();
    for read in &reads {
        bench.answer_read(read);
    }
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 DROPPED PREROUTE_ACD_IN"]
    );
    bench.answer_reads();
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_call_that_came_back_after_the_read_is_found_by_the_next_one() {
    let (mut bench, mut call) = talking();
    gap(&mut bench);
    let reads = bench.drop_requests();
    bench.calls.clear();
    // It ended, was read, and rings again.
    call.set("6127", "ALERTING");
    bench.post("41027", &call);
    for read in &reads {
        bench.answer_read(read);
    }
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "~InboundCall 207 DROPPED PREROUTE_ACD_IN",
            "~NewInboundCall 207 PREROUTE_ACD_IN"
        ]
    );
}

#[test]
fn a_notification_that_could_not_be_read_is_a_gap_too() {
    let (mut bench, mut call) = talking();
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.link("41027", LinkEvent::Undecodable);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
    assert_eq!(bench.gateway.counters().notifications_dropped, 1);
}

#[test]
fn a_read_from_before_the_gap_is_not_trusted_after_it() {
    let (mut bench, mut call) = talking();
    bench.link("41027", LinkEvent::Down);
    bench.send("desk-1", "GetState#41027", "");
    let before = bench.drop_requests();
    bench.link("41027", LinkEvent::Up);
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    for read in &before {
        bench.answer_read(read);
    }
    assert_eq!(bench.told("desk-1"), NOTHING);
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "~InboundCall 207 HELD PREROUTE_ACD_IN",
            "State NOT_READY",
            "DialogState 207 HELD"
        ]
    );
}

#[test]
fn a_failed_snapshot_is_tried_again_ever_more_slowly() {
    let (mut bench, mut call) = talking();
    gap(&mut bench);
    for wait in [2, 4, 8, 16, 32, 64, 64] {
        for read in bench.drop_requests() {
            bench.fault(&read, 500);
        }
        bench.pass_seconds(wait - 1);
        assert_eq!(bench.requests(), NOTHING, "{wait}");
        bench.pass_seconds(1);
        assert_eq!(bench.requests().len(), 2, "{wait}");
    }
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_failed_snapshot_is_not_tried_again_before_finesse_wants_it() {
    let (mut bench, _) = talking();
    gap(&mut bench);
    let mut busy = finesse_protocol::Fault::default();
    (busy.status, busy.retry_after) = (503, Some(Duration::from_secs(7)));
    let reads = bench.drop_requests();
    bench.reply(&reads[0], gc_core::Reply::Fault(busy));
    bench.fault(&reads[1], 503);
    bench.pass_seconds(6);
    assert_eq!(bench.requests(), NOTHING);
    bench.pass_seconds(1);
    assert_eq!(bench.requests().len(), 2);
}

#[test]
fn a_snapshot_that_finesse_refuses_for_the_credential_is_never_tried_again() {
    let (mut bench, _) = talking();
    gap(&mut bench);
    for read in bench.drop_requests() {
        bench.fault(&read, 401);
    }
    assert_eq!(bench.told("desk-1"), ["Error SUBSCRIPTION_FAILED"]);
    bench.pass_seconds(3600);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn commands_under_way_end_by_what_the_snapshot_shows() {
    let (mut bench, mut call) = talking();
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let ready = bench.send("desk-1", "MakeReady#41027", "");
    for request in bench.drop_requests() {
        bench.accept(&request);
    }
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    bench.users.get_mut("41027").unwrap().set("READY");
    gap(&mut bench);
    bench.answer_reads();
    assert_eq!(
        (bench.result(hold), bench.result(ready)),
        ("done".into(), "done".into())
    );
    assert_eq!(
        bench.told("desk-1"),
        ["~State READY", "~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
}

#[test]
fn news_of_an_older_link_are_dropped_and_counted() {
    let (mut bench, mut call) = talking();
    let old = bench.epoch("41027").unwrap();
    call.set("6127", "HELD");
    bench.notify_at("41027", Epoch(old.0 + 100), &call.changed(""));
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.gateway.counters().notifications_dropped, 1);
    bench.send("desk-1", "force_logout#41027", "");
    bench.told("desk-1");
    bench.connect("desk-1", "41027");
    bench.notify_at("41027", old, &call.changed(""));
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_flood_during_a_read_starts_it_anew_instead_of_growing() {
    let (mut bench, _) = talking();
    gap(&mut bench);
    let first = bench.drop_requests();
    for id in 0..300 {
        bench.post("41027", &routed(&format!("9{id}"), "6127"));
    }
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    for read in &first {
        bench.answer_read(read);
    }
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.answer_reads();
    assert!(bench.told("desk-1").len() < 50);
}

#[test]
fn many_notifications_that_could_not_be_read_are_one_more_read_after_the_present_one() {
    let (mut bench, mut call) = talking();
    for _ in 0..100 {
        bench.link("41027", LinkEvent::Undecodable);
    }
    let first = bench.drop_requests();
    assert_eq!(first.len(), 2);
    for read in &first {
        bench.answer_read(read);
    }
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call]);
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_command_that_a_wrong_clock_leaves_unconfirmed_ends_in_a_read_that_tells_the_state() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.notify(
        "41027",
        "<Update><data><user><loginId>41027</loginId><state>READY</state><stateChangeTime>9999-01-01T00:00:00.000Z</stateChangeTime></user></data><event>PUT</event><source>/finesse/api/User/41027</source></Update>",
    );
    assert_eq!(bench.told("desk-1"), ["State READY"]);
    bench.send("desk-1", "MakeNotReady#41027", "null");
    let sent = bench.expect_request();
    bench.accept(&sent);
    bench.user_is("41027", "NOT_READY");
    bench.pass_seconds(16);
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["Error NOT_REACHABLE", "~State NOT_READY"]
    );
}
