//! Reason codes and wrap-up reasons (Finesse API, section 2.5).

use crate::dialog::last_segment;

/// A reason of NOT_READY or LOGOUT.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReasonCode {
    /// Relative address; its last segment is the id.
    pub uri: String,
    /// Database id, when the document prints it apart.
    pub id: String,
    /// `NOT_READY` or `LOGOUT`.
    pub category: String,
    /// CTI code, what people know.
    pub code: String,
    /// Label.
    pub label: String,
    /// `true` when every team has it.
    pub for_all: String,
    /// `true` for Finesse's own codes, which no agent may choose.
    pub system_code: String,
}

impl ReasonCode {
    /// The id to send back as `reasonCodeId`.
    pub fn database_id(&self) -> &str {
        if self.id.is_empty() {
            last_segment(&self.uri).unwrap_or_default()
        } else {
            &self.id
        }
    }
}

/// A wrap-up reason; it has no code, its label is what a call carries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrapUpReason {
    /// Relative address.
    pub uri: String,
    /// Label.
    pub label: String,
    /// `true` when every team has it.
    pub for_all: String,
}

impl WrapUpReason {
    /// The last segment of the address, which stands for the missing code.
    pub fn key(&self) -> &str {
        last_segment(&self.uri).unwrap_or_default()
    }
}
