//! Events about an agent (GC document, sections 3.3 to 3.5, 3.14).

use gc_protocol::event::{AgentInfo, AgentState, ConnectStatus, DialogState, Team};
use gc_protocol::{AgentId, Event};
use pretty_assertions::assert_eq;

use crate::cast::{dialog, documented, in_zone, layla, one_line, text_scalars, union};

fn team() -> Team {
    Team {
        id: "5107".to_owned(),
        name: "Retail_Blue".to_owned(),
    }
}

fn laylas_info() -> AgentInfo {
    AgentInfo {
        first_name: "Layla".to_owned(),
        last_name: "Haddad".to_owned(),
        supervisor: false,
        wrap_up_on_incoming: "OPTIONAL".to_owned(),
        teams: vec![],
        team: team(),
        agent_id: layla(),
    }
}

fn nadias_info() -> AgentInfo {
    AgentInfo {
        first_name: "Nadia".to_owned(),
        last_name: "Sethi".to_owned(),
        supervisor: true,
        wrap_up_on_incoming: "NOT_ALLOWED".to_owned(),
        teams: vec![team()],
        team: team(),
        agent_id: AgentId::from("41900"),
    }
}

fn laylas_state() -> AgentState {
    AgentState {
        agent_id: layla(),
        state: "NOT_READY".to_owned(),
        reason_code: "12".to_owned(),
        pending_state: String::new(),
        state_change_time: "2026-03-02T09:41:07.000Z".to_owned(),
        full_name: "Layla Haddad".to_owned(),
        extension: "6127".to_owned(),
        label: "Lunch".to_owned(),
        supervisor_id: None,
    }
}

// 3.3 is verbatim: two keys, in both profiles.
#[test]
fn connect_status_is_the_documents_word_for_word() {
    let event = Event::ConnectStatus(ConnectStatus { agent_id: layla() });
    assert_eq!(
        documented().print(&event),
        r#"{"type":"ConnectStatus","status":"ConnectSuccess"}"#
    );
    assert_eq!(
        union().print(&event),
        r#"{"type":"ConnectStatus","status":"ConnectSuccess"}"#
    );
}

#[test]
fn a_plain_agent_has_an_empty_list_of_teams() {
    let event = Event::AgentInfo(Box::new(laylas_info()));
    let expected = one_line(
        r#"{"type":"AgentInfo","firstName":"Layla","lastName":"Haddad","supervisor":false,
        "wrapUpOnIncoming":"OPTIONAL","totalNumberOfTeams":0,"teams":[],
        "team":{"id":"5107","name":"Retail_Blue"},"agentId":"41027"}"#,
    );
    assert_eq!(documented().print(&event), expected);
    assert_eq!(union().print(&event), expected);
}

#[test]
fn a_supervisors_teams_are_counted() {
    let json = union().print(&Event::AgentInfo(Box::new(nadias_info())));
    let expected = one_line(
        r#"{"type":"AgentInfo","firstName":"Nadia","lastName":"Sethi","supervisor":true,
        "wrapUpOnIncoming":"NOT_ALLOWED","totalNumberOfTeams":1,"teams":[{"id":"5107","name":"Retail_Blue"}],
        "team":{"id":"5107","name":"Retail_Blue"},"agentId":"41900"}"#,
    );
    assert_eq!(json, expected);
}

#[test]
fn text_scalars_quote_booleans_and_counts() {
    let json = text_scalars().print(&Event::AgentInfo(Box::new(nadias_info())));
    assert!(json.contains(r#""supervisor":"true""#), "{json}");
    assert!(json.contains(r#""totalNumberOfTeams":"1""#), "{json}");
}

// 3.5: agentId stands second, and stateChangeTimeString is there although it is not used.
#[test]
fn a_state_has_its_keys_in_order_in_both_profiles() {
    let event = Event::State(Box::new(laylas_state()));
    let expected = one_line(
        r#"{"type":"State","agentId":"41027","state":"NOT_READY","reasonCode":"12","stateChangeTimeString":"",
        "pendingState":"","stateChangeTime":"2026-03-02 09:41:07","fullName":"Layla Haddad",
        "extension":"6127","label":"Lunch"}"#,
    );
    assert_eq!(documented().print(&event), expected);
    assert_eq!(union().print(&event), expected);
}

#[test]
fn a_team_members_state_names_the_supervisor_last() {
    let state = AgentState {
        supervisor_id: Some(AgentId::from("41900")),
        ..laylas_state()
    };
    let event = Event::State(Box::new(state));
    for printer in [documented(), union()] {
        let json = printer.print(&event);
        assert!(
            json.starts_with(r#"{"type":"State","agentId":"41027","state""#),
            "{json}"
        );
        assert!(
            json.ends_with(r#""label":"Lunch","supervisorId":"41900"}"#),
            "{json}"
        );
    }
}

#[test]
fn a_states_time_is_in_the_configured_zone() {
    let json = in_zone("Asia/Karachi").print(&Event::State(Box::new(laylas_state())));
    assert!(
        json.contains(r#""stateChangeTime":"2026-03-02 14:41:07""#),
        "{json}"
    );
}

// 3.14
#[test]
fn a_dialog_state_without_a_call_has_an_empty_id() {
    let with = Event::DialogState(DialogState {
        dialog_id: Some(dialog("16804377")),
        state: "HELD".to_owned(),
        agent_id: layla(),
    });
    let without = Event::DialogState(DialogState {
        dialog_id: None,
        state: "NOT_FOUND".to_owned(),
        agent_id: layla(),
    });
    for printer in [documented(), union()] {
        assert_eq!(
            printer.print(&with),
            r#"{"type":"DialogState","dialogId":"16804377","state":"HELD","agentId":"41027"}"#
        );
        assert_eq!(
            printer.print(&without),
            r#"{"type":"DialogState","dialogId":"","state":"NOT_FOUND","agentId":"41027"}"#
        );
    }
}
