//! `POST /gc/v1/commands`.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gc_protocol::command::{CommandError, Submission};
use gc_protocol::{CommandId, ErrorType};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::clients::Caller;
use crate::driver::{Answered, Failure, Stage, Submitted, Via};
use crate::telemetry;

use super::peer::Peer;
use super::problem::Problem;
use super::{Api, auth, unavailable};

/// Longest body.
const BODY_LIMIT: usize = 64 * 1024;
/// Longest time that a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn take(
    State(api): State<Api>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = auth::caller(&api, &headers, &peer)?;
    is_json(&headers)?;
    let body = read(body).await?;
    let submission = Submission::parse_json(&body);
    let session = match &submission {
        Ok(read) => read.session_url.as_deref(),
        Err(error) => error.session_url.as_deref(),
    };
    slow_down(&api, &caller, session, peer.address)?;
    let answered = hand_in(&api, caller, peer.address, submission).await?;
    answer(answered)
}

fn is_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim());
    match kind {
        Some(kind) if kind.eq_ignore_ascii_case("application/json") => Ok(()),
        Some(_) | None => {
            let detail = "send Content-Type: application/json";
            Err(Problem::new(415, ErrorType::PleaseRetry, detail))
        }
    }
}

async fn read(body: Body) -> Result<Bytes, Problem> {
    let collected = timeout(BODY_TIMEOUT, Limited::new(body, BODY_LIMIT).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let detail = "a command is at most 64 KiB";
            Err(Problem::new(413, ErrorType::PleaseRetry, detail))
        }
        Ok(Err(_)) => Err(Problem::new(
            400,
            ErrorType::PleaseRetry,
            "the body broke off",
        )),
        Err(_) => Err(Problem::new(
            408,
            ErrorType::PleaseRetry,
            "the body took too long",
        )),
    }
}

/// Counts against the client's rate; without keys the session stands for the client.
fn slow_down(
    api: &Api,
    caller: &Caller,
    session: Option<&str>,
    from: SocketAddr,
) -> Result<(), Problem> {
    let client = match caller {
        Caller::Named(client) => client.as_str(),
        Caller::Open => session.unwrap_or_default(),
    };
    let counted = api.0.limits.client(client, from);
    counted.map_err(Problem::too_fast)
}

async fn hand_in(
    api: &Api,
    caller: Caller,
    from: SocketAddr,
    submission: Result<Submission, CommandError>,
) -> Result<Answered, Problem> {
    let (answer, answered) = oneshot::channel();
    let (read, session_url, callback) = match submission {
        Ok(read) => (Ok(read.command), read.session_url, read.callback),
        Err(error) => {
            let session_url = error.session_url.as_deref().map(str::to_owned);
            (Err(error), session_url, None)
        }
    };
    let submitted = Submitted {
        read,
        via: Via::Rest {
            caller,
            from,
            session_url,
            callback,
            answer,
        },
    };
    api.0
        .door
        .commands
        .try_send(submitted)
        .map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                telemetry::command_refused("busy");
                let detail = "the gateway has too many commands to do";
                Problem::new(429, ErrorType::CfResourceBusy, detail).retry_after(1)
            }
            mpsc::error::TrySendError::Closed(_) => unavailable(),
        })?;
    answered.await.map_err(|_| unavailable())
}

fn answer(answered: Answered) -> Result<Response, Problem> {
    match answered.failure {
        None => Ok(accepted(&answered.command_id)),
        Some(failure) => Err(problem(failure).of_command(answered.command_id)),
    }
}

fn accepted(id: &CommandId) -> Response {
    let body = serde_json::json!({"commandId": id, "status": "accepted"});
    (StatusCode::ACCEPTED, axum::Json(body)).into_response()
}

fn problem(failure: Failure) -> Problem {
    let (status, retry_after) = match &failure.error_type {
        _ if failure.stage == Stage::Unreadable => (400, None),
        ErrorType::InvalidSupervisor | ErrorType::AuthorizationFailure => (403, None),
        ErrorType::CfResourceBusy => (429, Some(1)),
        // Not what was asked for stood in the way, but what could not be had.
        ErrorType::PleaseRetry | ErrorType::Down if failure.stage == Stage::Started => {
            (503, Some(5))
        }
        _ => (422, None),
    };
    let problem = Problem::new(status, failure.error_type, failure.message);
    match retry_after {
        Some(seconds) => problem.retry_after(seconds),
        None => problem,
    }
}
