//! Events about an agent.

use super::frame::{Frame, parts};
use crate::event::{AgentInfo, AgentState, ConnectStatus, DialogState, Printer};

pub(super) fn connected(event: &ConnectStatus) -> Frame {
    Frame::of(&event.agent_id, "ConnectStatus").value("ConnectSuccess")
}

pub(super) fn info(event: &AgentInfo) -> Frame {
    let teams: Vec<_> = event
        .teams
        .iter()
        .map(|team| parts(&[&team.id, &team.name]))
        .collect();
    Frame::of(&event.agent_id, "AgentInfo")
        .value(&event.first_name)
        .value(&event.last_name)
        .value(if event.supervisor { "true" } else { "false" })
        .value(&event.wrap_up_on_incoming)
        .labelled("totalNumberOfTeams", &teams.len().to_string())
        .list(&teams, "|")
        .value(&format!("{} {}", event.first_name, event.last_name))
}

/// A team member's state names its receiver first and the agent concerned in element 8.
pub(super) fn state(event: &AgentState, printer: &Printer) -> Frame {
    let receiver = event.supervisor_id.as_ref().unwrap_or(&event.agent_id);
    Frame::of(receiver, "State")
        .value(&event.state)
        .value(&event.reason_code)
        // The document keeps this element and says that it is not used.
        .value("")
        .value(&event.pending_state)
        .value(&printer.time(&event.state_change_time))
        .value(&event.full_name)
        .value(event.agent_id.as_str())
        .value(&event.extension)
}

pub(super) fn dialog_state(event: &DialogState) -> Frame {
    let dialog = event
        .dialog_id
        .as_ref()
        .map_or("", |dialog| dialog.as_str());
    Frame::of(&event.agent_id, "DialogStatus")
        .value(&event.state)
        .labelled("dialogId", dialog)
}
