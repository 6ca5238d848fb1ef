//! Every event that a test receives is held against its JSON Schema.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use gc_protocol::command::table;
use gc_protocol::{Printer, Style, schema};
use jsonschema::Validator;
use serde_json::Value;

/// The schemas of a style's events.
#[derive(Debug)]
pub struct Schemas {
    document: Value,
    // Most tests see a few types only.
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Schemas {
    /// The schemas of a style, made once a process.
    pub fn of(style: &Style) -> Arc<Self> {
        static MADE: Mutex<Vec<(Style, Arc<Schemas>)>> = Mutex::new(Vec::new());
        let mut made = held(&MADE);
        if let Some((_, known)) = made.iter().find(|(known, _)| known == style) {
            return known.clone();
        }
        // A style that no printer takes is refused by the gateway before any event.
        let printer = Printer::new(style).or_else(|_| Printer::new(&Style::default()));
        let schemas = Arc::new(Self {
            document: printer.map_or(Value::Null, |printer| schema::events(&printer)),
            validators: Mutex::default(),
        });
        made.push((style.clone(), schemas.clone()));
        schemas
    }

    /// What is wrong with a frame, the body of a callback or a bare event. Text of the string dialect has no schema.
    pub fn check(&self, received: &Value) -> Result<(), String> {
        let (around, event) = match (received.get("event"), received.get("data")) {
            (Some(event), _) => (Some("gc.v2 frame"), event),
            (None, Some(data)) => (Some("callback body"), data),
            (None, None) => (None, received),
        };
        if event.is_string() {
            return Ok(());
        }
        let kind = event["type"].as_str().unwrap_or_default();
        self.fits(kind, event)?;
        around.map_or(Ok(()), |around| self.fits(around, received))
    }

    fn fits(&self, name: &str, value: &Value) -> Result<(), String> {
        misfit(&*self.validator(name)?, name, value)
    }

    fn validator(&self, name: &str) -> Result<Arc<Validator>, String> {
        let mut validators = held(&self.validators);
        if let Some(known) = validators.get(name) {
            return Ok(known.clone());
        }
        let validator = Arc::new(part(&self.document, name)?);
        validators.insert(name.to_owned(), validator.clone());
        Ok(validator)
    }
}

/// What is wrong with a command in the typed form, whose word is spelt as documented.
pub fn check_command(typed: &Value) -> Result<(), String> {
    let name = typed["command"].as_str().unwrap_or_default();
    let name = table::find(name).map_or(name, |spec| spec.name);
    misfit(&part(&schema::commands(), name)?, name, typed)
}

/// The validator of one definition of a document.
fn part(document: &Value, name: &str) -> Result<Validator, String> {
    let definition = document["$defs"].get(name);
    let mut schema = definition
        .cloned()
        .ok_or_else(|| format!("there is no schema of `{name}`"))?;
    // Most definitions refer to no other, and are read faster alone.
    if schema.to_string().contains("#/$defs/") {
        schema["$defs"] = document["$defs"].clone();
    }
    schema["$schema"] = document["$schema"].clone();
    jsonschema::validator_for(&schema).map_err(|error| error.to_string())
}

fn misfit(validator: &Validator, name: &str, value: &Value) -> Result<(), String> {
    let wrong: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{} at `{}`", error, error.instance_path()))
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!(
        "`{name}` does not fit its schema: {}; it is {value}",
        wrong.join("; ")
    ))
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|held| held.into_inner())
}

#[cfg(test)]
mod tests {
    use gc_protocol::style::Profile;
    use serde_json::json;

    use super::*;

    fn union() -> Arc<Schemas> {
        Schemas::of(&Style::default())
    }

    #[test]
    fn an_event_a_frame_and_a_callback_fit() {
        let event =
            json!({"type": "DialogState", "dialogId": "1", "state": "ACTIVE", "agentId": "41027"});
        assert_eq!(union().check(&event), Ok(()));
        let frame = json!({"id": "s:1", "time": "2026-03-02T08:15:30Z", "agentId": "41027", "origin": "live", "event": event});
        assert_eq!(union().check(&frame), Ok(()));
        let callback = json!({"data": event, "sessionUrl": ""});
        assert_eq!(union().check(&callback), Ok(()));
        assert!(union().check(&json!({"data": event})).is_err());
        assert_eq!(
            union().check(&json!({"data": "41027#State", "sessionUrl": ""})),
            Ok(())
        );
        assert_eq!(union().check(&json!("System#IN_SERVICE")), Ok(()));
        assert_eq!(union().check(&json!({"type": "Gap"})), Ok(()));
        let result = json!({"type": "CommandResult", "commandId": "c-1", "agentId": null, "command": "Hello", "outcome": "done", "errorType": null});
        let frame = json!({"time": "2026-03-02T08:15:30Z", "origin": "live", "event": result});
        assert_eq!(union().check(&frame), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let wrong = |value: Value| union().check(&value).unwrap_err();
        let missing = wrong(json!({"type": "DialogState", "dialogId": "1", "agentId": "41027"}));
        assert!(
            missing.contains("`DialogState` does not fit") && missing.contains("\"state\""),
            "{missing}"
        );
        let surplus = wrong(json!({"type": "ConnectStatus", "status": "ConnectSuccess", "x": 1}));
        assert!(surplus.contains("'x'"), "{surplus}");
        let kind = wrong(json!({"type": "System", "status": 1}));
        assert!(kind.contains("/status"), "{kind}");
        assert!(wrong(json!({"type": "Nothing"})).contains("no schema"));
        let frame = json!({"time": "", "origin": "guessed", "event": {"type": "Gap"}});
        assert!(wrong(frame).contains("`gc.v2 frame` does not fit"));
    }

    #[test]
    fn an_event_of_the_union_does_not_fit_the_documented_schema() {
        let documented = Schemas::of(&Style {
            profile: Profile::Documented,
            ..Style::default()
        });
        let error =
            json!({"type": "Error", "errorType": "DOWN", "errorMessage": "", "agentId": "41027"});
        assert_eq!(union().check(&error), Ok(()));
        assert!(documented.check(&error).is_err());
    }
}
