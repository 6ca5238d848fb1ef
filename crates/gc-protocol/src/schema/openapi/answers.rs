//! Answers that are no success, and headers.

use serde_json::{Map, Value, json};

use super::super::components::reference;
use super::super::service::{Access, Service};

/// What a 400 says.
pub(super) const UNREADABLE: &str =
    "The request cannot be read. Where not even its head can be, the answer has no body.";

/// The answers of one operation, by their status.
pub(super) struct Answers(Map<String, Value>);

impl Answers {
    /// What any request may be answered.
    pub(super) fn any() -> Self {
        let unreadable = "The head of the request cannot be read.";
        let too_long = "The head of the request is longer than 16 KiB.";
        Self(Map::new())
            .with(400, json!({"description": unreadable}))
            .passing(429, Told::Always, "Too many requests of this address.")
            .with(431, json!({"description": too_long}))
    }

    /// What a request that needs a key may be answered.
    pub(super) fn of(service: &Service) -> Self {
        match service.access {
            Access::Open => Self::any(),
            Access::Keys | Access::KeysOrCertificates => {
                let mut refused = problem("No key that this gateway knows.");
                let scheme = json!({"required": true, "schema": {"enum": ["Bearer"]}});
                refused["headers"] = json!({"WWW-Authenticate": scheme});
                Self::any().with(401, refused)
            }
        }
    }

    pub(super) fn with(mut self, status: u16, answer: Value) -> Self {
        self.0.insert(status.to_string(), answer);
        self
    }

    pub(super) fn problem(self, status: u16, description: &str) -> Self {
        self.with(status, problem(description))
    }

    /// A problem that passes; the answer tells when, or may tell it.
    pub(super) fn passing(self, status: u16, told: Told, description: &str) -> Self {
        let mut answer = problem(description);
        answer["headers"] = json!({"Retry-After": {
            "required": told == Told::Always,
            "description": "Seconds to wait.",
            "schema": {"type": "integer", "minimum": 1},
        }});
        self.with(status, answer)
    }

    pub(super) fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// Whether an answer says how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Always,
    Mostly,
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    })
}

/// The answer to a method that a path does not take, which no operation can have.
pub(super) fn method_not_allowed() -> Value {
    let mut answer = problem("The path does not take this method.");
    answer["headers"] = json!({"Allow": {
        "required": true,
        "description": "The methods that it takes.",
        "schema": {"type": "string"},
    }});
    answer
}

/// An error as RFC 9457 has it.
pub(super) fn problem_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": {"enum": ["about:blank"]},
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "What was wrong, and what to do."},
            "errorType": reference("ErrorType"),
            "commandId": {"type": "string", "description": "The command's id, where one was read."},
        },
        "required": ["type", "title", "status", "detail", "errorType"],
        "additionalProperties": false,
    })
}
