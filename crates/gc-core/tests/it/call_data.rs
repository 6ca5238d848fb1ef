//! Data of a call: checked before it is sent, compared after, and told when Finesse did less than it was asked for.

use finesse_protocol::Request;
use gc_core::{ClusterId, Input, Product};

use crate::docs::{DialogDoc, dialog};
use crate::harness::{Bench, Sent};

const NOTHING: [&str; 0] = [];
const READ: &str = "GET /Dialog/207";

fn dialog_answer(bench: &mut Bench, sent: &Sent, call: &DialogDoc) {
    bench.answer_xml(sent, &call.element("Dialog"));
}

fn echo(sent: &Sent, call: &DialogDoc) -> String {
    call.changed(&sent.header)
}

fn with_variable(mut call: DialogDoc, name: &'static str, value: &'static str) -> DialogDoc {
    match call.variables.iter_mut().find(|(known, _)| *known == name) {
        Some(variable) => variable.1 = value,
        None => call.variables.push((name, value)),
    }
    call
}

#[test]
fn variables_are_set_and_the_call_is_told_with_them() {
    let mut bench = Bench::new();
    let call = bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable4=ref 8812",
    );
    let request = bench.request("PUT /Dialog/207 callVariable4=ref 8812");
    bench.accept(&request);
    let call = with_variable(call, "callVariable4", "ref 8812");
    bench.notify("41027", &echo(&request, &call));
    let told = bench.told_json("desk-1");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["type"], "InboundCall");
    assert_eq!(told[0]["callVariables"]["callVariable4"], "ref 8812");
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn several_variables_go_out_in_one_request() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send(
        "desk-1",
        "UpdateCallVariable#41027",
        "207,callvariable2=a=b|user.acct.ref=PK-7",
    );
    bench.request("PUT /Dialog/207 callVariable2=a=b user.acct.ref=PK-7");
}

#[test]
fn values_that_are_set_already_are_answered_at_once() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable1=gold",
    );
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 207 ACTIVE PREROUTE_ACD_IN"]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn what_can_be_told_to_be_wrong_is_not_sent() {
    let long = "x".repeat(41);
    let huge = format!("user.hist={}", "y".repeat(2000));
    let bad = [
        format!("207,callVariable3={long}"),
        "207,callVariable11=a".to_owned(),
        "207,BAResponse=FAX".to_owned(),
        "207,colour=red".to_owned(),
        format!("207,{}|user.more=z", huge.get(..1000).unwrap()).replace("user.hist", "colour"),
    ];
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    for body in bad {
        let ticket = bench.send("desk-1", "UpdateDialogVariable#41027", &body);
        assert_eq!(bench.result(ticket), "failed PLEASE_RETRY", "{body}");
    }
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_value_of_the_largest_size_is_sent() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let value = "x".repeat(40);
    bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        &format!("207,callVariable3={value}"),
    );
    bench.request(&format!("PUT /Dialog/207 callVariable3={value}"));
}

#[test]
fn the_expanded_variables_of_a_call_have_a_limit_together() {
    let mut bench = Bench::with(gc_core::Config {
        // `user.acct.ref` with `A-17` takes 17 of them already.
        ecc_bytes: 30,
        ..gc_core::Config::default()
    });
    bench.talking("desk-1", "41027");
    let over = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,user.hist=12345",
    );
    assert_eq!(bench.result(over), "failed PLEASE_RETRY");
    assert_eq!(
        bench.result_error(over).error_message,
        "the call's user. variables would take 31 bytes, 30 are allowed"
    );
    bench.send("desk-1", "UpdateDialogVariable#41027", "207,user.hist=1234");
    bench.request("PUT /Dialog/207 user.hist=1234");
}

