//! The audit log: who did what for whom, from where, and what came of it; and who was not trusted. It holds no parameter of
//! any command.

use std::net::SocketAddr;

use gc_core::ClientId;
use gc_protocol::event::CommandResult;
use gc_protocol::{AgentId, Destination, Outcome};

/// The tracing target of all entries.
pub(crate) const TARGET: &str = "gc_audit";

/// Who did something, and from where, as far as that is known.
#[derive(Debug, Clone)]
pub(crate) struct Who<'a> {
    pub(crate) client: &'a ClientId,
    pub(crate) from: Option<SocketAddr>,
}

/// A command has come to its end.
pub(crate) fn command(who: &Who<'_>, agent: Option<&AgentId>, result: &CommandResult) {
    let (outcome, error) = match &result.outcome {
        Outcome::Done => ("done", None),
        Outcome::Failed(error_type) => ("failed", Some(error_type.as_str())),
        Outcome::Unknown(_) => ("unknown", None),
    };
    tracing::info!(
        target: TARGET,
        client = who.client.as_str(),
        from = who.from.map(tracing::field::display),
        agent = agent.map(AgentId::as_str),
        command = result.command,
        id = result.command_id.as_str(),
        outcome,
        error,
        "command"
    );
}

/// Somebody without a known key or certificate was turned away.
pub(crate) fn turned_away(from: SocketAddr) {
    tracing::info!(target: TARGET, %from, "turned away");
}

/// An agent, and the client and the destination that lost it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lost<'a> {
    pub(crate) agent: &'a AgentId,
    pub(crate) client: Option<&'a ClientId>,
    pub(crate) destination: &'a Destination,
}

/// A client with the right credential took an agent over from where it was.
pub(crate) fn taken_over(lost: Lost<'_>, by: &Who<'_>, to: &Destination) {
    tracing::info!(
        target: TARGET,
        client = by.client.as_str(),
        from = by.from.map(tracing::field::display),
        agent = lost.agent.as_str(),
        destination = to.as_str(),
        lost_by = lost.client.map(ClientId::as_str),
        lost_at = lost.destination.as_str(),
        "takeover"
    );
}

/// An agent left its client, and no client of ours has it now.
pub(crate) fn lost(lost: Lost<'_>, reason: &str) {
    tracing::info!(
        target: TARGET,
        client = lost.client.map(ClientId::as_str),
        agent = lost.agent.as_str(),
        destination = lost.destination.as_str(),
        reason,
        "session lost"
    );
}

/// Finesse takes an agent's credential no more, in the middle of the session.
pub(crate) fn credential_refused(of: Lost<'_>) {
    tracing::info!(
        target: TARGET,
        client = of.client.map(ClientId::as_str),
        agent = of.agent.as_str(),
        destination = of.destination.as_str(),
        "credential refused"
    );
}

/// A client wanted its events posted where they may not go; `host` is told if it could be read.
pub(crate) fn callback_refused(
    who: &Who<'_>,
    agent: Option<&AgentId>,
    host: Option<&str>,
    reason: &str,
) {
    tracing::info!(
        target: TARGET,
        client = who.client.as_str(),
        from = who.from.map(tracing::field::display),
        agent = agent.map(AgentId::as_str),
        host,
        reason,
        "callback refused"
    );
}

/// TLS with a client failed, so many times since the last entry.
pub(crate) fn no_tls_with_client(from: SocketAddr, reason: &dyn std::fmt::Display, times: u64) {
    tracing::info!(target: TARGET, %from, %reason, times, "no TLS with a client");
}

/// TLS with a node of Finesse failed, or its certificate is not trusted.
pub(crate) fn no_tls_with_finesse(cluster: &str, node: &str, reason: &str) {
    tracing::info!(target: TARGET, cluster, node, reason, "no TLS with Finesse");
}

/// TLS with a broker failed, or its certificate is not trusted.
pub(crate) fn no_tls_with_broker(reason: &str) {
    tracing::info!(target: TARGET, reason, "no TLS with the broker");
}

/// What clients may do has changed.
pub(crate) fn changed(change: &str) {
    tracing::info!(target: TARGET, change, "settings");
}
