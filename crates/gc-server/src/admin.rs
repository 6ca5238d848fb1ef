//! The admin listener: health, readiness, metrics, sessions; it takes nothing and holds no secret.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use tokio::sync::{mpsc, oneshot};

use crate::driver::{Query, Readiness};
use crate::telemetry;

/// Connections at once; those who watch are few.
pub(crate) const MAX_CONNECTIONS: usize = 64;

type Queries = mpsc::Sender<Query>;

pub(crate) fn router(queries: Queries) -> Router {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/sessions", get(sessions))
        .with_state(queries)
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
