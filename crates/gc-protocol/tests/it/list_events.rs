//! Lists (GC document, sections 3.13 and 3.15; shapes: contract, section 2).

use gc_protocol::Event;
use gc_protocol::event::{
    AgentExtension, Agents, Contact, DialogControls, DialogParticipants, PhoneBook, PhoneBooks,
    Queue, Queues, ReasonCategory, ReasonCodes, SkillGroup, SkillGroups, Supervisor, Supervisors,
    TeamAgents, TeamUser,
};
use pretty_assertions::assert_eq;

use crate::cast::{answered_call, dialog, documented, layla, one_line, text_scalars, union};

#[track_caller]
fn prints(event: Event, expected: &str) {
    assert_eq!(documented().print(&event), one_line(expected));
    assert_eq!(union().print(&event), one_line(expected));
}

fn omar() -> TeamUser {
    TeamUser {
        first_name: "Omar".to_owned(),
        last_name: "Riaz".to_owned(),
        extension: "6133".to_owned(),
        login_id: "41033".to_owned(),
        state: "READY".to_owned(),
        reason_code: String::new(),
        pending_state: String::new(),
        state_change_time: "2026-03-02T07:00:00Z".to_owned(),
    }
}

const OMAR: &str = r#"{"firstName":"Omar","lastName":"Riaz","extension":"6133","loginId":"41033","state":"READY","reasonCode":"","pendingState":"","stateChangeTime":"2026-03-02 07:00:00"}"#;

// 3.13: one object a reason, the code as its key; this casing of the categories.
#[test]
fn reason_codes_are_one_key_objects() {
    let codes = |category| {
        Event::ReasonCodes(ReasonCodes {
            category,
            reason_codes: vec![
                ("12".to_owned(), "Lunch".to_owned()),
                ("3".to_owned(), "Coaching".to_owned()),
            ],
            agent_id: layla(),
        })
    };
    let expected = r#"{"type":"ReasonCodes","category":"$C","reasonCodes":[{"12":"Lunch"},{"3":"Coaching"}],"agentId":"41027"}"#;
    prints(
        codes(ReasonCategory::NotReady),
        &expected.replace("$C", "NOT_READY"),
    );
    prints(
        codes(ReasonCategory::Logout),
        &expected.replace("$C", "LOGOUT"),
    );
    prints(
        codes(ReasonCategory::WrapUp),
        &expected.replace("$C", "WrapUp"),
    );
}

#[test]
fn no_reason_codes_are_an_empty_list() {
    let none = ReasonCodes {
        category: ReasonCategory::Logout,
        reason_codes: vec![],
        agent_id: layla(),
    };
    prints(
        Event::ReasonCodes(none),
        r#"{"type":"ReasonCodes","category":"LOGOUT","reasonCodes":[],"agentId":"41027"}"#,
    );
}

#[test]
fn agents_list_users() {
    prints(
        Event::Agents(Agents {
            users: vec![omar()],
            agent_id: layla(),
        }),
        &format!(r#"{{"type":"Agents","users":[{OMAR}],"agentId":"41027"}}"#),
    );
}

// The type holds a blank.
#[test]
fn team_agents_list_users_as_agents_does() {
    prints(
        Event::TeamAgents(TeamAgents {
            users: vec![omar()],
            agent_id: layla(),
        }),
        &format!(r#"{{"type":"Team Agents","users":[{OMAR}],"agentId":"41027"}}"#),
    );
}

#[test]
fn queue_stats_print_counts_as_numbers_or_text() {
    let queue = Queue {
        name: "Retail_Voice".to_owned(),
        agents_not_ready: 1,
        agents_ready: 2,
        agents_talking_inbound: 3,
        agents_talking_internal: 4,
        agents_talking_outbound: 5,
        agents_wrap_up_not_ready: 6,
        agents_wrap_up_ready: 7,
        calls_in_queue: -1,
        start_time_of_longest_call_in_queue: "2026-03-02T08:00:00Z".to_owned(),
    };
    let event = Event::QueueStats(Queues {
        queue: vec![queue],
        agent_id: layla(),
    });
    let text = text_scalars().print(&event);
    assert!(
        text.contains(r#""agentsNotReady":"1""#) && text.contains(r#""callsInQueue":"-1""#),
        "{text}"
    );
    prints(
        event,
        r#"{"type":"Queue Stats","queue":[{"name":"Retail_Voice","agentsNotReady":1,"agentsReady":2,
        "agentsTalkingInbound":3,"agentsTalkingInternal":4,"agentsTalkingOutbound":5,"agentsWrapUpNotReady":6,
        "agentsWrapUpReady":7,"callsInQueue":-1,"startTimeOfLongestCallInQueue":"2026-03-02 08:00:00"}],
        "agentId":"41027"}"#,
    );
}

