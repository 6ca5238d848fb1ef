//! Paths that take commands.

use serde_json::{Map, Value, json};

use super::super::components::reference;
use super::super::examples;
use super::answers::{Told, UNREADABLE};
use super::{Answers, Service, callbacks};

/// The operation of the path with this number.
pub(super) fn post(service: &Service, number: usize) -> Value {
    let id = match number {
        0 => "sendCommand".to_owned(),
        number => format!("sendCommand{number}"),
    };
    json!({
        "operationId": id,
        "summary": "Gives a command for an agent.",
        "description": "What comes of an accepted command is told by events. A typed command that is repeated with its \
                        `commandId` is carried out once.",
        "requestBody": {
            "required": true,
            "description": "At most 64 KiB.",
            "content": {"application/json": {
                "schema": {"anyOf": [reference("Command"), reference("Envelope")]},
                "examples": all_examples(),
            }},
        },
        "responses": answers(service),
        "callbacks": {"event": {
            "{$request.body#/data/callbackFqdn}{$request.body#/data/callbackEndpoint}": callbacks::reference(),
        }},
    })
}

fn answers(service: &Service) -> Value {
    let accepted = json!({
        "description": "Accepted.",
        "content": {"application/json": {"schema": reference("Accepted")}},
    });
    Answers::of(service)
        .with(202, accepted)
        .problem(400, UNREADABLE)
        .problem(
            403,
            "The agent or destination is another client's, or the command is not allowed to this one.",
        )
        .problem(408, "The body took longer than ten seconds to arrive.")
        .problem(413, "The body is longer than 64 KiB.")
        .problem(415, "The body is not `application/json`.")
        .problem(
            422,
            "The command is unknown or its parameters are wrong, or it is not for this agent now. The same is told by an \
             `Error` event.",
        )
        .passing(
            429,
            Told::Always,
            "Too many commands of this client, or too many requests of this address, with keys or without.",
        )
        .passing(
            503,
            Told::Always,
            "Finesse does not serve, or the gateway is stopping; the command was not carried out.",
        )
        .done()
}

fn all_examples() -> Map<String, Value> {
    let typed = examples::typed().map(|(name, summary, example)| {
        let example = json!({"summary": summary, "value": example});
        (name.to_owned(), example)
    });
    let mut all: Map<String, Value> = typed.collect();
    if let Some((message_type, body)) = examples::text("Connect") {
        let data = json!({
            "type": message_type,
            "body": body,
            "sessionUrl": "s-1",
            "callbackFqdn": "http://127.0.0.1:9000",
            "callbackEndpoint": "/events",
        });
        let summary = "The envelope, with a receiver of events.";
        let example = json!({"summary": summary, "value": {"data": data}});
        all.insert("envelope".to_owned(), example);
    }
    all
}

/// The answer to a command that was accepted.
pub(super) fn accepted() -> Value {
    json!({
        "type": "object",
        "properties": {
            "commandId": {"type": "string", "description": "The client's, or one of the gateway's making."},
            "status": {"enum": ["accepted"]},
        },
        "required": ["commandId", "status"],
        "additionalProperties": false,
    })
}
