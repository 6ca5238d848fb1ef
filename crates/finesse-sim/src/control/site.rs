//! Changes of the site's configuration.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::json;

use super::refused;
use crate::core::Core;
use crate::engine::Refusal;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Name {
    first_name: String,
    last_name: String,
}

pub(super) async fn rename_agent(
    State(core): State<Arc<Core>>,
    Path(id): Path<String>,
    Json(name): Json<Name>,
) -> Response {
    done(
        core.command(|engine, now| {
            engine.rename_agent(now, &id, &name.first_name, &name.last_name)
        }),
    )
}

pub(super) async fn assign_queue(
    State(core): State<Arc<Core>>,
    Path((queue, team)): Path<(String, String)>,
) -> Response {
    done(core.command(|engine, now| engine.assign_queue(now, &queue, &team)))
}

pub(super) async fn withdraw_queue(
    State(core): State<Arc<Core>>,
    Path((queue, team)): Path<(String, String)>,
) -> Response {
    done(core.command(|engine, now| engine.withdraw_queue(now, &queue, &team)))
}

fn done(result: Result<(), Refusal>) -> Response {
    match result {
        Ok(()) => Json(json!({})).into_response(),
        Err(refusal) => refused(&refusal),
    }
}
