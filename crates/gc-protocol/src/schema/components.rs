//! The wire types under names that both descriptions may use, referring to each other there.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{Service, commands, events};
use crate::error::ErrorType;
use crate::event::{Printer, StyleError};
use crate::style::Dialect;

/// Where components refer to each other.
const PLACE: &str = "#/components/schemas/";

/// A reference to a component.
pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("{PLACE}{name}")})
}

/// Events, commands and what goes around them.
pub(super) fn schemas(service: &Service) -> Result<Map<String, Value>, StyleError> {
    let events = events(&Printer::new(&service.style)?);
    let mut schemas = renamed(&events, event_component);
    let commands = commands();
    schemas.extend(renamed(&commands, command_component));
    schemas.insert("Command".to_owned(), any_command(&commands));
    schemas.insert("Envelope".to_owned(), envelope());
    schemas.insert("ErrorType".to_owned(), error_type());
    if service.style.dialect == Dialect::String {
        for (name, schema) in &mut schemas {
            if name == "CallbackBody" {
                schema["properties"]["data"] = string_event();
            }
        }
    }
    Ok(schemas)
}

/// What is printed where no envelope goes around: an event, or the sign that some are missing.
pub(super) fn bare_event(service: &Service) -> Value {
    match service.style.dialect {
        Dialect::Json => json!({"anyOf": [reference("Event"), reference("Gap")]}),
        Dialect::String => string_event(),
    }
}

/// The media type of [`bare_event`].
pub(super) fn bare_media_type(service: &Service) -> &'static str {
    match service.style.dialect {
        Dialect::Json => "application/json",
        Dialect::String => "text/plain; charset=utf-8",
    }
}

fn string_event() -> Value {
    json!({"type": "string", "description": "The event in the string dialect, its parts joined by `#`."})
}

/// The component of a definition of the events' document.
pub(super) fn event_component(name: &str) -> String {
    match name {
        "event" => "Event".to_owned(),
        "gc.v2 frame" => "Frame".to_owned(),
        "callback body" => "CallbackBody".to_owned(),
        "CommandResult" | "Gap" => name.to_owned(),
        kind => format!("{}Event", words(kind)),
    }
}

/// The component of a command.
pub(super) fn command_component(name: &str) -> String {
    format!("{}Command", words(name))
}

/// Words joined, each with a capital at its start.
fn words(name: &str) -> String {
    let parts = name.split(|sign: char| !sign.is_ascii_alphanumeric());
    parts
        .map(|part| {
            let (first, rest) = part.split_at(part.len().min(1));
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

fn renamed(document: &Value, component: fn(&str) -> String) -> Map<String, Value> {
    let definitions = document["$defs"].as_object().into_iter().flatten();
    definitions
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            refer(&mut schema, component);
            (component(name), schema)
        })
        .collect()
}

/// Turns references within a document into references between components.
fn refer(schema: &mut Value, component: fn(&str) -> String) {
    match schema {
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), member.as_str()) {
                    ("$ref", Some(target)) => *member = json!(moved(target, component)),
                    _ => refer(member, component),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, component)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn moved(target: &str, component: fn(&str) -> String) -> String {
    let name = target.trim_start_matches("#/$defs/").replace("%20", " ");
    format!("{PLACE}{}", component(&name))
}

fn any_command(commands: &Value) -> Value {
    let mut any = json!({
        "description": "A command in the typed form. Words are taken in any case.",
        "anyOf": commands["anyOf"],
    });
    refer(&mut any, command_component);
    any
}

fn envelope() -> Value {
    let text = |description: &str| json!({"type": ["string", "null"], "description": description});
    json!({
        "description": "A command in the form of the Generic Connector. Other keys are passed over.",
        "type": "object",
        "properties": {"data": {
            "type": "object",
            "properties": {
                "type": {
                    "type": "string",
                    "pattern": "^[^#]+#.+$",
                    "description": "Command word, `#`, and the agent's id, or the destination of a heartbeat.",
                },
                "body": text("The parameters, joined by commas."),
                "sessionUrl": text("The client's session; without keys it tells clients apart."),
                "callbackFqdn": text("Scheme, host and port that events are posted to; needs `callbackEndpoint`."),
                "callbackEndpoint": text("Path that events are posted to."),
            },
            "required": ["type"],
        }},
        "required": ["data"],
    })
}

/// A word, because Finesse has codes of its own; the documented ones with what they mean.
fn error_type() -> Value {
    let mut table = String::from("| code | meaning | what a client does |\n| --- | --- | --- |\n");
    for code in ErrorType::DOCUMENTED {
        // Writing into a string cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {} | {} |",
            code.as_str(),
            code.meaning(),
            code.client_action()
        );
    }
    let known: Vec<&str> = ErrorType::DOCUMENTED
        .iter()
        .map(ErrorType::as_str)
        .collect();
    json!({
        "description": format!("{table}\nA code of Finesse's own passes through as it is."),
        "type": "string",
        "minLength": 1,
        "examples": known,
    })
}
