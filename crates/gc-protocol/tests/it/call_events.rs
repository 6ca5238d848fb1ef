//! Call events (GC document, sections 3.6 to 3.12; contract, section 2).

use gc_protocol::Event;
use gc_protocol::event::{Call, CallForm};
use gc_protocol::style::CallVariables;
use pretty_assertions::assert_eq;

use crate::cast::{answered_call, dialog, documented, in_zone, one_line, union, with_variables};

const PARTICIPANTS: &str = r#""participants":[{"mediaAddress":"6127","mediaAddressType":"AGENT_DEVICE","state":"ACTIVE","stateCause":"","startTime":"2026-03-02 08:15:30","stateChangeTime":"2026-03-02 08:15:34","role":"","actions":["HOLD","DROP"]}]"#;
const ALL: &str =
    r#""callVariables":{"callVariable10":"gold","callVariable1":"4711","user.order":"A-17"}"#;
const TEN: &str = r#""callVariables":{"callVariable10":"gold","callVariable1":"4711"}"#;

fn expect(literal: &str) -> String {
    one_line(literal)
        .replace("$PARTICIPANTS", PARTICIPANTS)
        .replace("$ALL", ALL)
        .replace("$TEN", TEN)
}

fn inbound(call: Call) -> Event {
    Event::InboundCall(Box::new(call))
}

fn consult() -> Call {
    Call {
        dialog_id: dialog("16804380"),
        associated_dialog_id: Some(dialog("16804377")),
        from_address: "6127".to_owned(),
        to_address: "6133".to_owned(),
        call_type: "CONSULT".to_owned(),
        ..answered_call()
    }
}

// 3.6: dialogID, and no link to an earlier call.
#[test]
fn a_new_call_has_the_keys_of_its_table() {
    let event = Event::NewInboundCall(Box::new(Call {
        queue_name: String::new(),
        ..answered_call()
    }));
    assert_eq!(
        documented().print(&event),
        expect(
            r#"{"type":"NewInboundCall","dialogID":"16804377","fromAddress":"03005550142",$TEN,
            "callType":"PREROUTE_ACD_IN","agentId":"41027","queueName":""}"#
        )
    );
    assert_eq!(
        union().print(&event),
        expect(
            r#"{"type":"NewInboundCall","dialogID":"16804377","fromAddress":"03005550142",$ALL,
            "callType":"PREROUTE_ACD_IN","agentId":"41027","queueName":"",
            "dialogId":"16804377","associatedDialogId":null,"prevDialogId":null}"#
        )
    );
}

// 3.7: dialogID with associatedDialogId.
#[test]
fn a_live_inbound_call_has_the_keys_of_its_table() {
    assert_eq!(
        documented().print(&inbound(answered_call())),
        expect(
            r#"{"type":"InboundCall","dialogID":"16804377","state":"ACTIVE","startTime":"2026-03-02 08:15:30",
            "associatedDialogId":null,"fromAddress":"03005550142",$TEN,$PARTICIPANTS,
            "callType":"PREROUTE_ACD_IN","agentId":"41027","queueName":"Retail_Voice"}"#
        )
    );
    assert_eq!(
        union().print(&inbound(answered_call())),
        expect(
            r#"{"type":"InboundCall","dialogID":"16804377","state":"ACTIVE","startTime":"2026-03-02 08:15:30",
            "associatedDialogId":null,"fromAddress":"03005550142",$ALL,$PARTICIPANTS,
            "callType":"PREROUTE_ACD_IN","agentId":"41027","queueName":"Retail_Voice",
            "dialogId":"16804377","prevDialogId":null}"#
        )
    );
}

// 3.8: dialogID with prevDialogId.
#[test]
fn a_campaign_call_has_the_keys_of_its_table() {
    let call = Call {
        associated_dialog_id: Some(dialog("16804370")),
        call_type: "OUTBOUND".to_owned(),
        ..answered_call()
    };
    let event = Event::OutboundCall(Box::new(call));
    assert_eq!(
        documented().print(&event),
        expect(
            r#"{"type":"OutboundCall","dialogID":"16804377","state":"ACTIVE","startTime":"2026-03-02 08:15:30",
            "prevDialogId":"16804370","fromAddress":"03005550142",$TEN,$PARTICIPANTS,
            "callType":"OUTBOUND","agentId":"41027","queueName":"Retail_Voice"}"#
        )
    );
    assert_eq!(
        union().print(&event),
        expect(
            r#"{"type":"OutboundCall","dialogID":"16804377","state":"ACTIVE","startTime":"2026-03-02 08:15:30",
            "prevDialogId":"16804370","fromAddress":"03005550142",$ALL,$PARTICIPANTS,
            "callType":"OUTBOUND","agentId":"41027","queueName":"Retail_Voice",
            "dialogId":"16804377","associatedDialogId":"16804370"}"#
        )
    );
}

