//! A panic in the handling of one agent: what that agent's client and the others see of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code, unreachable_pub)]
#[path = "../../tests/it/docs.rs"]
mod docs;
#[allow(dead_code, unreachable_pub)]
#[path = "../../tests/it/harness.rs"]
mod harness;

use gc_protocol::AgentId;

use crate::io::LinkEvent;
use crate::session::{Cx, Session};
use harness::Bench;

const NOTHING: [String; 0] = [];

/// Both agents at work; Layla with a call.
fn at_work() -> Bench {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.login("desk-2", "41033");
    bench.told("desk-2");
    bench
}

/// Layla's session does this and then panics.
fn break_down(bench: &mut Bench, before: impl FnOnce(&mut Session, &mut Cx<'_>)) {
    let (now, layla) = (bench.now, AgentId::from("41027"));
    bench.gateway.with_session(now, &layla, |session, cx| {
        before(session, cx);
        panic!("injected");
    });
    assert_eq!(bench.gateway.counters.mishaps, 1);
    bench.gateway.counters.mishaps = 0;
    bench.drain();
}

#[test]
fn the_agent_is_read_anew_and_what_differs_is_told() {
    let mut bench = at_work();
    let mut call = bench.calls["41027"][0].clone();
    call.set("6127", "HELD");
    bench.calls.insert("41027".to_owned(), vec![call.clone()]);
    break_down(&mut bench, |_, _| {});
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 HELD PREROUTE_ACD_IN"]
    );
    assert_eq!(bench.open_links(), ["41027", "41033"]);
    call.set("6127", "ACTIVE");
    bench.put("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 207 ACTIVE PREROUTE_ACD_IN"]
    );
}

#[test]
fn nobody_else_notices() {
    let mut bench = at_work();
    let ready = bench.send("desk-2", "MakeReady#41033", "");
    let request = bench.request("PUT /User/41033 READY");
    break_down(&mut bench, |_, _| {});
    bench.accept(&request);
    bench.user_is("41033", "READY");
    assert_eq!(bench.result(ready), "done");
    assert_eq!(bench.told("desk-2"), ["State READY"]);
}

#[test]
fn a_read_that_was_under_way_is_begun_again() {
    let mut bench = at_work();
    bench.link("41027", LinkEvent::Undecodable);
    let lost = bench.drop_requests();
    break_down(&mut bench, |_, _| {});
    assert_eq!(
        bench.requests(),
        ["GET /User/41027", "GET /User/41027/Dialogs"]
    );
    for read in &lost {
        bench.answer_read(read);
    }
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.user_is("41027", "HOLD");
    assert_eq!(bench.told("desk-1"), ["State HOLD"]);
}

#[test]
fn a_command_that_was_lost_ends_once_and_one_that_was_not_goes_on() {
    let mut bench = at_work();
    let lost = bench.send("desk-1", "HoldCall#41027", "207");
    let ready = bench.send("desk-1", "MakeReady#41027", "");
    break_down(&mut bench, |session, cx| {
        session.lose_first_task(cx);
    });
    assert_eq!(bench.result(lost), "unknown NOT_REACHABLE");
    assert_eq!(bench.told("desk-1"), ["Error NOT_REACHABLE"]);
    assert_eq!(bench.result(ready), "open");
    bench.answer_reads();
    bench.pass_seconds(60);
    assert_eq!(bench.result(ready), "unknown NOT_REACHABLE");
}

#[test]
fn an_agent_that_breaks_down_again_and_again_is_let_go() {
    let mut bench = at_work();
    for _ in 0..4 {
        break_down(&mut bench, |_, _| {});
        assert_eq!(bench.open_links(), ["41027", "41033"]);
    }
    bench.told("desk-1");
    break_down(&mut bench, |_, _| {});
    assert_eq!(
        bench.told("desk-1"),
        ["State LOGOUT", "Error SESSION_INVALIDATED"]
    );
    assert_eq!(bench.open_links(), ["41033"]);
    bench.drop_requests();
    bench.connect("desk-1", "41027");
}

#[test]
fn a_mishap_is_forgotten_after_a_quiet_minute() {
    let mut bench = at_work();
    for _ in 0..10 {
        break_down(&mut bench, |_, _| {});
        bench.answer_reads();
        bench.pass_seconds(60);
    }
    assert_eq!(bench.open_links(), ["41027", "41033"]);
}
