//! ApiErrors: how Finesse reports a fault, in an answer and in a notification (Finesse API, sections 1.6, 6.8).

use std::time::Duration;

use crate::decode_error::DecodeError;
use crate::failure_codes::control_failure;
use crate::limits::MAX_OBJECT_BYTES;
use crate::xml::reader::{Xml, read_root};

/// One reported fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// Finesse's class of the fault, such as `Invalid State`.
    pub error_type: String,
    /// Message, often a CTI constant.
    pub error_message: String,
    /// CTI code, extension or parameter.
    pub error_data: String,
    /// Code of the peripheral (12.5 and later).
    pub peripheral_error_code: String,
    /// Constant of the peripheral.
    pub peripheral_error_msg: String,
    /// Sentence from CTI.
    pub peripheral_error_text: String,
}

/// An answer that is no success.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("status {status}, {}", self.kind())]
#[non_exhaustive]
pub struct Fault {
    /// HTTP status; 400 for a fault that came as a notification.
    pub status: u16,
    /// What Finesse said; empty when the body was no ApiErrors document.
    pub errors: Vec<ApiError>,
    /// How long Finesse, or a proxy before it, wants not to be asked again.
    pub retry_after: Option<Duration>,
}

/// Reads an `ApiErrors` document; casing and order of its elements differ between releases.
pub fn parse_api_errors(xml: &str) -> Result<Vec<ApiError>, DecodeError> {
    read_root(xml, "ApiErrors", MAX_OBJECT_BYTES, |xml| {
        xml.list("ApiError", ApiError::read)
    })
}

impl Fault {
    /// The best sentence for a person: CTI's own, else the message, else the class; none if Finesse said nothing.
    pub fn best_message(&self) -> Option<&str> {
        self.errors
            .iter()
            .flat_map(|error| {
                [
                    &error.peripheral_error_text,
                    &error.error_message,
                    &error.error_type,
                ]
            })
            .find(|text| !text.is_empty())
            .map(String::as_str)
    }

    /// The `CF_…` or `E_CTI_…` constant, as printed or as the CTI code stands for.
    pub fn constant(&self) -> Option<&str> {
        self.errors.iter().find_map(ApiError::constant)
    }

    /// Whether the credentials were refused; the status decides, as the class's name differs between releases.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self.status, 401 | 403)
    }

    fn kind(&self) -> &str {
        self.errors
            .first()
            .map(|error| error.error_type.as_str())
            .filter(|kind| !kind.is_empty())
            .unwrap_or("no class given")
    }
}

/// Classes under which Finesse passes on a refusal of CTI, with CTI's code as data.
/// `Generic Error` is none of them: its data may be an extension that looks like a code.
const CTI_CLASSES: [&str; 5] = [
    "Invalid State",
    "Invalid Device",
    "Device Busy",
    "Mode Not Allowed",
    "Call Operation Failure",
];

impl ApiError {
    /// The constant this error names, in any of its texts, else by its code.
    pub fn constant(&self) -> Option<&str> {
        self.printed_constant().or_else(|| self.coded_constant())
    }

    fn printed_constant(&self) -> Option<&str> {
        [
            &self.error_message,
            &self.peripheral_error_msg,
            &self.peripheral_error_text,
            &self.error_data,
            &self.error_type,
        ]
        .into_iter()
        .find_map(|text| find_constant(text))
    }

    fn coded_constant(&self) -> Option<&str> {
        let from_cti = CTI_CLASSES.contains(&self.error_type.as_str());
        if !from_cti || self.error_message.contains("INVALID_ACTION") {
            return None;
        }
        control_failure(self.error_data.parse().ok()?)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut error = Self::default();
        while let Some(child) = xml.child()? {
            match error.field(child.name()) {
                Some(field) => *field = xml.string()?,
                None => xml.skip()?,
            }
        }
        Ok(error)
    }

    /// Answers spell `ErrorType`, notifications `errorType`.
    fn field(&mut self, name: &str) -> Option<&mut String> {
        match name {
            "errorType" | "ErrorType" => Some(&mut self.error_type),
            "errorMessage" | "ErrorMessage" => Some(&mut self.error_message),
            "errorData" | "ErrorData" => Some(&mut self.error_data),
            "peripheralErrorCode" | "PeripheralErrorCode" => Some(&mut self.peripheral_error_code),
            "peripheralErrorMsg" | "PeripheralErrorMsg" => Some(&mut self.peripheral_error_msg),
            "peripheralErrorText" | "PeripheralErrorText" => Some(&mut self.peripheral_error_text),
            _ => None,
        }
    }
}

fn find_constant(text: &str) -> Option<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .find(|word| {
            ["CF_", "E_CTI_"]
                .iter()
                .any(|prefix| word.len() > prefix.len() && word.starts_with(prefix))
        })
}
