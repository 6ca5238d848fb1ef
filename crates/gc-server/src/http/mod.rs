//! The client API over HTTP.

mod agents;
mod auth;
mod commands;
pub(crate) mod crowd;
mod descriptions;
mod events;
mod handshake;
pub(crate) mod limits;
pub(crate) mod listen;
pub(crate) mod peer;
mod preface;
mod problem;
mod socket;
mod unfinished;
mod upgrade;

pub(crate) use auth::bearer;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use gc_protocol::ErrorType;
use gc_protocol::schema::Service;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clients::Clients;
use crate::driver::Door;
use limits::Limits;
use problem::Problem;

/// What every request may use.
#[derive(Clone)]
pub(crate) struct Api(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) door: Door,
    pub(crate) clients: Arc<Clients>,
    pub(crate) limits: Limits,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) tracker: TaskTracker,
    pub(crate) kill: CancellationToken,
}

impl Api {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

/// The routes; commands are taken at further paths too.
pub(crate) fn router(api: Api, service: Service) -> Router {
    let mut router = Router::new()
        .route("/gc/v1/commands", post(commands::take))
        .route("/gc/v1/agents/{id}", get(agents::show))
        .route("/gc/v1/events", get(events::follow))
        .route("/gc/v1/ws", get(upgrade::upgrade));
    for path in service
        .command_paths
        .iter()
        .filter(|path| *path != "/gc/v1/commands")
    {
        router = router.route(path, post(commands::take));
    }
    router
        .merge(descriptions::router(service))
        .fallback(async || Problem::not_found("there is nothing at this path"))
        .method_not_allowed_fallback(async || Problem::method())
        .layer(from_fn_with_state(api.clone(), limits::by_source))
        .with_state(api)
}

/// The driver has ended, or has too much to do.
fn unavailable() -> Problem {
    Problem::new(503, ErrorType::PleaseRetry, "the gateway is stopping").retry_after(5)
}
