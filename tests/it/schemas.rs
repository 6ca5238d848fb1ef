//! What lies in the repository and what the command table describes, against the schemas. Every event that a client of
//! the test kit receives is held against them too.

use std::path::Path;

use anyhow::{Context, Result};
use gc_protocol::command::table::{COMMANDS, CommandSpec, ParamKind, ParamSpec, Subject};
use gc_protocol::{Command, Style};
use gc_testkit::schemas::{Schemas, check_command};
use serde_json::{Value, json};

#[test]
fn golden_events_fit_their_schemas() -> Result<()> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/golden");
    let mut events = 0;
    for folder in [golden.clone(), golden.join("sites")] {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "jsonl")
            {
                events += fit(&path).with_context(|| path.display().to_string())?;
            }
        }
    }
    assert!(events > 20, "only {events} golden events were found");
    Ok(())
}

fn fit(path: &Path) -> Result<usize> {
    let schemas = Schemas::of(&Style::default());
    let text = std::fs::read_to_string(path)?;
    for line in text.lines() {
        let mut event: Value = serde_json::from_str(line)?;
        // Of sites' variables only the count is kept.
        if event["callVariables"]["count"].is_number() {
            event["callVariables"] = json!({});
        }
        schemas.check(&event).map_err(anyhow::Error::msg)?;
    }
    Ok(text.lines().count())
}

#[test]
fn every_command_of_the_table_fits_its_schema_in_the_typed_form() -> Result<()> {
    for spec in COMMANDS {
        let subject = match spec.subject {
            Subject::Agent => "41027",
            Subject::Destination => "desk-17",
        };
        let body: Vec<_> = spec.params.iter().map(value).collect();
        let command =
            Command::parse_text(&format!("{}#{subject}", spec.name), Some(&body.join(",")))
                .map_err(|error| anyhow::anyhow!("{}: {}", spec.name, error.message))?;
        let typed: Value = serde_json::from_str(&command.to_json_exposing_secrets())?;
        check_command(&typed).map_err(anyhow::Error::msg)?;
        refuses_what_it_must(spec, typed);
    }
    Ok(())
}

fn refuses_what_it_must(spec: &CommandSpec, typed: Value) {
    let mut surplus = typed.clone();
    surplus["surplus"] = json!(1);
    assert!(check_command(&surplus).is_err(), "{surplus}");
    let required = spec.params.iter().filter(|param| param.required);
    for param in required {
        let mut without = typed.clone();
        if let Some(params) = without["params"].as_object_mut() {
            params.remove(param.name);
        }
        assert!(check_command(&without).is_err(), "{without}");
    }
}

fn value(param: &ParamSpec) -> &'static str {
    match param.kind {
        ParamKind::Secret => "c4nary",
        ParamKind::Extension | ParamKind::Number => "6133",
        ParamKind::Id => "17",
        ParamKind::ReasonCode => "14",
        ParamKind::Flag => "true",
        ParamKind::Literal(word) => word,
        ParamKind::Choice(words) => words.first().copied().unwrap_or_default(),
        ParamKind::Count => "1",
        ParamKind::FreeText => "Refund",
        ParamKind::Variables => "callVariable1=4711",
    }
}
