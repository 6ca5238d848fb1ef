//! One connection after the other: which broker, and when.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::client::{Delivery, Status};
use crate::outbox::Outbox;
use crate::session::{Ended, Session};
use crate::settings::Settings;
use crate::stream::Trouble;

/// Limit of saying goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// Everything the future of a client owns.
pub(crate) struct Connection {
    pub(crate) settings: Settings,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) inbox: mpsc::Sender<Delivery>,
    pub(crate) status: watch::Sender<Status>,
    pub(crate) close: watch::Receiver<bool>,
    pub(crate) sessions: u64,
}

impl Connection {
    pub(crate) async fn run(mut self) {
        let mut close = self.close.clone();
        let mut found = None;
        loop {
            let session = match found.take() {
                Some(session) => session,
                None => tokio::select! {
                    session = self.connect() => session,
                    // An error means that every handle is gone, which is the same.
                    _ = close.wait_for(|closed| *closed) => break,
                },
            };
            match self.serve(session).await {
                Some(better) => found = better,
                None => break,
            }
        }
        self.outbox.abandon();
        self.down("closed".to_owned().into());
    }

    /// Tries the brokers in their order until one takes us, with a growing pause after each round.
    async fn connect(&mut self) -> (usize, Session) {
        let mut round = 0;
        loop {
            for broker in 0..self.settings.brokers.len() {
                match self.open(broker).await {
                    Ok(session) => return (broker, session),
                    Err(trouble) => self.down(trouble),
                }
            }
            let pause = pause(round, &self.settings);
            round += 1;
            sleep(pause).await;
        }
    }

    async fn open(&self, broker: usize) -> Result<Session, Trouble> {
        open(&self.settings, broker).await
    }

    /// Lives with one connection. `None` when the client is closed; else the one to go on with, if it is there already.
    async fn serve(
        &mut self,
        (broker, mut session): (usize, Session),
    ) -> Option<Option<(usize, Session)>> {
        self.sessions += 1;
        let number = self.sessions;
        self.outbox.begin(number);
        tracing::info!(broker = %self.name(broker), "connected to the broker");
        self.status.send_replace(Status::Up {
            session: number,
            broker,
        });
        let (outbox, inbox) = (Arc::clone(&self.outbox), self.inbox.clone());
        let ended = tokio::select! {
            ended = session.run(number, &outbox, &inbox) => Ok(ended),
            better = self.better(broker) => Err(better),
        };
        self.outbox.end();
        match ended {
            Ok(Ended::Closed) => None,
            Ok(Ended::Lost(reason)) => {
                self.down(format!("{}: {reason}", self.name(broker)).into());
                Some(None)
            }
            Err(better) => {
                tracing::info!(broker = %self.name(better.0), "a preferred broker is back");
                // Leaving politely or not is the same to us.
                let _ = timeout(GOODBYE, session.leave()).await;
                Some(Some(better))
            }
        }
    }

    /// Resolves when a broker before this one takes us; it is tried beside the connection that works.
    async fn better(&self, than: usize) -> (usize, Session) {
        loop {
            sleep(self.settings.prefer_every).await;
            for broker in 0..than {
                if let Ok(session) = self.open(broker).await {
                    return (broker, session);
                }
            }
            if than == 0 {
                std::future::pending::<()>().await;
            }
        }
    }

    fn down(&self, trouble: Trouble) {
        let reason = trouble.reason.as_str();
        let before = self.status.send_replace(Status::Down {
            reason: reason.to_owned(),
            no_tls: trouble.no_tls,
        });
        match before {
            Status::Up { .. } => tracing::warn!(reason, "the connection to the broker has ended"),
            Status::Down { reason: known, .. } if known != reason => {
                tracing::warn!(reason, "the broker cannot be reached");
            }
            Status::Down { .. } => {}
        }
    }

    fn name(&self, broker: usize) -> String {
        let broker = self.settings.brokers.get(broker);
        broker.map(ToString::to_string).unwrap_or_default()
    }
}

async fn open(settings: &Settings, broker: usize) -> Result<Session, Trouble> {
    let Some(broker) = settings.brokers.get(broker) else {
        return Err("there is no such broker".to_owned().into());
    };
    let opening = Session::open(broker, settings);
    match timeout(settings.connect_timeout, Box::pin(opening)).await {
        Ok(Ok(session)) => Ok(session),
        Ok(Err(trouble)) => Err(Trouble {
            reason: format!("{broker}: {}", trouble.reason),
            ..trouble
        }),
        Err(_) => Err(format!("{broker}: no answer in time").into()),
    }
}

/// Anything up to a bound that doubles, so that clients that lost the same broker do not come back as one.
fn pause(round: u32, settings: &Settings) -> Duration {
    let bound = settings
        .reconnect_min
        .saturating_mul(2u32.saturating_pow(round.min(20)))
        .min(settings.reconnect_max);
    let chance = u32::try_from(RandomState::new().build_hasher().finish() % 1_000).unwrap_or(0);
    // Never nothing, or a broker that refuses at once would be asked without end.
    bound / 10 + (bound - bound / 10) * chance / 1_000
}
