//! Paths that tell how things stand and what happens.

use serde_json::{Value, json};

use super::super::components::{event_component, reference};
use super::answers::{Told, UNREADABLE};
use super::{Answers, Service};

/// How an agent stands.
pub(super) fn agent(service: &Service) -> Value {
    let shown = json!({
        "description": "The agent.",
        "content": {"application/json": {"schema": reference("AgentView")}},
    });
    json!({
        "operationId": "showAgent",
        "summary": "Tells how an agent stands.",
        "parameters": [{
            "name": "id",
            "in": "path",
            "required": true,
            "description": "The agent's login id.",
            "schema": {"type": "string", "minLength": 1},
            "example": "41027",
        }],
        "responses": Answers::of(service)
            .with(200, shown)
            .problem(400, UNREADABLE)
            .problem(403, "The agent is another client's.")
            .problem(404, "The agent is not connected.")
            .passing(503, Told::Always, "The gateway is stopping.")
            .done(),
    })
}

/// An agent's view, in the parts of which only one kind of event each can be.
pub(super) fn agent_view() -> Value {
    let event = |name: &str| reference(&event_component(name));
    let or_null = |name: &str| json!({"anyOf": [event(name), {"type": "null"}]});
    let calls = [
        "NewInboundCall",
        "InboundCall",
        "OutboundCall",
        "ConsultCall",
    ]
    .map(event);
    json!({
        "type": "object",
        "properties": {
            "agentId": {"type": "string"},
            "destination": {"type": "string"},
            "info": or_null("AgentInfo"),
            "state": or_null("State"),
            "dialogs": {"type": "array", "items": {"anyOf": calls}},
        },
        "required": ["agentId", "destination", "info", "state", "dialogs"],
        "additionalProperties": false,
    })
}

/// Server-sent events.
pub(super) fn events(service: &Service) -> Value {
    let mut destination = destination();
    destination["required"] = json!(true);
    let again = json!({
        "name": "Last-Event-ID",
        "in": "header",
        "description": "As `last`, which it goes before.",
        "schema": {"type": "string"},
    });
    json!({
        "operationId": "followEvents",
        "summary": "Follows the events of a destination as server-sent events.",
        "parameters": [destination, last(), again],
        "responses": listeners(service).with(200, feed()).done(),
    })
}

fn feed() -> Value {
    let header = |value: &str| json!({"required": true, "schema": {"enum": [value]}});
    json!({
        "description": "Each `data` is JSON as `#/components/schemas/Frame` has it, `id` its id. It goes on until \
                        somebody hangs up; a comment comes every 15 seconds at least.",
        "headers": {
            "Cache-Control": header("no-store"),
            "Vary": header("origin"),
            "Access-Control-Allow-Origin": {
                "description": "The web page's origin, which is one of those allowed.",
                "schema": {"type": "string"},
            },
        },
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    })
}

/// The handshake of a WebSocket.
pub(super) fn websocket(service: &Service) -> Value {
    let mut parameters = vec![destination(), last(), protocols()];
    parameters.extend(handshake());
    json!({
        "operationId": "openWebSocket",
        "summary": "Opens a WebSocket: commands in, events out.",
        "description": "`/asyncapi.json` describes the frames.",
        "parameters": parameters,
        "responses": listeners(service).with(101, opened()).done(),
    })
}

fn protocols() -> Value {
    json!({
        "name": "Sec-WebSocket-Protocol",
        "in": "header",
        "description": "`gc.v2` (taken when none is named) or `gc.v1`, and after it the key, where no `Authorization` can be sent.",
        "schema": {"type": "string", "pattern": "^([ ,]*|(.*,)? *gc\\.v[12] *(,.*)?)$"},
        "example": "gc.v2",
    })
}

fn handshake() -> impl Iterator<Item = Value> {
    let word = |word: &str| json!({"enum": [word]});
    let headers = [
        ("Connection", word("Upgrade")),
        ("Upgrade", word("websocket")),
        ("Sec-WebSocket-Version", word("13")),
        ("Sec-WebSocket-Key", json!({"type": "string"})),
    ];
    headers.into_iter().map(
        |(name, schema)| json!({"name": name, "in": "header", "required": true, "schema": schema}),
    )
}

fn opened() -> Value {
    json!({
        "description": "The connection is a WebSocket now.",
        "headers": {"Sec-WebSocket-Protocol": {
            "description": "The subprotocol, where the client named one.",
            "schema": {"enum": ["gc.v1", "gc.v2"]},
        }},
    })
}

fn destination() -> Value {
    json!({
        "name": "destination",
        "in": "query",
        "description": "Whose events.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
        "example": "desk-1",
    })
}

fn last() -> Value {
    json!({
        "name": "last",
        "in": "query",
        "description": "The id of the last event that was seen: what came after it is sent first.",
        "schema": {"type": "string"},
    })
}

fn listeners(service: &Service) -> Answers {
    Answers::of(service)
        .problem(400, UNREADABLE)
        .problem(
            403,
            "The destination is another client's or not for this one, or the web page's origin is not allowed.",
        )
        .problem(422, "The destination cannot be called so.")
        .passing(
            429,
            Told::Always,
            "This client has too many connections at once, or too many requests come from this address.",
        )
        .passing(
            503,
            Told::Mostly,
            "There are too many destinations, or the gateway is stopping.",
        )
}
