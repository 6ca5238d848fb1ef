//! Builds a call event's facts from a Finesse dialog, as one agent sees it.

use finesse_protocol::{CallType, Dialog, Participant};
use gc_protocol::DialogId;
use gc_protocol::event::{self, Call, CallForm};

use super::Me;
use super::kind::Kind;
use crate::config::Config;

/// The call as this agent sees it: its state is that of the agent's own participant.
pub(super) fn call(
    me: Me<'_>,
    dialog: Dialog,
    kind: Kind,
    link: Option<DialogId>,
    config: &Config,
) -> Call {
    let (state, start_time) = match dialog.participant(me.extension) {
        Some(mine) => (
            mine.state.as_str().to_ascii_uppercase(),
            mine.start_time.clone(),
        ),
        None => (dialog.state.as_str().to_ascii_uppercase(), String::new()),
    };
    let media = dialog.media_properties;
    Call {
        form: kind.form(&media.call_type),
        dialog_id: DialogId::new(dialog.id),
        queue_name: if state == "ALERTING" {
            String::new()
        } else {
            media.queue_name
        },
        state,
        start_time,
        associated_dialog_id: link,
        from_address: dialog.from_address,
        // No other event prints it, so in none it would be news.
        to_address: match kind {
            Kind::Consult => dialog.to_address,
            Kind::NewInbound | Kind::Inbound | Kind::Outbound | Kind::Monitored => String::new(),
        },
        call_variables: media
            .call_variables
            .into_iter()
            .map(|variable| (variable.name, variable.value))
            .collect(),
        participants: dialog.participants.into_iter().map(participant).collect(),
        call_type: call_type(&media.call_type, config),
        agent_id: me.agent.clone(),
    }
}

/// The same call as it is told when it is over.
pub(super) fn dropped(call: Call, link: Option<DialogId>) -> Call {
    Call {
        form: CallForm::Dropped,
        state: "DROPPED".to_owned(),
        associated_dialog_id: link.or(call.associated_dialog_id),
        ..call
    }
}

/// A party as clients see it.
pub(crate) fn participant(participant: Participant) -> event::Participant {
    event::Participant {
        media_address: participant.media_address,
        media_address_type: participant.media_address_type,
        state: participant.state.as_str().to_ascii_uppercase(),
        state_cause: participant.state_cause,
        start_time: participant.start_time,
        state_change_time: participant.state_change_time,
        role: String::new(),
        actions: participant.actions,
    }
}

/// When the last of the participants changed.
pub(super) fn last_change(participants: &[Participant]) -> String {
    participants
        .iter()
        .map(|participant| &participant.state_change_time)
        .max()
        .cloned()
        .unwrap_or_default()
}

/// Whether the agent's own side failed because nobody has the number.
pub(super) fn is_bad_destination(call: &Call, extension: &str) -> bool {
    call.state == "FAILED"
        && call
            .participants
            .iter()
            .any(|party| party.media_address == extension && party.state_cause == "BAD_DESTINATION")
}

fn call_type(call_type: &CallType, config: &Config) -> String {
    match call_type {
        CallType::SupervisorMonitor => config.monitor_call_type.clone(),
        other => other.as_str().to_owned(),
    }
}
