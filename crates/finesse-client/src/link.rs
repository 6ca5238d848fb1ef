//! Notification links: one XMPP session per agent, kept alive and reported on.

mod backoff;
pub(crate) mod fuzzing;
mod jid;
mod login;
mod negotiate;
mod report;
mod route;
mod scan;
mod session;
mod stanza;
mod stream;
mod subscriptions;
mod supervise;
#[cfg(test)]
mod tests;
mod turns;
mod websocket;
mod wishes;

use std::future::Future;
use std::sync::Arc;

use finesse_protocol::Update;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::Instrument;

use crate::config::LinkConfig;
use crate::credential::Credential;
use crate::dial::Dial;
use report::{Owner, Reporter};
pub(crate) use route::{Choice, Route, RouteLimits, Way};
use supervise::Supervisor;
pub(crate) use turns::Turns;
pub(crate) use websocket::Endpoint;
pub use wishes::SubscribeError;
use wishes::Wishes;

/// Whose link, to which node.
#[derive(Debug, Clone)]
pub struct LinkSpec {
    /// What the caller calls the agent; comes back with every report.
    pub agent: String,
    /// What Finesse calls the agent, as in `User/loginId`; mostly the same.
    pub user: String,
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
    /// Finesse has confirmed a subscription; told again after each reconnect.
    Subscribed {
        /// The pubsub node.
        node: String,
    },
    /// Finesse does not grant a subscription; it is forgotten, and may be asked for again.
    SubscriptionRefused {
        /// The pubsub node.
        node: String,
        /// Finesse's word for it.
        reason: String,
    },
}

/// Steers its link; closes it when asked to, and when dropped.
#[derive(Debug)]
pub struct LinkHandle {
    wishes: Arc<Wishes>,
    _guard: DropGuard,
}

impl LinkHandle {
    /// Wants the notifications of a pubsub node besides the agent's own, such as `/finesse/api/Team/5107/Users`.
    ///
    /// May be called at any time, and again. The link asks Finesse whenever it is up, after each reconnect too, and reports
    /// [`LinkEvent::Subscribed`] or [`LinkEvent::SubscriptionRefused`].
    pub fn subscribe(&self, node: String) -> Result<(), SubscribeError> {
        self.wishes.subscribe(node)
    }

    /// Wants them no longer.
    pub fn unsubscribe(&self, node: &str) {
        self.wishes.unsubscribe(node);
    }

    /// Signs in with this from the next time on; the present session stays.
    pub fn renew(&self, credential: Credential) {
        self.wishes.renew(credential);
    }

    /// Says goodbye to Finesse and ends the link; nothing is reported any more.
    pub fn close(self) {}
}

/// What all links to one node share.
pub(crate) struct NodeLinks<D> {
    pub(crate) route: Route<D>,
    pub(crate) domain: String,
    pub(crate) config: LinkConfig,
    pub(crate) logins: Turns,
}

pub(crate) fn open<D: Dial>(
    node: Option<Arc<NodeLinks<D>>>,
    spec: LinkSpec,
    events: mpsc::Sender<LinkReport>,
) -> (LinkHandle, impl Future<Output = ()> + Send + 'static) {
    let closed = CancellationToken::new();
    let wishes = Arc::new(Wishes::default());
    let handle = LinkHandle {
        wishes: Arc::clone(&wishes),
        _guard: closed.clone().drop_guard(),
    };
    let span = tracing::info_span!("link", agent = spec.agent, epoch = spec.epoch);
    let owner = Owner {
        report: Reporter::new(spec.agent, spec.epoch, events, closed),
        wishes,
    };
    let (user, credential) = (spec.user, spec.credential);
    // Boxed, because every future that awaits another by value makes twice its size of it, for hours.
    let work = Box::pin(async move {
        // A link that cannot even be tried ends like one that was refused.
        match (node, jid::localpart(&user)) {
            (Some(node), Ok(localpart)) => {
                Supervisor::new(node, localpart, credential, owner)
                    .run()
                    .await;
            }
            (None, _) => owner.report.refused("there is no such node").await,
            (_, Err(reason)) => owner.report.refused(&reason).await,
        }
    });
    (handle, work.instrument(span))
}
