//! JSON Schemas (2020-12) of all that is printed and read: made by the event writer itself and by the command table,
//! so that they cannot say anything else. OpenAPI and AsyncAPI documents put them where they go over the wire.
//!
//! ```
//! use gc_protocol::{Printer, Style, schema};
//!
//! let events = schema::events(&Printer::new(&Style::default())?);
//! assert_eq!(events["$defs"]["ConnectStatus"]["properties"]["type"]["enum"][0], "ConnectStatus");
//! # Ok::<(), gc_protocol::StyleError>(())
//! ```

mod asyncapi;
mod commands;
mod components;
mod examples;
mod openapi;
mod samples;
mod service;

use serde_json::{Map, Value, json};

use crate::event::envelope::Origin;
use crate::event::{Printer, StyleError};
use crate::style::{CallVariables, Profile, Scalars, Style};

pub use asyncapi::asyncapi;
pub use commands::commands;
pub use openapi::{ASYNCAPI_MEDIA_TYPE, OPENAPI_MEDIA_TYPE, SCHEMA_MEDIA_TYPE, openapi};
pub use service::{Access, CallbackBody, Service, Transport};

/// The dialect of every schema here.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The name of the document of the commands.
const COMMANDS_DOCUMENT: &str = "commands";

/// Every document, with a name that tells the settings it is for: the events of each style, and the commands.
pub fn documents() -> Result<Vec<(String, Value)>, StyleError> {
    let mut documents = vec![(COMMANDS_DOCUMENT.to_owned(), commands())];
    for style in styles() {
        documents.push((events_document(&style), events(&Printer::new(&style)?)));
    }
    Ok(documents)
}

/// The names of [`documents`].
fn names() -> Vec<String> {
    let events = styles().map(|style| events_document(&style));
    let commands = COMMANDS_DOCUMENT.to_owned();
    std::iter::once(commands).chain(events).collect()
}

/// Every style that a schema shows.
fn styles() -> impl Iterator<Item = Style> {
    Profile::ALL.into_iter().flat_map(|profile| {
        Scalars::ALL.into_iter().flat_map(move |scalars| {
            CallVariables::ALL.map(|call_variables| Style {
                profile,
                scalars,
                call_variables,
                ..Style::default()
            })
        })
    })
}

/// The name of the document of a style's events.
fn events_document(style: &Style) -> String {
    format!(
        "events-{}-{}-{}",
        style.profile.as_str(),
        style.scalars.as_str(),
        style.call_variables.as_str()
    )
}

/// The events of a style. Under `$defs` stand each type by its name, any of them as `event`, and besides
/// `CommandResult`, `Gap`, and what goes around an event: `gc.v2 frame` and `callback body`.
pub fn events(printer: &Printer) -> Value {
    let mut types: Map<String, Value> = Map::new();
    for sample in samples::events() {
        add(&mut types, sample.type_name(), printer.schema(&sample));
    }
    let each: Vec<Value> = types.keys().map(|name| reference(name)).collect();
    let result = printer.result_schema(&samples::result());
    types.extend([
        ("event".to_owned(), json!({"anyOf": each})),
        ("CommandResult".to_owned(), result),
        ("Gap".to_owned(), gap()),
        ("gc.v2 frame".to_owned(), frame()),
        ("callback body".to_owned(), callback_body()),
    ]);
    json!({
        "$schema": DIALECT,
        "title": "Events",
        "$ref": "#/$defs/event",
        "$defs": types,
    })
}

/// A type whose keys depend on the case, such as a call that is over, has a schema a case.
fn add(types: &mut Map<String, Value>, name: &str, schema: Value) {
    match types.get_mut(name) {
        None => {
            types.insert(name.to_owned(), schema);
        }
        Some(known) if *known == schema => {}
        Some(known) => match known.get_mut("anyOf").and_then(Value::as_array_mut) {
            Some(cases) if cases.contains(&schema) => {}
            Some(cases) => cases.push(schema),
            None => *known = json!({"anyOf": [known.take(), schema]}),
        },
    }
}

fn reference(name: &str) -> Value {
    // Three names hold a blank.
    json!({"$ref": format!("#/$defs/{}", name.replace(' ', "%20"))})
}

fn gap() -> Value {
    json!({
        "type": "object",
        "properties": {"type": {"enum": ["Gap"]}},
        "required": ["type"],
        "additionalProperties": false,
    })
}

fn frame() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^[^:]+:[0-9]+$"},
            "time": {"type": "string"},
            "agentId": {"type": "string"},
            "origin": {"enum": Origin::ALL.map(Origin::as_str)},
            "event": {"anyOf": [reference("event"), reference("CommandResult"), reference("Gap")]},
        },
        "required": ["event", "origin", "time"],
        "additionalProperties": false,
    })
}

fn callback_body() -> Value {
    json!({
        "type": "object",
        "properties": {
            "data": {"anyOf": [reference("event"), reference("Gap")]},
            "sessionUrl": {"type": "string"},
        },
        "required": ["data", "sessionUrl"],
        "additionalProperties": false,
    })
}
