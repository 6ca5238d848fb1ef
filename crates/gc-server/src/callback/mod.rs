//! Callbacks: events posted to the address that a client registered, in order, each until it arrives or is given up.

pub(crate) mod allow;
mod courier;
mod handover;
mod network;
mod session;
pub(crate) mod signature;
pub(crate) mod target;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod hostile_tests;

pub(crate) use courier::Couriers;
pub(crate) use handover::{Handover, Predecessor};
pub(crate) use session::Session;
pub(crate) use target::{Policy, Target, TargetError};

use std::ops::ControlFlow;
use std::time::Duration;

use gc_protocol::Destination;
use gc_protocol::event::envelope;
use gc_protocol::style::Dialect;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::driver::{CallbackState, HubNews};
use crate::hub::{End, Frame, GAP, Queue, SubscriberId};
use crate::telemetry;
use courier::{Courier, Post, Verdict};
use signature::SigningKey;

/// How callbacks are tried.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    /// Limit of one try.
    pub(crate) timeout: Duration,
    /// Tries for one event.
    pub(crate) tries: u32,
    /// Limit of all tries for one event.
    pub(crate) give_up_after: Duration,
}

/// One registered receiver.
pub(crate) struct Registration {
    /// Whose events.
    pub(crate) destination: Destination,
    /// Its number at the hub.
    pub(crate) id: SubscriberId,
    /// Its queue at the hub.
    pub(crate) queue: Queue,
    /// The client's session, given back with every event.
    pub(crate) session: Session,
    /// What signs the events.
    pub(crate) signing: Option<SigningKey>,
    /// Whether the body is the event itself.
    pub(crate) bare: bool,
    /// What its events are.
    pub(crate) dialect: Dialect,
    /// What says that events are missing.
    pub(crate) gap: &'static str,
    /// Name of the numbering.
    pub(crate) stream: String,
}

/// Delivers the events of one registration until its queue or the registration ends; nothing is posted before the
/// predecessor has posted its last.
pub(crate) async fn deliver(
    registration: Registration,
    courier: Courier,
    patience: Patience,
    news: mpsc::Sender<HubNews>,
    mut handover: Handover,
) {
    let missed = handover.wait(patience.give_up_after).await;
    let mut round = Round {
        registration,
        courier,
        patience,
        news,
        missed,
        failing: false,
    };
    while round.next().await.is_continue() {}
    // Without a successor nobody needs to know.
    let _ = handover.done.send(round.missed);
}

struct Round {
    registration: Registration,
    courier: Courier,
    patience: Patience,
    news: mpsc::Sender<HubNews>,
    // Events that the receiver does not know it has missed.
    missed: usize,
    failing: bool,
}

impl Round {
    /// Posts the next event; after a loss, the mark of it first.
    async fn next(&mut self) -> ControlFlow<()> {
        let frame = match self.wait().await {
            Some((frame, thrown_away)) => {
                self.lose(thrown_away);
                match frame {
                    Ok(frame) => Some(frame),
                    Err(End::Drain | End::TooSlow) => return ControlFlow::Break(()),
                }
            }
            None => None,
        };
        let mut state = CallbackState::Working;
        if self.missed > 0 {
            state = self.try_to_post(self.registration.gap()).await;
            if state == CallbackState::Working {
                self.missed = 0;
                self.ask_how_things_stand().await?;
            }
        }
        if let Some(frame) = frame {
            if state == CallbackState::Working {
                state = self.try_to_post(self.registration.post(&frame)).await;
            }
            if state == CallbackState::Failing {
                self.give_up();
            }
        }
        self.report(state).await
    }

    /// The next event and how many before it were thrown away; nothing when it is time to see whether the receiver works again.
    async fn wait(&self) -> Option<(Result<Frame, End>, usize)> {
        let next = self.registration.queue.pop_counting();
        if self.missed > 0 {
            timeout(self.patience.give_up_after, next).await.ok()
        } else {
            Some(next.await)
        }
    }

    async fn try_to_post(&mut self, post: Post) -> CallbackState {
        let tried = until_delivered(&mut self.courier, &post, &self.patience);
        let verdict = tokio::select! {
            verdict = tried => verdict,
            () = self.registration.queue.cut() => Verdict::Failed("its successor waits".to_owned()),
        };
        match verdict {
            Verdict::Delivered => CallbackState::Working,
            Verdict::Ended => CallbackState::Ended,
            Verdict::Failed(reason) => {
                let destination = &self.registration.destination;
                tracing::warn!(%destination, reason, "a callback is given up");
                CallbackState::Failing
            }
        }
    }

    /// The event at hand is lost, and with it what waits: it would only be older still.
    fn give_up(&mut self) {
        self.registration.queue.clear();
        self.lose(1);
    }

