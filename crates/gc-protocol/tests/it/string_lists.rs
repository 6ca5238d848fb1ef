//! Lists in the string dialect (GC document, sections 3.15 and 3.16).

use gc_protocol::Event;
use gc_protocol::event::{
    AgentExtension, Agents, Contact, EmptyList, NoData, PhoneBook, PhoneBooks, Queue, Queues,
    ReasonCategory, ReasonCodes, SkillGroup, SkillGroups, Supervisor, Supervisors, TeamAgents,
    TeamUser,
};
use pretty_assertions::assert_eq;

use crate::cast::{layla, string};

#[track_caller]
fn prints(event: Event, expected: &str) {
    assert_eq!(string().print(&event), expected);
}

fn users() -> Vec<TeamUser> {
    let omar = TeamUser {
        first_name: "Omar".to_owned(),
        last_name: "Riaz".to_owned(),
        extension: "6133".to_owned(),
        login_id: "41033".to_owned(),
        state: "NOT_READY".to_owned(),
        reason_code: "14".to_owned(),
        pending_state: String::new(),
        state_change_time: "2026-03-02T07:00:00Z".to_owned(),
    };
    let layla = TeamUser {
        first_name: "Layla".to_owned(),
        last_name: "Haddad".to_owned(),
        login_id: "41027".to_owned(),
        state: "LOGOUT".to_owned(),
        ..TeamUser::default()
    };
    vec![omar, layla]
}

const USERS: &str = "#firstName:Omar,lastName:Riaz,extension:6133,loginId:41033,state:NOT_READY,reasonCode:14,pendingState:,stateChangeTime:2026-03-02 07:00:00\
    #firstName:Layla,lastName:Haddad,extension:,loginId:41027,state:LOGOUT,reasonCode:,pendingState:,stateChangeTime:";

#[test]
fn reason_codes_are_codes_and_labels_in_the_same_order() {
    prints(
        Event::ReasonCodes(ReasonCodes {
            category: ReasonCategory::NotReady,
            reason_codes: vec![
                ("14".to_owned(), "Lunch".to_owned()),
                ("3".to_owned(), "Coaching, or a talk".to_owned()),
            ],
            agent_id: layla(),
        }),
        "41027#ReasonCodes#NOT_READY#14,3#labels:Lunch,Coaching  or a talk",
    );
    prints(
        Event::ReasonCodes(ReasonCodes {
            category: ReasonCategory::WrapUp,
            reason_codes: Vec::new(),
            agent_id: layla(),
        }),
        "41027#ReasonCodes#WrapUp##labels:",
    );
}

#[test]
fn users_are_an_element_each_with_the_eight_labels() {
    prints(
        Event::TeamAgents(TeamAgents {
            users: users(),
            agent_id: "41900".into(),
        }),
        &format!("41900#TeamUsersList{USERS}"),
    );
    prints(
        Event::Agents(Agents {
            users: users(),
            agent_id: "41900".into(),
        }),
        &format!("41900#AgentList{USERS}"),
    );
}

#[test]
fn a_list_without_items_ends_after_its_name() {
    prints(
        Event::TeamAgents(TeamAgents {
            users: Vec::new(),
            agent_id: "41900".into(),
        }),
        "41900#TeamUsersList",
    );
}

// The 9th part is the calls in queue, the 10th the start of the longest.
#[test]
fn queues_have_ten_parts_in_the_documents_order() {
    prints(
        Event::QueueStats(Queues {
            queue: vec![Queue {
                name: "Retail_Voice".to_owned(),
                agents_not_ready: 1,
                agents_ready: 2,
                agents_talking_inbound: 3,
                agents_talking_internal: 4,
                agents_talking_outbound: 5,
                agents_wrap_up_not_ready: 6,
                agents_wrap_up_ready: 7,
                calls_in_queue: -1,
                start_time_of_longest_call_in_queue: "2026-03-02T07:00:00Z".to_owned(),
            }],
            agent_id: layla(),
        }),
        "41027#QueueList#name:Retail_Voice,agentsNotReady:1,agentsReady:2,agentsTalkingInbound:3,agentsTalkingInternal:4,\
         agentsTalkingOutbound:5,agentsWrapUpNotReady:6,agentsWrapUpReady:7,callsInQueue:-1,\
         startTimeOfLongestCallInQueue:2026-03-02 07:00:00",
    );
}

#[test]
fn phone_books_are_name_type_and_id() {
    let books = || PhoneBooks {
        phone_books: vec![PhoneBook {
            name: "Branches, all".to_owned(),
            kind: "TEAM".to_owned(),
            id: "31".to_owned(),
        }],
        agent_id: layla(),
    };
    prints(
        Event::PhoneBook(books()),
        "41027#Phonebooks#name:Branches  all,type:TEAM,id:31",
    );
    prints(
        Event::TeamPhoneBook(books()),
        "41027#TeamPhoneBooks#name:Branches  all,type:TEAM,id:31",
    );
}

// 3.15: each list has its own words for nothing; in JSON both are one message.
#[test]
fn nothing_to_list_is_told_in_the_words_of_the_list() {
    let nothing = |list| {
        Event::NoData(NoData {
            list,
            agent_id: layla(),
        })
    };
    prints(
        nothing(EmptyList::TeamPhoneBooks),
        "41027#TeamPhoneBooks#NoTeamPhoneBookFound",
    );
    prints(
        nothing(EmptyList::Contacts),
        "41027#PhonebookContacts#NoContactFound",
    );
    assert_eq!(
        string().print_json(&nothing(EmptyList::Contacts)),
        r#"{"type":"callback","callback":"callback scheduled","message":"No data found","agentId":"41027"}"#
    );
}

#[test]
fn contacts_begin_with_their_description() {
    let contacts = vec![Contact {
        first_name: "Maryam".to_owned(),
        last_name: "Çelik".to_owned(),
        description: "Returns #1".to_owned(),
        phone_number: "03005550190".to_owned(),
        id: "77".to_owned(),
    }];
    prints(
        Event::Contacts {
            contacts,
            agent_id: layla(),
        },
        "41027#PhonebookContacts#description:Returns  1,firstName:Maryam,lastName:Çelik,phoneNumber:03005550190,id:77",
    );
}

#[test]
fn skill_groups_supervisors_and_an_extension_are_labelled_too() {
    prints(
        Event::SkillGroups(SkillGroups {
            skills: vec![SkillGroup {
                id: "5240".to_owned(),
                name: "Retail_Voice".to_owned(),
            }],
            agent_id: layla(),
        }),
        "41027#SkillGroupList#id:5240,name:Retail_Voice",
    );
    prints(
        Event::Supervisors(Supervisors {
            supervisors: vec![Supervisor {
                id: "9".to_owned(),
                name: "Nadia Sethi".to_owned(),
                login_id: "41900".to_owned(),
            }],
            agent_id: layla(),
        }),
        "41027#SupervisorList#id:9,name:Nadia Sethi,loginId:41900",
    );
    prints(
        Event::AgentExtension(AgentExtension {
            port: "6800".to_owned(),
            dial_number: "03005550199".to_owned(),
            agent_id: layla(),
        }),
        "41027#AgentExtension#port:6800,dialNumber:03005550199",
    );
}
