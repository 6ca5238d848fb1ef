//! One call, one agent: routed, unanswered, placed, held (Finesse API, sections 5.1 to 5.4 and 5.10).

use pretty_assertions::assert_eq;

use crate::docs::{dialog, placed, routed};
use crate::harness::Bench;

const NOTHING: [String; 0] = [];

fn layla() -> Bench {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.told("desk-1");
    bench
}

#[test]
fn a_routed_call_is_announced_answered_and_ended() {
    let mut bench = layla();
    let mut call = routed("207", "6127");
    bench.user_is("41027", "RESERVED");
    bench.post("41027", &call);
    let told = bench.taken("desk-1");
    assert_eq!(told[0].in_short(), "State RESERVED");
    assert_eq!(
        told[1].documented(),
        r#"{"type":"NewInboundCall","dialogID":"207","fromAddress":"03005550142","callVariables":{"callVariable1":"gold"},"callType":"PREROUTE_ACD_IN","agentId":"41027","queueName":""}"#
    );
    assert_eq!(
        told[1].union(),
        r#"{"type":"NewInboundCall","dialogID":"207","fromAddress":"03005550142","callVariables":{"callVariable1":"gold","user.acct.ref":"A-17"},"callType":"PREROUTE_ACD_IN","agentId":"41027","queueName":"","dialogId":"207","associatedDialogId":null,"prevDialogId":null}"#
    );

    let answer = bench.send("desk-1", "AnswerCall#41027", "207");
    let request = bench.request("PUT /Dialog/207 ANSWER");
    bench.accept(&request);
    bench.user_is("41027", "TALKING");
    call.state = "ACTIVE".to_owned();
    call.set("6127", "ACTIVE").set("03005550142", "ACTIVE");
    bench.put("41027", &call);
    assert_eq!(bench.result(answer), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told[1]["state"], "ACTIVE");
    assert_eq!(told[1]["queueName"], "Retail_Voice");
    assert_eq!(told[1]["participants"].as_array().unwrap().len(), 2);

    call.set("03005550142", "DROPPED");
    bench.put("41027", &call);
    call.state = "DROPPED".to_owned();
    call.set("6127", "DROPPED");
    bench.put("41027", &call);
    bench.delete("41027", &call);
    bench.user_is("41027", "READY");
    let told = bench.taken("desk-1");
    let short: Vec<String> = told.iter().map(|told| told.in_short()).collect();
    assert_eq!(
        short,
        [
            "InboundCall 207 ACTIVE PREROUTE_ACD_IN",
            "InboundCall 207 DROPPED PREROUTE_ACD_IN",
            "State READY"
        ]
    );
    assert_eq!(
        told[1].documented(),
        r#"{"type":"InboundCall","dialogId":"207","prevDialogId":null,"state":"DROPPED","agentId":"41027","queueName":"Retail_Voice"}"#
    );
}

#[test]
fn with_wrap_up_the_call_ends_for_clients_before_the_caller_is_gone_and_only_once() {
    let mut bench = layla();
    let mut call = routed("207", "6127");
    bench.post("41027", &call);
    call.state = "ACTIVE".to_owned();
    call.set("6127", "ACTIVE").set("03005550142", "ACTIVE");
    bench.put("41027", &call);
    bench.told("desk-1");
    call.set("6127", "WRAP_UP");
    bench.put("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 207 DROPPED PREROUTE_ACD_IN"]
    );
    call.set("03005550142", "DROPPED");
    bench.put("41027", &call);
    bench.user_is("41027", "WORK_READY");
    bench.delete("41027", &call);
    assert_eq!(bench.told("desk-1"), ["State WORK_READY"]);
    let asked = bench.send("desk-1", "GetDialogState#41027", "207");
    let read = bench.expect_request();
    bench.answer(
        &read,
        finesse_protocol::Answer::Dialog(call.parsed().into()),
    );
    assert_eq!(bench.told("desk-1"), ["DialogState 207 NOT_FOUND"]);
    assert_eq!(bench.result(asked), "done");
}

#[test]
fn a_call_nobody_answers_ends_although_its_dialog_still_says_alerting() {
    let mut bench = layla();
    let mut call = routed("207", "6127");
    bench.post("41027", &call);
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    let user = bench.users.get_mut("41027").unwrap().set("NOT_READY");
    user.reason = Some(("32767", "Not Ready - Call Not Answered", "3"));
    let update = user.update("");
    bench.notify("41027", &update);
    assert_eq!(
        bench.told("desk-1"),
        [
            "NewInboundCall 207 PREROUTE_ACD_IN",
            "InboundCall 207 DROPPED PREROUTE_ACD_IN",
            "State NOT_READY 32767 Not Ready - Call Not Answered"
        ]
    );
}

