//! The rows of the event table that single calls and consults do not show: monitoring, campaigns, forms.

use gc_core::{Config, MonitorAgentEvent};
use pretty_assertions::assert_eq;

use crate::docs::{DialogDoc, dialog, routed};
use crate::harness::Bench;

const NOTHING: [String; 0] = [];

/// Nadia listens to Layla.
fn monitoring() -> DialogDoc {
    let mut call = dialog("230", "ACTIVE", "SUPERVISOR_MONITOR")
        .with("6190", "ACTIVE")
        .with("6127", "ACTIVE");
    call.from = "6190".to_owned();
    call
}

#[test]
fn a_monitored_agent_sees_an_inbound_call_that_ends_once() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let mut monitor = monitoring();
    bench.post("41027", &monitor);
    monitor.state = "DROPPED".to_owned();
    monitor.set("6127", "DROPPED").set("6190", "DROPPED");
    bench.put("41027", &monitor);
    bench.delete("41027", &monitor);
    assert_eq!(
        bench.told("desk-1"),
        [
            "InboundCall 230 ACTIVE SUPERVISOR_MONITOR",
            "InboundCall 230 DROPPED SUPERVISOR_MONITOR"
        ]
    );
}

#[test]
fn a_monitored_side_that_rings_is_never_a_new_call() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut monitor = monitoring();
    monitor.set("6127", "ALERTING");
    bench.post("41027", &monitor);
    assert_eq!(
        bench.told("desk-1"),
        ["InboundCall 230 ALERTING SUPERVISOR_MONITOR"]
    );
}

#[test]
fn monitoring_can_be_kept_from_the_agent_also_when_a_re_read_finds_its_end() {
    let mut bench = Bench::with(Config {
        monitor_agent_event: MonitorAgentEvent::None,
        ..Config::default()
    });
    bench.talking("desk-1", "41027");
    bench.post("41027", &monitoring());
    bench.link("41027", gc_core::LinkEvent::Down);
    bench.link("41027", gc_core::LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_monitoring_call_is_no_call_of_the_agents() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let monitor = monitoring();
    bench.post("41027", &monitor);
    bench.calls.insert("41027".to_owned(), vec![monitor]);
    bench.told("desk-1");
    bench.send("desk-1", "GetState#41027", "");
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["State NOT_READY", "DialogState NOT_FOUND"]
    );
}

#[test]
fn a_new_client_is_told_of_monitoring_before_it_is_told_of_its_end() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut monitor = monitoring();
    bench.post("41027", &monitor);
    bench.send("desk-2", "Connect#41027", "desk-2,demo");
    let told = bench.told("desk-2");
    assert_eq!(
        told[3..],
        [
            "~DialogState NOT_FOUND",
            "~InboundCall 230 ACTIVE SUPERVISOR_MONITOR"
        ]
    );
    monitor.set("6127", "DROPPED");
    bench.delete("41027", &monitor);
    assert_eq!(
        bench.told("desk-2"),
        ["InboundCall 230 DROPPED SUPERVISOR_MONITOR"]
    );
}

#[test]
fn the_call_type_of_monitoring_can_be_spelt_the_old_way() {
    let mut bench = Bench::with(Config {
        monitor_call_type: "SM".to_owned(),
        ..Config::default()
    });
    bench.login("desk-1", "41900");
    bench.post("41900", &monitoring());
    assert_eq!(bench.told("desk-1"), ["InboundCall 230 ACTIVE SM"]);
}

