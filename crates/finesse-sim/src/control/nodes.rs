//! Nodes that die and come back, and the CTI server behind them.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::json;

use super::problem;
use crate::core::Core;
use crate::engine::Node;
use crate::power;

#[derive(Deserialize)]
pub(super) struct Failover {
    seconds: f64,
}

pub(super) async fn kill(State(core): State<Arc<Core>>, Path(node): Path<String>) -> Response {
    let Some(node) = Node::parse(&node) else {
        return unknown_node();
    };
    power::kill(&core, node).await;
    Json(json!({})).into_response()
}

pub(super) async fn start(State(core): State<Arc<Core>>, Path(node): Path<String>) -> Response {
    let Some(node) = Node::parse(&node) else {
        return unknown_node();
    };
    match power::start(&core, node).await {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => problem(StatusCode::CONFLICT, &error.to_string()),
    }
}

pub(super) async fn fail_cti_over(
    State(core): State<Arc<Core>>,
    Json(wish): Json<Failover>,
) -> Response {
    match Duration::try_from_secs_f64(wish.seconds) {
        Ok(time) => {
            core.fail_cti_over(time);
            Json(json!({})).into_response()
        }
        Err(_) => problem(StatusCode::BAD_REQUEST, "seconds is a number from 0 on"),
    }
}

fn unknown_node() -> Response {
    problem(StatusCode::NOT_FOUND, "node is a or b")
}
