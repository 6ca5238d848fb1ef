//! Who sends a request.

use axum::http::{HeaderMap, header};

use crate::clients::{Caller, Clients, Lease};

use super::problem::Problem;

/// The caller by its bearer key.
pub(super) fn caller(clients: &Clients, headers: &HeaderMap) -> Result<Caller, Problem> {
    admitted(clients, bearer(headers)).map(|(caller, _)| caller)
}

/// The caller by a key from anywhere, and how long a connection of it may live.
pub(super) fn admitted(clients: &Clients, key: Option<&str>) -> Result<(Caller, Lease), Problem> {
    clients.authenticate(key).ok_or_else(|| {
        tracing::warn!(
            given = key.is_some(),
            "a request without a known key was refused"
        );
        Problem::unauthenticated()
    })
}

/// The key in `Authorization: Bearer <key>`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}
