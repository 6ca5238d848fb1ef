//! Events in the string dialect (GC document, sections 1.5 and 3.16), element by element.

use gc_protocol::event::{
    AgentInfo, AgentState, Call, CallForm, CallbackMessage, ConnectStatus, Control, DialogControls,
    DialogParticipants, DialogState, ErrorEvent, Participant, StatusMessage, System, SystemStatus,
    Team,
};
use gc_protocol::style::{Dialect, Profile};
use gc_protocol::{AgentId, ErrorType, Event, Printer, Style};
use pretty_assertions::assert_eq;

use crate::cast::{answered_call, dialog, layla, string};

#[track_caller]
fn prints(event: Event, expected: &str) {
    assert_eq!(string().print(&event), expected);
}

fn lunch() -> AgentState {
    AgentState {
        agent_id: layla(),
        state: "NOT_READY".to_owned(),
        reason_code: "14".to_owned(),
        pending_state: String::new(),
        state_change_time: "2026-03-02T08:15:30Z".to_owned(),
        full_name: "Layla Haddad".to_owned(),
        extension: "6127".to_owned(),
        label: "Lunch".to_owned(),
        supervisor_id: None,
    }
}

fn agent_info(teams: Vec<Team>) -> Event {
    Event::AgentInfo(Box::new(AgentInfo {
        first_name: "Nadia".to_owned(),
        last_name: "Sethi".to_owned(),
        supervisor: !teams.is_empty(),
        wrap_up_on_incoming: "OPTIONAL".to_owned(),
        teams,
        team: Team::default(),
        agent_id: "41900".into(),
    }))
}

