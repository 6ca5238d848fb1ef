//! Who asks: an administrator or a supervisor, by a fully qualified name.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::super::authorization::Authorization;
use super::super::service::Context;
use super::error::ApiError;
use crate::engine::Credentials;
use crate::site::Site;

/// What somebody may see.
pub(super) enum Role {
    Administrator,
    /// Of these teams.
    Supervisor(Vec<String>),
}

impl Role {
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Supervisor(_) => "Supervisor",
        }
    }

    pub(super) fn sees_team(&self, team: &str) -> bool {
        match self {
            Self::Administrator => true,
            Self::Supervisor(teams) => teams.iter().any(|own| own == team),
        }
    }

    /// The account of a qualified name, and the role it would have.
    fn of(site: &Site, qualified: &str) -> Option<(String, Self)> {
        let (name, domain) = qualified.rsplit_once('@')?;
        if !domain.eq_ignore_ascii_case(&site.domain) {
            return None;
        }
        if name == site.administrator.0 {
            return Some((name.to_owned(), Self::Administrator));
        }
        let mut agents = site.agents.iter();
        let agent = agents.find(|agent| agent.login_name == name)?;
        let supervises = !agent.supervises.is_empty();
        supervises.then(|| (agent.id.clone(), Self::Supervisor(agent.supervises.clone())))
    }
}

impl FromRequestParts<Arc<Context>> for Role {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        context: &Arc<Context>,
    ) -> Result<Self, ApiError> {
        let Some(Authorization::Basic { user, password }) = Authorization::of(&parts.headers)
        else {
            return Err(ApiError::unauthorized());
        };
        let named = context.core.read(|engine| Self::of(engine.site(), &user));
        let Some((id, role)) = named else {
            return Err(ApiError::unauthorized());
        };
        let checked = context
            .core
            .command(|engine, now| engine.authenticate(now, &id, &password));
        match checked {
            Credentials::Good => Ok(role),
            Credentials::Wrong | Credentials::Locked => {
                context.core.tally.refused(&id);
                Err(ApiError::unauthorized())
            }
        }
    }
}