#[test]
fn phone_books_of_everybody_and_of_a_team_differ_in_type() {
    let books = || PhoneBooks {
        phone_books: vec![PhoneBook {
            name: "Partners".to_owned(),
            kind: "TEAM".to_owned(),
            id: "31".to_owned(),
        }],
        agent_id: layla(),
    };
    let expected = r#"{"type":"$T","phoneBooks":[{"name":"Partners","type":"TEAM","id":"31"}],"agentId":"41027"}"#;
    prints(
        Event::PhoneBook(books()),
        &expected.replace("$T", "PhoneBook"),
    );
    prints(
        Event::TeamPhoneBook(books()),
        &expected.replace("$T", "Team PhoneBook"),
    );
}

#[test]
fn contacts_have_the_documents_mixed_type() {
    let contact = Contact {
        first_name: "Omar".to_owned(),
        last_name: "Riaz".to_owned(),
        description: String::new(),
        phone_number: "6133".to_owned(),
        id: "7".to_owned(),
    };
    prints(
        Event::Contacts {
            contacts: vec![contact],
            agent_id: layla(),
        },
        r#"{"type":"phoneBook_contacts","contacts":[{"firstName":"Omar","lastName":"Riaz","description":"",
        "phoneNumber":"6133","id":"7"}],"agentId":"41027"}"#,
    );
}

#[test]
fn skill_groups_and_supervisors_list_theirs() {
    let skill = SkillGroup {
        id: "5240".to_owned(),
        name: "Retail_Voice".to_owned(),
    };
    prints(
        Event::SkillGroups(SkillGroups {
            skills: vec![skill],
            agent_id: layla(),
        }),
        r#"{"type":"skillGroup","skills":[{"id":"5240","name":"Retail_Voice"}],"agentId":"41027"}"#,
    );
    let nadia = Supervisor {
        id: "9".to_owned(),
        name: "Nadia Sethi".to_owned(),
        login_id: "41900".to_owned(),
    };
    prints(
        Event::Supervisors(Supervisors {
            supervisors: vec![nadia],
            agent_id: layla(),
        }),
        r#"{"type":"supervisors","supervisors":[{"id":"9","name":"Nadia Sethi","loginId":"41900"}],"agentId":"41027"}"#,
    );
}

// The contract's row has no agentId.
#[test]
fn an_agent_extension_is_an_object_of_its_own() {
    prints(
        Event::AgentExtension(AgentExtension {
            port: "3021".to_owned(),
            dial_number: "03005550142".to_owned(),
            agent_id: layla(),
        }),
        r#"{"type":"agentExtension","agentExtension":{"port":"3021","dialNumber":"03005550142"}}"#,
    );
}

#[test]
fn controls_and_participants_name_the_call() {
    prints(
        Event::DialogControls(DialogControls {
            dialog_id: dialog("16804377"),
            controls: vec!["HOLD".to_owned(), "DROP".to_owned()],
            agent_id: layla(),
        }),
        r#"{"type":"DialogControls","dialogId":"16804377","controls":["HOLD","DROP"],"agentId":"41027"}"#,
    );
    prints(
        Event::DialogParticipants(DialogParticipants {
            dialog_id: dialog("16804377"),
            participants: answered_call().participants,
            agent_id: layla(),
        }),
        r#"{"type":"DialogParticipants","dialogId":"16804377","participants":[{"mediaAddress":"6127",
        "mediaAddressType":"AGENT_DEVICE","state":"ACTIVE","stateCause":"","startTime":"2026-03-02 08:15:30",
        "stateChangeTime":"2026-03-02 08:15:34","role":"","actions":["HOLD","DROP"]}],"agentId":"41027"}"#,
    );
}
