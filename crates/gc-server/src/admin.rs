//! The admin listener: health, readiness, metrics, sessions; it takes nothing and holds no secret.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use subtle::Choice;
use tokio::sync::{mpsc, oneshot};

use crate::config::Admin;
use crate::descriptors;
use crate::driver::{Query, Readiness};
use crate::http;
use crate::key::KeyDigest;
use crate::telemetry;

/// Connections at once; those who watch are few.
pub(crate) const MAX_CONNECTIONS: usize = 64;

type Queries = mpsc::Sender<Query>;
type Keys = Arc<[KeyDigest]>;

pub(crate) fn router(queries: Queries, settings: &Admin) -> Router {
    let digests = settings.key_sha256.iter();
    let keys: Keys = digests.filter_map(|hex| KeyDigest::parse(hex)).collect();
    Router::new()
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/sessions", get(sessions))
        .with_state(queries)
        .layer(middleware::from_fn_with_state(keys, ask_for_key))
        // It tells nothing, and those who ask for it have no place for a key.
        .route("/healthz", get(async || "alive\n"))
}

async fn ask_for_key(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let given = http::bearer(request.headers()).map(KeyDigest::of);
    let known = |given: KeyDigest| {
        let compare = |found, key: &KeyDigest| found | key.is(&given);
        bool::from(keys.iter().fold(Choice::from(0), compare))
    };
    if keys.is_empty() || given.is_some_and(known) {
        return next.run(request).await;
    }
    let how = [(header::WWW_AUTHENTICATE, "Bearer")];
    (
        StatusCode::UNAUTHORIZED,
        how,
        "send Authorization: Bearer and the key\n",
    )
        .into_response()
}

async fn ready(State(queries): State<Queries>) -> Response {
    let readiness = ask(&queries, Query::Readiness)
        .await
        .unwrap_or_else(|| Readiness {
            reasons: vec!["the gateway has stopped".to_owned()],
            ..Readiness::default()
        });
    let status = if readiness.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness)).into_response()
}

async fn metrics(State(queries): State<Queries>) -> Response {
    // Without a driver the last levels stay.
    let _ = ask(&queries, Query::Levels).await;
    if let Some(count) = descriptors::open() {
        telemetry::open_files(count);
    }
    let recorder = telemetry::recorder();
    recorder.run_upkeep();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, recorder.render()).into_response()
}

async fn sessions(State(queries): State<Queries>) -> Response {
    match ask(&queries, Query::Sessions).await {
        Some(sessions) => Json(sessions).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn ask<T>(queries: &Queries, query: impl FnOnce(oneshot::Sender<T>) -> Query) -> Option<T> {
    let (answer, answered) = oneshot::channel();
    queries.send(query(answer)).await.ok()?;
    answered.await.ok()
}
