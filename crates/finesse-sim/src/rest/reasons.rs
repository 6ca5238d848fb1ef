//! Reason codes and wrap-up reasons: an agent's, a team's, and as configured.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::get;

use super::reply::{Caller, document};
use super::roles::{Administrator, AtPrimary, known_team, member, own};
use super::service::Context;
use crate::engine::Refusal;
use crate::site::{ReasonCode, Site};
use crate::xml;

type Answer = Result<Response, Refusal>;

const ADMINISTRATION: &str = "/finesse/api";

pub(super) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/finesse/api/ReasonCodes", get(all_codes))
        .route("/finesse/api/ReasonCode/{code}", get(code))
        .route("/finesse/api/WrapUpReasons", get(all_wrap_up))
        .route("/finesse/api/WrapUpReason/{reason}", get(wrap_up))
        .route("/finesse/api/User/{id}/ReasonCodes", get(codes_of_user))
        .route(
            "/finesse/api/User/{id}/ReasonCode/{code}",
            get(code_of_user),
        )
        .route("/finesse/api/User/{id}/WrapUpReasons", get(wrap_up_of_user))
        .route(
            "/finesse/api/User/{id}/WrapUpReason/{reason}",
            get(one_wrap_up_of_user),
        )
        .route(
            "/finesse/api/TeamResource/{id}/ReasonCodes",
            get(codes_of_team),
        )
        .route(
            "/finesse/api/TeamResource/{id}/WrapUpReasons",
            get(wrap_up_of_team),
        )
        .route("/finesse/api/Team/{id}/ReasonCodes", get(assigned_codes))
        .route(
            "/finesse/api/Team/{id}/WrapUpReasons",
            get(assigned_wrap_up),
        )
}

async fn all_codes(
    State(context): State<Arc<Context>>,
    _: AtPrimary,
    RawQuery(query): RawQuery,
) -> Answer {
    list_codes(&context, query)
}

async fn code(State(context): State<Arc<Context>>, _: AtPrimary, Path(id): Path<String>) -> Answer {
    context.core.read(|engine| one_code(engine.site(), &id))
}

async fn codes_of_user(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    own(&context, &caller, &id)?;
    list_codes(&context, query)
}

async fn code_of_user(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Answer {
    own(&context, &caller, &user)?;
    context.core.read(|engine| one_code(engine.site(), &id))
}

async fn codes_of_team(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    member(&context, &caller, &id)?;
    list_codes(&context, query)
}

async fn assigned_codes(
    State(context): State<Arc<Context>>,
    _: Administrator,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    known_team(&context, &id)?;
    list_codes(&context, query)
}

async fn all_wrap_up(State(context): State<Arc<Context>>, _: Administrator) -> Response {
    list_wrap_up(&context, ADMINISTRATION)
}

async fn wrap_up(
    State(context): State<Arc<Context>>,
    _: Administrator,
    Path(id): Path<String>,
) -> Answer {
    context
        .core
        .read(|engine| one_wrap_up(engine.site(), ADMINISTRATION, &id))
}

async fn wrap_up_of_user(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    own(&context, &caller, &id)?;
    Ok(list_wrap_up(
        &context,
        &format!("{ADMINISTRATION}/User/{id}"),
    ))
}

async fn one_wrap_up_of_user(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Answer {
    own(&context, &caller, &user)?;
    let prefix = format!("{ADMINISTRATION}/User/{user}");
    context
        .core
        .read(|engine| one_wrap_up(engine.site(), &prefix, &id))
}

async fn wrap_up_of_team(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    member(&context, &caller, &id)?;
    Ok(list_wrap_up(&context, ADMINISTRATION))
}

async fn assigned_wrap_up(
    State(context): State<Arc<Context>>,
    _: Administrator,
    Path(id): Path<String>,
) -> Answer {
    known_team(&context, &id)?;
    Ok(list_wrap_up(&context, ADMINISTRATION))
}

fn list_codes(context: &Context, query: Option<String>) -> Answer {
    let query = query.unwrap_or_default();
    let category = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("category="));
    let category = category.ok_or_else(|| Refusal::missing("category"))?;
    if !["NOT_READY", "LOGOUT", "ALL"].contains(&category) {
        return Err(Refusal::invalid("Invalid category", category));
    }
    let fits = |reason: &&ReasonCode| category == "ALL" || reason.category.as_str() == category;
    let list = context.core.read(|engine| {
        let codes = engine.site().reason_codes.iter();
        let codes: Vec<&ReasonCode> = codes.filter(fits).collect();
        xml::reason_codes(category, &codes)
    });
    Ok(document(list))
}

fn one_code(site: &Site, id: &str) -> Answer {
    let reason = id.parse().ok().and_then(|id| site.reason(id));
    let reason = reason.ok_or_else(|| Refusal::not_found(id))?;
    Ok(document(xml::reason_code(reason)))
}

fn list_wrap_up(context: &Context, prefix: &str) -> Response {
    context
        .core
        .read(|engine| document(xml::wrap_up_reasons(prefix, &engine.site().wrap_up_reasons)))
}

fn one_wrap_up(site: &Site, prefix: &str, id: &str) -> Answer {
    let mut reasons = site.wrap_up_reasons.iter();
    let reason = reasons.find(|reason| reason.id.to_string() == id);
    let reason = reason.ok_or_else(|| Refusal::not_found(id))?;
    Ok(document(xml::wrap_up_reason(prefix, reason)))
}
