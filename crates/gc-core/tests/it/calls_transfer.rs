//! Direct transfer, as both agents see it (Finesse API, section 5.7).

use pretty_assertions::assert_eq;

use crate::docs::dialog;
use crate::harness::Bench;

const LEG: &str = "2131326105";

#[test]
fn the_sender_holds_then_loses_the_call_whose_end_names_the_leg_it_went_into() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-1", "Transfer_sst#41027", "6133,207");
    let request = bench.request("PUT /Dialog/207 TRANSFER_SST 6133");
    bench.accept(&request);
    call.set("6127", "HELD");
    bench.put("41027", &call);
    // The short-lived leg: the caller's, not the agent's.
    let mut leg = dialog(LEG, "INITIATED", "TRANSFER").with("03005550142", "INITIATED");
    bench.post("41027", &leg);
    leg.state = "DROPPED".to_owned();
    leg.set("03005550142", "DROPPED");
    bench.delete("41027", &leg);
    assert_eq!(bench.result(ticket), "open");
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 207 HELD PREROUTE_ACD_IN",
            &format!("InboundCall 207 DROPPED PREROUTE_ACD_IN from {LEG}")
        ]
    );
}

#[test]
fn a_call_that_is_listened_to_goes_into_the_leg_and_not_into_the_listening() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let mut monitor = dialog("230", "ACTIVE", "SUPERVISOR_MONITOR")
        .with("6190", "ACTIVE")
        .with("6127", "ACTIVE");
    monitor.from = "6190".to_owned();
    bench.post("41027", &monitor);
    bench.taken("desk-1");
    bench.send("desk-1", "Transfer_sst#41027", "6133,207");
    let request = bench.request("PUT /Dialog/207 TRANSFER_SST 6133");
    bench.accept(&request);
    call.set("6127", "HELD");
    bench.put("41027", &call);
    let mut leg = dialog(LEG, "INITIATED", "TRANSFER").with("03005550142", "INITIATED");
    bench.post("41027", &leg);
    leg.state = "DROPPED".to_owned();
    leg.set("03005550142", "DROPPED");
    bench.delete("41027", &leg);
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 207 HELD PREROUTE_ACD_IN",
            &format!("InboundCall 207 DROPPED PREROUTE_ACD_IN from {LEG}")
        ]
    );
}

#[test]
fn with_wrap_up_the_sender_is_through_when_wrap_up_begins() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-1", "Transfer_sst#41027", "6133,207");
    let request = bench.expect_request();
    bench.accept(&request);
    call.set("6127", "WRAP_UP");
    bench.put("41027", &call);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn the_receiver_sees_the_call_take_the_place_of_the_leg_that_rang() {
    let mut bench = Bench::new();
    bench.login("desk-2", "41033");
    let mut leg = dialog(LEG, "ALERTING", "PREROUTE_ACD_IN")
        .with("6133", "ALERTING")
        .with("6127", "INITIATED");
    bench.post("41033", &leg);
    let mut call = dialog("207", "ACTIVE", "TRANSFER")
        .with("6133", "ALERTING")
        .with("03005550142", "ACTIVE")
        .with("6127", "DROPPED");
    call.cause("6127", "OTHER");
    bench.post("41033", &call);
    leg.state = "DROPPED".to_owned();
    leg.call_type = "TRANSFER".to_owned();
    leg.set("6133", "DROPPED").set("6127", "DROPPED");
    bench.delete("41033", &leg);

    let answer = bench.send("desk-2", "AnswerCall#41033", LEG);
    let request = bench.request("PUT /Dialog/207 ANSWER");
    bench.accept(&request);
    call.without("6127");
    bench.put("41033", &call);
    bench.user_is("41033", "TALKING");
    call.set("6133", "ACTIVE");
    bench.put("41033", &call);
    assert_eq!(bench.result(answer), "done");
    assert_eq!(
        bench.told("desk-2"),
        [
            &format!("NewInboundCall {LEG} PREROUTE_ACD_IN"),
            &format!("NewInboundCall 207 TRANSFER from {LEG}"),
            &format!("InboundCall {LEG} DROPPED TRANSFER"),
            &format!("InboundCall 207 ALERTING TRANSFER from {LEG}"),
            "State TALKING",
            &format!("InboundCall 207 ACTIVE TRANSFER from {LEG}"),
        ]
    );
}

#[test]
fn a_transfer_to_nobody_comes_back() {
    let mut bench = Bench::new();
    let mut call = bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-1", "Transfer_sst#41027", "9999,207");
    let request = bench.expect_request();
    bench.accept(&request);
    call.set("6127", "HELD");
    bench.put("41027", &call);
    bench.notify(
        "41027",
        &crate::docs::errors(
            "Dialog/207",
            &request.header,
            "Call Operation Failure",
            "CF_INVALID_DESTINATION",
            "14",
        ),
    );
    assert_eq!(bench.result(ticket), "failed CF_INVALID_DESTINATION");
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 207 HELD PREROUTE_ACD_IN",
            "Error CF_INVALID_DESTINATION"
        ]
    );
}
