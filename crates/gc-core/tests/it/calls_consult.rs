//! Consult, then transfer or conference, as both agents see it (Finesse API, sections 5.5 and 5.6).

use pretty_assertions::assert_eq;

use crate::docs::{DialogDoc, placed};
use crate::harness::Bench;

const NOTHING: [String; 0] = [];

/// Layla talks to the customer in 207, holds, and talks to Omar in 208.
fn consulting() -> (Bench, DialogDoc, DialogDoc) {
    let mut bench = Bench::new();
    bench.login("desk-2", "41033");
    let mut main = bench.talking("desk-1", "41027");
    let consult = bench.send("desk-1", "ConsultCall#41027", "6133,207");
    let request = bench.request("PUT /Dialog/207 CONSULT_CALL 6133");
    bench.accept(&request);
    main.set("6127", "HELD");
    bench.put("41027", &main);

    let mut leg = placed("208", "6127", "CONSULT");
    leg.associated = "207".to_owned();
    bench.post("41027", &leg);
    leg.state = "INITIATED".to_owned();
    leg.to = "6133".to_owned();
    leg.queue = "Retail_Voice".to_owned();
    leg.set("6127", "INITIATED");
    bench.put("41027", &leg);
    leg.state = "ALERTING".to_owned();
    leg.set("6133", "ALERTING");
    bench.put("41027", &leg);
    bench.post("41033", &leg);
    assert_eq!(bench.result(consult), "done");
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 207 HELD PREROUTE_ACD_IN",
            "ConsultCall 208 INITIATING CONSULT from 207",
            "ConsultCall 208 INITIATED CONSULT from 207",
            "ConsultCall 208 INITIATED CONSULT from 207"
        ]
    );
    (bench, main, leg)
}

fn answered(bench: &mut Bench, leg: &mut DialogDoc) {
    leg.state = "ACTIVE".to_owned();
    leg.set("6127", "ACTIVE").set("6133", "ACTIVE");
    bench.put("41027", leg);
    bench.put("41033", leg);
    assert_eq!(
        bench.told("desk-1"),
        ["ConsultCall 208 ACTIVE CONSULT from 207"]
    );
    let told = bench.told_json("desk-2");
    assert_eq!(
        (&told[0]["type"], &told[0]["queueName"]),
        (&"NewInboundCall".into(), &"".into())
    );
    assert_eq!(
        (&told[1]["state"], &told[1]["queueName"]),
        (&"ACTIVE".into(), &"Retail_Voice".into())
    );
}

#[test]
fn a_consult_call_carries_its_own_id_and_its_destination() {
    let (mut bench, _, mut leg) = consulting();
    leg.set("6133", "ACTIVE");
    bench.put("41027", &leg);
    let told = bench.taken("desk-1");
    let documented: serde_json::Value = serde_json::from_str(&told[0].documented()).unwrap();
    assert_eq!(documented["type"], "ConsultCall");
    assert_eq!(documented["assDialogId"], "208");
    assert_eq!(documented["toAddress"], "6133");
    assert_eq!(documented.get("associatedDialogId"), None);
    let union: serde_json::Value = serde_json::from_str(&told[0].union()).unwrap();
    assert_eq!(
        (&union["associatedDialogId"], &union["prevDialogId"]),
        (&"207".into(), &"207".into())
    );
}

#[test]
fn a_transfer_ends_both_calls_here_and_brings_the_main_call_there() {
    let (mut bench, mut main, mut leg) = consulting();
    answered(&mut bench, &mut leg);
    let transfer = bench.send("desk-1", "TransferCall#41027", "6133,207");
    let request = bench.request("PUT /Dialog/207 TRANSFER");
    bench.accept(&request);
    main.set("6127", "DROPPED");
    leg.set("6127", "DROPPED").set("6133", "DROPPED");
    bench.delete("41027", &main);
    bench.delete("41027", &leg);
    bench.delete("41033", &leg);
    main.without("6127").set("6133", "ACTIVE");
    main.call_type = "TRANSFER".to_owned();
    main.secondary = "208".to_owned();
    bench.post("41033", &main);
    assert_eq!(bench.result(transfer), "done");
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 207 DROPPED PREROUTE_ACD_IN from 208",
            "ConsultCall 208 DROPPED CONSULT from 207"
        ]
    );
    let told = bench.taken("desk-2");
    let short: Vec<String> = told.iter().map(|told| told.in_short()).collect();
    assert_eq!(
        short,
        [
            "InboundCall 208 DROPPED CONSULT from 207",
            "InboundCall 207 ACTIVE TRANSFER from 208"
        ]
    );
    // "Transfer call": its table has the link under that name, and no queue.
    let documented: serde_json::Value = serde_json::from_str(&told[1].documented()).unwrap();
    assert_eq!(documented["dialogId"], "207");
    assert_eq!(documented["associatedDialogId"], "208");
    assert_eq!(documented.get("queueName"), None);
    assert_eq!(documented.get("dialogID"), None);
}

