//! Reason codes and wrap-up reasons (Finesse API, section 2.5).

use crate::decode_error::DecodeError;
use crate::dialog::last_segment;
use crate::xml::reader::{Xml, read_list};

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

impl ReasonCode {
    /// Reads a `ReasonCodes` document.
    pub fn parse_list(xml: &str) -> Result<Vec<Self>, DecodeError> {
        read_list(xml, "ReasonCodes", "ReasonCode", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut reason = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "uri" => reason.uri = xml.string()?,
                "id" => reason.id = xml.string()?,
                "category" => reason.category = xml.string()?,
                "code" => reason.code = xml.string()?,
                "label" => reason.label = xml.string()?,
                "forAll" => reason.for_all = xml.string()?,
                "systemCode" => reason.system_code = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(reason)
    }
}

impl WrapUpReason {
    /// Reads a `WrapUpReasons` document.
    pub fn parse_list(xml: &str) -> Result<Vec<Self>, DecodeError> {
        read_list(xml, "WrapUpReasons", "WrapUpReason", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut reason = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "uri" => reason.uri = xml.string()?,
                "label" => reason.label = xml.string()?,
                "forAll" => reason.for_all = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(reason)
    }
}
