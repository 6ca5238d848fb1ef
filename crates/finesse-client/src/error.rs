//! How a request may fail, and what the caller may conclude.

use std::time::Duration;

use finesse_protocol::Fault;

/// A request without a usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Finesse said no.
    #[error("Finesse answered {}{}", .0.status, first_message(.0))]
    Fault(Fault),
    /// It never reached Finesse, so it was certainly not executed.
    #[error("not sent: {reason}")]
    NotSent {
        /// What stood in the way.
        reason: String,
    },
    /// There is no TLS with the node: its certificate is not trusted, or nothing was agreed on. Nothing was sent.
    #[error("not sent: {reason}")]
    NoTls {
        /// What is wrong.
        reason: String,
    },
    /// It may have been executed; the caller must look.
    #[error("outcome unknown: {reason}")]
    OutcomeUnknown {
        /// What happened.
        reason: String,
    },
    /// The answer is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer could not be read.
    #[error("unreadable answer {status}: {reason}")]
    Garbage {
        /// HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
}

/// Whether asking again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// No: the same request would fail again, or might be executed twice.
    Never,
    /// Yes, after a pause.
    After(Duration),
    /// Yes, once the node is in service.
    WhenInService,
}

impl RequestError {
    /// Whether asking again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Fault(fault) => match fault.status {
                503 => Retry::WhenInService,
                408 | 429 | 500 => Retry::After(Duration::from_secs(2)),
                _ => Retry::Never,
            },
            Self::NotSent { .. } | Self::NoTls { .. } => Retry::After(Duration::from_secs(1)),
            Self::OutcomeUnknown { .. } | Self::TooLarge | Self::Garbage { .. } => Retry::Never,
        }
    }

    /// Whether it is certain what became of the request.
    pub fn outcome_known(&self) -> bool {
        match self {
            // A proxy gave up on Finesse, which may have gone on.
            Self::Fault(fault) => !matches!(fault.status, 502 | 504),
            Self::NotSent { .. } | Self::NoTls { .. } => true,
            Self::TooLarge | Self::Garbage { .. } => true,
            Self::OutcomeUnknown { .. } => false,
        }
    }
}

fn first_message(fault: &Fault) -> String {
    fault
        .errors
        .first()
        .map(|error| format!(": {}", error.error_message))
        .unwrap_or_default()
}
