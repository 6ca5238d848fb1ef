//! What an event says about itself is what it prints.

use gc_protocol::Event;
use gc_protocol::event::{
    AgentExtension, AgentInfo, AgentState, Agents, CallbackMessage, ConnectStatus, Control,
    DialogControls, DialogParticipants, DialogState, ErrorEvent, PhoneBooks, Queues,
    ReasonCategory, ReasonCodes, SkillGroups, StatusMessage, Supervisors, System, SystemStatus,
    Team, TeamAgents,
};
use gc_protocol::{AgentId, ErrorType};
use pretty_assertions::assert_eq;

use crate::cast::{answered_call, dialog, layla, union};

fn calls() -> Vec<Event> {
    let call = || Box::new(answered_call());
    vec![
        Event::NewInboundCall(call()),
        Event::InboundCall(call()),
        Event::OutboundCall(call()),
        Event::ConsultCall(call()),
    ]
}

fn agents() -> Vec<Event> {
    let state = AgentState {
        agent_id: layla(),
        state: "READY".to_owned(),
        reason_code: String::new(),
        pending_state: String::new(),
        state_change_time: String::new(),
        full_name: String::new(),
        extension: "6127".to_owned(),
        label: String::new(),
        // The supervisor who receives it is not the agent it is about.
        supervisor_id: Some(AgentId::from("41900")),
    };
    let info = AgentInfo {
        first_name: "Layla".to_owned(),
        last_name: "Haddad".to_owned(),
        supervisor: false,
        wrap_up_on_incoming: String::new(),
        teams: vec![],
        team: Team::default(),
        agent_id: layla(),
    };
    vec![
        Event::System(System {
            status: SystemStatus::InService,
            agent_id: Some(layla()),
        }),
        Event::ConnectStatus(ConnectStatus { agent_id: layla() }),
        Event::AgentInfo(Box::new(info)),
        Event::State(Box::new(state)),
        Event::DialogState(DialogState {
            dialog_id: None,
            state: "NOT_FOUND".to_owned(),
            agent_id: layla(),
        }),
    ]
}

fn lists() -> Vec<Event> {
    let books = || PhoneBooks {
        phone_books: vec![],
        agent_id: layla(),
    };
    vec![
        Event::ReasonCodes(ReasonCodes {
            category: ReasonCategory::WrapUp,
            reason_codes: vec![],
            agent_id: layla(),
        }),
        Event::DialogParticipants(DialogParticipants {
            dialog_id: dialog("1"),
            participants: vec![],
            agent_id: layla(),
        }),
        Event::DialogControls(DialogControls {
            dialog_id: dialog("1"),
            controls: vec![],
            agent_id: layla(),
        }),
        Event::Agents(Agents {
            users: vec![],
            agent_id: layla(),
        }),
        Event::TeamAgents(TeamAgents {
            users: vec![],
            agent_id: layla(),
        }),
        Event::QueueStats(Queues {
            queue: vec![],
            agent_id: layla(),
        }),
        Event::PhoneBook(books()),
        Event::TeamPhoneBook(books()),
        Event::Contacts {
            contacts: vec![],
            agent_id: layla(),
        },
        Event::SkillGroups(SkillGroups {
            skills: vec![],
            agent_id: layla(),
        }),
        Event::Supervisors(Supervisors {
            supervisors: vec![],
            agent_id: layla(),
        }),
        Event::AgentExtension(AgentExtension {
            port: String::new(),
            dial_number: String::new(),
            agent_id: layla(),
        }),
    ]
}

fn messages() -> Vec<Event> {
    vec![
        Event::Error(ErrorEvent {
            error_type: ErrorType::Down,
            error_message: String::new(),
            agent_id: Some(layla()),
            command: None,
            command_id: None,
        }),
        Event::Status(StatusMessage {
            message: String::new(),
            agent_id: layla(),
        }),
        Event::Control(Control {
            message: String::new(),
            dialog_id: dialog("1"),
            agent_id: layla(),
        }),
        Event::Callback(CallbackMessage {
            callback: "reclassify",
            message: String::new(),
            agent_id: layla(),
        }),
    ]
}

#[test]
fn the_type_comes_first_and_the_agent_once() {
    for event in [calls(), agents(), lists(), messages()].concat() {
        let json = union().print(&event);
        let start = format!(r#"{{"type":"{}","#, event.type_name());
        assert!(json.starts_with(&start), "{json}");
        // The document and the contract print these two without an agent.
        if matches!(event.type_name(), "ConnectStatus" | "agentExtension") {
            assert!(!json.contains("agentId"), "{json}");
            continue;
        }
        let agent = format!(r#""agentId":"{}""#, event.agent_id().unwrap());
        assert_eq!(json.matches("\"agentId\":").count(), 1, "{json}");
        assert!(json.contains(&agent), "{json}");
    }
}

#[test]
fn nobodys_events_have_no_agent() {
    let system = Event::System(System {
        status: SystemStatus::InService,
        agent_id: None,
    });
    assert_eq!(system.agent_id(), None);
}
