//! Reports to the link's owner, who may be slow.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::wishes::Wishes;
use super::{LinkEvent, LinkReport};

/// Who has a link: hears its reports, and has wishes.
pub(super) struct Owner {
    pub(super) report: Reporter,
    pub(super) wishes: Arc<Wishes>,
}

/// Sends reports in order; waits while the owner's channel is full.
pub(super) struct Reporter {
    agent: String,
    epoch: u64,
    events: mpsc::Sender<LinkReport>,
    closed: CancellationToken,
}

/// Nobody wants this link any more: its handle is closed, or its reports have no receiver.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unwanted;

impl Reporter {
    pub(super) fn new(
        agent: String,
        epoch: u64,
        events: mpsc::Sender<LinkReport>,
        closed: CancellationToken,
    ) -> Self {
        Self {
            agent,
            epoch,
            events,
            closed,
        }
    }

    pub(super) async fn report(&self, event: LinkEvent) -> Result<(), Unwanted> {
        let permit = tokio::select! {
            biased;
            () = self.closed.cancelled() => return Err(Unwanted),
            permit = self.events.reserve() => permit.map_err(|_| Unwanted)?,
        };
        permit.send(LinkReport {
            agent: self.agent.clone(),
            epoch: self.epoch,
            event,
        });
        Ok(())
    }

    /// The last report of a link that must not go on.
    pub(super) async fn refused(&self, reason: &str) {
        tracing::info!(reason, "link refused");
        let reason = reason.to_owned();
        // Whether anybody hears it no longer matters.
        let _ = self.report(LinkEvent::Refused { reason }).await;
    }

    pub(super) async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// Like `closed`, and notices a dropped receiver too; dearer, because links share the channel it waits on.
    pub(super) async fn unwanted(&self) {
        tokio::select! {
            () = self.closed.cancelled() => {}
            () = self.events.closed() => {}
        }
    }
}