// 3.9: dialogId with prevDialogId null; the same keys whatever the type.
#[test]
fn the_end_of_a_call_has_the_keys_of_release_call_output_in_every_type() {
    let dropped = || {
        let call = Call {
            form: CallForm::Dropped,
            state: "DROPPED".to_owned(),
            ..answered_call()
        };
        Box::new(call)
    };
    let ends = [
        ("InboundCall", Event::InboundCall(dropped())),
        ("OutboundCall", Event::OutboundCall(dropped())),
        ("ConsultCall", Event::ConsultCall(dropped())),
        ("NewInboundCall", Event::NewInboundCall(dropped())),
    ];
    for (name, event) in ends {
        assert_eq!(
            documented().print(&event),
            expect(
                r#"{"type":"$NAME","dialogId":"16804377","prevDialogId":null,"state":"DROPPED",
                "agentId":"41027","queueName":"Retail_Voice"}"#
            )
            .replace("$NAME", name)
        );
    }
    assert_eq!(
        union().print(&Event::InboundCall(dropped())),
        expect(
            r#"{"type":"InboundCall","dialogId":"16804377","prevDialogId":null,"state":"DROPPED",
            "agentId":"41027","queueName":"Retail_Voice",
            "dialogID":"16804377","startTime":"2026-03-02 08:15:30","associatedDialogId":null,
            "fromAddress":"03005550142",$ALL,$PARTICIPANTS,"callType":"PREROUTE_ACD_IN"}"#
        )
    );
}

// 3.10: dialogId with prevDialogId.
#[test]
fn a_conference_has_the_keys_of_complete_conference() {
    let call = Call {
        form: CallForm::Conference,
        call_type: "CONFERENCE".to_owned(),
        ..answered_call()
    };
    assert_eq!(
        documented().print(&inbound(call.clone())),
        expect(
            r#"{"type":"InboundCall","dialogId":"16804377","state":"ACTIVE","startTime":"2026-03-02 08:15:30",
            "prevDialogId":null,"fromAddress":"03005550142",$TEN,$PARTICIPANTS,
            "callType":"CONFERENCE","agentId":"41027","queueName":"Retail_Voice"}"#
        )
    );
    assert_eq!(
        union().print(&inbound(call)),
        expect(
            r#"{"type":"InboundCall","dialogId":"16804377","state":"ACTIVE","startTime":"2026-03-02 08:15:30",
            "prevDialogId":null,"fromAddress":"03005550142",$ALL,$PARTICIPANTS,
            "callType":"CONFERENCE","agentId":"41027","queueName":"Retail_Voice",
            "dialogID":"16804377","associatedDialogId":null}"#
        )
    );
}

// 3.11: dialogId with associatedDialogId, and no queueName.
#[test]
fn a_transferred_call_has_the_keys_of_transfer_call() {
    let call = Call {
        form: CallForm::Transfer,
        call_type: "TRANSFER".to_owned(),
        associated_dialog_id: Some(dialog("16804370")),
        ..answered_call()
    };
    assert_eq!(
        documented().print(&inbound(call.clone())),
        expect(
            r#"{"type":"InboundCall","dialogId":"16804377","state":"ACTIVE","startTime":"2026-03-02 08:15:30",
            "associatedDialogId":"16804370","fromAddress":"03005550142",$TEN,$PARTICIPANTS,
            "callType":"TRANSFER","agentId":"41027"}"#
        )
    );
    assert_eq!(
        union().print(&inbound(call)),
        expect(
            r#"{"type":"InboundCall","dialogId":"16804377","state":"ACTIVE","startTime":"2026-03-02 08:15:30",
            "associatedDialogId":"16804370","fromAddress":"03005550142",$ALL,$PARTICIPANTS,
            "callType":"TRANSFER","agentId":"41027",
            "dialogID":"16804377","queueName":"Retail_Voice","prevDialogId":"16804370"}"#
        )
    );
}

// 3.12: assDialogId is the consult call's own id; the only event with toAddress.
#[test]
fn a_consult_call_has_the_keys_of_its_table() {
    let event = Event::ConsultCall(Box::new(consult()));
    assert_eq!(
        documented().print(&event),
        expect(
            r#"{"type":"ConsultCall","state":"ACTIVE","assDialogId":"16804380","startTime":"2026-03-02 08:15:30",
            "fromAddress":"6127","toAddress":"6133",$TEN,$PARTICIPANTS,
            "callType":"CONSULT","agentId":"41027","queueName":"Retail_Voice"}"#
        )
    );
    assert_eq!(
        union().print(&event),
        expect(
            r#"{"type":"ConsultCall","state":"ACTIVE","assDialogId":"16804380","startTime":"2026-03-02 08:15:30",
            "fromAddress":"6127","toAddress":"6133",$ALL,$PARTICIPANTS,
            "callType":"CONSULT","agentId":"41027","queueName":"Retail_Voice",
            "dialogId":"16804380","prevDialogId":"16804377",
            "dialogID":"16804380","associatedDialogId":"16804377"}"#
        )
    );
}

