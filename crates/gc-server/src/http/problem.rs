//! Errors of the client API, as RFC 9457 has them, with the contract's `errorType`.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gc_protocol::{CommandId, ErrorType};
use serde::Serialize;

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    status: u16,
    error_type: ErrorType,
    detail: String,
    command_id: Option<CommandId>,
    retry_after: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    error_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_id: Option<&'a CommandId>,
}

impl Problem {
    pub(super) fn new(status: u16, error_type: ErrorType, detail: impl Into<String>) -> Self {
        Self {
            status,
            error_type,
            detail: detail.into(),
            command_id: None,
            retry_after: None,
        }
    }

    pub(super) fn unauthenticated() -> Self {
        let detail = "send Authorization: Bearer and a key that this gateway knows";
        Self::new(401, ErrorType::Unauthorized, detail)
    }

    pub(super) fn not_found(detail: &str) -> Self {
        Self::new(404, ErrorType::NotFound, detail)
    }

    pub(super) fn method() -> Self {
        Self::new(
            405,
            ErrorType::PleaseRetry,
            "this path does not take that method",
        )
    }

    pub(super) fn too_fast(wait: Duration) -> Self {
        let detail = "too many commands; slow down";
        Self::new(429, ErrorType::PleaseRetry, detail).retry_after(wait.as_secs() + 1)
    }

    pub(super) fn too_many_keys(wait: Duration) -> Self {
        let detail = "too many requests without a key that this gateway knows; slow down";
        Self::new(429, ErrorType::PleaseRetry, detail).retry_after(wait.as_secs() + 1)
    }

    pub(super) fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    pub(super) fn of_command(self, command_id: CommandId) -> Self {
        Self {
            command_id: Some(command_id),
            ..self
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = Body {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: self.status,
            detail: &self.detail,
            error_type: self.error_type.as_str(),
            command_id: self.command_id.as_ref(),
        };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let mut response = (status, text).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