fn team(id: &str, name: &str) -> Team {
    Team {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn inbound(call: Call) -> Event {
    Event::InboundCall(Box::new(call))
}

fn party(media_address: &str, state: &str, role: &str) -> Participant {
    Participant {
        media_address: media_address.to_owned(),
        media_address_type: String::new(),
        state: state.to_owned(),
        state_cause: String::new(),
        start_time: String::new(),
        state_change_time: String::new(),
        role: role.to_owned(),
        actions: Vec::new(),
    }
}

// The status itself is element 1, and element 0 is no agent.
#[test]
fn system_has_its_status_where_others_have_their_name() {
    let system = |status| {
        Event::System(System {
            status,
            agent_id: None,
        })
    };
    prints(system(SystemStatus::InService), "System#IN_SERVICE");
    prints(system(SystemStatus::OutOfService), "System#OUT_OF_SERVICE");
}

#[test]
fn an_error_is_its_code_and_its_sentence() {
    let error = |agent_id: Option<AgentId>, message: &str| {
        Event::Error(ErrorEvent {
            error_type: ErrorType::SubscriptionFailed,
            error_message: message.to_owned(),
            agent_id,
            command: Some("Connect"),
            command_id: None,
        })
    };
    prints(
        error(Some(layla()), "Invalid Credentials"),
        "41027#Error#SUBSCRIPTION_FAILED#Invalid Credentials",
    );
    prints(
        error(None, "no `#`, nowhere"),
        "#Error#SUBSCRIPTION_FAILED#no ` `, nowhere",
    );
}

#[test]
fn connect_status_says_success() {
    prints(
        Event::ConnectStatus(ConnectStatus { agent_id: layla() }),
        "41027#ConnectStatus#ConnectSuccess",
    );
}

#[test]
fn agent_info_ends_with_teams_and_the_full_name() {
    prints(
        agent_info(vec![
            team("5107", "Retail_Blue"),
            team("5108", "Retail_Green"),
        ]),
        "41900#AgentInfo#Nadia#Sethi#true#OPTIONAL#totalNumberOfTeams:2#5107,Retail_Blue|5108,Retail_Green#Nadia Sethi",
    );
    prints(
        agent_info(Vec::new()),
        "41900#AgentInfo#Nadia#Sethi#false#OPTIONAL#totalNumberOfTeams:0##Nadia Sethi",
    );
}

// Elements 7, 8 and 9: full name, the agent concerned, extension.
#[test]
fn a_state_tells_full_name_agent_and_extension_in_elements_7_to_9() {
    let printed = string().print(&Event::State(Box::new(lunch())));
    assert_eq!(
        printed,
        "41027#State#NOT_READY#14###2026-03-02 08:15:30#Layla Haddad#41027#6127"
    );
    let elements: Vec<_> = printed.split('#').collect();
    assert_eq!(elements[7..], ["Layla Haddad", "41027", "6127"]);
}

// Element 0 is who receives it, element 8 the agent concerned.
#[test]
fn a_team_members_state_names_the_supervisor_first() {
    let state = AgentState {
        supervisor_id: Some("41900".into()),
        pending_state: "READY".to_owned(),
        ..lunch()
    };
    prints(
        Event::State(Box::new(state)),
        "41900#State#NOT_READY#14##READY#2026-03-02 08:15:30#Layla Haddad#41027#6127",
    );
}

#[test]
fn a_new_call_ends_with_its_dialog() {
    prints(
        Event::NewInboundCall(Box::new(answered_call())),
        "41027#NewInboundCall#03005550142#callVariable10=gold|callVariable1=4711|user.order=A-17#dialogId:16804377",
    );
}

// Clients join the two calls of a transfer by this variable (2.4).
#[test]
fn a_new_call_names_the_call_it_goes_back_to_among_its_variables() {
    let call = Call {
        associated_dialog_id: Some(dialog("16804370")),
        call_variables: Vec::new(),
        ..answered_call()
    };
    prints(
        Event::NewInboundCall(Box::new(call)),
        "41027#NewInboundCall#03005550142#associatedDialogId=16804370#dialogId:16804377",
    );
}

// Elements 2 to 9: state, dialog, calling number, variables, start, call type, earlier call, parties.
#[test]
fn an_inbound_call_has_its_parties_in_element_9() {
    let call = Call {
        participants: vec![
            Participant {
                media_address_type: "AGENT_DEVICE".to_owned(),
                ..party("6127", "ACTIVE", "")
            },
            party("6190", "ACTIVE", "SUPERVISOR_BARGE_IN"),
            party("03005550142", "DROPPED", ""),
        ],
        ..answered_call()
    };
    let printed = string().print(&inbound(call));
    assert_eq!(
        printed,
        "41027#InboundCall#ACTIVE#dialogId:16804377#03005550142\
         #callVariable10=gold|callVariable1=4711|user.order=A-17#2026-03-02 08:15:30#callType:PREROUTE_ACD_IN\
         #associatedDialogId:#participants:6127,ACTIVE,AGENT_DEVICE,|6190,ACTIVE,,SUPERVISOR_BARGE_IN|03005550142,DROPPED,NULL,"
    );
    assert_eq!(printed.split('#').count(), 10);
}

#[test]
fn the_end_of_a_call_has_every_element_too() {
    let call = Call {
        form: CallForm::Dropped,
        state: "DROPPED".to_owned(),
        call_variables: Vec::new(),
        participants: Vec::new(),
        ..answered_call()
    };
    prints(
        inbound(call),
        "41027#InboundCall#DROPPED#dialogId:16804377#03005550142##2026-03-02 08:15:30#callType:PREROUTE_ACD_IN\
         #associatedDialogId:#participants:",
    );
}

// 3.7: an empty text makes the client say that the call failed, without more.
#[test]
fn a_failed_call_tells_the_cause_where_the_calling_number_stands() {
    let failed = |cause: &str| {
        inbound(Call {
            state: "FAILED".to_owned(),
            call_variables: Vec::new(),
            participants: vec![Participant {
                state_cause: cause.to_owned(),
                ..party("6127", "FAILED", "")
            }],
            ..answered_call()
        })
    };
    prints(
        failed("BAD_DESTINATION"),
        "41027#InboundCall#FAILED#dialogId:16804377#BAD_DESTINATION##2026-03-02 08:15:30#callType:PREROUTE_ACD_IN\
         #associatedDialogId:#participants:6127,FAILED,NULL,",
    );
    prints(
        failed(""),
        "41027#InboundCall#FAILED#dialogId:16804377###2026-03-02 08:15:30#callType:PREROUTE_ACD_IN\
         #associatedDialogId:#participants:6127,FAILED,NULL,",
    );
}

#[test]
fn a_campaign_call_links_back_by_its_own_label() {
    let call = Call {
        associated_dialog_id: Some(dialog("16804370")),
        call_type: "OUTBOUND".to_owned(),
        call_variables: Vec::new(),
        participants: Vec::new(),
        ..answered_call()
    };
    prints(
        Event::OutboundCall(Box::new(call)),
        "41027#OutboundCall#ACTIVE#dialogId:16804377#03005550142##2026-03-02 08:15:30#callType:OUTBOUND\
         #prevDialogId:16804370#participants:",
    );
}

#[test]
fn a_consult_call_is_state_dialog_and_the_number_called() {
    let call = Call {
        dialog_id: dialog("16804380"),
        state: "INITIATED".to_owned(),
        to_address: "6133".to_owned(),
        ..answered_call()
    };
    prints(
        Event::ConsultCall(Box::new(call)),
        "41027#ConsultCall#INITIATED#dialogId:16804380#6133",
    );
}

// The string API calls it DialogStatus (1.3).
#[test]
fn the_state_of_a_dialog_goes_by_its_older_name() {
    let state = |dialog_id, state: &str| {
        Event::DialogState(DialogState {
            dialog_id,
            state: state.to_owned(),
            agent_id: layla(),
        })
    };
    prints(
        state(Some(dialog("16804377")), "ACTIVE"),
        "41027#DialogStatus#ACTIVE#dialogId:16804377",
    );
    prints(
        state(None, "NOT_FOUND"),
        "41027#DialogStatus#NOT_FOUND#dialogId:",
    );
}

#[test]
fn parties_and_controls_of_a_call_follow_its_dialog() {
    prints(
        Event::DialogParticipants(DialogParticipants {
            dialog_id: dialog("16804377"),
            participants: answered_call().participants,
            agent_id: layla(),
        }),
        "41027#DialogParticipants#dialogId:16804377#participants:6127,ACTIVE,AGENT_DEVICE,",
    );
    prints(
        Event::DialogControls(DialogControls {
            dialog_id: dialog("16804377"),
            controls: vec!["HOLD".to_owned(), "DROP".to_owned()],
            agent_id: layla(),
        }),
        "41027#DialogControls#dialogId:16804377#controls:HOLD,DROP",
    );
}

// 3.15: the text of a control message is the fourth element.
#[test]
fn messages_have_their_text_in_the_fourth_element() {
    prints(
        Event::Control(Control {
            message: "03005550142 was dropped, by Nadia".to_owned(),
            dialog_id: dialog("16804377"),
            agent_id: layla(),
        }),
        "41027#Control#status-bar#03005550142 was dropped, by Nadia#dialogId:16804377",
    );
    prints(
        Event::Status(StatusMessage {
            message: "callVariable3 was cut short".to_owned(),
            agent_id: layla(),
        }),
        "41027#Status#status-bar#callVariable3 was cut short",
    );
    prints(
        Event::Callback(CallbackMessage {
            callback: "callback scheduled",
            message: "Callback set".to_owned(),
            agent_id: layla(),
        }),
        "41027#Callback#callback scheduled#Callback set",
    );
}

#[test]
fn separators_inside_values_become_blanks_and_move_nothing() {
    let state = AgentState {
        full_name: "Haddad, Layla #2|A".to_owned(),
        ..lunch()
    };
    prints(
        Event::State(Box::new(state)),
        "41027#State#NOT_READY#14###2026-03-02 08:15:30#Haddad  Layla  2 A#41027#6127",
    );
    let call = Call {
        from_address: "*55#".to_owned(),
        call_variables: vec![
            ("callVariable1".to_owned(), "a|b=c,d#e".to_owned()),
            ("user.x#y".to_owned(), String::new()),
        ],
        ..answered_call()
    };
    prints(
        Event::NewInboundCall(Box::new(call)),
        "41027#NewInboundCall#*55 #callVariable1=a b=c d e|user.x y=#dialogId:16804377",
    );
    prints(
        agent_info(vec![team("5,1", "Blue|Green#Red")]),
        "41900#AgentInfo#Nadia#Sethi#true#OPTIONAL#totalNumberOfTeams:1#5 1,Blue Green Red#Nadia Sethi",
    );
}

#[test]
fn the_documented_profile_shows_the_ten_variables_only() {
    let printer = Printer::new(&Style {
        dialect: Dialect::String,
        profile: Profile::Documented,
        ..Style::default()
    })
    .unwrap();
    assert_eq!(
        printer.print(&Event::NewInboundCall(Box::new(answered_call()))),
        "41027#NewInboundCall#03005550142#callVariable10=gold|callVariable1=4711#dialogId:16804377"
    );
}

#[test]
fn times_stand_in_the_configured_zone() {
    let printer = Printer::new(&Style {
        dialect: Dialect::String,
        time_zone: "Asia/Karachi".to_owned(),
        ..Style::default()
    })
    .unwrap();
    assert_eq!(
        printer.print(&Event::State(Box::new(lunch()))),
        "41027#State#NOT_READY#14###2026-03-02 13:15:30#Layla Haddad#41027#6127"
    );
}

#[test]
fn the_same_printer_still_writes_json_where_json_is_needed() {
    let event = Event::ConnectStatus(ConnectStatus { agent_id: layla() });
    assert_eq!(
        string().print_json(&event),
        r#"{"type":"ConnectStatus","status":"ConnectSuccess"}"#
    );
    assert_eq!(string().dialect(), Dialect::String);
}

#[test]
fn a_gap_is_told_in_the_dialect() {
    assert_eq!(string().print_gap(), "System#GAP");
    assert_eq!(crate::cast::union().print_gap(), r#"{"type":"Gap"}"#);
}
