//! One client's part of the evidence.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use gc_protocol::Command;
use serde_json::Value;

use super::{Fact, Scene};
use crate::client::{Answer, event_of};

/// Watches what one client sends and gets.
#[derive(Debug)]
pub(crate) struct Witness {
    scene: Scene,
    client: u64,
}

impl Witness {
    pub(crate) fn at(gateway: SocketAddr) -> Self {
        static CLIENTS: AtomicU64 = AtomicU64::new(0);
        Self {
            scene: Scene::of(gateway),
            client: CLIENTS.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// A command in the string form.
    pub(crate) fn sent(&self, message_type: &str, body: &str) {
        let command = Command::parse_text(message_type, Some(body));
        self.sent_command(command.ok().as_ref());
    }

    /// A frame in any form.
    pub(crate) fn sent_frame(&self, text: &str) {
        self.sent_command(Command::parse_line(text).ok().as_ref());
    }

    /// What came back over REST.
    pub(crate) fn answered(&self, answer: &Answer) {
        if answer.status != 202 {
            let problem = answer.json();
            self.scene.record(Fact::Refused {
                client: self.client,
                error_type: text(&problem, "errorType"),
            });
        }
    }

    /// The first frame that did not fit its schema.
    pub(crate) fn misfit(&self) -> Option<String> {
        self.scene.misfits().into_iter().next()
    }

    /// A frame, whether or not the test ever looks at it.
    pub(crate) fn arrived(&self, frame: &Value) {
        let event = event_of(frame);
        if event["type"] == "CommandResult" {
            self.scene.record(Fact::Ended {
                client: self.client,
                command: text(event, "command"),
                outcome: text(event, "outcome"),
            });
        }
    }

    /// An event that the test looks at.
    pub(crate) fn compared(&self, frame: &Value) {
        let event = event_of(frame);
        if let Some(kind) = event["type"].as_str() {
            self.scene.record(Fact::Compared {
                client: self.client,
                event: kind,
                error_type: event["errorType"].as_str(),
                mode: mode(event),
            });
        }
    }

    fn sent_command(&self, command: Option<&Command>) {
        self.scene.record(Fact::Sent {
            client: self.client,
            command: command.map_or("", |command| command.body.name()),
        });
    }
}

/// How a campaign placed a call, where its type or its variables tell (Finesse API, section 2.2).
fn mode(event: &Value) -> Option<&'static str> {
    let status = text(&event["callVariables"], "BAStatus");
    if text(event, "callType").starts_with("OUTBOUND_PERSONAL_CALLBACK") {
        Some("personal_callback")
    } else if status.ends_with("PROGRESSIVE_OUTBOUND") {
        Some("progressive")
    } else if status.ends_with("PREDICTIVE_OUTBOUND") {
        Some("predictive")
    } else {
        None
    }
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::mode;

    #[test]
    fn the_mode_of_a_campaigns_call_is_read_from_the_event() {
        let call = |call_type: &str, status: &str| json!({"type": "OutboundCall", "callType": call_type, "callVariables": {"BAStatus": status}});
        assert_eq!(
            mode(&call("OUTBOUND", "PROGRESSIVE_OUTBOUND")),
            Some("progressive")
        );
        assert_eq!(
            mode(&call("OUTBOUND", "BLENDED_PREDICTIVE_OUTBOUND")),
            Some("predictive")
        );
        assert_eq!(
            mode(&call("OUTBOUND_PERSONAL_CALLBACK_PREVIEW", "")),
            Some("personal_callback")
        );
        assert_eq!(
            mode(&call("OUTBOUND_PREVIEW", "PREVIEW_OUTBOUND_RESERVATION")),
            None
        );
        assert_eq!(mode(&json!({"type": "State"})), None);
    }
}
