//! An example of every command, made from its row and read by the parser before it is shown.

use serde_json::{Map, Value, json};

use crate::command::Submission;
use crate::command::table::{COMMANDS, CommandSpec, ParamKind, Subject};

/// Every command's name, what it does, and its typed form with all it needs.
pub(super) fn typed() -> impl Iterator<Item = (&'static str, &'static str, Value)> {
    COMMANDS
        .iter()
        .map(|spec| (spec.name, spec.summary, example(spec)))
}

/// Message type and body of a command's example in the string form.
pub(super) fn text(name: &str) -> Option<(String, String)> {
    let (_, _, example) = typed().find(|(known, _, _)| *known == name)?;
    let read = Submission::parse_json(example.to_string().as_bytes()).ok()?;
    read.command.to_text_exposing_secrets().ok()
}

fn example(spec: &CommandSpec) -> Value {
    let mut params: Map<String, Value> = spec
        .params
        .iter()
        .filter(|param| param.required)
        .map(|param| (param.name.to_owned(), value(param.name, param.kind)))
        .collect();
    let mut example = json!({"command": spec.name});
    match spec.subject {
        Subject::Agent => example["agentId"] = json!("41027"),
        Subject::Destination => {
            params.insert("destination".to_owned(), json!("desk-1"));
        }
    }
    if !params.is_empty() {
        example["params"] = Value::Object(params);
    }
    example["commandId"] = json!("c-17");
    example
}

fn value(name: &str, kind: ParamKind) -> Value {
    match kind {
        ParamKind::Secret => json!("demo"),
        ParamKind::Extension => json!("6127"),
        ParamKind::Number => json!("03005550142"),
        ParamKind::Id if name == "destination" => json!("desk-1"),
        ParamKind::Id if name == "callbackTime" => json!("2026-03-02 16:30"),
        ParamKind::Id => json!("33561207"),
        ParamKind::ReasonCode => json!("12"),
        ParamKind::Flag => json!(true),
        ParamKind::Literal(word) => json!(word),
        ParamKind::Choice(words) => json!(words.last()),
        ParamKind::Count => json!(1),
        ParamKind::FreeText => json!("Sales"),
        ParamKind::Variables => json!({"callVariable1": "gold"}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_command_that_the_parser_takes() {
        for (name, _, example) in typed() {
            let read = Submission::parse_json(example.to_string().as_bytes());
            assert_eq!(
                read.map(|read| read.command.body.name().to_owned()),
                Ok(name.to_owned()),
                "{example}"
            );
        }
        assert_eq!(
            text("Login"),
            Some(("Login#41027".to_owned(), "demo,6127".to_owned()))
        );
    }
}
