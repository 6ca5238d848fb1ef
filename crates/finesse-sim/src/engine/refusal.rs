//! Requests that are refused at once.

/// A synchronous refusal: status and body of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status} {error_type}: {message}")]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// `ErrorType`.
    pub error_type: &'static str,
    /// `ErrorMessage`.
    pub message: String,
    /// `ErrorData`.
    pub data: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, error_type: &'static str, message: &str, data: &str) -> Self {
        Self {
            status,
            error_type,
            message: message.to_owned(),
            data: data.to_owned(),
        }
    }

    pub(crate) fn unauthorized(user: &str) -> Self {
        Self::new(401, "Authorization Failure", "UNAUTHORIZED", user)
    }

    pub(crate) fn acting_for_another(user: &str) -> Self {
        Self::new(
            401,
            "Invalid Authorization User Specified",
            "The user specified in the authentication credentials and the uri don't match",
            user,
        )
    }

    pub(crate) fn not_the_supervisor(user: &str) -> Self {
        Self::new(
            401,
            "Invalid Supervisor",
            "The agent is not in a team of this supervisor",
            user,
        )
    }

    pub(crate) fn unknown_user(user: &str) -> Self {
        Self::new(404, "User Not Found", "UNKNOWN_USER", user)
    }

    pub(crate) fn unknown_dialog(id: &str) -> Self {
        Self::new(
            404,
            "Not Found",
            "Invalid dialogId specified for dialog",
            id,
        )
    }

    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(404, "Not Found", "NOT_FOUND", id)
    }

    pub(crate) fn unknown_resource() -> Self {
        Self::new(404, "Not Found", "Unknown resource", "")
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        let message = format!("{parameter} Parameter missing");
        Self::new(400, "Parameter Missing", &message, parameter)
    }

    pub(crate) fn invalid(what: &str, data: &str) -> Self {
        Self::new(400, "Invalid Input", what, data)
    }

    pub(crate) fn destination(data: &str) -> Self {
        Self::new(
            400,
            "Invalid Destination",
            "Invalid destination specified",
            data,
        )
    }

    pub(crate) fn bad_request(message: &str) -> Self {
        Self::new(400, "Bad Request", message, "")
    }

    pub(crate) fn invalid_state(data: &str) -> Self {
        Self::new(
            400,
            "Invalid State",
            "Invalid State specified for user",
            data,
        )
    }

    /// The API of the other product.
    pub(crate) fn not_implemented(what: &str) -> Self {
        Self::new(501, "Not Implemented", "NOT_IMPLEMENTED", what)
    }

    pub(crate) fn out_of_service() -> Self {
        Self::new(503, "Service Unavailable", "SERVER_OUT_OF_SERVICE", "")
    }
}
