//! `GET /gc/v1/agents/{id}`.

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use gc_protocol::{AgentId, ErrorType};
use tokio::sync::oneshot;

use crate::driver::{Query, ViewError};

use super::peer::Peer;
use super::problem::Problem;
use super::{Api, auth, unavailable};

pub(super) async fn show(
    State(api): State<Api>,
    Extension(peer): Extension<Peer>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = auth::caller(&api, &headers, &peer)?;
    let Path(id) = id.map_err(|_| {
        let detail = "the agent id in the path is no text in UTF-8";
        Problem::new(400, ErrorType::PleaseRetry, detail)
    })?;
    let (answer, answered) = oneshot::channel();
    let query = Query::Agent {
        caller,
        agent: AgentId::from(id),
        answer,
    };
    api.0
        .door
        .queries
        .send(query)
        .await
        .map_err(|_| unavailable())?;
    match answered.await.map_err(|_| unavailable())? {
        Ok(view) => Ok(([(header::CONTENT_TYPE, "application/json")], view).into_response()),
        Err(ViewError::Unknown) => Err(Problem::new(
            404,
            ErrorType::SubscriptionFailed,
            "the agent is not connected; send Connect",
        )),
        Err(ViewError::Foreign) => Err(Problem::new(
            403,
            ErrorType::InvalidSupervisor,
            "the agent belongs to another client",
        )),
    }
}
