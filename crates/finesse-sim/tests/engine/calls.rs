//! Sequences of calls, both agents' feeds, in the order of the specification's section 5.

use finesse_sim::engine::{AgentState, DialogAction, DialogRequest, ParticipantView, WrapUpView};
use finesse_sim::{CallId, Settings, WrapUpMode};
use pretty_assertions::assert_eq;

use crate::site::{CUSTOMER, LAYLA, OMAR, Site, extension_of};

const FIRST: CallId = CallId(33_561_207);
const SECOND: CallId = CallId(33_561_208);

#[test]
fn routed_inbound_answered_and_hung_up_by_the_caller() {
    let mut site = Site::ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    assert_eq!(call, FIRST);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=RESERVED"]);
    let ringing = ["P 33561207 ALERTING [ALERTING|INITIATED] PREROUTE_ACD_IN"];
    assert_eq!(site.dialogs_feed(LAYLA), ringing);

    site.act(LAYLA, call, "ANSWER");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING"]);
    let talking = ["U 33561207 ACTIVE [ACTIVE|ACTIVE] PREROUTE_ACD_IN #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), talking);

    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 ACTIVE [ACTIVE|DROPPED] PREROUTE_ACD_IN",
            "U 33561207 DROPPED [DROPPED|DROPPED] PREROUTE_ACD_IN",
            "D 33561207 DROPPED [DROPPED|DROPPED] PREROUTE_ACD_IN",
        ]
    );
    assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
    assert_eq!(site.dialog_count(LAYLA), 0);
}

#[test]
fn the_queue_name_is_empty_while_alerting_and_the_number_is_not() {
    let mut site = Site::ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    site.settle();
    let dialog = site.dialog(LAYLA);
    let queue = |name: &str| Some(("5240".to_owned(), name.to_owned()));
    assert_eq!(dialog.queue, queue(""));
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    assert_eq!(site.dialog(LAYLA).queue, queue("Retail_Voice"));
}

#[test]
fn routed_inbound_with_wrap_up() {
    let mut site = Site::with(wrap_up(WrapUpMode::Required)).with_ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.forget();

    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 ACTIVE [WRAP_UP|ACTIVE] PREROUTE_ACD_IN",
            "U 33561207 ACTIVE [WRAP_UP|DROPPED] PREROUTE_ACD_IN",
        ]
    );
    assert_eq!(site.user_feed(LAYLA), ["U=WORK_READY"]);

    site.pass(Settings::default().wrap_up_timer);
    site.settle();
    let over = ["D 33561207 ACTIVE [DROPPED|DROPPED] PREROUTE_ACD_IN"];
    assert_eq!(site.dialogs_feed(LAYLA), over);
    assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
}

#[test]
fn picking_ready_ends_wrap_up_before_the_timer() {
    let mut site = Site::with(wrap_up(WrapUpMode::Required)).with_ready(&[LAYLA]);
    let call = talking(&mut site);
    site.customer_hangs_up(call);
    site.settle();
    site.forget();
    site.state(LAYLA, "READY");
    site.settle();
    let over = ["D 33561207 ACTIVE [DROPPED|DROPPED] PREROUTE_ACD_IN"];
    assert_eq!(site.dialogs_feed(LAYLA), over);
    assert_eq!(site.user_feed(LAYLA), ["U=READY #r-1"]);
}

#[test]
fn optional_wrap_up_comes_only_when_asked_for() {
    let mut site = Site::with(wrap_up(WrapUpMode::Optional)).with_ready(&[LAYLA]);
    let call = talking(&mut site);
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Ready);

    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.state(LAYLA, "WORK");
    site.settle();
    site.forget();
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=WORK"]);
}

