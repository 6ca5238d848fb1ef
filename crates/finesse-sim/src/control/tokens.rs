//! Tokens of single sign-on.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::json;

use super::refused;
use crate::core::Core;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wish {
    agent_id: String,
    life_seconds: u32,
}

#[derive(Deserialize)]
pub(super) struct Revocation {
    token: String,
}

pub(super) async fn issue(State(core): State<Arc<Core>>, Json(wish): Json<Wish>) -> Response {
    let life = Duration::from_secs(wish.life_seconds.into());
    match core.command(|engine, now| engine.issue_token(now, &wish.agent_id, life)) {
        Ok(token) => Json(json!({ "token": token })).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

pub(super) async fn revoke(
    State(core): State<Arc<Core>>,
    Json(wish): Json<Revocation>,
) -> Response {
    let revoked = core.command(|engine, _| engine.revoke_token(&wish.token));
    Json(json!({ "revoked": revoked })).into_response()
}
