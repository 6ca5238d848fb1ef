//! The OpenAPI and AsyncAPI documents hold every command and every event, under names that do not meet.

use std::collections::BTreeSet;

use gc_protocol::command::Submission;
use gc_protocol::command::table::COMMANDS;
use gc_protocol::schema::{self, Service};
use gc_protocol::{Printer, Style};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

fn openapi() -> Value {
    schema::openapi(&Service::default()).unwrap()
}

fn asyncapi() -> Value {
    schema::asyncapi(&Service::default()).unwrap()
}

fn names(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().unwrap();
    schemas.keys().cloned().collect()
}

/// Everything that a document refers to.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, member)| match (key.as_str(), member.as_str()) {
                ("$ref", Some(target)) => vec![target.to_owned()],
                _ => references(member),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[test]
fn every_command_and_every_event_is_a_component_of_both() {
    let printer = Printer::new(&Style::default()).unwrap();
    let events = schema::events(&printer)["$defs"].as_object().unwrap().len();
    // The wire types, `Command`, `Envelope` and `ErrorType`.
    let both = events + COMMANDS.len() + 3;
    assert_eq!(names(&asyncapi()).len(), both);
    // `Problem`, `Accepted` and `AgentView` are for HTTP alone.
    assert_eq!(names(&openapi()).len(), both + 3);
}

#[test]
fn names_are_those_that_both_specifications_take() {
    let sign = |sign: char| sign.is_ascii_alphanumeric();
    assert!(names(&openapi()).iter().all(|name| name.chars().all(sign)));
    for name in [
        "TeamAgentsEvent",
        "PhoneBookContactsEvent",
        "ConsultCallCommand",
        "ConsultCallEvent",
        "Frame",
    ] {
        assert!(names(&openapi()).contains(name), "{name}");
    }
}

#[test]
fn whatever_is_referred_to_is_there() {
    for document in [openapi(), asyncapi()] {
        let references = references(&document);
        assert!(references.len() > 100);
        for target in references {
            let found = document.pointer(target.trim_start_matches('#'));
            assert!(found.is_some(), "{target}");
        }
    }
}

#[test]
fn an_events_type_and_a_commands_word_lead_to_their_schema() {
    let document = openapi();
    let of = |name: &str, word: &str| {
        let any = &document["components"]["schemas"][name];
        any["discriminator"]["mapping"][word].clone()
    };
    assert_eq!(
        of("Event", "Team Agents"),
        "#/components/schemas/TeamAgentsEvent"
    );
    assert_eq!(
        of("Command", "SCHEDULECALLBACK"),
        "#/components/schemas/SHCEDULECALLBACKCommand"
    );
}

#[test]
fn every_command_has_an_example_that_is_one() {
    let body = &openapi()["paths"]["/gc/v1/commands"]["post"]["requestBody"];
    let examples = body["content"]["application/json"]["examples"].clone();
    let examples = examples.as_object().unwrap();
    assert_eq!(examples.len(), COMMANDS.len() + 1);
    for (name, example) in examples {
        let read = Submission::parse_json(example["value"].to_string().as_bytes());
        assert!(read.is_ok(), "{name}: {read:?}");
    }
    assert_eq!(
        examples["envelope"]["value"]["data"]["body"],
        json!("desk-1,demo")
    );
}

#[test]
fn every_documented_error_code_is_explained() {
    let code = &openapi()["components"]["schemas"]["ErrorType"];
    let text = code["description"].as_str().unwrap();
    assert!(
        text.contains("| `CF_RESOURCE_BUSY` | Something needed is busy"),
        "{text}"
    );
    assert_eq!(code["examples"].as_array().map(Vec::len), Some(35));
}