#[test]
fn a_value_that_finesse_cut_short_is_reported() {
    let mut bench = Bench::new();
    let call = bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,user.acct.ref=PK-7731-XL",
    );
    let request = bench.request("PUT /Dialog/207 user.acct.ref=PK-7731-XL");
    bench.accept(&request);
    let call = with_variable(call, "user.acct.ref", "PK-7731");
    bench.notify("41027", &echo(&request, &call));
    let told = bench.told("desk-1");
    assert_eq!(told[0], "InboundCall 207 ACTIVE PREROUTE_ACD_IN");
    assert_eq!(
        told[1],
        "status user.acct.ref was cut short: Finesse kept 7 of 10 characters"
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn silence_is_ended_by_a_read_that_shows_what_was_set() {
    let mut bench = Bench::new();
    let call = bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable4=a",
    );
    let request = bench.request("PUT /Dialog/207 callVariable4=a");
    bench.accept(&request);
    assert_eq!(bench.requests(), NOTHING);
    bench.pass_seconds(3);
    let read = bench.request(READ);
    dialog_answer(
        &mut bench,
        &read,
        &with_variable(call, "callVariable4", "a"),
    );
    assert_eq!(
        bench.told("desk-1"),
        ["~InboundCall 207 ACTIVE PREROUTE_ACD_IN"]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn silence_that_changed_nothing_is_an_error_that_names_the_variables() {
    let mut bench = Bench::new();
    let call = bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,user.nope=a|callVariable4=b",
    );
    let request = bench.request("PUT /Dialog/207 user.nope=a callVariable4=b");
    bench.accept(&request);
    bench.pass_seconds(3);
    let read = bench.request(READ);
    dialog_answer(&mut bench, &read, &call);
    assert_eq!(bench.result(ticket), "failed GENERAL_ERROR");
    assert_eq!(
        bench.result_error(ticket).error_message,
        "Finesse took the request and did not set user.nope, callVariable4"
    );
}

#[test]
fn a_read_that_fails_leaves_the_outcome_unknown() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable4=a",
    );
    let request = bench.request("PUT /Dialog/207 callVariable4=a");
    bench.accept(&request);
    bench.pass_seconds(3);
    let read = bench.request(READ);
    bench.unknown(&read);
    assert_eq!(bench.result(ticket), "unknown NOT_REACHABLE");
}

#[test]
fn finesses_refusal_of_call_data_passes_through() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable4=a",
    );
    let request = bench.request("PUT /Dialog/207 callVariable4=a");
    bench.accept(&request);
    let error = crate::docs::errors(
        "Dialog/207",
        &request.header,
        "Call Variable is protected",
        "",
        "",
    );
    bench.notify("41027", &error);
    assert_eq!(bench.result(ticket), "failed CALL_VARIABLE_IS_PROTECTED");
}

#[test]
fn no_device_waits_for_call_data() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable4=a",
    );
    bench.send("desk-1", "HoldCall#41027", "207");
    assert_eq!(
        bench.requests(),
        ["PUT /Dialog/207 callVariable4=a", "PUT /Dialog/207 HOLD"]
    );
}

#[test]
fn two_changes_of_one_call_go_out_one_after_the_other() {
    let mut bench = Bench::new();
    let call = bench.talking("desk-1", "41027");
    bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable4=a",
    );
    bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable4=b",
    );
    let first = bench.request("PUT /Dialog/207 callVariable4=a");
    assert_eq!(bench.requests(), NOTHING);
    bench.accept(&first);
    bench.notify(
        "41027",
        &echo(&first, &with_variable(call, "callVariable4", "a")),
    );
    bench.request("PUT /Dialog/207 callVariable4=b");
}

#[test]
fn a_wrap_up_label_keeps_its_commas_and_success_has_no_event() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateWrapup#41027",
        "207,Refund, partial, by cheque",
    );
    let request = bench.request("PUT /Dialog/207 wrap-up Refund, partial, by cheque");
    bench.accept(&request);
    call.more_media = "<wrapUpReason>Refund, partial, by cheque</wrapUpReason>".to_owned();
    bench.notify("41027", &echo(&request, &call));
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn the_wrap_up_of_a_call_that_is_over_can_be_set_until_it_leaves() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    call.set("6127", "WRAP_UP");
    bench.put("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 207 DROPPED PREROUTE_ACD_IN"]
    );
    let ticket = bench.send("desk-1", "UpdateWrapup#41027", "207,Order placed");
    let request = bench.request("PUT /Dialog/207 wrap-up Order placed");
    bench.accept(&request);
    call.more_media = "<wrapUpReason>Order placed</wrapUpReason>".to_owned();
    bench.notify("41027", &echo(&request, &call));
    assert_eq!(bench.result(ticket), "done");
    bench.delete("41027", &call);
    let late = bench.send("desk-1", "UpdateWrapup#41027", "207,Order placed");
    assert_eq!(bench.result(late), "failed NO_DIALOG_ID");
    assert_eq!(bench.told("desk-1"), ["Error NO_DIALOG_ID"]);
}

