//! Dialog, Dialogs.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::body::{dialog_request, new_dialog};
use super::reply::{Caller, accepted, document};
use super::service::Context;
use crate::engine::Refusal;
use crate::xml::{self, Writer};

type Answer = Result<Response, Refusal>;

pub(super) async fn of_user(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let dialogs = context
        .core
        .read(|engine| engine.dialogs(&caller.id, &id))?;
    Ok(document(xml::dialogs(&dialogs)))
}

pub(super) async fn create(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    body: String,
) -> Answer {
    let request = new_dialog(&body)?;
    context.core.command(|engine, now| {
        engine.new_dialog(now, &caller.id, &id, request, &caller.request_id)
    })?;
    context.core.tally.executed(&caller.request_id);
    Ok(accepted(&caller))
}

pub(super) async fn read(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let dialog = context.core.read(|engine| engine.dialog(&caller.id, &id))?;
    Ok(document(Writer::document(|w| {
        xml::dialog(w, "Dialog", &dialog)
    })))
}

pub(super) async fn act(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    body: String,
) -> Answer {
    let request = dialog_request(&body)?;
    context.core.command(|engine, now| {
        engine.put_dialog(now, &caller.id, &id, request, &caller.request_id)
    })?;
    context.core.tally.executed(&caller.request_id);
    Ok(accepted(&caller))
}
