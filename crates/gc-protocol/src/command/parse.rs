//! Reading of commands in their three forms: text, REST envelope, typed JSON.
//!
//! * Text: a message type `Login#41027` and a body `demo,6127` ([`Command::parse_text`]), or both in one frame,
//!   parted by a blank or a line break ([`Command::parse_line`]).
//! * REST envelope: `{"data":{"type":"Login#41027","body":"demo,6127","sessionUrl":"…"}}`.
//! * Typed: `{"command":"Login","agentId":"41027","params":{"password":"demo","extension":"6127"},"commandId":"c-17"}`.
//!
//! Every form ends in the same table row and the same checks; no input panics.

mod arguments;
mod build;
mod check;
mod envelope;
mod fault;
mod json;
mod text;
mod typed;

use super::Command;
use crate::error::ErrorType;
use crate::event::{ErrorEvent, Event};
use crate::ids::{AgentId, CommandId};

/// A command as it came over REST, with what the envelope says about the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The command.
    pub command: Command,
    /// The client's session, given back with every callback.
    pub session_url: Option<String>,
    /// Where events shall be posted.
    pub callback: Option<Callback>,
}

/// Address for callbacks, as the client gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Scheme and host.
    pub fqdn: String,
    /// Path.
    pub endpoint: String,
}

/// Why a command cannot be carried out as it was sent; holds neither a password nor a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    /// Code for the client.
    pub error_type: ErrorType,
    /// What was wrong, where, and what to do.
    pub message: String,
    /// Documented name of the command, when it is one.
    pub command: Option<&'static str>,
    /// The agent, when one was named.
    pub agent_id: Option<AgentId>,
    /// The client's own key, when it gave one.
    pub command_id: Option<CommandId>,
    /// The session of the REST envelope that the command came in.
    pub session_url: Option<Box<str>>,
    /// Whether the frame itself is unreadable (HTTP 400), not what it says (422).
    pub malformed: bool,
}

impl CommandError {
    /// The `Error` event that tells the client.
    pub fn into_event(self) -> Event {
        Event::Error(ErrorEvent {
            error_type: self.error_type,
            error_message: self.message,
            agent_id: self.agent_id,
            command: self.command,
            command_id: self.command_id,
        })
    }
}

impl Command {
    /// Reads the string form: message type and body. `None`, blanks and `null` all mean "no parameters".
    pub fn parse_text(message_type: &str, body: Option<&str>) -> Result<Self, CommandError> {
        text::read(message_type, body)
    }

    /// Reads a message that has a type header and a body, as on the broker: a type with `#` is the string form,
    /// whatever the body looks like; without one, a JSON body is the typed form or the envelope.
    pub fn parse_message(message_type: &str, body: Option<&str>) -> Result<Self, CommandError> {
        match body {
            Some(json) if !message_type.contains('#') && json.trim_start().starts_with('{') => {
                Self::parse_line(json)
            }
            Some(_) | None => Self::parse_text(message_type, body),
        }
    }

    /// Reads a text frame: JSON when it starts with `{`, else message type and body in one string.
    ///
    /// Blanks around `#` are dropped; the id ends at the next blank or line break, and what follows is the body:
    /// `Login#41027 demo,6127`. After a line break the body is taken as it is, so that a password may begin with a blank.
    pub fn parse_line(frame: &str) -> Result<Self, CommandError> {
        if frame.trim_start().starts_with('{') {
            return Submission::parse_json(frame.as_bytes()).map(|submission| submission.command);
        }
        let (message_type, body) = text::split_frame(frame);
        text::read(message_type, Some(body))
    }
}

impl Submission {
    /// Reads the REST envelope or the typed form.
    pub fn parse_json(json: &[u8]) -> Result<Self, CommandError> {
        let members = json::read_object(json)?;
        if typed::is_typed(&members) {
            return typed::read(members);
        }
        envelope::read(members)
    }
}
