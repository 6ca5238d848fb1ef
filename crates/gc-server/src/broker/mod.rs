//! The broker transport: commands from queues, events to topics, over STOMP.

mod courier;
mod intake;
mod names;
mod seen;
mod setup;

pub(crate) use courier::{Route, deliver};
pub(crate) use names::Names;
pub use setup::BrokerSetupError;

use std::pin::Pin;
use std::sync::Arc;

use stomp_client::{Client, Delivery, Status};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit;
use crate::config::Config;
use crate::driver::{BrokerParts, BrokerState, Door, HubNews};
use crate::rate::Rates;
use crate::telemetry;
use intake::{Intake, Queue};
use setup::Setup;

/// The transport, ready to run.
pub(crate) struct Broker {
    parts: BrokerParts,
    deliveries: mpsc::Receiver<Delivery>,
    connection: Pin<Box<dyn Future<Output = ()> + Send>>,
    queues: Vec<Queue>,
    rates: Rates<String>,
    body_limit: usize,
}

impl Broker {
    /// By the settings; `None` where no broker is named.
    pub(crate) fn new(
        config: &Config,
        stop: CancellationToken,
    ) -> Result<Option<Self>, BrokerSetupError> {
        let settings = &config.broker;
        if !settings.is_configured() {
            return Ok(None);
        }
        let Setup { stomp, queues } = setup::read(settings)?;
        let labels = stomp.brokers.iter().map(ToString::to_string).collect();
        let (client, deliveries, connection) = stomp_client::client(stomp);
        let server = &config.server;
        Ok(Some(Self {
            parts: BrokerParts {
                client,
                labels,
                names: Arc::new(Names::new(settings)),
                persistent: settings.persistent,
                give_up_after: settings.give_up_after,
                couriers: TaskTracker::new(),
                stop,
            },
            deliveries,
            connection: Box::pin(connection),
            queues,
            rates: Rates::new(server.commands_per_second, server.command_burst),
            body_limit: settings.body_limit,
        }))
    }

    /// What the driver needs of it.
    pub(crate) fn parts(&self) -> BrokerParts {
        self.parts.clone()
    }

    /// Works until the gateway stops; then what waits is sent, and the broker gets a goodbye.
    pub(crate) async fn run(self, door: Door) {
        let BrokerParts {
            client,
            couriers,
            stop,
            ..
        } = self.parts;
        let intake = Intake {
            client: client.clone(),
            deliveries: self.deliveries,
            commands: door.commands,
            queues: self.queues,
            rates: self.rates,
            body_limit: self.body_limit,
            seen: seen::Seen::default(),
        };
        let watching = watch(client.status(), door.hub);
        let working = async {
            tokio::join!(intake.run(stop.clone()), stop.run_until_cancelled(watching));
            part(&client, &couriers).await;
        };
        tokio::join!(self.connection, working);
    }
}

/// Every event that waits is given to the connection before it is closed.
async fn part(client: &Client, couriers: &TaskTracker) {
    couriers.close();
    couriers.wait().await;
    client.close();
}

/// The last reason why there was no TLS with the broker: the same again, with each try, is no news.
#[derive(Default)]
struct Complaint(String);

impl Complaint {
    fn hear(&mut self, status: &Status) {
        if let Status::Down {
            reason,
            no_tls: true,
        } = status
            && self.0 != *reason
        {
            audit::no_tls_with_broker(reason);
            self.0.clone_from(reason);
        }
    }
}

/// Tells the driver whether there is a connection.
async fn watch(mut status: watch::Receiver<Status>, hub: mpsc::Sender<HubNews>) {
    let mut told = None;
    let mut complaint = Complaint::default();
    loop {
        let state = match &*status.borrow_and_update() {
            Status::Up { .. } => BrokerState::Up,
            Status::Down { .. } => BrokerState::Down,
        };
        telemetry::broker_connected(state == BrokerState::Up);
        complaint.hear(&status.borrow());
        if told != Some(state) && hub.send(HubNews::Broker(state)).await.is_err() {
            return;
        }
        told = Some(state);
        if status.changed().await.is_err() {
            return;
        }
    }
}
