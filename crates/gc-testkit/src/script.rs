//! Events as lines that can be compared: one a call event, with calls named in the order they appeared.

use serde_json::Value;

use crate::client::event_of;

/// Names calls A, B, C in the order in which any client saw them first.
#[derive(Debug, Default)]
pub struct Names(Vec<String>);

impl Names {
    /// The id of the call with a letter.
    pub fn id(&self, letter: char) -> &str {
        let at = (letter as usize).saturating_sub('A' as usize);
        self.0.get(at).map_or("", String::as_str)
    }

    /// The letter of a call.
    pub fn of(&mut self, dialog: &str) -> String {
        let at = match self.0.iter().position(|known| known == dialog) {
            Some(at) => at,
            None => {
                self.0.push(dialog.to_owned());
                self.0.len() - 1
            }
        };
        char::from(b'A' + u8::try_from(at % 26).unwrap_or(0)).to_string()
    }
}

/// The lines of the User feed: states and what belongs to them.
pub fn user_lines(events: &[Value]) -> Vec<String> {
    events.iter().map(event_of).filter_map(user_line).collect()
}

/// The lines of the Dialogs feed: `InboundCall A ACTIVE PREROUTE_ACD_IN`, with the link where there is one.
pub fn call_lines(events: &[Value], names: &mut Names) -> Vec<String> {
    events
        .iter()
        .map(event_of)
        .filter_map(|event| call_line(event, names))
        .collect()
}

/// Whether an event gives a line of either feed.
pub(crate) fn has_line(event: &Value) -> bool {
    let event = event_of(event);
    user_line(event).is_some() || call_line(event, &mut Names::default()).is_some()
}

fn user_line(event: &Value) -> Option<String> {
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    match event["type"].as_str()? {
        "State" => {
            let parts = [
                "State".to_owned(),
                text("state"),
                text("reasonCode"),
                pending(&text("pendingState")),
            ];
            Some(
                parts
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        }
        "ConnectStatus" => Some("ConnectStatus".to_owned()),
        "AgentInfo" => Some("AgentInfo".to_owned()),
        "DialogState" => Some(format!("DialogState {}", text("state"))),
        "Error" => Some(format!("Error {}", text("errorType"))),
        _ => None,
    }
}

fn pending(state: &str) -> String {
    if state.is_empty() {
        String::new()
    } else {
        format!("pending {state}")
    }
}

fn call_line(event: &Value, names: &mut Names) -> Option<String> {
    let kind = event["type"].as_str()?;
    if !matches!(
        kind,
        "NewInboundCall" | "InboundCall" | "OutboundCall" | "ConsultCall"
    ) {
        return None;
    }
    let id = ["dialogId", "dialogID", "assDialogId"]
        .iter()
        .find_map(|key| event[*key].as_str())?;
    let name = names.of(id);
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    // Only a NewInboundCall tells neither state nor parties.
    let parties = event["participants"]
        .as_array()
        .map(|parties| parties.len().to_string())
        .unwrap_or_default();
    let link = event["associatedDialogId"]
        .as_str()
        .map(|id| format!("<- {}", names.of(id)))
        .unwrap_or_default();
    let parts = [
        kind.to_owned(),
        name,
        text("state"),
        text("callType"),
        parties,
        link,
    ];
    Some(
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
    )
}