#[test]
fn ring_no_answer_makes_not_ready_and_the_caller_goes_to_the_next_agent() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = site.customer_calls("7800");
    site.pass(Settings::default().ring_no_answer);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=RESERVED", "U=NOT_READY(32767)"]);
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "P 33561207 ALERTING [ALERTING|INITIATED] PREROUTE_ACD_IN",
            "D 33561207 ALERTING [DROPPED|INITIATED] PREROUTE_ACD_IN",
        ]
    );
    assert_eq!(site.user_feed(OMAR), ["U=RESERVED"]);
    let next = ["P 33561208 ALERTING [ALERTING|INITIATED] PREROUTE_ACD_IN"];
    assert_eq!(site.dialogs_feed(OMAR), next);

    // The customer hangs up the call as it was announced to them.
    site.customer_hangs_up(call);
    site.settle();
    let gone = ["D 33561208 ALERTING [DROPPED|INITIATED] PREROUTE_ACD_IN"];
    assert_eq!(site.dialogs_feed(OMAR), gone);
    assert_eq!(site.user_feed(OMAR), ["U=READY"]);
}

#[test]
fn a_caller_waits_until_somebody_is_ready_and_the_longest_waiting_agent_is_first() {
    let mut site = Site::signed_in(&[LAYLA, OMAR]);
    site.customer_calls("7800");
    site.settle();
    assert_eq!(site.engine.queue("5240").unwrap().calls, 1);
    site.state(OMAR, "READY");
    site.settle();
    assert_eq!(site.user_feed(OMAR), ["U=READY #r-1", "U=RESERVED"]);
    assert_eq!(site.engine.queue("5240").unwrap().calls, 0);

    let mut site = Site::ready(&[OMAR, LAYLA]);
    site.customer_calls("7800");
    site.settle();
    assert_eq!(site.is(OMAR), AgentState::Reserved);
    assert_eq!(site.is(LAYLA), AgentState::Ready);
}

#[test]
fn manual_outbound_to_an_outside_number() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.dial(LAYLA, CUSTOMER);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING"]);
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "P 33561207 INITIATING [INITIATING] AGENT_INSIDE #r-1",
            "U 33561207 INITIATED [INITIATED] OUT",
            "U 33561207 ALERTING [INITIATED|ALERTING] OUT",
            "U 33561207 ACTIVE [ACTIVE|ACTIVE] OUT",
        ]
    );
    site.act(LAYLA, FIRST, "DROP");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 DROPPED [DROPPED|DROPPED] OUT #r-1",
            "D 33561207 DROPPED [DROPPED|DROPPED] OUT",
        ]
    );
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY"]);
}

#[test]
fn the_address_is_empty_until_the_digits_are_out() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.dial(LAYLA, CUSTOMER);
    site.settle();
    let first = site
        .published
        .iter()
        .find_map(|publication| match &publication.payload {
            finesse_sim::engine::Payload::Dialog(_, dialog) => Some(dialog.clone()),
            _ => None,
        });
    let first = first.unwrap();
    assert_eq!((first.to.as_str(), first.dnis.as_str()), ("", ""));
    assert_eq!(site.dialog(LAYLA).to, CUSTOMER);
}

#[test]
fn manual_outbound_to_another_agent() {
    let mut site = Site::signed_in(&[LAYLA, OMAR]);
    site.dial(LAYLA, "6133");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "P 33561207 INITIATING [INITIATING] AGENT_INSIDE #r-1",
            "U 33561207 INITIATED [INITIATED] AGENT_INSIDE",
            "U 33561207 ALERTING [INITIATED|ALERTING] AGENT_INSIDE",
        ]
    );
    let ringing = ["P 33561207 ALERTING [ALERTING|INITIATED] AGENT_INSIDE"];
    assert_eq!(site.dialogs_feed(OMAR), ringing);
    assert_eq!(site.user_feed(OMAR), [""; 0]);

    site.act(OMAR, FIRST, "ANSWER");
    site.settle();
    let up = "U 33561207 ACTIVE [ACTIVE|ACTIVE] AGENT_INSIDE";
    assert_eq!(site.dialogs_feed(LAYLA), [up]);
    assert_eq!(site.dialogs_feed(OMAR), [format!("{up} #r-1")]);
    assert_eq!(site.user_feed(OMAR), ["U=TALKING"]);
}

#[test]
fn a_busy_number_fails_and_clears_by_itself() {
    assert_failed_call("9998", "BUSY");
}

