//! SystemInfo, queues, reason codes, wrap-up reasons, phone books.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use hyper::header::RANGE;

use super::reply::{Caller, document};
use super::service::Context;
use crate::engine::Refusal;
use crate::site::{PhoneBook, ReasonCode, Site};
use crate::xml::{self, Writer};

type Answer = Result<Response, Refusal>;

/// Contacts in one answer when no range is asked for.
const CONTACTS: usize = 6000;

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
    Refusal::new(404, "Not Found", "Unknown resource", "")
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

pub(super) async fn reason_codes(
    State(context): State<Arc<Context>>,
    _: Caller,
    RawQuery(query): RawQuery,
) -> Answer {
    context
        .core
        .read(|engine| list_codes(engine.site(), &query.unwrap_or_default()))
}

pub(super) async fn user_reason_codes(
    state: State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    query: RawQuery,
) -> Answer {
    own(&state.0, &caller, &id)?;
    reason_codes(state, caller, query).await
}

pub(super) async fn team_reason_codes(
    state: State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    query: RawQuery,
) -> Answer {
    team(&state.0, &id)?;
    reason_codes(state, caller, query).await
}

pub(super) async fn reason_code(
    State(context): State<Arc<Context>>,
    _: Caller,
    Path(id): Path<String>,
) -> Answer {
    context.core.read(|engine| one_code(engine.site(), &id))
}

pub(super) async fn user_reason_code(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Answer {
    own(&context, &caller, &user)?;
    context.core.read(|engine| one_code(engine.site(), &id))
}

pub(super) async fn wrap_up_reasons(State(context): State<Arc<Context>>, _: Caller) -> Response {
    context
        .core
        .read(|engine| list_wrap_up(engine.site(), "/finesse/api"))
}

pub(super) async fn user_wrap_up_reasons(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    own(&context, &caller, &id)?;
    let prefix = format!("/finesse/api/User/{id}");
    Ok(context
        .core
        .read(|engine| list_wrap_up(engine.site(), &prefix)))
}

pub(super) async fn team_wrap_up_reasons(
    state: State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    team(&state.0, &id)?;
    Ok(wrap_up_reasons(state, caller).await)
}

pub(super) async fn user_wrap_up_reason(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Answer {
    own(&context, &caller, &user)?;
    let prefix = format!("/finesse/api/User/{user}");
    context.core.read(|engine| {
        let reasons = &engine.site().wrap_up_reasons;
        let reason = reasons.iter().find(|reason| reason.id.to_string() == id);
        let reason = reason.ok_or_else(|| not_found(&id))?;
        Ok(document(xml::wrap_up_reason(&prefix, reason)))
    })
}

pub(super) async fn user_phone_books(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    own(&context, &caller, &id)?;
    context.core.read(|engine| {
        let site = engine.site();
        let own = site.agents.iter().find(|agent| agent.id == id);
        let team = own.map(|agent| agent.team.clone()).unwrap_or_default();
        books(site, &team, &headers)
    })
}

pub(super) async fn team_phone_books(
    State(context): State<Arc<Context>>,
    _: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    team(&context, &id)?;
    context
        .core
        .read(|engine| books(engine.site(), &id, &headers))
}

fn own(context: &Context, caller: &Caller, id: &str) -> Result<(), Refusal> {
    let administrator = context.core.read(|engine| {
        if engine.user_id(id).is_none() {
            return Err(Refusal::unknown_user(id));
        }
        Ok(engine.is_administrator(&caller.id))
    })?;
    if administrator || caller.id == id {
        Ok(())
    } else {
        Err(Refusal::acting_for_another(&caller.id))
    }
}

fn team(context: &Context, id: &str) -> Result<(), Refusal> {
    let known = context
        .core
        .read(|engine| engine.site().teams.iter().any(|team| team.id == id));
    if known { Ok(()) } else { Err(not_found(id)) }
}

fn list_codes(site: &Site, query: &str) -> Answer {
    let category = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("category="));
    let category = category.ok_or_else(|| Refusal::missing("category"))?;
    if !["NOT_READY", "LOGOUT", "ALL"].contains(&category) {
        return Err(Refusal::invalid("Invalid category", category));
    }
    let fits = |reason: &&ReasonCode| category == "ALL" || reason.category.as_str() == category;
    let reasons: Vec<&ReasonCode> = site.reason_codes.iter().filter(fits).collect();
    Ok(document(xml::reason_codes(category, &reasons)))
}

fn one_code(site: &Site, id: &str) -> Answer {
    let reason = id.parse().ok().and_then(|id| site.reason(id));
    let reason = reason.ok_or_else(|| not_found(id))?;
    Ok(document(xml::reason_code(reason)))
}

fn list_wrap_up(site: &Site, prefix: &str) -> Response {
    document(xml::wrap_up_reasons(prefix, &site.wrap_up_reasons))
}

/// Global books first, then the team's; 206 when the range leaves contacts out.
fn books(site: &Site, team: &str, headers: &HeaderMap) -> Answer {
    let limit = limit(headers)?;
    let global = site.phone_books.iter().filter(|book| book.team.is_none());
    let own = site
        .phone_books
        .iter()
        .filter(|book| book.team.as_deref() == Some(team));
    let books: Vec<&PhoneBook> = global.chain(own).collect();
    let (list, cut) = xml::phone_books(&books, limit);
    let mut response = document(list);
    if cut {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn limit(headers: &HeaderMap) -> Result<usize, Refusal> {
    let Some(range) = headers.get(RANGE) else {
        return Ok(CONTACTS);
    };
    let text = range.to_str().unwrap_or_default();
    let bounds = text
        .strip_prefix("objects=")
        .and_then(|bounds| bounds.split_once('-'));
    let upper = bounds.and_then(|(_, to)| to.parse().ok());
    let upper = upper.filter(|upper| (1..=CONTACTS).contains(upper));
    upper.ok_or_else(|| Refusal::new(416, "Invalid Input", "Invalid range", text))
}

fn not_found(id: &str) -> Refusal {
    Refusal::new(404, "Not Found", "NOT_FOUND", id)
}
