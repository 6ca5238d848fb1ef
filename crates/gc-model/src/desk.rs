//! A client as anybody would write one: what it believes comes from the JSON that it was sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What the client at one destination believes.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) seats: BTreeMap<String, Seat>,
}

/// What it believes of one agent.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seat {
    /// It believes that the agent is its own.
    pub(crate) is_mine: bool,
    /// Empty until it was told.
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) calls: BTreeMap<String, CallSeen>,
}

/// A call that is going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallSeen {
    pub(crate) state: String,
    pub(crate) call_type: String,
    /// Numbers and states of the parties.
    pub(crate) parties: BTreeSet<(String, String)>,
}

/// What an event meant for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallNews {
    Lives(String),
    Ended(String),
}

impl CallSeen {
    /// What was told is so; of a new call no parties are told.
    pub(crate) fn agrees(&self, real: &Self) -> bool {
        let parties = self.parties.is_empty() || self.parties == real.parties;
        parties && (&self.state, &self.call_type) == (&real.state, &real.call_type)
    }
}

impl Desk {
    /// Takes an event; tells what became of which call.
    pub(crate) fn take(&mut self, event: &Value) -> Option<CallNews> {
        let agent = text(event, "agentId");
        match event["type"].as_str().unwrap_or_default() {
            "ConnectStatus" => {
                self.seats.entry(agent).or_default().is_mine = true;
            }
            "State" if text(event, "supervisorId").is_empty() => {
                let seat = self.seats.entry(agent).or_default();
                seat.state = text(event, "state");
                seat.is_mine = seat.state != "LOGOUT";
                if !seat.is_mine {
                    seat.calls.clear();
                }
                seat.reason = text(event, "reasonCode");
            }
            "Error" if text(event, "errorType") == "SESSION_INVALIDATED" => {
                self.seats.remove(&agent);
            }
            kind if kind.ends_with("Call") => {
                return self.call(agent, event);
            }
            _ => {}
        }
        None
    }

    fn call(&mut self, agent: String, event: &Value) -> Option<CallNews> {
        let dialog = text(event, "dialogId");
        let seat = self.seats.entry(agent).or_default();
        // A new call rings; its event names neither state nor parties.
        let state = match event["type"] == "NewInboundCall" {
            true => "ALERTING".to_owned(),
            false => text(event, "state"),
        };
        if state == "DROPPED" {
            seat.calls.remove(&dialog);
            return Some(CallNews::Ended(dialog));
        }
        let parties = event["participants"].as_array().into_iter().flatten();
        let seen = CallSeen {
            state,
            call_type: text(event, "callType"),
            parties: parties
                .map(|party| (text(party, "mediaAddress"), text(party, "state")))
                .collect(),
        };
        seat.calls.insert(dialog.clone(), seen);
        Some(CallNews::Lives(dialog))
    }
}

pub(crate) fn text(of: &Value, key: &str) -> String {
    match &of[key] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
