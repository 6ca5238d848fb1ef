//! One event of each kind, for the writer to show its keys; what the values are does not matter.

use crate::error::ErrorType;
use crate::event::{
    AgentExtension, AgentInfo, AgentState, Agents, Call, CallForm, CallbackMessage, CommandResult,
    ConnectStatus, Control, DialogControls, DialogParticipants, DialogState, EmptyList, ErrorEvent,
    Event, NoData, Outcome, PhoneBooks, Queues, ReasonCategory, ReasonCodes, SkillGroups,
    StatusMessage, Supervisors, System, SystemStatus, Team, TeamAgents,
};
use crate::ids::{AgentId, DialogId};

/// Lists samples, and does not compile while a kind of event has none.
macro_rules! samples {
    ($($kind:pat => $samples:expr,)+) => {
        /// At least one event of each kind.
        pub(super) fn events() -> Vec<Event> {
            let mut events = Vec::new();
            $(events.extend($samples);)+
            events
        }

        #[allow(dead_code)] // it is there to be compiled
        fn every_kind_has_samples(event: &Event) {
            match event {
                $($kind => (),)+
            }
        }
    };
}

samples! {
    Event::System(_) => [Event::System(System {
        status: SystemStatus::InService,
        agent_id: None,
    })],
    Event::Error(_) => [Event::Error(ErrorEvent {
        error_type: ErrorType::GeneralError,
        error_message: String::new(),
        agent_id: None,
        command: None,
        command_id: None,
    })],
    Event::ConnectStatus(_) => [Event::ConnectStatus(ConnectStatus { agent_id: agent() })],
    Event::AgentInfo(_) => [Event::AgentInfo(Box::new(agent_info()))],
    Event::State(_) => [Event::State(Box::new(state()))],
    Event::NewInboundCall(_) => calls(Event::NewInboundCall),
    Event::InboundCall(_) => calls(Event::InboundCall),
    Event::OutboundCall(_) => calls(Event::OutboundCall),
    Event::ConsultCall(_) => calls(Event::ConsultCall),
    Event::ReasonCodes(_) => [Event::ReasonCodes(ReasonCodes {
        category: ReasonCategory::WrapUp,
        reason_codes: Vec::new(),
        agent_id: agent(),
    })],
    Event::DialogState(_) => [Event::DialogState(DialogState {
        dialog_id: None,
        state: String::new(),
        agent_id: agent(),
    })],
    Event::DialogParticipants(_) => [Event::DialogParticipants(DialogParticipants {
        dialog_id: dialog(),
        participants: Vec::new(),
        agent_id: agent(),
    })],
    Event::DialogControls(_) => [Event::DialogControls(DialogControls {
        dialog_id: dialog(),
        controls: Vec::new(),
        agent_id: agent(),
    })],
    Event::Agents(_) => [Event::Agents(Agents { users: Vec::new(), agent_id: agent() })],
    Event::TeamAgents(_) => [Event::TeamAgents(TeamAgents { users: Vec::new(), agent_id: agent() })],
    Event::QueueStats(_) => [Event::QueueStats(Queues { queue: Vec::new(), agent_id: agent() })],
    Event::PhoneBook(_) => [Event::PhoneBook(phone_books())],
    Event::TeamPhoneBook(_) => [Event::TeamPhoneBook(phone_books())],
    Event::Contacts { .. } => [Event::Contacts { contacts: Vec::new(), agent_id: agent() }],
    Event::SkillGroups(_) => [Event::SkillGroups(SkillGroups { skills: Vec::new(), agent_id: agent() })],
    Event::Supervisors(_) => [Event::Supervisors(Supervisors {
        supervisors: Vec::new(),
        agent_id: agent(),
    })],
    Event::AgentExtension(_) => [Event::AgentExtension(AgentExtension {
        port: String::new(),
        dial_number: String::new(),
        agent_id: agent(),
    })],
    Event::Status(_) => [Event::Status(StatusMessage { message: String::new(), agent_id: agent() })],
    Event::Control(_) => [Event::Control(Control {
        message: String::new(),
        dialog_id: dialog(),
        agent_id: agent(),
    })],
    Event::NoData(_) => [Event::NoData(NoData { list: EmptyList::Contacts, agent_id: agent() })],
    Event::Callback(_) => [Event::Callback(CallbackMessage {
        callback: "reclassify",
        message: String::new(),
        agent_id: agent(),
    })],
}

/// The end of a command.
pub(super) fn result() -> CommandResult {
    CommandResult {
        command_id: "".into(),
        agent_id: None,
        command: "",
        outcome: Outcome::Done,
    }
}

/// A call in each form: the documented profile has a table for each.
fn calls(kind: fn(Box<Call>) -> Event) -> impl Iterator<Item = Event> {
    CallForm::ALL.into_iter().map(move |form| {
        kind(Box::new(Call {
            form,
            dialog_id: dialog(),
            state: String::new(),
            start_time: String::new(),
            associated_dialog_id: None,
            from_address: String::new(),
            to_address: String::new(),
            call_variables: Vec::new(),
            participants: Vec::new(),
            call_type: String::new(),
            agent_id: agent(),
            queue_name: String::new(),
        }))
    })
}

fn agent_info() -> AgentInfo {
    AgentInfo {
        first_name: String::new(),
        last_name: String::new(),
        supervisor: false,
        wrap_up_on_incoming: String::new(),
        teams: Vec::new(),
        team: Team::default(),
        agent_id: agent(),
    }
}

fn state() -> AgentState {
    AgentState {
        agent_id: agent(),
        state: String::new(),
        reason_code: String::new(),
        pending_state: String::new(),
        state_change_time: String::new(),
        full_name: String::new(),
        extension: String::new(),
        label: String::new(),
        supervisor_id: None,
    }
}

fn phone_books() -> PhoneBooks {
    PhoneBooks {
        phone_books: Vec::new(),
        agent_id: agent(),
    }
}

fn agent() -> AgentId {
    "".into()
}

fn dialog() -> DialogId {
    "".into()
}