#[test]
fn a_bad_number_fails_and_clears_by_itself() {
    assert_failed_call("9999", "BAD_DESTINATION");
}

fn assert_failed_call(number: &str, cause: &str) {
    let mut site = Site::signed_in(&[LAYLA]);
    site.dial(LAYLA, number);
    site.settle();
    site.settle();
    let feed = site.dialogs_feed(LAYLA);
    let failed = format!("[FAILED {cause}]");
    assert!(
        feed[2].starts_with("U 33561207 FAILED") && feed[2].contains(&failed),
        "{feed:?}"
    );
    assert!(
        feed[3].starts_with("D 33561207 FAILED [DROPPED"),
        "{feed:?}"
    );
    assert_eq!(feed.len(), 4);
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING", "U=NOT_READY"]);
}

#[test]
fn calling_from_ready_passes_through_not_ready_and_comes_back() {
    let mut site = Site::ready(&[LAYLA]);
    site.dial(LAYLA, CUSTOMER);
    site.settle();
    site.act(LAYLA, FIRST, "DROP");
    site.settle();
    let states = ["U=NOT_READY(50006)", "U=TALKING", "U=READY"];
    assert_eq!(site.user_feed(LAYLA), states);
}

#[test]
fn hold_and_retrieve() {
    let mut site = Site::ready(&[LAYLA]);
    let call = talking(&mut site);
    site.act(LAYLA, call, "HOLD");
    site.settle();
    let held = ["U 33561207 ACTIVE [HELD|ACTIVE] PREROUTE_ACD_IN #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), held);
    assert_eq!(site.user_feed(LAYLA), ["U=HOLD"]);

    site.act(LAYLA, call, "RETRIEVE");
    site.settle();
    let back = ["U 33561207 ACTIVE [ACTIVE|ACTIVE] PREROUTE_ACD_IN #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), back);
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING"]);
}

#[test]
fn consult_then_transfer() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = consulted(&mut site);
    assert_eq!(
        own(&site, LAYLA, call).actions,
        [
            DialogAction::UpdateCallData,
            DialogAction::Drop,
            DialogAction::Retrieve,
            DialogAction::Transfer,
            DialogAction::Conference,
        ]
    );

    site.act(LAYLA, call, "TRANSFER");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "D 33561207 ACTIVE [DROPPED OTHER|ACTIVE] PREROUTE_ACD_IN #r-1",
            "D 33561208 DROPPED [DROPPED OTHER|DROPPED OTHER] CONSULT",
        ]
    );
    assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
    assert_eq!(
        site.dialogs_feed(OMAR),
        [
            "D 33561208 DROPPED [DROPPED OTHER|DROPPED OTHER] CONSULT",
            "P 33561207 ACTIVE [ACTIVE|ACTIVE] TRANSFER",
        ]
    );
    let dialog = site.dialog(OMAR);
    assert_eq!(dialog.secondary, Some(SECOND.0));
    assert_eq!(
        dialog.variables[0],
        ("callVariable1".to_owned(), "gold".to_owned())
    );
    let addresses: Vec<&str> = dialog
        .participants
        .iter()
        .map(|p| p.address.as_str())
        .collect();
    assert!(
        addresses.contains(&CUSTOMER) && addresses.contains(&"6133"),
        "{addresses:?}"
    );

    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.is(OMAR), AgentState::Ready);
    assert_eq!(site.dialog_count(OMAR), 0);
}

