//! The events of one destination on their way to its topic.

use std::ops::ControlFlow;
use std::time::Duration;

use gc_protocol::Destination;
use stomp_client::{Client, Outgoing, SendError, Status};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::hub::{End, Frame, GAP, Queue};
use crate::telemetry;

/// From a destination to its topic.
pub(crate) struct Route {
    /// Whose events.
    pub(crate) destination: Destination,
    /// Its queue at the hub.
    pub(crate) queue: Queue,
    /// What says that events are missing.
    pub(crate) gap: &'static str,
    /// The connection.
    pub(crate) client: Client,
    /// Whether events survive the broker.
    pub(crate) persistent: bool,
    /// How long an event waits for a connection.
    pub(crate) give_up_after: Duration,
    /// The end of the gateway.
    pub(crate) stop: CancellationToken,
}

/// Delivers until the queue ends.
pub(crate) async fn deliver(route: Route) {
    let mut round = Round {
        status: route.client.status(),
        route,
        session: None,
        missed: 0,
        held: None,
    };
    while round.next().await.is_continue() {}
}

struct Round {
    route: Route,
    status: watch::Receiver<Status>,
    // The connection that the last event went to.
    session: Option<u64>,
    // Events that the client does not know it has missed.
    missed: usize,
    held: Option<(Frame, Instant)>,
}

impl Round {
    async fn next(&mut self) -> ControlFlow<()> {
        let session = self.connected();
        if let Some(session) = session {
            self.mark(session).await?;
            if let Some((frame, _)) = self.held.take() {
                return self.send(self.route.event(&frame)).await;
            }
        }
        self.wait(session).await
    }

    /// After a loss the mark of it. A change of the connection counts as one: what was sent last may not have arrived, and
    /// the client's own connection was mostly cut as well.
    async fn mark(&mut self, session: u64) -> ControlFlow<()> {
        let moved = self.session.is_some_and(|known| known != session);
        self.session = Some(session);
        if moved || self.missed > 0 {
            self.missed = 0;
            self.send(self.route.gap()).await?;
        }
        ControlFlow::Continue(())
    }

    async fn wait(&mut self, session: Option<u64>) -> ControlFlow<()> {
        let due = self
            .held
            .as_ref()
            .map(|(_, since)| *since + self.route.give_up_after);
        tokio::select! {
            changed = self.status.changed() => match changed {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            },
            next = self.route.queue.pop_counting(), if due.is_none() => self.take(next),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                self.give_up();
                ControlFlow::Continue(())
            }
            // What waits for a broker that is not there is not worth waiting for any longer.
            () = self.route.stop.cancelled(), if session.is_none() => ControlFlow::Break(()),
        }
    }

    fn take(&mut self, (next, lost): (Result<Frame, End>, usize)) -> ControlFlow<()> {
        self.lose(lost);
        match next {
            Ok(frame) => {
                self.held = Some((frame, Instant::now()));
                ControlFlow::Continue(())
            }
            Err(End::Drain | End::TooSlow) => ControlFlow::Break(()),
        }
    }

    /// The event at hand is lost, and with it what waits: it would soon be as old.
    fn give_up(&mut self) {
        self.held = None;
        let waiting = self.route.queue.discard();
        self.lose(1 + waiting);
    }

    async fn send(&mut self, message: Outgoing) -> ControlFlow<()> {
        let sent = if self.route.persistent {
            let message = message.with("persistent", "true");
            self.route.client.send_confirmed(message).await
        } else {
            self.route.client.send(message).await
        };
        match sent {
            Ok(()) => {
                telemetry::broker_event();
                ControlFlow::Continue(())
            }
            Err(SendError::Closed) => ControlFlow::Break(()),
            Err(reason) => {
                let destination = &self.route.destination;
                tracing::warn!(%destination, %reason, "an event cannot be sent to the broker");
                self.lose(1);
                ControlFlow::Continue(())
            }
        }
    }

    fn lose(&mut self, events: usize) {
        if events > 0 {
            self.missed += events;
            telemetry::broker_events_lost(events);
            let destination = &self.route.destination;
            tracing::warn!(%destination, events, missed = self.missed, "events were lost");
        }
    }

    fn connected(&mut self) -> Option<u64> {
        match &*self.status.borrow_and_update() {
            Status::Up { session, .. } => Some(*session),
            Status::Down { .. } => None,
        }
    }
}

impl Route {
    fn event(&self, frame: &Frame) -> Outgoing {
        let mut message = self.message(frame.kind, frame.text.as_str().to_owned());
        if let Some(number) = frame.seq {
            message = message.with("gc-sequence", number.to_string());
        }
        if let Some(agent) = &frame.agent {
            message = message.with("gc-agent-id", agent.as_str());
        }
        message
    }

    /// Says that events are missing.
    fn gap(&self) -> Outgoing {
        self.message(GAP, self.gap.to_owned())
    }

    fn message(&self, kind: &str, body: String) -> Outgoing {
        Outgoing::to(format!("/topic/{}", self.destination))
            .with("type", kind)
            .with_body(body)
    }
}
