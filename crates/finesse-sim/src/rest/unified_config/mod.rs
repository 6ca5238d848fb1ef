//! The configuration API of Unified CCE, which real sites have on another server: skill groups
//! and agents, in pages.

mod entries;
mod error;
mod paging;
mod role;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use hyper::header::HOST;

use super::reply::xml_reply;
use super::service::Context;
use crate::profile::Profile;
use crate::xml::Writer;
use entries::{AgentEntry, Entry, SkillGroupEntry};
use error::ApiError;
use paging::Wish;
use role::Role;

type Answer = Result<Response, ApiError>;
type Parameters = Query<BTreeMap<String, String>>;

/// Nothing at all for a product that has no such API.
pub(super) fn routes(profile: Profile) -> Router<Arc<Context>> {
    if !profile.has_unified_config() {
        let absent = || async { StatusCode::NOT_FOUND };
        return Router::new().route("/unifiedconfig/{*rest}", get(absent));
    }
    Router::new()
        .route("/unifiedconfig/config/skillgroup", get(skill_groups))
        .route("/unifiedconfig/config/skillgroup/{id}", get(skill_group))
        .route("/unifiedconfig/config/agent", get(agents))
        .route("/unifiedconfig/config/agent/{id}", get(agent))
        .route("/unifiedconfig/{*rest}", get(unknown))
}

async fn skill_groups(
    State(context): State<Arc<Context>>,
    role: Role,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Answer {
    let all = context
        .core
        .read(|engine| SkillGroupEntry::all(engine.site()));
    list(all, &role, &headers, parameters)
}

async fn skill_group(
    State(context): State<Arc<Context>>,
    _: Role,
    Path(id): Path<String>,
) -> Answer {
    let all = context
        .core
        .read(|engine| SkillGroupEntry::all(engine.site()));
    one(&all, &id)
}

async fn agents(
    State(context): State<Arc<Context>>,
    role: Role,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Answer {
    let visible = visible_agents(&context, &role);
    list(visible, &role, &headers, parameters)
}

async fn agent(State(context): State<Arc<Context>>, role: Role, Path(id): Path<String>) -> Answer {
    one(&visible_agents(&context, &role), &id)
}

async fn unknown(_: Role) -> ApiError {
    ApiError::not_found()
}

/// Supervisors see the agents of their teams.
fn visible_agents(context: &Context, role: &Role) -> Vec<AgentEntry> {
    let mut agents = context.core.read(|engine| AgentEntry::all(engine.site()));
    agents.retain(|agent| role.sees_team(&agent.team.0));
    agents
}

fn list<E: Entry>(
    all: Vec<E>,
    role: &Role,
    headers: &HeaderMap,
    parameters: BTreeMap<String, String>,
) -> Answer {
    let wish = Wish::parse(parameters)?;
    let page = paging::page(all, &wish)?;
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let links = wish.links::<E>(host.unwrap_or_default(), &page);
    let document = Writer::document(|w| write::results(w, &page, &links, (role, &wish)));
    Ok(xml_reply(StatusCode::OK, document))
}

fn one<E: Entry>(all: &[E], id: &str) -> Answer {
    let entry = all.iter().find(|entry| entry.id() == id);
    let entry = entry.ok_or_else(ApiError::not_found)?;
    let document = Writer::document(|w| entry.write(w, paging::Detail::Full));
    Ok(xml_reply(StatusCode::OK, document))
}
