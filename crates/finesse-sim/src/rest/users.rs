//! User, Users, Team.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;

use super::body::user_request;
use super::reply::{Caller, accepted, document};
use super::service::Context;
use crate::engine::{Refusal, UserView};
use crate::xml::{self, Writer};

type Answer = Result<Response, Refusal>;

pub(super) async fn read(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let user = context.core.read(|engine| {
        let id = engine.user_id(&id).unwrap_or(&id).to_owned();
        engine.user(&caller.id, &id)
    })?;
    let user = user.seen_from(context.node);
    Ok(document(Writer::spelled(
        context.core.profile.spelling,
        |w| {
            xml::user(w, "User", &user);
        },
    )))
}

pub(super) async fn all(State(context): State<Arc<Context>>, caller: Caller) -> Answer {
    let users = context.core.read(|engine| engine.users(&caller.id))?;
    let seen = users.into_iter().map(|user| user.seen_from(context.node));
    let users: Vec<UserView> = seen.collect();
    Ok(document(xml::users(context.core.profile.spelling, &users)))
}

pub(super) async fn change(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    body: String,
) -> Answer {
    let request = user_request(&body, context.node)?;
    context.core.command(|engine, now| {
        engine.put_user(now, &caller.id, &id, &request, &caller.request_id)
    })?;
    context.core.tally.executed(&caller.request_id);
    if request.state.as_deref() == Some("LOGIN") {
        context.core.tally.login(&id);
        let node = context.node;
        if context.core.read(|engine| engine.is_elsewhere(&id, node)) {
            context.core.tally.on_both_nodes(&id);
        }
    }
    Ok(accepted(&caller))
}

pub(super) async fn team(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = query.unwrap_or_default();
    let logged_out_too = !query
        .split('&')
        .any(|pair| pair == "includeLoggedOutAgents=false");
    let (name, members) = context.core.read(|engine| {
        let name = engine.site().team_name(&id).to_owned();
        engine
            .team(&caller.id, &id, logged_out_too)
            .map(|members| (name, members))
    })?;
    Ok(document(xml::team(&id, &name, &members)))
}
