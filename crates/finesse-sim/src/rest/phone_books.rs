//! Phone books: with their contacts for agents, as configured for the administrator.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use hyper::header::RANGE;

use super::reply::{Caller, document};
use super::roles::{Administrator, known_team, member, own};
use super::service::Context;
use crate::engine::Refusal;
use crate::profile::Profile;
use crate::site::{PhoneBook, Site};
use crate::xml::{self, Slice};

type Answer = Result<Response, Refusal>;

pub(super) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/finesse/api/User/{id}/PhoneBooks", get(of_user))
        .route("/finesse/api/TeamResource/{id}/PhoneBooks", get(of_team))
        .route("/finesse/api/Team/{id}/PhoneBooks", get(assigned))
        .route("/finesse/api/PhoneBooks", get(all))
        .route("/finesse/api/PhoneBook/{id}", get(one))
        .route("/finesse/api/PhoneBook/{id}/Contacts", get(contacts))
        .route(
            "/finesse/api/PhoneBook/{id}/Contact/{contact}",
            get(contact),
        )
}

async fn of_user(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    own(&context, &caller, &id)?;
    let slice = slice(context.core.profile, &headers)?;
    context.core.read(|engine| {
        let site = engine.site();
        let own = site.agents.iter().find(|agent| agent.id == id);
        let team = own.map(|agent| agent.team.as_str());
        Ok(books(site, team.unwrap_or_default(), slice))
    })
}

async fn of_team(
    State(context): State<Arc<Context>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    member(&context, &caller, &id)?;
    let slice = slice(context.core.profile, &headers)?;
    let answer = context.core.read(|engine| books(engine.site(), &id, slice));
    Ok(answer)
}

async fn assigned(
    State(context): State<Arc<Context>>,
    _: Administrator,
    Path(id): Path<String>,
) -> Answer {
    known_team(&context, &id)?;
    let of_team = |book: &&PhoneBook| book.team.as_ref() == Some(&id);
    Ok(context.core.read(|engine| {
        let books = engine.site().phone_books.iter().filter(of_team);
        document(xml::configured_books(books))
    }))
}

async fn all(State(context): State<Arc<Context>>, _: Administrator) -> Response {
    context
        .core
        .read(|engine| document(xml::configured_books(engine.site().phone_books.iter())))
}

async fn one(
    State(context): State<Arc<Context>>,
    _: Administrator,
    Path(id): Path<String>,
) -> Answer {
    context.core.read(|engine| {
        let book = find(engine.site(), &id)?;
        Ok(document(xml::configured_book(book)))
    })
}

async fn contacts(
    State(context): State<Arc<Context>>,
    _: Administrator,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let slice = slice(context.core.profile, &headers)?;
    context.core.read(|engine| {
        let book = find(engine.site(), &id)?;
        Ok(partial(xml::contacts(book, slice)))
    })
}

async fn contact(
    State(context): State<Arc<Context>>,
    _: Administrator,
    Path((id, contact)): Path<(String, String)>,
) -> Answer {
    context.core.read(|engine| {
        let book = find(engine.site(), &id)?;
        let mut contacts = book.contacts.iter();
        let found = contacts.find(|one| one.id.to_string() == contact);
        let found = found.ok_or_else(|| Refusal::not_found(&contact))?;
        Ok(document(xml::contact(book, found)))
    })
}

fn find<'s>(site: &'s Site, id: &str) -> Result<&'s PhoneBook, Refusal> {
    let mut books = site.phone_books.iter();
    let book = books.find(|book| book.id.to_string() == id);
    book.ok_or_else(|| Refusal::not_found(id))
}

/// Global books first, then the team's.
fn books(site: &Site, team: &str, slice: Slice) -> Response {
    let global = site.phone_books.iter().filter(|book| book.team.is_none());
    let own = site
        .phone_books
        .iter()
        .filter(|book| book.team.as_deref() == Some(team));
    partial(xml::phone_books(global.chain(own), slice))
}

/// 206 when contacts were left out.
fn partial((list, cut): (String, bool)) -> Response {
    let mut response = document(list);
    if cut {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// Contacts from `a` to `b`, counted from 1, of `Range: objects=a-b`.
fn slice(profile: Profile, headers: &HeaderMap) -> Result<Slice, Refusal> {
    let max = profile.max_range();
    let Some(range) = headers.get(RANGE) else {
        return match profile.requires_range() {
            true => Err(bad_range(profile, "")),
            false => Ok(Slice { from: 1, to: max }),
        };
    };
    let text = range.to_str().unwrap_or_default();
    let bounds = text
        .strip_prefix("objects=")
        .and_then(|bounds| bounds.split_once('-'));
    let bounds = bounds.and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    match bounds {
        Some((from, to)) if 1 <= from && from <= to && to <= max => Ok(Slice { from, to }),
        _ => Err(bad_range(profile, text)),
    }
}

fn bad_range(profile: Profile, text: &str) -> Refusal {
    let max = profile.max_range();
    let message = format!("Invalid Range Specified. Range must be 1-{max} objects");
    Refusal::new(416, "Invalid Input", &message, text)
}
