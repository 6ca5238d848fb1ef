//! Events as `#` text, for the oldest clients (GC document, sections 1.5 and 3.16).
//!
//! `STRING-DIALECT.md` has the element table of every event; the documentation of
//! [`Dialect`](crate::style::Dialect) shows it.

mod agent;
mod call;
mod frame;
mod lists;

use super::{CallbackMessage, Control, ErrorEvent, Event, Printer, StatusMessage, System};
use frame::Frame;

/// Tells a client of the string dialect that events are missing.
pub(super) const GAP: &str = "System#GAP";

pub(super) fn write(event: &Event, printer: &Printer) -> String {
    let frame = match event {
        Event::System(event) => system(event),
        Event::Error(event) => error(event),
        Event::ConnectStatus(event) => agent::connected(event),
        Event::AgentInfo(event) => agent::info(event),
        Event::State(event) => agent::state(event, printer),
        Event::NewInboundCall(event) => call::new_inbound(event, printer),
        Event::InboundCall(event) => call::inbound(event, printer),
        Event::OutboundCall(event) => call::outbound(event, printer),
        Event::ConsultCall(event) => call::consult(event),
        Event::ReasonCodes(event) => lists::reason_codes(event),
        Event::DialogState(event) => agent::dialog_state(event),
        Event::DialogParticipants(event) => call::participants(event),
        Event::DialogControls(event) => call::controls(event),
        Event::Agents(event) => lists::users("AgentList", &event.agent_id, &event.users, printer),
        Event::TeamAgents(event) => {
            lists::users("TeamUsersList", &event.agent_id, &event.users, printer)
        }
        Event::QueueStats(event) => lists::queues(event, printer),
        Event::PhoneBook(event) => lists::phone_books("Phonebooks", event),
        Event::TeamPhoneBook(event) => lists::phone_books("TeamPhoneBooks", event),
        Event::Contacts { contacts, agent_id } => lists::contacts(agent_id, contacts),
        Event::SkillGroups(event) => lists::skill_groups(event),
        Event::Supervisors(event) => lists::supervisors(event),
        Event::AgentExtension(event) => lists::agent_extension(event),
        Event::Status(event) => status(event),
        Event::Control(event) => control(event),
        Event::Callback(event) => callback(event),
        Event::NoData(event) => lists::no_data(event),
    };
    frame.finish()
}

/// Element 0 is no agent here.
fn system(event: &System) -> Frame {
    Frame::begin("System", event.status.as_str())
}

fn error(event: &ErrorEvent) -> Frame {
    let agent = event.agent_id.as_ref().map_or("", |agent| agent.as_str());
    Frame::begin(agent, "Error")
        .value(event.error_type.as_str())
        .message(&event.error_message)
}

fn status(event: &StatusMessage) -> Frame {
    Frame::of(&event.agent_id, "Status")
        .value("status-bar")
        .message(&event.message)
}

fn control(event: &Control) -> Frame {
    Frame::of(&event.agent_id, "Control")
        .value("status-bar")
        .message(&event.message)
        .labelled("dialogId", event.dialog_id.as_str())
}

fn callback(event: &CallbackMessage) -> Frame {
    Frame::of(&event.agent_id, "Callback")
        .value(event.callback)
        .message(&event.message)
}
