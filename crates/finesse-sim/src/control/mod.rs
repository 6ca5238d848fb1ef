//! The control API: JSON on loopback, for demos and tests in other languages.

mod nodes;
mod site;
mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post, put};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

use crate::core::Core;
use crate::engine::{CallId, CampaignMode, Node, Refusal, ServiceStatus};
use crate::faults::Fault;

pub(crate) fn spawn(core: &Arc<Core>, listener: TcpListener) {
    let router = router(Arc::clone(core));
    let stop = core.stop.clone();
    core.tasks.spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            served = axum::serve(listener, router) => {
                if let Err(error) = served {
                    tracing::warn!(%error, "control API ended");
                }
            }
        }
    });
}

fn router(core: Arc<Core>) -> Router {
    Router::new()
        .route("/sim/state", get(state))
        .route("/sim/counters", get(counters))
        .route("/sim/calls", post(call))
        .route("/sim/calls/{id}/hangup", post(hangup))
        .route("/sim/campaigns", post(campaign))
        .route("/sim/agents/{id}", put(site::rename_agent))
        .route(
            "/sim/queues/{id}/teams/{team}",
            put(site::assign_queue).delete(site::withdraw_queue),
        )
        .route("/sim/service", post(service))
        .route("/sim/nodes/{node}/kill", post(nodes::kill))
        .route("/sim/nodes/{node}/start", post(nodes::start))
        .route("/sim/cti/failover", post(nodes::fail_cti_over))
        .route(
            "/sim/faults",
            get(faults).post(add_fault).delete(clear_faults),
        )
        .route("/sim/links/drop", post(drop_link))
        .route("/sim/tokens", post(tokens::issue))
        .route("/sim/tokens/revoke", post(tokens::revoke))
        .with_state(core)
}

#[derive(Deserialize)]
struct NewCall {
    from: String,
    to: String,
    #[serde(default)]
    variables: IndexMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Campaign {
    mode: String,
    agent_id: String,
    customer: String,
}

#[derive(Deserialize)]
struct Service {
    node: String,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DropLink {
    agent_id: String,
}

async fn state(State(core): State<Arc<Core>>) -> Response {
    Json(crate::state::State::of(&core)).into_response()
}

async fn counters(State(core): State<Arc<Core>>) -> Response {
    Json(core.tally.snapshot()).into_response()
}

async fn call(State(core): State<Arc<Core>>, Json(call): Json<NewCall>) -> Response {
    let variables: Vec<(String, String)> = call.variables.into_iter().collect();
    let placed = core.command(|engine, now| engine.inbound(now, &call.from, &call.to, &variables));
    match placed {
        Ok(id) => Json(json!({ "dialogId": id.0.to_string() })).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

async fn hangup(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Response {
    let done = match id.parse() {
        Ok(id) => core.command(|engine, now| engine.hang_up(now, CallId(id))),
        Err(_) => Err(Refusal::unknown_dialog(&id)),
    };
    match done {
        Ok(()) => Json(json!({})).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

async fn campaign(State(core): State<Arc<Core>>, Json(wish): Json<Campaign>) -> Response {
    let Some(mode) = CampaignMode::parse(&wish.mode) else {
        return problem(StatusCode::BAD_REQUEST, &unknown_mode());
    };
    let begun =
        core.command(|engine, now| engine.campaign(now, mode, &wish.agent_id, &wish.customer));
    match begun {
        Ok(id) => Json(json!({ "dialogId": id.0.to_string() })).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

fn unknown_mode() -> String {
    let modes: Vec<&str> = CampaignMode::ALL.map(CampaignMode::as_str).to_vec();
    format!("mode is one of {}", modes.join(", "))
}

async fn service(State(core): State<Arc<Core>>, Json(wish): Json<Service>) -> Response {
    match (Node::parse(&wish.node), ServiceStatus::parse(&wish.status)) {
        (Some(node), Some(status)) => {
            core.set_service(node, status);
            Json(json!({})).into_response()
        }
        _ => problem(
            StatusCode::BAD_REQUEST,
            "node is a or b, status is IN_SERVICE or OUT_OF_SERVICE",
        ),
    }
}

async fn faults(State(core): State<Arc<Core>>) -> Response {
    Json(core.faults.list()).into_response()
}

async fn add_fault(State(core): State<Arc<Core>>, Json(fault): Json<Fault>) -> Response {
    core.faults.add(fault);
    Json(json!({})).into_response()
}

async fn clear_faults(State(core): State<Arc<Core>>) -> Response {
    core.faults.clear();
    core.hub.unsilence();
    Json(json!({})).into_response()
}

async fn drop_link(State(core): State<Arc<Core>>, Json(wish): Json<DropLink>) -> Response {
    Json(json!({ "dropped": core.hub.cut(&wish.agent_id) })).into_response()
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    problem(status, &refusal.to_string())
}

fn problem(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}
