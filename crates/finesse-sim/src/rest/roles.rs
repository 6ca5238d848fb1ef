//! Who may use which API, and at which node.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::reply::Caller;
use super::service::Context;
use crate::engine::{Node, Refusal};

/// A user at the primary node, which alone answers for the configuration.
pub(super) struct AtPrimary;

/// The application administrator at the primary node.
pub(super) struct Administrator;

impl FromRequestParts<Arc<Context>> for AtPrimary {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        context: &Arc<Context>,
    ) -> Result<Self, Refusal> {
        Caller::from_request_parts(parts, context).await?;
        at_primary(context)?;
        Ok(Self)
    }
}

impl FromRequestParts<Arc<Context>> for Administrator {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        context: &Arc<Context>,
    ) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, context).await?;
        at_primary(context)?;
        if context
            .core
            .read(|engine| engine.is_administrator(&caller.id))
        {
            Ok(Self)
        } else {
            Err(Refusal::unauthorized(&caller.id))
        }
    }
}

fn at_primary(context: &Context) -> Result<(), Refusal> {
    match context.node {
        Node::A => Ok(()),
        Node::B => Err(Refusal::new(
            403,
            "Forbidden",
            "Configuration APIs are not answered by the secondary node",
            "",
        )),
    }
}

/// Refuses to speak for anybody else; the administrator may.
pub(super) fn own(context: &Context, caller: &Caller, id: &str) -> Result<(), Refusal> {
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

/// Resources of a team are for its members, its supervisors and the administrator.
pub(super) fn member(context: &Context, caller: &Caller, team: &str) -> Result<(), Refusal> {
    if !context.core.profile.has_team_resources() {
        return Err(Refusal::unknown_resource());
    }
    known_team(context, team)?;
    let belongs = context.core.read(|engine| {
        let agents = &engine.site().agents;
        let user = agents.iter().find(|agent| agent.id == caller.id);
        let belongs = user.is_some_and(|user| {
            user.team == team || user.supervises.iter().any(|supervised| supervised == team)
        });
        belongs || engine.is_administrator(&caller.id)
    });
    if belongs {
        Ok(())
    } else {
        Err(Refusal::unauthorized(&caller.id))
    }
}

pub(super) fn known_team(context: &Context, id: &str) -> Result<(), Refusal> {
    let known = context
        .core
        .read(|engine| engine.site().teams.iter().any(|team| team.id == id));
    if known {
        Ok(())
    } else {
        Err(Refusal::not_found(id))
    }
}