#[test]
fn a_campaign_call_is_an_outbound_call_to_the_end_whatever_becomes_of_its_type() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut call = dialog("240", "ALERTING", "OUTBOUND_PREVIEW").with("6127", "ALERTING");
    bench.post("41027", &call);
    call.state = "ACCEPTED".to_owned();
    call.set("6127", "ACCEPTED");
    bench.put("41027", &call);
    call.call_type = "TRANSFER".to_owned();
    call.set("6127", "ACTIVE");
    bench.put("41027", &call);
    call.call_type = "CONFERENCE".to_owned();
    call.set("6127", "DROPPED");
    bench.delete("41027", &call);
    let told = bench.taken("desk-1");
    let short: Vec<String> = told.iter().map(|told| told.in_short()).collect();
    assert_eq!(
        short,
        [
            "OutboundCall 240 ALERTING OUTBOUND_PREVIEW",
            "OutboundCall 240 ACCEPTED OUTBOUND_PREVIEW",
            "OutboundCall 240 ACTIVE TRANSFER",
            "OutboundCall 240 DROPPED CONFERENCE"
        ]
    );
    let documented: serde_json::Value = serde_json::from_str(&told[0].documented()).unwrap();
    assert_eq!(documented["dialogID"], "240");
    assert!(documented["prevDialogId"].is_null());
    assert_eq!(
        told[3].documented(),
        r#"{"type":"OutboundCall","dialogId":"240","prevDialogId":null,"state":"DROPPED","agentId":"41027","queueName":"Retail_Voice"}"#
    );
}

#[test]
fn the_customer_call_after_a_preview_names_the_reservation() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut reservation = dialog("240", "ALERTING", "OUTBOUND_PREVIEW").with("6127", "ALERTING");
    bench.post("41027", &reservation);
    reservation.set("6127", "ACCEPTED");
    bench.put("41027", &reservation);
    reservation.set("6127", "DROPPED");
    bench.delete("41027", &reservation);
    bench.told("desk-1");
    let customer = dialog("241", "ACTIVE", "OUTBOUND")
        .with("6127", "ACTIVE")
        .with("03005550142", "ACTIVE");
    bench.post("41027", &customer);
    assert_eq!(
        bench.told("desk-1"),
        ["OutboundCall 241 ACTIVE OUTBOUND from 240"]
    );
}

#[test]
fn a_campaign_call_after_a_rejected_preview_names_nothing() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut reservation = dialog("240", "ALERTING", "OUTBOUND_PREVIEW").with("6127", "ALERTING");
    bench.post("41027", &reservation);
    reservation.set("6127", "DROPPED");
    bench.delete("41027", &reservation);
    bench.told("desk-1");
    let customer = dialog("242", "ACTIVE", "OUTBOUND").with("6127", "ACTIVE");
    bench.post("41027", &customer);
    assert_eq!(bench.told("desk-1"), ["OutboundCall 242 ACTIVE OUTBOUND"]);
}

#[test]
fn a_call_that_becomes_a_campaign_call_later_stays_inbound() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut call = routed("207", "6127");
    bench.post("41027", &call);
    call.call_type = "OUTBOUND".to_owned();
    bench.put("41027", &call);
    assert_eq!(bench.told("desk-1")[1], "InboundCall 207 ALERTING OUTBOUND");
}

#[test]
fn somebody_elses_consult_is_a_new_call() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut call = dialog("208", "ALERTING", "CONSULT")
        .with("6127", "ALERTING")
        .with("6133", "INITIATED");
    call.from = "6133".to_owned();
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), ["NewInboundCall 208 CONSULT"]);
}

#[test]
fn an_offered_call_follows_the_transfer_table_and_the_queue_stays_in_the_union() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let call = dialog("207", "ACTIVE", "OFFERED").with("6127", "ACTIVE");
    bench.post("41027", &call);
    let told = bench.taken("desk-1").remove(0);
    let documented = told.documented();
    assert!(
        documented.starts_with(r#"{"type":"InboundCall","dialogId":"207","state":"ACTIVE","#),
        "{documented}"
    );
    assert!(!documented.contains("queueName"), "{documented}");
    assert!(told.union().contains(r#""queueName":"Retail_Voice""#));
}

#[test]
fn states_nobody_knows_pass_through_in_upper_case() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let call = dialog("207", "ACTIVE", "NEW_KIND").with("6127", "Parked");
    bench.post("41027", &call);
    assert_eq!(bench.told("desk-1"), ["InboundCall 207 PARKED NEW_KIND"]);
}
