//! Answers, and who may get one.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::header::{CONTENT_TYPE, SET_COOKIE};

use super::authorization::Authorization;
use super::service::Context;
use crate::engine::Refusal;
use crate::xml;

/// A user whose credentials were checked, at a node that serves.
pub(super) struct Caller {
    pub(super) id: String,
    pub(super) request_id: String,
}

impl FromRequestParts<Arc<Context>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        context: &Arc<Context>,
    ) -> Result<Self, Refusal> {
        if !context.core.is_serving(context.node) {
            return Err(Refusal::out_of_service());
        }
        let Some(sender) = Authorization::of(&parts.headers) else {
            return Err(Refusal::unauthorized(""));
        };
        match sender.check(&context.core) {
            Ok(id) => {
                context.core.tally.request(&id);
                Ok(Self {
                    id,
                    request_id: request_id(&parts.headers),
                })
            }
            Err(refused) => Err(Refusal::unauthorized(&refused.0)),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        xml_reply(status, xml::refusal(&self))
    }
}

fn request_id(headers: &HeaderMap) -> String {
    let header = headers
        .get("requestId")
        .and_then(|header| header.to_str().ok());
    header.unwrap_or_default().to_owned()
}

pub(super) fn xml_reply(status: StatusCode, body: String) -> Response {
    let kind = HeaderValue::from_static("application/xml;charset=UTF-8");
    (status, [(CONTENT_TYPE, kind)], body).into_response()
}

/// A document, with the session cookie that nobody needs to send back.
pub(super) fn document(body: String) -> Response {
    let mut response = xml_reply(StatusCode::OK, body);
    set_cookie(&mut response);
    response
}

/// 202 with an empty body: accepted, the outcome will be notified.
pub(super) fn accepted(caller: &Caller) -> Response {
    let mut response = StatusCode::ACCEPTED.into_response();
    set_cookie(&mut response);
    if let Ok(value) = HeaderValue::from_str(&caller.request_id)
        && !caller.request_id.is_empty()
    {
        response.headers_mut().insert("requestId", value);
    }
    response
}

fn set_cookie(response: &mut Response) {
    let id = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
    let cookie = format!("JSESSIONID={id}; Path=/finesse; Secure; HttpOnly");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
}
