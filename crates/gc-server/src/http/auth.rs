//! Who sends a request.

use axum::http::{HeaderMap, header};

use crate::clients::{Caller, Lease};

use super::Api;
use super::peer::Peer;
use super::problem::Problem;

/// The caller by its bearer key, or by its certificate.
pub(super) fn caller(api: &Api, headers: &HeaderMap, peer: &Peer) -> Result<Caller, Problem> {
    admitted(api, bearer(headers), peer).map(|(caller, _)| caller)
}

/// The caller by a key from anywhere, and how long a connection of it may live.
pub(super) fn admitted(
    api: &Api,
    key: Option<&str>,
    peer: &Peer,
) -> Result<(Caller, Lease), Problem> {
    let proven = api.0.clients.authenticate(key, &peer.names);
    proven.ok_or_else(|| api.0.limits.turned_away(peer.address, key.is_some()))
}

/// The key in `Authorization: Bearer <key>`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}
