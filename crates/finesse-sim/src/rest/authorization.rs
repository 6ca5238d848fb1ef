//! Who sends a request: the `Authorization` header.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::AUTHORIZATION;

use crate::core::Core;
use crate::engine::{Bearer, Credentials};

/// What the header says, unchecked.
pub(super) enum Authorization {
    Basic { user: String, password: String },
    Bearer(String),
}

/// Credentials that were refused, and the user they named, if any.
pub(super) struct Refused(pub(super) String);

impl Authorization {
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, content) = header.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(Self::Bearer(content.trim().to_owned()));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let text = String::from_utf8(STANDARD.decode(content.trim()).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        Some(Self::Basic {
            user: user.to_owned(),
            password: password.to_owned(),
        })
    }

    /// The user it names, right or wrong.
    pub(super) fn user(&self, core: &Core) -> String {
        match self {
            Self::Basic { user, .. } => user.clone(),
            Self::Bearer(token) => match core.command(|engine, now| engine.bearer(now, token)) {
                Bearer::Good(user) | Bearer::Over(user) => user,
                Bearer::Unknown => String::new(),
            },
        }
    }

    /// The id of the user, if the credentials are good; refusals are counted.
    pub(super) fn check(&self, core: &Core) -> Result<String, Refused> {
        let (id, good) = match self {
            Self::Basic { user, password } => core.command(|engine, now| {
                let id = engine.user_id(user).unwrap_or(user).to_owned();
                let checked = engine.authenticate(now, &id, password);
                (id, checked == Credentials::Good)
            }),
            Self::Bearer(token) => match core.command(|engine, now| engine.bearer(now, token)) {
                Bearer::Good(user) => (user, true),
                Bearer::Over(user) => (user, false),
                Bearer::Unknown => (String::new(), false),
            },
        };
        if good {
            return Ok(id);
        }
        core.tally.refused(&id);
        Err(Refused(match self {
            Self::Basic { user, .. } => user.clone(),
            Self::Bearer(_) => id,
        }))
    }
}