#[test]
fn on_uccx_wrap_up_labels_are_items() {
    let mut bench = Bench::new();
    bench.feed(Input::Site {
        cluster: ClusterId(0),
        product: Product::Uccx,
    });
    let mut call = bench.talking("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateWrapup#41027",
        "207,Order, placed|Complaint",
    );
    let request = bench.expect_request();
    assert_eq!(
        request.request,
        Request::UpdateWrapUpItems {
            dialog: "207".to_owned(),
            labels: vec!["Order, placed".to_owned(), "Complaint".to_owned()],
        }
    );
    bench.accept(&request);
    call.more_media =
        "<wrapUpItems><wrapUpItem>Order, placed</wrapUpItem><wrapUpItem>Complaint</wrapUpItem></wrapUpItems>"
            .to_owned();
    bench.notify("41027", &echo(&request, &call));
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn data_of_a_call_that_the_agent_does_not_have_is_not_sent() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "999,callVariable4=a",
    );
    assert_eq!(bench.result(ticket), "failed NO_DIALOG_ID");
    assert_eq!(bench.requests(), NOTHING);
}

// Callbacks and classification.

/// Layla in a campaign's call.
fn campaign_call(bench: &mut Bench) -> DialogDoc {
    bench.login("desk-1", "41027");
    let mut call = dialog("241", "ACTIVE", "OUTBOUND")
        .with("6127", "ACTIVE")
        .with("03005550142", "ACTIVE");
    call.from = "6127".to_owned();
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), ["OutboundCall 241 ACTIVE OUTBOUND"]);
    call
}

fn scheduled(mut call: DialogDoc, time: &str, number: &str) -> DialogDoc {
    call.more = format!(
        "<scheduledCallbackInfo><callbackTime>{time}</callbackTime><callbackNumber>{number}</callbackNumber>\
         </scheduledCallbackInfo>"
    );
    call
}