// The tables of transfer and conference are InboundCall's; other types keep their own.
#[test]
fn a_campaign_call_in_conference_keeps_the_campaign_table() {
    let call = |form| {
        Event::OutboundCall(Box::new(Call {
            form,
            ..answered_call()
        }))
    };
    assert_eq!(
        documented().print(&call(CallForm::Conference)),
        documented().print(&call(CallForm::Live))
    );
}

#[test]
fn every_union_call_event_has_both_spellings_of_id_and_link() {
    for form in [
        CallForm::Live,
        CallForm::Transfer,
        CallForm::Conference,
        CallForm::Dropped,
    ] {
        let call = || Box::new(Call { form, ..consult() });
        let events = [
            Event::NewInboundCall(call()),
            Event::InboundCall(call()),
            Event::OutboundCall(call()),
            Event::ConsultCall(call()),
        ];
        for event in events {
            let json = union().print(&event);
            for key in [
                "dialogID",
                "dialogId",
                "associatedDialogId",
                "prevDialogId",
                "agentId",
            ] {
                assert_eq!(
                    json.matches(&format!("\"{key}\":")).count(),
                    1,
                    "{key} in {json}"
                );
            }
        }
    }
}

#[test]
fn call_variables_keep_finesses_order_in_each_shape() {
    let json = |shape| with_variables(shape).print(&inbound(answered_call()));
    assert!(json(CallVariables::Object).contains(ALL));
    assert!(json(CallVariables::Pairs).contains(
        r#""callVariables":[{"callVariable10":"gold"},{"callVariable1":"4711"},{"user.order":"A-17"}]"#
    ));
    assert!(json(CallVariables::List).contains(
        r#""callVariables":[{"name":"callVariable10","value":"gold"},{"name":"callVariable1","value":"4711"},{"name":"user.order","value":"A-17"}]"#
    ));
}

#[test]
fn a_call_without_variables_or_parties_prints_empty_ones() {
    let bare = || {
        inbound(Call {
            call_variables: vec![],
            participants: vec![],
            ..answered_call()
        })
    };
    assert!(
        union()
            .print(&bare())
            .contains(r#""callVariables":{},"participants":[]"#)
    );
    let pairs = with_variables(CallVariables::Pairs).print(&bare());
    assert!(
        pairs.contains(r#""callVariables":[],"participants":[]"#),
        "{pairs}"
    );
}

// Only the ten numbered variables are the document's: not `callVariable0`, `callVariable11` or `callVariable01`.
#[test]
fn the_documented_profile_prints_callvariable1_to_10_only() {
    let names = [
        "callVariable0",
        "callVariable01",
        "callVariable2",
        "callVariable11",
        "user.x",
        "BAStatus",
    ];
    let call_variables = names
        .iter()
        .map(|name| ((*name).to_owned(), String::new()))
        .collect();
    let json = documented().print(&inbound(Call {
        call_variables,
        ..answered_call()
    }));
    assert!(
        json.contains(r#""callVariables":{"callVariable2":""},"#),
        "{json}"
    );
}

#[test]
fn times_are_in_the_configured_zone() {
    let json = in_zone("Asia/Karachi").print(&inbound(answered_call()));
    assert!(
        json.contains(r#""startTime":"2026-03-02 13:15:30""#),
        "{json}"
    );
    let json = in_zone("America/New_York").print(&inbound(answered_call()));
    assert!(
        json.contains(r#""startTime":"2026-03-02 03:15:30""#),
        "{json}"
    );
}

#[test]
fn summer_time_is_kept() {
    let call = Call {
        start_time: "2026-07-01T22:30:00Z".to_owned(),
        ..answered_call()
    };
    let json = in_zone("Europe/Berlin").print(&inbound(call));
    assert!(
        json.contains(r#""startTime":"2026-07-02 00:30:00""#),
        "{json}"
    );
}

#[test]
fn text_that_is_no_time_stays_as_it_came() {
    for odd in ["", "soon", "2026-03-02 08:15:30", "1772439330"] {
        let call = Call {
            start_time: odd.to_owned(),
            ..answered_call()
        };
        let json = in_zone("Asia/Karachi").print(&inbound(call));
        assert!(
            json.contains(&format!("\"startTime\":\"{odd}\",\"associatedDialogId\"")),
            "{json}"
        );
    }
}

#[test]
fn text_is_escaped() {
    let call = Call {
        from_address: "\"\\\u{1}é\n".to_owned(),
        ..answered_call()
    };
    let json = documented().print(&inbound(call));
    assert!(json.contains(r#""fromAddress":"\"\\\u0001é\n""#), "{json}");
}
