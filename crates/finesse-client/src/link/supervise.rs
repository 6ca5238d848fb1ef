//! One agent's link over its whole life: log in, serve, and again after a pause, until it must not or need not.

use std::sync::Arc;

use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::login::{LoggedIn, LoginError, login};
use super::report::{Owner, Unwanted};
use super::session::{End, Session};
use super::{LinkEvent, NodeLinks};
use crate::credential::Credential;
use crate::dial::Dial;

/// Keeps one link.
pub(super) struct Supervisor<D> {
    node: Arc<NodeLinks<D>>,
    localpart: String,
    credential: Credential,
    owner: Owner,
    backoff: Backoff,
    /// Whether the owner knows how it stands.
    told: bool,
}

/// The link has ended for good.
struct Final;

impl From<Unwanted> for Final {
    fn from(_: Unwanted) -> Self {
        Self
    }
}

impl<D: Dial> Supervisor<D> {
    pub(super) fn new(
        node: Arc<NodeLinks<D>>,
        localpart: String,
        credential: Credential,
        owner: Owner,
    ) -> Self {
        let backoff = Backoff::new(node.config.reconnect_min, node.config.reconnect_max);
        Self {
            node,
            localpart,
            credential,
            owner,
            backoff,
            told: false,
        }
    }

    pub(super) async fn run(mut self) {
        while let Ok(()) = self.round().await {
            let pause = self.backoff.pause();
            tracing::debug!(?pause, "link waits to reconnect");
            tokio::select! {
                () = self.owner.report.unwanted() => return,
                () = sleep(pause) => {}
            }
        }
    }

    async fn round(&mut self) -> Result<(), Final> {
        if let Some(credential) = self.owner.wishes.take_credential() {
            self.credential = credential;
        }
        // Boxed, because a login needs much more memory than the hours that follow it.
        let login = Box::pin(login(&self.node, &self.localpart, &self.credential));
        let link = tokio::select! {
            () = self.owner.report.closed() => return Err(Final),
            link = login => link,
        };
        match link {
            Ok(link) => self.serve(link).await,
            Err(LoginError::Refused(reason)) => self.refused(reason).await,
            Err(LoginError::Conflict) => self.conflict().await,
            Err(LoginError::Failed(reason)) => self.failed(reason).await,
        }
    }

    /// A credential that came while the last one was tried has not been refused yet.
    async fn refused(&mut self, reason: String) -> Result<(), Final> {
        if let Some(credential) = self.owner.wishes.take_credential() {
            tracing::info!(
                reason,
                "the old credential was refused, the new one is next"
            );
            self.credential = credential;
            return Ok(());
        }
        self.owner.report.refused(&reason).await;
        Err(Final)
    }

    async fn serve(&mut self, link: LoggedIn) -> Result<(), Final> {
        let node = Arc::clone(&self.node);
        let since = Instant::now();
        let session = Session::new(link.stream, link.address, &node, &self.owner);
        tracing::info!("link up");
        self.told = true;
        let end = session.run().await;
        // A link that flaps keeps its long pauses.
        if since.elapsed() >= node.config.reconnect_max {
            self.backoff.reset();
        }
        match end {
            End::Unwanted => Err(Final),
            End::Conflict => self.conflict().await,
            End::Lost(reason) => {
                tracing::info!(reason, "link down");
                Ok(self.owner.report.report(LinkEvent::Down { reason }).await?)
            }
        }
    }

    async fn conflict(&self) -> Result<(), Final> {
        tracing::info!("another session took the place of this link");
        self.owner.report.report(LinkEvent::Conflict).await?;
        Err(Final)
    }

    async fn failed(&mut self, reason: String) -> Result<(), Final> {
        tracing::debug!(reason, "login failed");
        if self.told {
            return Ok(());
        }
        self.told = true;
        Ok(self
            .owner
            .report
            .report(LinkEvent::Unreachable { reason })
            .await?)
    }
}