#[test]
fn the_steps_of_a_consult_call() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = talking(&mut site);
    site.act_to(LAYLA, call, "CONSULT_CALL", "6133");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 ACTIVE [HELD|ACTIVE] PREROUTE_ACD_IN #r-1",
            "P 33561208 INITIATING [INITIATING] CONSULT",
            "U 33561208 INITIATED [INITIATED] CONSULT",
            "U 33561208 ALERTING [INITIATED|ALERTING] CONSULT",
            // TRANSFER is listed now.
            "U 33561207 ACTIVE [HELD|ACTIVE] PREROUTE_ACD_IN",
        ]
    );
    let ringing = ["P 33561208 ALERTING [ALERTING|INITIATED] CONSULT"];
    assert_eq!(site.dialogs_feed(OMAR), ringing);
    assert_eq!(site.dialog(OMAR).associated, Some(call.0));
    assert_eq!(site.user_feed(LAYLA), [""; 0]);

    site.act(OMAR, SECOND, "ANSWER");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561208 ACTIVE [ACTIVE|ACTIVE] CONSULT",
            // CONFERENCE is listed now.
            "U 33561207 ACTIVE [HELD|ACTIVE] PREROUTE_ACD_IN",
        ]
    );
    assert_eq!(site.user_feed(OMAR), ["U=TALKING"]);
}

#[test]
fn a_transfer_while_the_consult_call_still_rings() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = talking(&mut site);
    site.act_to(LAYLA, call, "CONSULT_CALL", "6133");
    site.settle();
    site.forget();
    site.act(LAYLA, call, "TRANSFER");
    site.settle();
    assert_eq!(
        site.dialogs_feed(OMAR),
        [
            "D 33561208 DROPPED [DROPPED OTHER|DROPPED OTHER] CONSULT",
            "P 33561207 ACTIVE [ALERTING|ACTIVE|DROPPED OTHER] TRANSFER",
        ]
    );
    site.act(OMAR, call, "ANSWER");
    site.settle();
    let up = ["U 33561207 ACTIVE [ACTIVE|ACTIVE] TRANSFER #r-1"];
    assert_eq!(site.dialogs_feed(OMAR), up);
    assert_eq!(site.user_feed(OMAR), ["U=TALKING"]);
}

#[test]
fn consult_to_the_queue_reserves_the_next_agent() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = talking(&mut site);
    site.act_to(LAYLA, call, "CONSULT_CALL", "7800");
    site.settle();
    assert_eq!(site.user_feed(OMAR), ["U=RESERVED"]);
    let ringing = ["P 33561208 ALERTING [ALERTING|INITIATED] CONSULT"];
    assert_eq!(site.dialogs_feed(OMAR), ringing);
    site.act(OMAR, SECOND, "ANSWER");
    site.settle();
    site.act(LAYLA, call, "TRANSFER");
    site.settle();
    assert_eq!(site.is(OMAR), AgentState::Talking);
    assert_eq!(site.dialog(OMAR).id, call.0);
}

#[test]
fn transferring_the_consult_call_after_an_alternate_lets_it_survive() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = consulted(&mut site);
    site.act(LAYLA, SECOND, "HOLD");
    site.settle();
    site.act(LAYLA, call, "RETRIEVE");
    site.settle();
    site.forget();
    site.act(LAYLA, SECOND, "TRANSFER");
    site.settle();
    let survivor = ["U 33561208 ACTIVE [ACTIVE|ACTIVE] TRANSFER"];
    assert_eq!(site.dialogs_feed(OMAR), survivor);
    assert_eq!(site.dialog_count(LAYLA), 0);
}

#[test]
fn consult_then_conference_and_one_party_leaves() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = consulted(&mut site);
    site.act(LAYLA, call, "CONFERENCE");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "D 33561208 DROPPED [DROPPED OTHER|DROPPED OTHER] CONSULT",
            "U 33561207 ACTIVE [ACTIVE|ACTIVE|ACTIVE] CONFERENCE #r-1",
        ]
    );
    assert_eq!(
        site.dialogs_feed(OMAR),
        [
            "D 33561208 DROPPED [DROPPED OTHER|DROPPED OTHER] CONSULT",
            "P 33561207 ACTIVE [ACTIVE|ACTIVE|ACTIVE] CONFERENCE",
        ]
    );
    assert_eq!(site.dialog(LAYLA).secondary, Some(SECOND.0));

    site.act(OMAR, call, "DROP");
    site.settle();
    let left = ["D 33561207 ACTIVE [DROPPED|ACTIVE|ACTIVE] CONFERENCE #r-1"];
    assert_eq!(site.dialogs_feed(OMAR), left);
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 ACTIVE [ACTIVE|ACTIVE|DROPPED] CONFERENCE",
            "U 33561207 ACTIVE [ACTIVE|ACTIVE] CONFERENCE",
        ]
    );
    assert_eq!(site.is(OMAR), AgentState::Ready);
    assert_eq!(site.is(LAYLA), AgentState::Talking);

    site.act(LAYLA, call, "DROP");
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Ready);
    assert!(site.engine.all_dialogs().is_empty());
}