#[test]
fn a_transfer_before_the_answer_rings_on_and_an_answer_to_the_old_leg_answers_the_new() {
    let (mut bench, mut main, mut leg) = consulting();
    bench.told("desk-2");
    main.set("6127", "DROPPED").set("6133", "ALERTING");
    main.cause("6127", "OTHER");
    main.call_type = "TRANSFER".to_owned();
    main.secondary = "208".to_owned();
    leg.set("6127", "DROPPED").set("6133", "DROPPED");
    bench.delete("41033", &leg);
    bench.post("41033", &main);
    assert_eq!(
        bench.told("desk-2"),
        [
            "InboundCall 208 DROPPED CONSULT from 207",
            "NewInboundCall 207 TRANSFER from 208"
        ]
    );
    let answer = bench.send("desk-2", "AnswerCall#41033", "208");
    let request = bench.request("PUT /Dialog/207 ANSWER");
    bench.accept(&request);
    main.set("6133", "ACTIVE");
    bench.put("41033", &main);
    assert_eq!(bench.result(answer), "done");
    assert_eq!(
        bench.told("desk-2"),
        ["InboundCall 207 ACTIVE TRANSFER from 208"]
    );
}

#[test]
fn an_answer_on_its_way_is_seen_at_the_leg_that_replaced_the_old_one() {
    let (mut bench, mut main, mut leg) = consulting();
    let answer = bench.send("desk-2", "AnswerCall#41033", "208");
    let request = bench.request("PUT /Dialog/208 ANSWER");
    bench.accept(&request);
    main.call_type = "TRANSFER".to_owned();
    main.secondary = "208".to_owned();
    main.set("6133", "ALERTING");
    bench.post("41033", &main);
    leg.set("6133", "DROPPED");
    bench.delete("41033", &leg);
    assert_eq!(bench.result(answer), "open");
    main.set("6133", "ACTIVE");
    bench.put("41033", &main);
    assert_eq!(bench.result(answer), "done");
}

