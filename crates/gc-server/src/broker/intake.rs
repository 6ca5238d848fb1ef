//! Messages of the command queues: each read, handed to the driver, and acknowledged when that has taken it.
//!
//! What makes or ends a call is acknowledged before it is handed in, and the broker must have confirmed it: from then on
//! nobody gets it again, whoever is killed. Brokers say `redelivered` too, but not after they were killed themselves. What
//! one did deliver again is not carried out all the same: not every broker keeps an acknowledgement for good.

use std::time::{Duration, Instant};

use gc_core::ClientId;
use gc_protocol::command::CommandError;
use gc_protocol::{Command, ErrorType};
use stomp_client::{Client, Delivery};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::seen::Seen;
use crate::driver::{Delivered, Submitted, Via};
use crate::rate::Rates;
use crate::telemetry;

/// How long the broker may take to confirm that it has forgotten a command.
const CONFIRMATION: Duration = Duration::from_secs(5);

const AGAIN: &str = "the broker delivers this command again, so that it may have been carried out before: it is not \
                     carried out now, and the state that follows tells the outcome";
const UNCONFIRMED: &str = "the broker did not confirm that it delivers this command once only: it is not carried out here, \
                           and the state that follows tells the outcome";

/// Takes commands out of the queues.
pub(super) struct Intake {
    pub(super) client: Client,
    pub(super) deliveries: mpsc::Receiver<Delivery>,
    pub(super) commands: mpsc::Sender<Submitted>,
    pub(super) queues: Vec<Queue>,
    pub(super) rates: Rates<String>,
    pub(super) body_limit: usize,
    pub(super) seen: Seen,
}

/// One command queue.
pub(super) struct Queue {
    /// The client that it is.
    pub(super) client: ClientId,
}

impl Intake {
    /// Until the gateway stops; a command at hand is taken to its end even then, or it would be another gateway's as well.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        while let Some(Some(delivery)) = stop.run_until_cancelled(self.deliveries.recv()).await {
            self.take(&delivery).await;
        }
    }

    async fn take(&mut self, delivery: &Delivery) {
        let Some(queue) = self.queues.get(delivery.subscription) else {
            tracing::warn!("a message of no queue of ours");
            return;
        };
        let client = queue.client.clone();
        self.slow_down(&client).await;
        let id = delivery.message.header("message-id");
        if id.is_some_and(|id| !self.seen.is_new(id)) {
            tracing::info!(client = client.as_str(), "a command came twice");
            telemetry::broker_command("duplicate");
            self.client.ack(&delivery.token);
            return;
        }
        let read = self.read(delivery);
        let delivered = self.settle(delivery, &read).await;
        if !self.hand_in(client, read, delivered).await {
            return;
        }
        telemetry::broker_command(match delivered {
            Delivered::Kept | Delivered::Forgotten => "taken",
            Delivered::InDoubt(_) => "in_doubt",
        });
        if delivered != Delivered::Forgotten {
            self.client.ack(&delivery.token);
        }
    }

    /// Makes sure that nobody else gets what makes or ends a call.
    async fn settle(&self, delivery: &Delivery, read: &Result<Command, CommandError>) -> Delivered {
        if !read.as_ref().is_ok_and(Command::makes_or_ends_a_call) {
            return Delivered::Kept;
        }
        if delivery.message.header("redelivered") == Some("true") {
            return Delivered::InDoubt(AGAIN);
        }
        let confirmed = self.client.ack_confirmed(&delivery.token);
        match timeout(CONFIRMATION, confirmed).await {
            Ok(Ok(())) => Delivered::Forgotten,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a command could not be acknowledged");
                Delivered::InDoubt(UNCONFIRMED)
            }
            Err(_) => {
                tracing::warn!("the broker does not confirm acknowledgements");
                Delivered::InDoubt(UNCONFIRMED)
            }
        }
    }

    /// Who is too fast waits in the broker's queue.
    async fn slow_down(&self, client: &ClientId) {
        while let Err(pause) = self.rates.take(client.as_str().to_owned(), Instant::now()) {
            sleep(pause).await;
        }
    }

    /// Whether the driver has taken the command; if not, it stays with the broker, for another gateway.
    async fn hand_in(
        &self,
        client: ClientId,
        read: Result<Command, CommandError>,
        delivered: Delivered,
    ) -> bool {
        let (taken, hears) = oneshot::channel();
        let submitted = Submitted {
            read,
            via: Via::Broker {
                client,
                delivered,
                taken,
            },
        };
        self.commands.send(submitted).await.is_ok() && hears.await.is_ok()
    }

    fn read(&self, delivery: &Delivery) -> Result<Command, CommandError> {
        if delivery.oversized {
            let limit = self.body_limit;
            return Err(unreadable(format!(
                "a command has a body of at most {limit} bytes, and few short headers"
            )));
        }
        let message = &delivery.message;
        let body = std::str::from_utf8(&message.body)
            .map_err(|_| unreadable("the body is no text in UTF-8".to_owned()))?;
        Command::parse_message(message.header("type").unwrap_or_default(), Some(body))
    }
}

fn unreadable(message: String) -> CommandError {
    CommandError {
        error_type: ErrorType::PleaseRetry,
        message,
        command: None,
        agent_id: None,
        command_id: None,
        session_url: None,
        malformed: true,
    }
}
