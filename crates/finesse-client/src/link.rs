//! Notification links: one XMPP session per agent, kept alive and reported on.

mod backoff;
mod jid;
mod login;
mod negotiate;
mod report;
mod scan;
mod session;
mod stanza;
mod stream;
mod supervise;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;

use finesse_protocol::Update;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::Instrument;

use crate::config::LinkConfig;
use crate::credential::Credential;
use crate::dial::Dial;
use report::Reporter;
use supervise::Supervisor;

/// Whose link, to which node.
#[derive(Debug, Clone)]
pub struct LinkSpec {
    /// Agent id, as in `User/loginId`.
    pub agent: String,
    /// The caller's generation of this agent's links; comes back with every report.
    pub epoch: u64,
    /// Position of the node in the configuration.
    pub node: usize,
    /// The agent's password or token.
    pub credential: Credential,
}

/// Something that happened on a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkReport {
    /// The agent.
    pub agent: String,
    /// The generation it was opened with.
    pub epoch: u64,
    /// What happened.
    pub event: LinkEvent,
}

/// What happened on a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// Logged in and present: notifications flow from here on; what was before must be read by REST.
    Up,
    /// Lost; it reconnects by itself.
    Down {
        /// Why.
        reason: String,
    },
    /// Credential refused; the link has ended, because another attempt could lock the account.
    Refused {
        /// Finesse's word for it.
        reason: String,
    },
    /// Another session took our place; the link has ended.
    Conflict,
    /// The first attempt failed; it goes on trying.
    Unreachable {
        /// Why.
        reason: String,
    },
    /// A notification.
    Notification(Box<Update>),
    /// A notification that cannot be read, so something has changed unseen.
    Undecodable {
        /// What is wrong with it.
        reason: String,
    },
    /// Presence of Finesse's own user: whether the application behind the bus is alive.
    FinesseUserAvailable(bool),
}

/// Closes its link when asked to, and when dropped.
#[derive(Debug)]
pub struct LinkHandle {
    _guard: DropGuard,
}

impl LinkHandle {
    /// Says goodbye to Finesse and ends the link; nothing is reported any more.
    pub fn close(self) {}
}

/// What all links to one node share.
pub(crate) struct NodeLinks<D> {
    pub(crate) dial: D,
    pub(crate) domain: String,
    pub(crate) config: LinkConfig,
    pub(crate) logins: Semaphore,
}

pub(crate) fn open<D: Dial>(
    node: Option<Arc<NodeLinks<D>>>,
    spec: LinkSpec,
    events: mpsc::Sender<LinkReport>,
) -> (LinkHandle, impl Future<Output = ()> + Send + 'static) {
    let closed = CancellationToken::new();
    let handle = LinkHandle {
        _guard: closed.clone().drop_guard(),
    };
    let span = tracing::info_span!("link", agent = spec.agent, epoch = spec.epoch);
    let report = Reporter::new(spec.agent, spec.epoch, events, closed);
    let credential = spec.credential;
    // Boxed, because every future that awaits another by value makes twice its size of it, for hours.
    let work = Box::pin(async move {
        // A link that cannot even be tried ends like one that was refused.
        match (node, jid::localpart(report.agent())) {
            (Some(node), Ok(localpart)) => {
                Supervisor::new(node, localpart, credential, report)
                    .run()
                    .await;
            }
            (None, _) => report.refused("there is no such node").await,
            (_, Err(reason)) => report.refused(&reason).await,
        }
    });
    (handle, work.instrument(span))
}
