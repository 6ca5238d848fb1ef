//! The typed form of every command, from the one table.

use serde_json::{Map, Value, json};

use super::DIALECT;
use crate::command::table::{COMMANDS, CommandSpec, ParamKind, ParamSpec, Subject};

/// The typed form of every command, under `$defs` by its documented word. Words are taken in any case; the schema has
/// them as they are documented.
pub fn commands() -> Value {
    let each: Vec<Value> = COMMANDS
        .iter()
        .map(|spec| json!({"$ref": format!("#/$defs/{}", spec.name)}))
        .collect();
    let types: Map<String, Value> = COMMANDS
        .iter()
        .map(|spec| (spec.name.to_owned(), command(spec)))
        .collect();
    json!({
        "$schema": DIALECT,
        "title": "Commands in the typed form",
        "anyOf": each,
        "$defs": types,
    })
}

fn command(spec: &CommandSpec) -> Value {
    let words: Vec<&str> = spec.words().collect();
    let mut properties = json!({
        "command": {"enum": words},
        "commandId": {"type": ["string", "null"], "minLength": 1, "maxLength": 64},
        "params": params(spec.params),
    });
    let mut required = vec!["command"];
    // A heartbeat is about a destination, which stands among the parameters.
    match spec.subject {
        Subject::Agent => {
            properties["agentId"] = json!({"type": "string", "minLength": 1});
            required.push("agentId");
            if spec.params.iter().any(|param| param.required) {
                required.push("params");
            }
        }
        Subject::Destination => {
            properties["params"] = json!({
                "type": "object",
                "properties": {"destination": {"type": "string", "minLength": 1, "maxLength": 128}},
                "required": ["destination"],
                "additionalProperties": false,
            });
            required.push("params");
        }
    }
    json!({
        "description": spec.summary,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn params(params: &[ParamSpec]) -> Value {
    let properties: Map<String, Value> = params
        .iter()
        .map(|param| (param.name.to_owned(), value(param)))
        .collect();
    let required: Vec<&str> = params
        .iter()
        .filter(|param| param.required)
        .map(|param| param.name)
        .collect();
    json!({
        "type": if required.is_empty() { json!(["object", "null"]) } else { json!("object") },
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// What may be left out may be null as well.
fn value(param: &ParamSpec) -> Value {
    let mut schema = kind(param.kind);
    if param.required {
        return schema;
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    } else if let Some(types) = schema.get_mut("type") {
        match types {
            Value::Array(types) => types.push(json!("null")),
            one => *one = json!([one.take(), "null"]),
        }
    }
    schema
}

fn kind(kind: ParamKind) -> Value {
    match kind {
        ParamKind::Secret => json!({"type": ["string", "integer"], "minLength": 1}),
        ParamKind::Extension => {
            json!({"type": ["string", "integer"], "pattern": "^[0-9+*#]+$", "maxLength": 64})
        }
        ParamKind::Number => {
            json!({"type": ["string", "integer"], "minLength": 1, "maxLength": 64})
        }
        ParamKind::Id => word(),
        ParamKind::ReasonCode => json!({"type": ["string", "integer"], "pattern": "^[0-9]{1,10}$"}),
        ParamKind::Flag => json!({"enum": [true, false, "true", "false"]}),
        ParamKind::Literal(literal) => json!({"enum": [literal, true, false]}),
        ParamKind::Choice(words) => json!({"enum": words}),
        ParamKind::Count => {
            json!({"type": ["string", "integer"], "pattern": "^[0-9]+$", "minimum": 0})
        }
        ParamKind::FreeText => json!({"type": "string", "minLength": 1, "maxLength": 1024}),
        ParamKind::Variables => json!({
            "type": ["object", "string"],
            "additionalProperties": {"type": ["string", "integer", "boolean", "null"]},
        }),
    }
}

fn word() -> Value {
    json!({"type": ["string", "integer"], "minLength": 1, "maxLength": 128})
}
