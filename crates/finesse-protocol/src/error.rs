//! ApiErrors: how Finesse reports a fault, in an answer and in a notification (Finesse API, sections 1.6, 6.8).

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// HTTP status; 400 for a fault that came as a notification.
    pub status: u16,
    /// What Finesse said; empty when the body was no ApiErrors document.
    pub errors: Vec<ApiError>,
}