#[test]
fn a_callback_is_scheduled_in_two_requests_time_first() {
    let mut bench = Bench::new();
    let call = campaign_call(&mut bench);
    let ticket = bench.send(
        "desk-1",
        "SHCEDULECALLBACK#41027",
        "6127,241,2026-12-03T10:30,03005550142",
    );
    let time = bench.expect_request();
    assert_eq!(
        time.in_short(),
        "PUT /Dialog/241 UpdateScheduledCallback { time: Some(\"2026-12-03T10:30\"), number: None }"
    );
    bench.accept(&time);
    bench.notify(
        "41027",
        &echo(&time, &scheduled(call.clone(), "2026-12-03T10:30", "")),
    );
    let number = bench.expect_request();
    assert_eq!(
        number.in_short(),
        "PUT /Dialog/241 UpdateScheduledCallback { time: None, number: Some(\"03005550142\") }"
    );
    bench.accept(&number);
    assert_eq!(bench.result(ticket), "open");
    bench.notify(
        "41027",
        &echo(&number, &scheduled(call, "2026-12-03T10:30", "03005550142")),
    );
    assert_eq!(
        bench.told("desk-1"),
        [
            "OutboundCall 241 ACTIVE OUTBOUND",
            "callback callback scheduled (callback scheduled for 2026-12-03T10:30 to 03005550142)"
        ]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn a_callback_is_updated_and_cancelled() {
    let mut bench = Bench::new();
    let call = campaign_call(&mut bench);
    let update = bench.send(
        "desk-1",
        "UPDATECALLBACK#41027",
        "6127,241,2026-12-03 10:30:00,03005550199",
    );
    let time = bench.expect_request();
    bench.accept(&time);
    bench.notify(
        "41027",
        &echo(&time, &scheduled(call.clone(), "2026-12-03T10:30", "")),
    );
    let number = bench.expect_request();
    bench.accept(&number);
    bench.notify(
        "41027",
        &echo(
            &number,
            &scheduled(call.clone(), "2026-12-03T10:30", "03005550199"),
        ),
    );
    assert_eq!(bench.result(update), "done");
    assert_eq!(bench.told("desk-1"), ["OutboundCall 241 ACTIVE OUTBOUND"]);
    let cancel = bench.send("desk-1", "CANCELSHCEDULECALLBACK#41027", "6127,241");
    let request = bench.request("PUT /Dialog/241 CancelScheduledCallback");
    bench.accept(&request);
    bench.notify("41027", &echo(&request, &call));
    assert_eq!(bench.result(cancel), "done");
    assert_eq!(bench.told("desk-1"), ["OutboundCall 241 ACTIVE OUTBOUND"]);
}

#[test]
fn a_callback_needs_a_time_and_the_agents_own_extension() {
    let mut bench = Bench::new();
    campaign_call(&mut bench);
    let bad_time = bench.send(
        "desk-1",
        "SHCEDULECALLBACK#41027",
        "6127,241,tomorrow,03005550142",
    );
    assert_eq!(bench.result(bad_time), "failed PLEASE_RETRY");
    let foreign = bench.send("desk-1", "CANCELSHCEDULECALLBACK#41027", "6133,241");
    assert_eq!(bench.result(foreign), "failed WRONG_EXTENSION");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_callback_whose_second_half_is_refused_fails() {
    let mut bench = Bench::new();
    let call = campaign_call(&mut bench);
    let ticket = bench.send(
        "desk-1",
        "SHCEDULECALLBACK#41027",
        "6127,241,2026-12-03T10:30,1",
    );
    let time = bench.expect_request();
    bench.accept(&time);
    bench.notify(
        "41027",
        &echo(&time, &scheduled(call, "2026-12-03T10:30", "")),
    );
    let number = bench.expect_request();
    bench.fault_with(&number, 400, "Invalid Input", "callbackNumber");
    assert_eq!(bench.result(ticket), "failed INVALID_INPUT");
}

#[test]
fn a_reclassified_call_is_confirmed_by_its_own_message() {
    let mut bench = Bench::new();
    let mut call = campaign_call(&mut bench);
    let ticket = bench.send("desk-1", "RECLASSIFYCALL#41027", "6127,241,fax");
    let request = bench.request("PUT /Dialog/241 Reclassify { classification: \"FAX\" }");
    bench.accept(&request);
    call.more_media = "<outboundClassification>FAX</outboundClassification>".to_owned();
    bench.notify("41027", &echo(&request, &call));
    assert_eq!(
        bench.told("desk-1"),
        ["callback reclassify (call 241 was reclassified as FAX)"]
    );
    assert_eq!(bench.result(ticket), "done");
}

/// Layla's callback: its time was set, read back late, and is shown before that read is answered.
fn time_shown(bench: &mut Bench) -> (gc_core::Ticket, Sent, Sent, Sent, DialogDoc) {
    let call = campaign_call(bench);
    let ticket = bench.send(
        "desk-1",
        "SHCEDULECALLBACK#41027",
        "6127,241,2026-12-03T10:30,03005550142",
    );
    let time = bench.expect_request();
    bench.accept(&time);
    bench.pass_seconds(3);
    let read = bench.request("GET /Dialog/241");
    let call = scheduled(call, "2026-12-03T10:30", "");
    bench.notify("41027", &echo(&time, &call));
    let number = bench.expect_request();
    (ticket, time, read, number, call)
}

#[test]
fn a_read_of_the_first_half_says_nothing_about_the_second() {
    let mut bench = Bench::new();
    let (ticket, _, read, number, call) = time_shown(&mut bench);
    dialog_answer(&mut bench, &read, &call);
    assert_eq!(bench.result(ticket), "open");
    bench.accept(&number);
    let call = scheduled(call, "2026-12-03T10:30", "03005550142");
    bench.notify("41027", &echo(&number, &call));
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn a_late_reply_to_the_first_half_says_nothing_about_the_second() {
    let mut bench = Bench::new();
    let call = campaign_call(&mut bench);
    let ticket = bench.send(
        "desk-1",
        "SHCEDULECALLBACK#41027",
        "6127,241,2026-12-03T10:30,03005550142",
    );
    let time = bench.expect_request();
    let call = scheduled(call, "2026-12-03T10:30", "");
    bench.notify("41027", &echo(&time, &call));
    bench.expect_request();
    bench.unknown(&time);
    assert_eq!(bench.result(ticket), "open");
}

#[test]
fn the_second_half_is_not_sent_with_a_credential_that_was_refused() {
    let mut bench = Bench::new();
    let call = campaign_call(&mut bench);
    let ticket = bench.send(
        "desk-1",
        "SHCEDULECALLBACK#41027",
        "6127,241,2026-12-03T10:30,03005550142",
    );
    let time = bench.expect_request();
    bench.accept(&time);
    bench.send("desk-1", "HoldCall#41027", "241");
    let hold = bench.expect_request();
    bench.fault(&hold, 401);
    let call = scheduled(call, "2026-12-03T10:30", "");
    bench.notify("41027", &echo(&time, &call));
    assert_eq!(bench.result(ticket), "failed Unauthorized");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_call_that_is_read_back_ends_the_commands_that_it_answers() {
    let mut bench = Bench::new();
    let call = bench.talking("desk-1", "41027");
    bench.send(
        "desk-1",
        "UpdateDialogVariable#41027",
        "207,callVariable4=a",
    );
    let request = bench.expect_request();
    bench.accept(&request);
    bench.pass_seconds(3);
    let read = bench.request(READ);
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.request("PUT /Dialog/207 HOLD");
    bench.accept(&request);
    let mut call = with_variable(call, "callVariable4", "a");
    call.set("6127", "HELD");
    dialog_answer(&mut bench, &read, &call);
    assert_eq!(bench.result(hold), "done");
}
