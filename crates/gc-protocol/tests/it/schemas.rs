//! The schemas say what the writer writes. That real events fit them is tested where events are received.

use std::collections::BTreeSet;

use gc_protocol::command::table::COMMANDS;
use gc_protocol::event::{AgentState, CallForm};
use gc_protocol::style::CallVariables;
use gc_protocol::{Event, Printer, schema};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::cast::{answered_call, documented, layla, text_scalars, union, with_variables};

fn of(printer: &Printer, name: &str) -> Value {
    schema::events(printer)["$defs"][name].take()
}

#[test]
fn a_schema_is_closed_and_names_what_is_always_there() {
    assert_eq!(
        of(&union(), "System"),
        json!({
            "type": "object",
            "properties": {
                "type": {"enum": ["System"]},
                "status": {"enum": ["IN_SERVICE", "OUT_OF_SERVICE"]},
                "agentId": {"type": "string"},
            },
            "required": ["status", "type"],
            "additionalProperties": false,
        })
    );
}

#[test]
fn what_the_union_adds_is_not_in_the_documented_schema() {
    let keys = |printer: &Printer| {
        let schema = of(printer, "Error");
        let keys = schema["properties"].as_object().unwrap().keys().cloned();
        keys.collect::<Vec<_>>()
    };
    assert_eq!(keys(&documented()), ["errorMessage", "errorType", "type"]);
    assert_eq!(
        keys(&union()),
        [
            "agentId",
            "command",
            "commandId",
            "errorMessage",
            "errorType",
            "type"
        ]
    );
}

#[test]
fn a_team_members_state_has_one_key_more() {
    let state = of(&union(), "State");
    assert_eq!(
        state["properties"]["supervisorId"],
        json!({"type": "string"})
    );
    assert!(
        !state["required"]
            .as_array()
            .unwrap()
            .contains(&json!("supervisorId"))
    );
}

#[test]
fn booleans_and_counts_follow_their_setting() {
    let native = of(&union(), "AgentInfo");
    assert_eq!(
        native["properties"]["supervisor"],
        json!({"type": "boolean"})
    );
    assert_eq!(
        native["properties"]["totalNumberOfTeams"],
        json!({"type": "integer"})
    );
    let text = of(&text_scalars(), "AgentInfo");
    assert_eq!(
        text["properties"]["supervisor"],
        json!({"enum": ["true", "false"]})
    );
    assert_eq!(
        text["properties"]["totalNumberOfTeams"],
        json!({"type": "string"})
    );
}

#[test]
fn call_variables_follow_their_setting() {
    let variables =
        |printer: &Printer| of(printer, "InboundCall")["properties"]["callVariables"].clone();
    assert_eq!(
        variables(&with_variables(CallVariables::Object)),
        json!({"type": "object", "additionalProperties": {"type": "string"}})
    );
    assert_eq!(
        variables(&with_variables(CallVariables::Pairs)),
        json!({"type": "array", "items": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": {"type": "string"},
        }})
    );
    assert_eq!(
        variables(&with_variables(CallVariables::List)),
        json!({"type": "array", "items": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
            "required": ["name", "value"],
            "additionalProperties": false,
        }})
    );
}

#[test]
fn the_documented_profile_has_a_schema_for_each_table() {
    let cases = |name: &str| of(&documented(), name)["anyOf"].as_array().map(Vec::len);
    assert_eq!(cases("InboundCall"), Some(CallForm::ALL.len()));
    assert_eq!(cases("OutboundCall"), Some(2));
    assert_eq!(of(&union(), "InboundCall")["type"], "object");
}

/// The required keys, and those that may be missing.
fn keys(schema: &Value) -> BTreeSet<String> {
    let properties = schema["properties"].as_object().unwrap();
    properties.keys().cloned().collect()
}

#[test]
fn an_events_keys_are_those_of_its_schema() {
    let call = Event::InboundCall(Box::new(answered_call()));
    let state = Event::State(Box::new(AgentState {
        agent_id: layla(),
        state: String::new(),
        reason_code: String::new(),
        pending_state: String::new(),
        state_change_time: String::new(),
        full_name: String::new(),
        extension: String::new(),
        label: String::new(),
        supervisor_id: Some("41900".into()),
    }));
    for event in [call, state] {
        let printed: Value = serde_json::from_str(&union().print(&event)).unwrap();
        let printed = printed.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys(&of(&union(), event.type_name())), printed);
    }
}

// Some names are near: the event `callback` is not the body of a callback.
#[test]
fn every_type_that_answers_a_command_has_a_schema_of_its_own() {
    let types = COMMANDS.iter().flat_map(|spec| spec.answers);
    for name in types.copied().chain(["Error", "Team PhoneBook", "status"]) {
        let schema = of(&union(), name);
        let cases = match schema["anyOf"].as_array() {
            Some(cases) => cases.clone(),
            None => vec![schema],
        };
        for case in cases {
            assert_eq!(case["properties"]["type"], json!({"enum": [name]}));
        }
    }
}

#[test]
fn what_may_be_left_out_may_be_null_and_an_id_is_a_string() {
    let connect = &schema::commands()["$defs"]["Connect"]["properties"];
    assert_eq!(connect["agentId"]["type"], "string");
    let sso = &connect["params"]["properties"]["sso"];
    assert_eq!(*sso, json!({"enum": ["SSO", true, false, null]}));
    let hello = &schema::commands()["$defs"]["Hello"]["properties"]["params"];
    assert_eq!(hello["properties"]["destination"]["type"], "string");
}

#[test]
fn every_style_and_the_commands_have_a_document() {
    let names: Vec<_> = schema::documents()
        .unwrap()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names.len(), 13);
    assert_eq!(names[0], "commands");
    assert!(names.contains(&"events-documented-text-list".to_owned()));
}

#[test]
fn every_command_has_a_schema_with_its_words_and_parameters() {
    let commands = schema::commands();
    assert_eq!(
        commands["$defs"].as_object().map(serde_json::Map::len),
        Some(COMMANDS.len())
    );
    let login = &commands["$defs"]["Login"];
    assert_eq!(login["required"], json!(["command", "agentId", "params"]));
    assert_eq!(
        login["properties"]["params"]["required"],
        json!(["password", "extension"])
    );
    assert_eq!(
        commands["$defs"]["SHCEDULECALLBACK"]["properties"]["command"],
        json!({"enum": ["SHCEDULECALLBACK", "SCHEDULECALLBACK"]})
    );
    assert_eq!(
        commands["$defs"]["Hello"]["properties"]["params"]["required"],
        json!(["destination"])
    );
}
