//! What is wrong with a command, before it is known whose command it is.

use super::CommandError;
use crate::command::table::{CommandSpec, ParamSpec};
use crate::error::ErrorType;

#[derive(Debug)]
pub(super) struct Fault {
    error_type: ErrorType,
    message: String,
    malformed: bool,
}

impl Fault {
    /// The frame says something that cannot be done.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::coded(ErrorType::PleaseRetry, message)
    }

    /// The frame cannot be read.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self {
            error_type: ErrorType::PleaseRetry,
            message: message.into(),
            malformed: true,
        }
    }

    /// As `invalid`, with a code of its own.
    pub(super) fn coded(error_type: ErrorType, message: impl Into<String>) -> Self {
        Self {
            error_type,
            message: message.into(),
            malformed: false,
        }
    }

    /// A needed parameter is not there.
    pub(super) fn missing(param: &ParamSpec) -> Self {
        Self::coded(
            param.missing.clone(),
            format!("`{}` is missing", param.name),
        )
    }

    /// A parameter holds what it must not; the value itself is not repeated.
    pub(super) fn wrong(param: &ParamSpec, must: &str) -> Self {
        Self::invalid(format!("`{}` must be {must}", param.name))
    }

    /// Adds the command and how to write it.
    pub(super) fn in_command(self, spec: &'static CommandSpec) -> CommandError {
        let message = format!("{}: {}; send {}", spec.name, self.message, spec.usage());
        CommandError {
            message,
            command: Some(spec.name),
            ..self.into()
        }
    }
}

impl From<Fault> for CommandError {
    fn from(fault: Fault) -> Self {
        Self {
            error_type: fault.error_type,
            message: fault.message,
            command: None,
            agent_id: None,
            command_id: None,
            session_url: None,
            malformed: fault.malformed,
        }
    }
}

/// A word of the client's for an error message: only when it looks like a name, so that no password slips through.
pub(super) fn quoted(word: &str) -> Option<String> {
    let like_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (!word.is_empty() && word.len() <= 40 && word.chars().all(like_a_name))
        .then(|| format!("`{word}`"))
}
