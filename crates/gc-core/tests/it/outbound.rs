//! Campaign calls: reservations and the calls that follow them.

use crate::docs::{DialogDoc, dialog};
use crate::harness::Bench;

const NOTHING: [&str; 0] = [];

/// Layla, reserved for a preview of one customer.
fn reserved(bench: &mut Bench) -> DialogDoc {
    bench.login("desk-1", "41027");
    bench.user_is("41027", "RESERVED_OUTBOUND_PREVIEW");
    let mut call = dialog("240", "ALERTING", "OUTBOUND_PREVIEW").with("6127", "ALERTING");
    call.variables = vec![
        ("BACampaign", "Spring"),
        ("BAStatus", "PREVIEW_OUTBOUND_RESERVATION"),
    ];
    bench.post("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "State RESERVED_OUTBOUND_PREVIEW",
            "OutboundCall 240 ALERTING OUTBOUND_PREVIEW"
        ]
    );
    call
}

#[test]
fn an_accepted_preview_becomes_the_customers_call() {
    let mut bench = Bench::new();
    let mut reservation = reserved(&mut bench);
    let ticket = bench.send("desk-1", "AcceptOutboundPreview#41027", "240,<ACCEPT>");
    let request = bench.request("PUT /Dialog/240 Accept");
    bench.accept(&request);
    reservation.state = "ACCEPTED".to_owned();
    reservation.set("6127", "ACCEPTED");
    bench.notify("41027", &reservation.changed(&request.header));
    assert_eq!(bench.result(ticket), "done");
    bench.delete("41027", &reservation);
    let call = dialog("241", "ACTIVE", "OUTBOUND")
        .with("6127", "ACTIVE")
        .with("03005550142", "ACTIVE");
    bench.post("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "OutboundCall 240 ACCEPTED OUTBOUND_PREVIEW",
            "OutboundCall 240 DROPPED OUTBOUND_PREVIEW",
            "OutboundCall 241 ACTIVE OUTBOUND from 240"
        ]
    );
}

#[test]
fn a_rejected_and_a_closed_preview_are_dropped() {
    for (command, action) in [
        ("RejectOutboundPreview", "Reject"),
        ("CloseOutboundPreview", "Close"),
    ] {
        let mut bench = Bench::new();
        let mut reservation = reserved(&mut bench);
        let ticket = bench.send("desk-1", &format!("{command}#41027"), "240");
        let request = bench.request(&format!("PUT /Dialog/240 {action}"));
        bench.accept(&request);
        reservation.set("6127", "DROPPED");
        bench.delete("41027", &reservation);
        assert_eq!(
            bench.told("desk-1"),
            ["OutboundCall 240 DROPPED OUTBOUND_PREVIEW"]
        );
        assert_eq!(bench.result(ticket), "done");
    }
}

#[test]
fn an_accept_that_comes_too_late_says_so() {
    let mut bench = Bench::new();
    let mut reservation = reserved(&mut bench);
    let ticket = bench.send("desk-1", "AcceptOutboundPreview#41027", "240");
    let request = bench.request("PUT /Dialog/240 Accept");
    bench.accept(&request);
    reservation.set("6127", "DROPPED");
    bench.delete("41027", &reservation);
    assert_eq!(bench.result(ticket), "failed NO_DIALOG_ID");
}

#[test]
fn a_direct_preview_keeps_its_id_through_the_customers_call() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut call = dialog("240", "ALERTING", "OUTBOUND_DIRECT_PREVIEW").with("6127", "ALERTING");
    bench.post("41027", &call);
    let ticket = bench.send("desk-1", "AcceptOutboundPreview#41027", "240,ACCEPT");
    let request = bench.request("PUT /Dialog/240 Accept");
    bench.accept(&request);
    call.state = "ACTIVE".to_owned();
    call.call_type = "OUTBOUND".to_owned();
    call.set("6127", "ACTIVE").set("03005550142", "ACTIVE");
    bench.notify("41027", &call.changed(&request.header));
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(
        bench.told("desk-1"),
        [
            "OutboundCall 240 ALERTING OUTBOUND_DIRECT_PREVIEW",
            "OutboundCall 240 ACTIVE OUTBOUND"
        ]
    );
}

#[test]
fn a_progressive_call_needs_no_command() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.user_is("41027", "RESERVED_OUTBOUND");
    let call = dialog("250", "ACTIVE", "OUTBOUND")
        .with("6127", "ACTIVE")
        .with("03005550142", "ACTIVE");
    bench.post("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "State RESERVED_OUTBOUND",
            "OutboundCall 250 ACTIVE OUTBOUND"
        ]
    );
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_transferred_campaign_call_stays_one() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let mut call = dialog("250", "ACTIVE", "OUTBOUND")
        .with("6127", "ACTIVE")
        .with("03005550142", "ACTIVE");
    bench.post("41027", &call);
    call.call_type = "CONFERENCE".to_owned();
    call.set("6133", "ACTIVE");
    bench.put("41027", &call);
    assert_eq!(
        bench.told("desk-1"),
        [
            "OutboundCall 250 ACTIVE OUTBOUND",
            "OutboundCall 250 ACTIVE CONFERENCE"
        ]
    );
}