#[test]
fn direct_transfer_to_an_agent() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = talking(&mut site);
    site.act_to(LAYLA, call, "TRANSFER_SST", "6133");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 ACTIVE [HELD|ACTIVE] PREROUTE_ACD_IN #r-1",
            "P 2147400001 INITIATED [INITIATED] TRANSFER",
            "D 2147400001 DROPPED [DROPPED OTHER] TRANSFER",
            "D 33561207 ACTIVE [DROPPED OTHER|ACTIVE] PREROUTE_ACD_IN",
        ]
    );
    assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
    assert_eq!(
        site.dialogs_feed(OMAR),
        [
            "P 2147400001 ALERTING [ALERTING|INITIATED] PREROUTE_ACD_IN",
            "P 33561207 ACTIVE [ALERTING|ACTIVE|DROPPED OTHER] TRANSFER",
            "D 2147400001 DROPPED [DROPPED OTHER|DROPPED OTHER] TRANSFER",
            "U 33561207 ACTIVE [ALERTING|ACTIVE] TRANSFER",
        ]
    );
    site.act(OMAR, call, "ANSWER");
    site.settle();
    assert_eq!(site.user_feed(OMAR), ["U=TALKING"]);
    let up = ["U 33561207 ACTIVE [ACTIVE|ACTIVE] TRANSFER #r-1"];
    assert_eq!(site.dialogs_feed(OMAR), up);
}

#[test]
fn direct_transfer_to_the_queue_is_a_new_call_for_the_receiver() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = talking(&mut site);
    site.act_to(LAYLA, call, "TRANSFER_SST", "7800");
    site.settle();
    assert_eq!(site.user_feed(OMAR), ["U=RESERVED"]);
    let offered = ["P 33561208 ALERTING [ALERTING|INITIATED] PREROUTE_ACD_IN"];
    assert_eq!(site.dialogs_feed(OMAR), offered);
    assert_eq!(site.is(LAYLA), AgentState::Ready);
    assert_eq!(site.dialog(OMAR).variables[0].1, "gold");
}

#[test]
fn direct_transfer_with_wrap_up_keeps_the_dialog_for_the_sender() {
    let mut site = Site::with(wrap_up(WrapUpMode::Required)).with_ready(&[LAYLA, OMAR]);
    let call = talking(&mut site);
    site.act_to(LAYLA, call, "TRANSFER_SST", "6133");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=WORK_READY"]);
    let feed = site.dialogs_feed(LAYLA);
    assert_eq!(
        feed[3],
        "U 33561207 ACTIVE [WRAP_UP|ACTIVE] PREROUTE_ACD_IN"
    );
    assert_eq!(site.dialog(LAYLA).id, call.0);
    site.act(OMAR, call, "ANSWER");
    site.settle();
    site.pass(Settings::default().wrap_up_timer);
    assert_eq!(site.dialog_count(LAYLA), 0);
    assert_eq!(site.dialog(OMAR).participants.len(), 2);
}

