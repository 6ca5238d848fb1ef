//! Lists: an element an item, its parts labelled.

use super::frame::{Frame, plain};
use crate::event::{
    AgentExtension, Contact, EmptyList, NoData, PhoneBook, PhoneBooks, Printer, Queue, Queues,
    ReasonCodes, SkillGroups, Supervisors, TeamUser,
};
use crate::ids::AgentId;

pub(super) fn reason_codes(event: &ReasonCodes) -> Frame {
    let (codes, labels): (Vec<_>, Vec<_>) = event
        .reason_codes
        .iter()
        .map(|(code, label)| (plain(code), plain(label)))
        .unzip();
    Frame::of(&event.agent_id, "ReasonCodes")
        .value(event.category.as_str())
        .list(&codes, ",")
        .labelled_list("labels", &labels, ",")
}

pub(super) fn users(name: &str, agent: &AgentId, users: &[TeamUser], printer: &Printer) -> Frame {
    let frame = Frame::of(agent, name);
    users.iter().fold(frame, |frame, user| {
        frame.item(&[
            ("firstName", &user.first_name),
            ("lastName", &user.last_name),
            ("extension", &user.extension),
            ("loginId", &user.login_id),
            ("state", &user.state),
            ("reasonCode", &user.reason_code),
            ("pendingState", &user.pending_state),
            ("stateChangeTime", &printer.time(&user.state_change_time)),
        ])
    })
}

pub(super) fn queues(event: &Queues, printer: &Printer) -> Frame {
    let frame = Frame::of(&event.agent_id, "QueueList");
    event
        .queue
        .iter()
        .fold(frame, |frame, item| queue(frame, item, printer))
}

fn queue(frame: Frame, queue: &Queue, printer: &Printer) -> Frame {
    frame.item(&[
        ("name", &queue.name),
        ("agentsNotReady", &queue.agents_not_ready.to_string()),
        ("agentsReady", &queue.agents_ready.to_string()),
        (
            "agentsTalkingInbound",
            &queue.agents_talking_inbound.to_string(),
        ),
        (
            "agentsTalkingInternal",
            &queue.agents_talking_internal.to_string(),
        ),
        (
            "agentsTalkingOutbound",
            &queue.agents_talking_outbound.to_string(),
        ),
        (
            "agentsWrapUpNotReady",
            &queue.agents_wrap_up_not_ready.to_string(),
        ),
        ("agentsWrapUpReady", &queue.agents_wrap_up_ready.to_string()),
        ("callsInQueue", &queue.calls_in_queue.to_string()),
        (
            "startTimeOfLongestCallInQueue",
            &printer.time(&queue.start_time_of_longest_call_in_queue),
        ),
    ])
}

pub(super) fn phone_books(name: &str, event: &PhoneBooks) -> Frame {
    let frame = Frame::of(&event.agent_id, name);
    event.phone_books.iter().fold(frame, phone_book)
}

fn phone_book(frame: Frame, book: &PhoneBook) -> Frame {
    frame.item(&[("name", &book.name), ("type", &book.kind), ("id", &book.id)])
}

pub(super) fn no_data(event: &NoData) -> Frame {
    match event.list {
        EmptyList::TeamPhoneBooks => {
            Frame::of(&event.agent_id, "TeamPhoneBooks").value("NoTeamPhoneBookFound")
        }
        EmptyList::Contacts => {
            Frame::of(&event.agent_id, "PhonebookContacts").value("NoContactFound")
        }
    }
}

/// Description first here, unlike in JSON (3.15).
pub(super) fn contacts(agent: &AgentId, contacts: &[Contact]) -> Frame {
    let frame = Frame::of(agent, "PhonebookContacts");
    contacts.iter().fold(frame, |frame, contact| {
        frame.item(&[
            ("description", &contact.description),
            ("firstName", &contact.first_name),
            ("lastName", &contact.last_name),
            ("phoneNumber", &contact.phone_number),
            ("id", &contact.id),
        ])
    })
}

pub(super) fn skill_groups(event: &SkillGroups) -> Frame {
    let frame = Frame::of(&event.agent_id, "SkillGroupList");
    event.skills.iter().fold(frame, |frame, skill| {
        frame.item(&[("id", &skill.id), ("name", &skill.name)])
    })
}

pub(super) fn supervisors(event: &Supervisors) -> Frame {
    let frame = Frame::of(&event.agent_id, "SupervisorList");
    event.supervisors.iter().fold(frame, |frame, supervisor| {
        frame.item(&[
            ("id", &supervisor.id),
            ("name", &supervisor.name),
            ("loginId", &supervisor.login_id),
        ])
    })
}

pub(super) fn agent_extension(event: &AgentExtension) -> Frame {
    Frame::of(&event.agent_id, "AgentExtension")
        .item(&[("port", &event.port), ("dialNumber", &event.dial_number)])
}
