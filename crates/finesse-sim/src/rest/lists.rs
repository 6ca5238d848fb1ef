//! SystemInfo and queues.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::reply::{Caller, document};
use super::service::Context;
use crate::engine::Refusal;
use crate::xml::{self, Writer};

type Answer = Result<Response, Refusal>;

/// Answered by everybody to everybody, also out of service.
pub(super) async fn system_info(State(context): State<Arc<Context>>) -> Response {
    let system = context
        .core
        .command(|engine, now| engine.system(now, context.node));
    document(Writer::document(|w| {
        xml::system_info(w, "SystemInfo", &system)
    }))
}

pub(super) async fn unknown(_: Caller) -> Refusal {
    Refusal::unknown_resource()
}

pub(super) async fn user_queues(
    State(context): State<Arc<Context>>,
    _: Caller,
    Path(id): Path<String>,
) -> Answer {
    let queues = context.core.read(|engine| engine.user_queues(&id))?;
    Ok(document(xml::queues(&queues)))
}

pub(super) async fn queue(
    State(context): State<Arc<Context>>,
    _: Caller,
    Path(id): Path<String>,
) -> Answer {
    let queue = context.core.read(|engine| engine.queue(&id))?;
    Ok(document(xml::queue(&queue)))
}
