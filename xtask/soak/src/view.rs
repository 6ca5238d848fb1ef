//! What a client believes of its agent; it comes from the JSON that it was sent.

use std::collections::BTreeMap;

use serde_json::Value;

/// Numbers that begin so are dialled once each.
pub(crate) const ONCE: &str = "0700";

/// State, and the calls that go on with the agent's part in each.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct View {
    /// Empty until it was told.
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) calls: BTreeMap<String, String>,
}

impl View {
    /// Takes an event; gives the number and the call if it is one to a number that is dialled once.
    pub(crate) fn take(&mut self, event: &Value) -> Option<(String, String)> {
        match event["type"].as_str().unwrap_or_default() {
            // What is not in the snapshot that follows has ended meanwhile.
            "Gap" => self.calls.clear(),
            "State" => {
                self.state = text(event, "state");
                self.reason = text(event, "reasonCode");
                if self.state == "LOGOUT" {
                    self.calls.clear();
                }
            }
            // A new call rings; its event names neither state nor parties.
            "NewInboundCall" => {
                let dialog = text(event, "dialogId");
                self.calls.insert(dialog, "ALERTING".to_owned());
            }
            "InboundCall" | "OutboundCall" => return self.call(event),
            _ => {}
        }
        None
    }

    fn call(&mut self, event: &Value) -> Option<(String, String)> {
        let (dialog, state) = (text(event, "dialogId"), text(event, "state"));
        if state == "DROPPED" {
            self.calls.remove(&dialog);
        } else {
            self.calls.insert(dialog.clone(), state);
        }
        let parties = event["participants"].as_array()?;
        let mut numbers = parties.iter().map(|party| text(party, "mediaAddress"));
        Some((numbers.find(|number| number.starts_with(ONCE))?, dialog))
    }
}

pub(crate) fn text(of: &Value, key: &str) -> String {
    match &of[key] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