    fn lose(&mut self, events: usize) {
        if events > 0 {
            self.missed += events;
            telemetry::events_lost(events);
            telemetry::callback_events_lost(events);
            let destination = &self.registration.destination;
            tracing::warn!(%destination, events, missed = self.missed, "events were lost");
        }
    }

    /// The receiver was told that events are missing: how things stand comes into the queue.
    async fn ask_how_things_stand(&self) -> ControlFlow<()> {
        let missed = HubNews::Missed {
            destination: self.registration.destination.clone(),
            id: self.registration.id,
        };
        match self.news.send(missed).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// Tells the driver what has changed.
    async fn report(&mut self, state: CallbackState) -> ControlFlow<()> {
        let changed = self.failing != (state == CallbackState::Failing);
        self.failing = state == CallbackState::Failing;
        let ended = state == CallbackState::Ended;
        let report = HubNews::Callback {
            destination: self.registration.destination.clone(),
            id: self.registration.id,
            state,
        };
        let told = !(changed || ended) || self.news.send(report).await.is_ok();
        if told && !ended {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

impl Registration {
    fn post(&self, frame: &Frame) -> Post {
        // Receivers may serve several destinations, whose numbers are the same.
        let id = match frame.seq {
            Some(number) => format!("{}/{}:{number}", self.destination, self.stream),
            None if frame.kind == GAP => self.unnumbered("gap"),
            None => self.unnumbered("snapshot"),
        };
        Post {
            id,
            sequence: frame.seq,
            agent: frame.agent.as_ref().map(|agent| agent.as_str().to_owned()),
            content_type: self.content_type(),
            body: self.body(&frame.text),
            signing: self.signing.clone(),
        }
    }

    /// Says that events are missing.
    fn gap(&self) -> Post {
        Post {
            id: self.unnumbered("gap"),
            sequence: None,
            agent: None,
            content_type: self.content_type(),
            body: self.body(self.gap),
            signing: self.signing.clone(),
        }
    }

    fn unnumbered(&self, kind: &str) -> String {
        let number = uuid::Uuid::now_v7().simple();
        format!("{}/{}:{kind}-{number}", self.destination, self.stream)
    }

    fn body(&self, event: &str) -> String {
        if self.bare {
            return event.to_owned();
        }
        let session = self.session.url();
        match self.dialect {
            Dialect::Json => envelope::write_callback(event, &session),
            Dialect::String => envelope::write_callback(&envelope::quoted(event), &session),
        }
    }

    fn content_type(&self) -> &'static str {
        match self.dialect {
            Dialect::String if self.bare => "text/plain; charset=utf-8",
            Dialect::String | Dialect::Json => "application/json",
        }
    }
}

/// Tries one event, always under the same id, until it arrives or patience ends.
async fn until_delivered(courier: &mut Courier, post: &Post, patience: &Patience) -> Verdict {
    let deadline = Instant::now() + patience.give_up_after;
    let mut last = String::new();
    for attempt in 0..patience.tries {
        let limit = deadline.min(Instant::now() + patience.timeout);
        let reason = match courier.deliver(post, limit).await {
            Verdict::Failed(reason) => reason,
            end @ (Verdict::Delivered | Verdict::Ended) => {
                telemetry::callback(if end == Verdict::Delivered {
                    "delivered"
                } else {
                    "ended"
                });
                return end;
            }
        };
        telemetry::callback("failed");
        tracing::debug!(id = post.id, attempt, reason, "a callback did not arrive");
        last = reason;
        let pause = pause(attempt, patience);
        if attempt + 1 == patience.tries || Instant::now() + pause >= deadline {
            break;
        }
        sleep(pause).await;
    }
    Verdict::Failed(last)
}

/// Grows with each attempt so that all tries fit into the limit, half of it left to chance.
fn pause(attempt: u32, patience: &Patience) -> Duration {
    let full = (patience.give_up_after / 60) * 2u32.saturating_pow(attempt.min(8));
    let chance = (uuid::Uuid::new_v4().as_u128() % 1_000) as u32;
    full / 2 + full / 2 * chance / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_tries_fit_into_the_limit() {
        let patience = Patience {
            timeout: Duration::from_secs(5),
            tries: 5,
            give_up_after: Duration::from_secs(30),
        };
        let longest: Duration = (0..4)
            .map(|attempt| (patience.give_up_after / 60) * 2u32.pow(attempt))
            .sum();
        assert!(longest < patience.give_up_after);
        for attempt in 0..4 {
            let full = (patience.give_up_after / 60) * 2u32.pow(attempt);
            let pause = pause(attempt, &patience);
            assert!(pause >= full / 2 && pause <= full, "{pause:?}");
        }
    }
}