#[test]
fn releasing_a_leg_that_was_merged_does_not_release_the_call_it_went_into() {
    let (mut bench, mut main, mut leg) = consulting();
    answered(&mut bench, &mut leg);
    leg.set("6127", "DROPPED").set("6133", "DROPPED");
    bench.delete("41027", &leg);
    main.call_type = "CONFERENCE".to_owned();
    main.secondary = "208".to_owned();
    main.set("6127", "ACTIVE").set("6133", "ACTIVE");
    bench.put("41027", &main);
    let release = bench.send("desk-1", "ReleaseCall#41027", "208");
    assert_eq!(bench.result(release), "failed NO_DIALOG_ID");
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_conference_keeps_the_main_call_and_names_the_merged_leg() {
    let (mut bench, mut main, mut leg) = consulting();
    answered(&mut bench, &mut leg);
    let conference = bench.send("desk-1", "ConferenceCall#41027", "6133,207");
    let request = bench.request("PUT /Dialog/207 CONFERENCE");
    bench.accept(&request);
    leg.set("6127", "DROPPED").set("6133", "DROPPED");
    bench.delete("41027", &leg);
    assert_eq!(bench.result(conference), "open");
    main.call_type = "CONFERENCE".to_owned();
    main.secondary = "208".to_owned();
    main.set("6127", "ACTIVE").set("6133", "ACTIVE");
    bench.put("41027", &main);
    bench.delete("41033", &leg);
    bench.post("41033", &main);
    assert_eq!(bench.result(conference), "done");
    let told = bench.taken("desk-1");
    let short: Vec<String> = told.iter().map(|told| told.in_short()).collect();
    assert_eq!(
        short,
        [
            "ConsultCall 208 DROPPED CONSULT from 207",
            "InboundCall 207 ACTIVE CONFERENCE from 208"
        ]
    );
    // "Complete conference".
    let documented: serde_json::Value = serde_json::from_str(&told[1].documented()).unwrap();
    assert_eq!(documented["dialogId"], "207");
    assert_eq!(documented["prevDialogId"], "208");
    assert_eq!(documented["participants"].as_array().unwrap().len(), 3);
    assert_eq!(
        bench.told("desk-2"),
        [
            "InboundCall 208 DROPPED CONSULT from 207",
            "InboundCall 207 ACTIVE CONFERENCE from 208"
        ]
    );

    // One party leaves; the rest go on.
    main.set("03005550142", "DROPPED");
    bench.put("41027", &main);
    main.without("03005550142");
    bench.put("41027", &main);
    main.set("6127", "DROPPED");
    bench.delete("41027", &main);
    let told = bench.told("desk-1");
    assert_eq!(
        told.last().unwrap(),
        "InboundCall 207 DROPPED CONFERENCE from 208"
    );
}

#[test]
fn a_merged_leg_is_known_without_finesse_naming_it() {
    let (mut bench, mut main, mut leg) = consulting();
    answered(&mut bench, &mut leg);
    bench.send("desk-1", "ConferenceCall#41027", "6133,207");
    leg.set("6127", "DROPPED");
    bench.delete("41027", &leg);
    main.call_type = "CONFERENCE".to_owned();
    main.set("6127", "ACTIVE").set("6133", "ACTIVE");
    bench.put("41027", &main);
    assert_eq!(
        bench.told("desk-1").last().unwrap(),
        "InboundCall 207 ACTIVE CONFERENCE from 208"
    );
}

#[test]
fn a_refused_transfer_leaves_no_link_behind() {
    let (mut bench, mut main, mut leg) = consulting();
    answered(&mut bench, &mut leg);
    let transfer = bench.send("desk-1", "TransferCall#41027", "6133,207");
    let request = bench.request("PUT /Dialog/207 TRANSFER");
    bench.fault_with(&request, 400, "Generic Error", "not now");
    assert_eq!(bench.result(transfer), "failed GENERAL_ERROR");
    bench.told("desk-1");
    main.set("6127", "ACTIVE");
    bench.put("41027", &main);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 207 ACTIVE PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_consult_call_whose_type_changes_is_an_inbound_call_from_then_on() {
    let (mut bench, _, mut leg) = consulting();
    answered(&mut bench, &mut leg);
    leg.call_type = "TRANSFER".to_owned();
    bench.put("41027", &leg);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 208 ACTIVE TRANSFER from 207"]
    );
}

#[test]
fn the_end_of_the_consult_leg_is_told_in_the_dropped_form() {
    let (mut bench, mut main, mut leg) = consulting();
    answered(&mut bench, &mut leg);
    let release = bench.send("desk-1", "ReleaseCall#41027", "208");
    let request = bench.request("PUT /Dialog/208 DROP");
    bench.accept(&request);
    leg.state = "DROPPED".to_owned();
    leg.set("6127", "DROPPED").set("6133", "DROPPED");
    bench.delete("41027", &leg);
    assert_eq!(bench.result(release), "done");
    let told = bench.taken("desk-1");
    assert_eq!(
        told[0].documented(),
        r#"{"type":"ConsultCall","dialogId":"208","prevDialogId":"207","state":"DROPPED","agentId":"41027","queueName":"Retail_Voice"}"#
    );
    main.set("6127", "ACTIVE");
    bench.put("41027", &main);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 207 ACTIVE PREROUTE_ACD_IN"]
    );
}

#[test]
fn a_call_that_comes_back_to_the_same_agent_is_a_new_call() {
    let (mut bench, mut main, mut leg) = consulting();
    answered(&mut bench, &mut leg);
    bench.send("desk-1", "TransferCall#41027", "6133,207");
    main.set("6127", "DROPPED");
    leg.set("6127", "DROPPED").set("6133", "DROPPED");
    bench.delete("41027", &main);
    bench.delete("41027", &leg);
    bench.told("desk-1");
    // Omar sends it back: the same id, later times.
    main.call_type = "TRANSFER".to_owned();
    main.set("6127", "ALERTING").set("6133", "DROPPED");
    bench.post("41027", &main);
    let answer = bench.send("desk-1", "AnswerCall#41027", "207");
    let request = bench.request("PUT /Dialog/207 ANSWER");
    bench.accept(&request);
    main.set("6127", "ACTIVE");
    bench.put("41027", &main);
    main.set("6127", "DROPPED");
    bench.delete("41027", &main);
    assert_eq!(bench.result(answer), "done");
    assert_eq!(
        bench.told("desk-1"),
        [
            "NewInboundCall 207 TRANSFER",
            "InboundCall 207 ACTIVE TRANSFER",
            "InboundCall 207 DROPPED TRANSFER"
        ]
    );
}
