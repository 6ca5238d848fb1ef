//! Errors: lower-case elements, types that a program can tell apart.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::reply::xml_reply;
use crate::xml::Writer;

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    kind: &'static str,
    data: String,
    message: String,
    /// The least and the most that is allowed.
    bounds: Option<(usize, usize)>,
}

impl ApiError {
    fn new(status: StatusCode, kind: &'static str, data: &str, message: String) -> Self {
        Self {
            status,
            kind,
            data: data.to_owned(),
            message,
            bounds: None,
        }
    }

    pub(super) fn unauthorized() -> Self {
        let message = "A fully qualified user name of an administrator or supervisor is required";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "",
            message.to_owned(),
        )
    }

    pub(super) fn not_found() -> Self {
        let message = "The resource does not exist".to_owned();
        Self::new(StatusCode::NOT_FOUND, "notFound.dbData", "", message)
    }

    pub(super) fn blank(parameter: &str) -> Self {
        let message = "This field is a required field; it cannot be left blank".to_owned();
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalidInput.fieldRequired",
            parameter,
            message,
        )
    }

    pub(super) fn out_of_range(parameter: &str, (min, max): (usize, usize)) -> Self {
        let message = format!("This field must contain a value from {min} to {max}");
        Self {
            bounds: Some((min, max)),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "invalidInput.outOfRange",
                parameter,
                message,
            )
        }
    }

    pub(super) fn invalid(parameter: &str, value: &str) -> Self {
        let message = format!("{value} is not allowed here");
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalidInput.invalidValue",
            parameter,
            message,
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Writer::document(|w| {
            w.element("apiErrors", |w| {
                w.element("apiError", |w| {
                    w.leaf("errorData", &self.data);
                    if let Some((min, max)) = self.bounds {
                        w.element("errorDetail", |w| {
                            w.number("min", min);
                            w.number("max", max);
                        });
                    }
                    w.leaf("errorMessage", &self.message);
                    w.leaf("errorType", self.kind);
                });
            });
        });
        xml_reply(self.status, body)
    }
}
