//! The audit log: who did what for whom, from where, and what came of it. It holds no parameter of any command.

use std::net::SocketAddr;

use gc_core::ClientId;
use gc_protocol::event::CommandResult;
use gc_protocol::{AgentId, Outcome};

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

/// What clients may do has changed.
pub(crate) fn changed(change: &str) {
    tracing::info!(target: TARGET, change, "settings");
}
