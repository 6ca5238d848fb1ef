//! Call events.

use super::frame::{Frame, pair, parts, plain};
use crate::event::{Call, DialogControls, DialogParticipants, Participant, Printer};
use crate::ids::DialogId;

pub(super) fn new_inbound(call: &Call, printer: &Printer) -> Frame {
    let mut variables = variables(call, printer);
    if let Some(earlier) = &call.associated_dialog_id {
        variables.push(pair("associatedDialogId", '=', earlier.as_str()));
    }
    Frame::of(&call.agent_id, "NewInboundCall")
        .value(&call.from_address)
        .list(&variables, "|")
        .labelled("dialogId", call.dialog_id.as_str())
}

pub(super) fn inbound(call: &Call, printer: &Printer) -> Frame {
    whole(call, "InboundCall", "associatedDialogId", printer)
}

pub(super) fn outbound(call: &Call, printer: &Printer) -> Frame {
    whole(call, "OutboundCall", "prevDialogId", printer)
}

fn whole(call: &Call, name: &str, link: &str, printer: &Printer) -> Frame {
    let earlier = call.associated_dialog_id.as_ref();
    Frame::of(&call.agent_id, name)
        .value(&call.state)
        .labelled("dialogId", call.dialog_id.as_str())
        .value(from_or_cause(call))
        .list(&variables(call, printer), "|")
        .value(&printer.time(&call.start_time))
        .labelled("callType", &call.call_type)
        .labelled(link, earlier.map_or("", DialogId::as_str))
        .labelled_list("participants", &parties(&call.participants), "|")
}

pub(super) fn consult(call: &Call) -> Frame {
    Frame::of(&call.agent_id, "ConsultCall")
        .value(&call.state)
        .labelled("dialogId", call.dialog_id.as_str())
        .value(&call.to_address)
}

pub(super) fn participants(event: &DialogParticipants) -> Frame {
    Frame::of(&event.agent_id, "DialogParticipants")
        .labelled("dialogId", event.dialog_id.as_str())
        .labelled_list("participants", &parties(&event.participants), "|")
}

pub(super) fn controls(event: &DialogControls) -> Frame {
    let controls: Vec<_> = event.controls.iter().map(|name| plain(name)).collect();
    Frame::of(&event.agent_id, "DialogControls")
        .labelled("dialogId", event.dialog_id.as_str())
        .labelled_list("controls", &controls, ",")
}

/// Why a call failed stands where its calling number would.
fn from_or_cause(call: &Call) -> &str {
    if call.state != "FAILED" {
        return &call.from_address;
    }
    let mut causes = call.participants.iter().map(|party| &*party.state_cause);
    causes.find(|cause| !cause.is_empty()).unwrap_or_default()
}

fn variables(call: &Call, printer: &Printer) -> Vec<String> {
    let shown = call
        .call_variables
        .iter()
        .filter(|(name, _)| printer.shows_variable(name));
    shown.map(|(name, value)| pair(name, '=', value)).collect()
}

fn parties(participants: &[Participant]) -> Vec<String> {
    participants.iter().map(party).collect()
}

fn party(party: &Participant) -> String {
    // Finesse lists a party that left until the call is over.
    let gone = matches!(party.state.as_str(), "DROPPED" | "FAILED" | "WRAP_UP");
    let kind = if gone {
        "NULL"
    } else {
        &party.media_address_type
    };
    parts(&[&party.media_address, &party.state, kind, &party.role])
}
