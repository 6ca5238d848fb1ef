//! Messages of the command queues: each read, handed to the driver, and acknowledged when that has taken it.

use std::time::Instant;

use gc_core::ClientId;
use gc_protocol::command::CommandError;
use gc_protocol::{Command, ErrorType};
use stomp_client::{Client, Delivery};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::seen::Seen;
use crate::driver::{Submitted, Via};
use crate::rate::Rates;
use crate::telemetry;

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
        } else if self.hand_in(client, self.read(delivery)).await {
            telemetry::broker_command("taken");
            self.client.ack(&delivery.token);
        }
    }

    /// Who is too fast waits in the broker's queue.
    async fn slow_down(&self, client: &ClientId) {
        while let Err(pause) = self.rates.take(client.as_str().to_owned(), Instant::now()) {
            sleep(pause).await;
        }
    }

    /// Whether the driver has taken the command; if not, it stays with the broker, for another gateway.
    async fn hand_in(&self, client: ClientId, read: Result<Command, CommandError>) -> bool {
        let (taken, hears) = oneshot::channel();
        let submitted = Submitted {
            read,
            via: Via::Broker { client, taken },
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
