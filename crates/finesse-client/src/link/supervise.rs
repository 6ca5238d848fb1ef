//! One agent's link over its whole life: log in, serve, and again after a pause, until it must not or need not.

use std::sync::Arc;

use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::login::{LoginError, login};
use super::report::{Reporter, Unwanted};
use super::session::{End, Session};
use super::stream::LeanStream;
use super::{LinkEvent, NodeLinks};
use crate::credential::Credential;
use crate::dial::Dial;

/// Keeps one link.
pub(super) struct Supervisor<D> {
    node: Arc<NodeLinks<D>>,
    localpart: String,
    credential: Credential,
    report: Reporter,
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
        report: Reporter,
    ) -> Self {
        let backoff = Backoff::new(node.config.reconnect_min, node.config.reconnect_max);
        Self {
            node,
            localpart,
            credential,
            report,
            backoff,
            told: false,
        }
    }

    pub(super) async fn run(mut self) {
        while let Ok(()) = self.round().await {
            let pause = self.backoff.pause();
            tracing::debug!(?pause, "link waits to reconnect");
            tokio::select! {
                () = self.report.unwanted() => return,
                () = sleep(pause) => {}
            }
        }
    }

    async fn round(&mut self) -> Result<(), Final> {
        // Boxed, because a login needs much more memory than the hours that follow it.
        let login = Box::pin(login(&self.node, &self.localpart, &self.credential));
        let stream = tokio::select! {
            () = self.report.closed() => return Err(Final),
            stream = login => stream,
        };
        match stream {
            Ok(stream) => self.serve(stream).await,
            Err(LoginError::Refused(reason)) => {
                self.report.refused(&reason).await;
                Err(Final)
            }
            Err(LoginError::Conflict) => self.conflict().await,
            Err(LoginError::Failed(reason)) => self.failed(reason).await,
        }
    }

    async fn serve(&mut self, stream: LeanStream) -> Result<(), Final> {
        let node = Arc::clone(&self.node);
        let since = Instant::now();
        let session = Session::new(stream, &node.domain, &node.config, &self.report);
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
                Ok(self.report.report(LinkEvent::Down { reason }).await?)
            }
        }
    }

    async fn conflict(&self) -> Result<(), Final> {
        tracing::info!("another session took the place of this link");
        self.report.report(LinkEvent::Conflict).await?;
        Err(Final)
    }

    async fn failed(&mut self, reason: String) -> Result<(), Final> {
        tracing::debug!(reason, "login failed");
        if self.told {
            return Ok(());
        }
        self.told = true;
        Ok(self
            .report
            .report(LinkEvent::Unreachable { reason })
            .await?)
    }
}
