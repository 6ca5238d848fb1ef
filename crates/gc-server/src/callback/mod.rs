//! Callbacks: events posted to the address that a client registered, in order, each until it arrives or is given up.

pub(crate) mod allow;
mod courier;
pub(crate) mod signature;
pub(crate) mod target;

pub(crate) use courier::Couriers;
pub use courier::NoTrust;
pub(crate) use target::{Policy, Target, TargetError};

use std::time::Duration;

use gc_protocol::Destination;
use gc_protocol::event::envelope;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use crate::driver::{CallbackState, HubNews};
use crate::hub::{End, Frame, Queue, SubscriberId};
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
    pub(crate) session_url: Option<String>,
    /// What signs the events.
    pub(crate) signing: Option<SigningKey>,
    /// Whether the body is the event itself.
    pub(crate) bare: bool,
    /// Name of the numbering.
    pub(crate) stream: String,
}

/// Delivers the events of one registration until its queue or the registration ends.
pub(crate) async fn deliver(
    registration: Registration,
    mut courier: Courier,
    patience: Patience,
    news: mpsc::Sender<HubNews>,
) {
    let mut failing = false;
    loop {
        let frame = match registration.queue.pop().await {
            Ok(frame) => frame,
            Err(End::Drain | End::TooSlow) => return,
        };
        let post = registration.post(&frame);
        let state = match until_delivered(&mut courier, &post, &patience).await {
            Verdict::Delivered => CallbackState::Working,
            Verdict::Ended => CallbackState::Ended,
            Verdict::Failed(reason) => {
                telemetry::events_lost(1 + registration.queue.clear());
                tracing::warn!(destination = %registration.destination, reason, "a callback is given up");
                CallbackState::Failing
            }
        };
        let changed = failing != (state == CallbackState::Failing);
        failing = state == CallbackState::Failing;
        if (changed || state == CallbackState::Ended)
            && registration.report(&news, state).await.is_err()
        {
            return;
        }
        if state == CallbackState::Ended {
            return;
        }
    }
}

impl Registration {
    fn post(&self, frame: &Frame) -> Post {
        let seq = frame.seq.unwrap_or_default();
        let body = if self.bare {
            frame.text.to_string()
        } else {
            envelope::write_callback(&frame.text, self.session_url.as_deref().unwrap_or_default())
        };
        Post {
            // Receivers may serve several destinations, whose numbers are the same.
            id: format!("{}/{}:{seq}", self.destination, self.stream),
            sequence: seq,
            agent: frame.agent.as_ref().map(|agent| agent.as_str().to_owned()),
            body,
            signing: self.signing.clone(),
        }
    }

    async fn report(&self, news: &mpsc::Sender<HubNews>, state: CallbackState) -> Result<(), ()> {
        let report = HubNews::Callback {
            destination: self.destination.clone(),
            id: self.id,
            state,
        };
        news.send(report).await.map_err(|_| ())
    }
}

/// Tries one event, always under the same id, until it arrives or patience ends.
async fn until_delivered(courier: &mut Courier, post: &Post, patience: &Patience) -> Verdict {
    let deadline = Instant::now() + patience.give_up_after;
    let mut last = String::new();
    for attempt in 0..patience.tries {
        let limit = deadline.min(Instant::now() + patience.timeout);
        let verdict = timeout_at(limit, courier.deliver(post)).await;
        let reason = match verdict {
            Ok(Verdict::Failed(reason)) => reason,
            Ok(end @ (Verdict::Delivered | Verdict::Ended)) => {
                telemetry::callback(if end == Verdict::Delivered {
                    "delivered"
                } else {
                    "ended"
                });
                return end;
            }
            Err(_) => {
                courier.hang_up();
                "no answer in time".to_owned()
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
