//! After-call work: who gets it, how long, how it ends.

use std::time::Duration;

use finesse_sim::engine::AgentState;
use finesse_sim::site::Site as Configuration;
use finesse_sim::{Settings, WrapUp, WrapUpMode};
use pretty_assertions::assert_eq;

use crate::site::{LAYLA, NADIA, OMAR, Site};

const REFUSED: &str = "E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1";

#[test]
fn work_or_work_ready_asked_for_during_the_call_is_pending_and_then_comes() {
    for (state, after) in [("WORK", "U=NOT_READY"), ("WORK_READY", "U=READY")] {
        let mut site = Site::with(incoming(WrapUpMode::Optional)).with_ready(&[LAYLA]);
        let call = site.routed_call(LAYLA);
        site.state(LAYLA, state);
        site.settle();
        assert_eq!(
            site.user_feed(LAYLA),
            [format!("U=TALKING pending {state} #r-1")]
        );
        site.customer_hangs_up(call);
        site.settle();
        assert_eq!(site.user_feed(LAYLA), [format!("U={state}")]);
        site.pass(Settings::default().wrap_up_timer);
        site.settle();
        assert_eq!(site.user_feed(LAYLA), [after]);
    }
}

#[test]
fn work_is_refused_where_there_is_no_wrap_up_no_call_or_it_has_begun() {
    let mut site = Site::ready(&[LAYLA]);
    site.routed_call(LAYLA);
    site.state(LAYLA, "WORK");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), [REFUSED]);

    let mut site = Site::with(incoming(WrapUpMode::Required)).with_ready(&[LAYLA]);
    site.state(LAYLA, "WORK_READY");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), [REFUSED]);
    let call = site.routed_call(LAYLA);
    site.customer_hangs_up(call);
    site.settle();
    site.forget();
    site.state(LAYLA, "WORK");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), [REFUSED]);
}

#[test]
fn a_ringing_agent_does_not_ask_for_work() {
    let mut site = Site::with(incoming(WrapUpMode::Required)).with_ready(&[LAYLA]);
    site.customer_calls("7800");
    site.settle();
    site.forget();
    site.state(LAYLA, "WORK");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), [REFUSED]);
}

#[test]
fn not_ready_asked_for_during_the_call_makes_it_work() {
    let mut site = Site::with(incoming(WrapUpMode::Required)).with_ready(&[LAYLA]);
    let call = site.routed_call(LAYLA);
    site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("9"))
        .unwrap();
    site.settle();
    site.forget();
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=WORK pending NOT_READY"]);
    site.pass(Settings::default().wrap_up_timer);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(14)"]);
}

#[test]
fn an_agent_may_have_a_rule_and_a_timer_of_its_own() {
    let mut configuration = Configuration::demo();
    configuration.agents[0].wrap_up = Some(WrapUp {
        incoming: WrapUpMode::Required,
        outgoing: WrapUpMode::NotAllowed,
        timer: Duration::from_secs(30),
    });
    let mut site = Site::of(configuration, Settings::default(), 7).with_ready(&[LAYLA, OMAR]);
    let user = site.user(LAYLA);
    assert_eq!(
        (user.wrap_up_incoming, user.wrap_up_seconds),
        ("REQUIRED", 30)
    );
    assert_eq!(site.user(OMAR).wrap_up_incoming, "NOT_ALLOWED");
    for (agent, after) in [(LAYLA, AgentState::WorkReady), (OMAR, AgentState::Ready)] {
        let call = site.routed_call(agent);
        site.customer_hangs_up(call);
        site.settle();
        assert_eq!(site.is(agent), after);
    }
    site.pass(Duration::from_secs(30));
    assert_eq!(site.is(LAYLA), AgentState::Ready);
}

#[test]
fn where_a_reason_is_required_nobody_leaves_without_one_but_by_timer_or_supervisor() {
    let settings = incoming(WrapUpMode::RequiredWithData);
    let mut site = Site::with(settings).with_ready(&[LAYLA]);
    let call = site.routed_call(LAYLA);
    site.customer_hangs_up(call);
    site.settle();
    site.forget();
    assert_eq!(
        site.user(LAYLA).wrap_up_incoming,
        "REQUIRED_WITH_WRAP_UP_DATA"
    );
    site.state(LAYLA, "READY");
    site.settle();
    let refused = ["E Generic Error 280 CF_WRAPUP_DATA_REQUIRED #r-1"];
    assert_eq!(site.user_feed(LAYLA), refused);
    site.wrap_up(LAYLA, call, "Order placed");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["U 33561207 ACTIVE [WRAP_UP|DROPPED] PREROUTE_ACD_IN #r-1"]
    );
    site.state(LAYLA, "READY");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=READY #r-1"]);

    let call = site.routed_call(LAYLA);
    site.customer_hangs_up(call);
    site.settle();
    site.put_user(NADIA, LAYLA, "NOT_READY", None, None)
        .unwrap();
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::NotReady);
}

fn incoming(mode: WrapUpMode) -> Settings {
    Settings {
        wrap_up_incoming: mode,
        ..Settings::default()
    }
}