#[test]
fn a_delete_that_says_nothing_of_the_agents_side_tells_what_was_known() {
    let mut bench = layla();
    let mut call = routed("207", "6127");
    bench.post("41027", &call);
    call.parties.clear();
    bench.delete("41027", &call);
    assert_eq!(
        bench.told("desk-1")[1],
        "InboundCall 207 DROPPED PREROUTE_ACD_IN"
    );
}

#[test]
fn a_call_that_is_placed_is_done_when_it_rings_and_both_agents_see_their_side() {
    let mut bench = layla();
    bench.login("desk-2", "41033");
    let ticket = bench.send("desk-1", "MakeCall#41027", "6133");
    let request = bench.request("POST /User/41027/Dialogs MAKE_CALL 6127 6133");
    bench.accept(&request);
    let mut call = placed("208", "6127", "AGENT_INSIDE");
    bench.user_is("41027", "TALKING");
    bench.post("41027", &call);
    call.state = "INITIATED".to_owned();
    call.to = "6133".to_owned();
    call.set("6127", "INITIATED");
    bench.put("41027", &call);
    assert_eq!(bench.result(ticket), "open");
    call.state = "ALERTING".to_owned();
    call.set("6133", "ALERTING");
    bench.put("41027", &call);
    bench.post("41033", &call);
    assert_eq!(bench.result(ticket), "done");
    call.state = "ACTIVE".to_owned();
    call.set("6127", "ACTIVE").set("6133", "ACTIVE");
    bench.put("41027", &call);
    bench.put("41033", &call);
    call.state = "DROPPED".to_owned();
    call.set("6127", "DROPPED").set("6133", "DROPPED");
    bench.delete("41027", &call);
    bench.delete("41033", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "State TALKING",
            "InboundCall 208 INITIATING AGENT_INSIDE",
            "InboundCall 208 INITIATED AGENT_INSIDE",
            "InboundCall 208 INITIATED AGENT_INSIDE",
            "InboundCall 208 ACTIVE AGENT_INSIDE",
            "InboundCall 208 DROPPED AGENT_INSIDE"
        ]
    );
    assert_eq!(
        bench.told("desk-2"),
        [
            "NewInboundCall 208 AGENT_INSIDE",
            "InboundCall 208 ACTIVE AGENT_INSIDE",
            "InboundCall 208 DROPPED AGENT_INSIDE"
        ]
    );
}

#[test]
fn the_post_of_a_known_call_replaces_it() {
    let mut bench = layla();
    let mut call = placed("208", "6127", "OUT");
    bench.post("41027", &call);
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), ["InboundCall 208 INITIATING OUT"]);
    call.set("6127", "INITIATED");
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), ["InboundCall 208 INITIATED OUT"]);
}

#[test]
fn a_bad_number_is_a_failed_call_and_then_an_error() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "MakeCall#41027", "9999");
    let request = bench.expect_request();
    bench.accept(&request);
    let mut call = placed("208", "6127", "OUT");
    bench.post("41027", &call);
    call.state = "FAILED".to_owned();
    call.set("6127", "FAILED").cause("6127", "BAD_DESTINATION");
    bench.put("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 208 INITIATING OUT",
            "InboundCall 208 FAILED OUT",
            "Error BAD_DESTINATION"
        ]
    );
    assert_eq!(bench.result(ticket), "failed BAD_DESTINATION");
    bench.put("41027", &call);
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    assert_eq!(bench.told("desk-1"), ["InboundCall 208 DROPPED OUT"]);
}

#[test]
fn a_bad_number_dialled_at_the_phone_is_told_the_same_way() {
    let mut bench = layla();
    let mut call = placed("208", "6127", "OUT");
    bench.post("41027", &call);
    call.set("6127", "FAILED");
    bench.put("41027", &call);
    // The cause may come after the state.
    call.cause("6127", "BAD_DESTINATION");
    bench.put("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 208 INITIATING OUT",
            "InboundCall 208 FAILED OUT",
            "InboundCall 208 FAILED OUT",
            "Error BAD_DESTINATION"
        ]
    );
}

