//! What the gateway posts to receivers of callbacks.

use serde_json::{Value, json};

use super::super::components::{self, bare_event, bare_media_type};
use super::Service;
use crate::schema::CallbackBody;

/// Refers to [`event`].
pub(super) fn reference() -> Value {
    json!({"$ref": "#/components/pathItems/event"})
}

/// One event, posted.
pub(super) fn event(service: &Service) -> Value {
    let (media_type, schema) = match service.callback_body {
        CallbackBody::Wrapped => ("application/json", components::reference("CallbackBody")),
        CallbackBody::Bare => (bare_media_type(service), bare_event(service)),
    };
    json!({"post": {
        "summary": "An event, posted to the address that a command named.",
        "description": "The events of one client come one after the other, in order.",
        "security": [],
        "parameters": parameters(),
        "requestBody": {"required": true, "content": {media_type: {"schema": schema}}},
        "responses": {
            "2XX": {"description": "The receiver has it."},
            "410": {"description": "The receiver wants no more events."},
            "default": {"description": "It is posted again, with the same `webhook-id`."},
        },
    }})
}

/// The headers of a callback: name, what it says, whether it is always there, and what it holds.
pub(crate) fn headers() -> [(&'static str, &'static str, bool, Value); 5] {
    let text = || json!({"type": "string"});
    let number = || json!({"type": "integer", "minimum": 0});
    [
        (
            "webhook-id",
            "The same each time that the event is posted.",
            true,
            text(),
        ),
        (
            "webhook-timestamp",
            "When it was posted, in seconds since 1970.",
            true,
            number(),
        ),
        (
            "webhook-signature",
            "Standard Webhooks, for a client with a secret.",
            false,
            text(),
        ),
        (
            "gc-sequence",
            "The event's number at its destination.",
            false,
            number(),
        ),
        ("gc-agent-id", "Whose event it is.", false, text()),
    ]
}

fn parameters() -> Vec<Value> {
    let parameters = headers().into_iter().map(|(name, description, required, schema)| {
        json!({"name": name, "in": "header", "description": description, "required": required, "schema": schema})
    });
    parameters.collect()
}
