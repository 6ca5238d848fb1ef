//! Who sends a request.

use axum::http::{HeaderMap, header};

use crate::audit;
use crate::clients::{Caller, Clients, Lease};

use super::peer::Peer;
use super::problem::Problem;

/// The caller by its bearer key, or by its certificate.
pub(super) fn caller(
    clients: &Clients,
    headers: &HeaderMap,
    peer: &Peer,
) -> Result<Caller, Problem> {
    admitted(clients, bearer(headers), peer).map(|(caller, _)| caller)
}

/// The caller by a key from anywhere, and how long a connection of it may live.
pub(super) fn admitted(
    clients: &Clients,
    key: Option<&str>,
    peer: &Peer,
) -> Result<(Caller, Lease), Problem> {
    clients.authenticate(key, &peer.names).ok_or_else(|| {
        audit::turned_away(peer.address);
        tracing::warn!(
            given = key.is_some(),
            from = %peer.address,
            "a request without a known key was refused"
        );
        Problem::unauthenticated()
    })
}

/// The key in `Authorization: Bearer <key>`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}