#[test]
fn a_call_that_fails_before_it_was_seen_ends_its_command_too() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "MakeCall#41027", "9999");
    let mut call = placed("208", "6127", "OUT");
    call.state = "FAILED".to_owned();
    call.set("6127", "FAILED").cause("6127", "BAD_DESTINATION");
    bench.post("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 208 FAILED OUT", "Error BAD_DESTINATION"]
    );
    assert_eq!(bench.result(ticket), "failed BAD_DESTINATION");
}

#[test]
fn a_busy_party_is_a_failed_call_and_a_command_that_is_done() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "MakeCall#41027", "6133");
    let request = bench.expect_request();
    bench.accept(&request);
    let mut call = placed("208", "6127", "AGENT_INSIDE");
    bench.post("41027", &call);
    call.set("6127", "FAILED").cause("6127", "BUSY");
    bench.put("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 208 INITIATING AGENT_INSIDE",
            "InboundCall 208 FAILED AGENT_INSIDE"
        ]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn hold_and_retrieve_are_states_of_the_agents_own_side() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.request("PUT /Dialog/207 HOLD");
    bench.accept(&request);
    call.set("6127", "HELD");
    bench.put("41027", &call);
    bench.user_is("41027", "HOLD");
    assert_eq!(bench.result(hold), "done");
    let retrieve = bench.send("desk-1", "RetrieveCall#41027", "207");
    let request = bench.request("PUT /Dialog/207 RETRIEVE");
    bench.accept(&request);
    call.set("6127", "ACTIVE");
    bench.put("41027", &call);
    assert_eq!(bench.result(retrieve), "done");
    // The caller holds: the agent's own side stays ACTIVE.
    call.set("03005550142", "HELD");
    bench.put("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 207 HELD PREROUTE_ACD_IN",
            "State HOLD",
            "InboundCall 207 ACTIVE PREROUTE_ACD_IN",
            "InboundCall 207 ACTIVE PREROUTE_ACD_IN"
        ]
    );
}

#[test]
fn a_notification_that_changes_nothing_gives_no_event() {
    let mut bench = Bench::new();
    let call = bench.talking("desk-1", "41027");
    bench.put("41027", &call);
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn new_variables_are_told() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    call.variables[0].1 = "platinum";
    bench.put("41027", &call);
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["callVariables"]["callVariable1"], "platinum");
}

#[test]
fn an_older_notification_does_not_bring_a_state_back() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let older = call.clone();
    call.set("6127", "HELD");
    bench.put("41027", &call);
    bench.told("desk-1");
    bench.put("41027", &older);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn nothing_revives_a_call_that_was_deleted() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let late = call.clone();
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    bench.told("desk-1");
    bench.put("41027", &late);
    bench.post("41027", &late);
    bench.delete("41027", &call);
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.gateway.agents()[0].dialogs.len(), 0);
}

#[test]
fn a_delete_of_a_call_never_reported_is_silent() {
    let mut bench = layla();
    let call = dialog("2131326105", "DROPPED", "TRANSFER").with("6127", "DROPPED");
    bench.delete("41027", &call);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_call_of_others_is_silent() {
    let mut bench = layla();
    bench.post("41027", &routed("207", "6133"));
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_call_seen_first_when_active_is_no_new_call() {
    let mut bench = layla();
    let call = dialog("207", "ACTIVE", "OTHER_IN")
        .with("6127", "ACTIVE")
        .with("03005550142", "ACTIVE");
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), ["InboundCall 207 ACTIVE OTHER_IN"]);
}

#[test]
fn a_first_sight_by_put_that_rings_is_a_new_call_and_later_ringing_is_not() {
    let mut bench = layla();
    let mut call = routed("207", "6127");
    bench.put("41027", &call);
    call.set("03005550142", "ACTIVE");
    bench.put("41027", &call);
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["type"], "NewInboundCall");
    assert_eq!(
        (&told[1]["type"], &told[1]["state"]),
        (&"InboundCall".into(), &"ALERTING".into())
    );
    assert_eq!(told[1]["queueName"], "");
}

#[test]
fn other_media_are_no_calls() {
    let mut bench = layla();
    let update = routed("207", "6127")
        .in_collection("POST", "41027")
        .replace("Voice</mediaType>", "Chat</mediaType>");
    bench.notify("41027", &update);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_value_that_the_event_does_not_print_is_no_news() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    call.to = "5240".to_owned();
    bench.put("41027", &call);
    assert_eq!(bench.told("desk-1"), NOTHING);
}
