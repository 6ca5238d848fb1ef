//! The messages.

use serde_json::{Map, Value, json};

use super::super::components::{bare_event, bare_media_type, reference};
use super::super::examples;
use super::super::openapi::callback_headers;
use super::super::service::{CallbackBody, Service};

/// Every message by its name.
pub(super) fn messages(service: &Service) -> Map<String, Value> {
    let mut messages = Map::from_iter([
        ("typedCommand".to_owned(), typed_command()),
        ("textCommand".to_owned(), text_command()),
        ("frame".to_owned(), frame()),
        ("result".to_owned(), result()),
        ("bareEvent".to_owned(), bare(service)),
        ("callback".to_owned(), callback(service)),
    ]);
    if !service.queues.is_empty() {
        messages.insert("queuedCommand".to_owned(), queued_command());
        messages.insert("publishedEvent".to_owned(), published_event(service));
    }
    messages
}

fn typed_command() -> Value {
    let examples: Vec<Value> = examples::typed()
        .map(|(name, summary, example)| json!({"name": name, "summary": summary, "payload": example}))
        .collect();
    json!({
        "title": "A command as JSON, typed or in the envelope",
        "contentType": "application/json",
        "payload": {"anyOf": [reference("Command"), reference("Envelope")]},
        "correlationId": {"location": "$message.payload#/commandId"},
        "examples": examples,
    })
}

fn text_command() -> Value {
    let examples = ["Login", "MakeReady"].into_iter().filter_map(|name| {
        let (message_type, body) = examples::text(name)?;
        Some(json!({"name": name, "payload": format!("{message_type}\n{body}")}))
    });
    json!({
        "title": "A command in the string form: type, line break, parameters",
        "contentType": "text/plain",
        "payload": {"type": "string", "pattern": "^[^#]+#"},
        "examples": examples.collect::<Vec<_>>(),
    })
}

fn frame() -> Value {
    json!({
        "title": "An event in its envelope",
        "contentType": "application/json",
        "payload": reference("Frame"),
    })
}

fn result() -> Value {
    let event = json!({"type": "object", "properties": {"event": reference("CommandResult")}});
    json!({
        "title": "The end of a command, which each has once, after its events",
        "contentType": "application/json",
        "payload": {"allOf": [reference("Frame"), event]},
        "correlationId": {"location": "$message.payload#/event/commandId"},
    })
}

fn bare(service: &Service) -> Value {
    json!({
        "title": "An event",
        "contentType": bare_media_type(service),
        "payload": bare_event(service),
    })
}

fn callback(service: &Service) -> Value {
    let all = callback_headers();
    let required: Vec<&str> = all
        .iter()
        .filter(|header| header.2)
        .map(|header| header.0)
        .collect();
    let headers: Map<String, Value> = all
        .iter()
        .map(|(name, description, _, schema)| {
            let mut schema = schema.clone();
            schema["description"] = json!(description);
            ((*name).to_owned(), schema)
        })
        .collect();
    let (content_type, payload) = match service.callback_body {
        CallbackBody::Wrapped => ("application/json", reference("CallbackBody")),
        CallbackBody::Bare => (bare_media_type(service), bare_event(service)),
    };
    json!({
        "title": "An event, posted",
        "contentType": content_type,
        "headers": {"type": "object", "properties": headers, "required": required},
        "payload": payload,
    })
}

fn queued_command() -> Value {
    let example = examples::text("Login").map(|(message_type, body)| {
        json!({"name": "Login", "headers": {"type": message_type}, "payload": body})
    });
    json!({
        "title": "A command: its type in a header, its parameters as text; or all of it as JSON",
        "contentType": "text/plain",
        "headers": {
            "type": "object",
            "properties": {"type": {
                "type": "string",
                "description": "The message type, as `Login#41027` (JMSType); one without `#` says that the text is JSON.",
            }},
        },
        "payload": {"type": "string"},
        "bindings": {"stomp": {}},
        "examples": example.into_iter().collect::<Vec<_>>(),
    })
}

fn published_event(service: &Service) -> Value {
    let mut message = bare(service);
    message["headers"] = json!({
        "type": "object",
        "properties": {
            "type": {"type": "string", "description": "The event's type (JMSType)."},
            "gc-sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "The event's number at its destination."},
            "gc-agent-id": {"type": "string", "description": "Whose event it is."},
        },
        "required": ["type"],
    });
    message["bindings"] = json!({"stomp": {}});
    message
}