#[test]
fn a_direct_transfer_to_a_bad_number_leaves_the_call_alone() {
    let mut site = Site::ready(&[LAYLA]);
    let call = talking(&mut site);
    site.act_to(LAYLA, call, "TRANSFER_SST", "9999");
    site.settle();
    let refused = ["E Call Operation Failure 14 CF_INVALID_DESTINATION #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), refused);
    assert_eq!(site.is(LAYLA), AgentState::Talking);
}

#[test]
fn an_abandoned_off_hook_ends_while_initiating() {
    let mut settings = Settings::default();
    let step = std::time::Duration::from_secs(1);
    settings.latency = step..=step;
    let mut site = Site::with(settings);
    site.login(LAYLA);
    site.settle();
    site.forget();
    site.dial(LAYLA, CUSTOMER);
    site.pass(step);
    site.act(LAYLA, FIRST, "DROP");
    site.settle();
    let feed = site.dialogs_feed(LAYLA);
    assert_eq!(
        feed[0],
        "P 33561207 INITIATING [INITIATING] AGENT_INSIDE #r-1"
    );
    assert!(
        feed.last().unwrap().starts_with("D 33561207 INITIAT"),
        "{feed:?}"
    );
    assert_eq!(site.is(LAYLA), AgentState::NotReady);
}

#[test]
fn a_customer_who_dials_an_extension_rings_there_without_reserving() {
    let mut site = Site::signed_in(&[LAYLA]);
    let call = site.customer_calls("6127");
    site.settle();
    let ringing = ["P 33561207 ALERTING [ALERTING|INITIATED] OTHER_IN"];
    assert_eq!(site.dialogs_feed(LAYLA), ringing);
    assert_eq!(site.user_feed(LAYLA), [""; 0]);
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING", "U=NOT_READY"]);
}

#[test]
fn call_data_is_updated_and_echoed_to_everybody() {
    let mut site = Site::ready(&[LAYLA]);
    let call = talking(&mut site);
    let request = DialogRequest {
        action: "UPDATE_CALL_DATA".to_owned(),
        variables: vec![("callVariable4".to_owned(), "ref 8812".to_owned())],
        wrap_up: Some(vec!["Order placed".to_owned()]),
        ..DialogRequest::default()
    };
    site.update(LAYLA, call, request);
    site.settle();
    let echoed = ["U 33561207 ACTIVE [ACTIVE|ACTIVE] PREROUTE_ACD_IN #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), echoed);
    let dialog = site.dialog(LAYLA);
    assert_eq!(dialog.variables[3].1, "ref 8812");
    assert_eq!(
        dialog.wrap_up,
        WrapUpView::Reason(Some("Order placed".to_owned()))
    );
}

#[test]
fn the_same_seed_replays_the_same_site() {
    let run = |seed| {
        let mut site = Site::seeded(Settings::default(), seed).with_ready(&[LAYLA, OMAR]);
        let call = consulted(&mut site);
        site.act(LAYLA, call, "CONFERENCE");
        site.settle();
        site.published
            .iter()
            .map(|publication| publication.xml())
            .collect::<Vec<_>>()
    };
    assert_eq!(run(11), run(11));
    assert_ne!(run(11), run(12));
}

fn wrap_up(mode: WrapUpMode) -> Settings {
    Settings {
        wrap_up_incoming: mode,
        ..Settings::default()
    }
}

/// Layla talks to the customer; feeds empty.
fn talking(site: &mut Site) -> CallId {
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    let request = DialogRequest {
        action: "UPDATE_CALL_DATA".to_owned(),
        variables: vec![("callVariable1".to_owned(), "gold".to_owned())],
        ..DialogRequest::default()
    };
    site.update(LAYLA, call, request);
    site.settle();
    site.forget();
    call
}

/// Layla talks to Omar while the customer is held; feeds empty.
fn consulted(site: &mut Site) -> CallId {
    let call = talking(site);
    site.act_to(LAYLA, call, "CONSULT_CALL", "6133");
    site.settle();
    site.act(OMAR, SECOND, "ANSWER");
    site.settle();
    site.forget();
    call
}

fn own(site: &Site, agent: &str, call: CallId) -> ParticipantView {
    let dialog = site.engine.dialog(agent, &call.0.to_string()).unwrap();
    let mut parties = dialog.participants.into_iter();
    parties
        .find(|party| party.address == extension_of(agent))
        .unwrap()
}

#[test]
fn a_customer_who_waits_reaches_an_agent_whose_direct_call_was_given_up() {
    let mut site = Site::ready(&[LAYLA]);
    let direct = site.customer_calls("6127");
    site.settle();
    site.customer_calls("7800");
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Ready);
    site.customer_hangs_up(direct);
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Reserved);
}
