//! Which of a node's ways to its notification service the links take.

use std::io;
use std::sync::{Mutex as Lock, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

use super::login::LoginError;
use super::negotiate;
use super::stream::Limits;
use super::websocket::{Endpoint, UpgradeError};
use crate::config::LinkConfig;
use crate::dial::{Dial, Socket};
use crate::tls;
use crate::transport::Transport;

/// After a probe that found nothing, how long its result stands for all who ask.
const PAUSE: Duration = Duration::from_secs(2);

/// One way to a node's notification service.
pub(crate) struct Way<D> {
    pub(crate) transport: Transport,
    pub(crate) port: u16,
    pub(crate) dial: D,
    /// What its connections are upgraded to; plain XMPP streams without.
    pub(crate) endpoint: Option<Endpoint>,
}

/// What the links use at the moment, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Position of the way.
    pub(crate) way: Option<usize>,
    /// Whether it answered when it was last looked at.
    answers: bool,
    /// Whether TLS failed, mostly for a certificate: that must not be hidden by another way that works.
    pub(crate) no_tls: bool,
    pub(crate) reason: String,
}

/// Why a way cannot be taken.
struct Trouble {
    reason: String,
    /// Because of TLS, mostly of its certificate.
    no_tls: bool,
}

/// The limits of a route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RouteLimits {
    pub(crate) reading: Limits,
    /// Longest the probe of one way may take.
    pub(crate) probe: Duration,
    /// How long the chosen way must have failed before the others are tried again.
    pub(crate) patience: Duration,
}

impl RouteLimits {
    pub(crate) fn of(config: &LinkConfig) -> Self {
        Self {
            reading: Limits::of(config),
            probe: config.probe_timeout,
            patience: config.reprobe_after,
        }
    }
}

/// A node's ways, the preferred one first, and the one that is taken.
pub(crate) struct Route<D> {
    node: String,
    domain: String,
    ways: Vec<Way<D>>,
    limits: RouteLimits,
    choice: watch::Sender<Choice>,
    /// Held by the one who probes; when the last probe ended.
    probing: Mutex<Option<Instant>>,
    /// Since when nobody has got through.
    trouble: Lock<Option<Instant>>,
}

/// Why a connection could not be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Upgrade(#[from] UpgradeError),
    #[error("{0}")]
    NoWay(String),
}

impl<D: Dial> Route<D> {
    /// Takes the only way there is; of several, whichever is found to work.
    pub(crate) fn new(
        node: &str,
        domain: &str,
        ways: Vec<Way<D>>,
        why_only: &str,
        limits: RouteLimits,
    ) -> Self {
        let only = (ways.len() == 1).then_some(0);
        let reason = only.map_or("not probed yet", |_| why_only).to_owned();
        Self {
            node: node.to_owned(),
            domain: domain.to_owned(),
            ways,
            limits,
            choice: watch::Sender::new(Choice {
                way: only,
                answers: true,
                no_tls: false,
                reason,
            }),
            probing: Mutex::new(None),
            trouble: Lock::new(None),
        }
    }

    pub(crate) fn choice(&self) -> watch::Receiver<Choice> {
        self.choice.subscribe()
    }

    pub(crate) fn transport(&self, choice: &Choice) -> Option<Transport> {
        let way = self.ways.get(choice.way?)?;
        Some(way.transport)
    }

    /// Makes sure that a way is chosen, and that it is not one that has ceased to work. One probe serves all who wait.
    pub(crate) async fn settle(&self) {
        if self.is_settled() {
            return;
        }
        let asked = Instant::now();
        let mut probed = self.probing.lock().await;
        let fresh = probed.is_some_and(|ended| ended >= asked || ended.elapsed() < PAUSE);
        if fresh || self.is_settled() {
            return;
        }
        self.probe().await;
        *probed = Some(Instant::now());
    }

    /// Opens a connection by the chosen way.
    pub(super) async fn open(&self) -> Result<Socket, OpenError> {
        let choice = self.choice.borrow().clone();
        match choice.way.and_then(|way| self.ways.get(way)) {
            Some(way) => way.open(&self.domain).await,
            None => Err(OpenError::NoWay(choice.reason)),
        }
    }

    /// A server answered.
    pub(super) fn works(&self) {
        *self.trouble() = None;
        let known = self.choice.borrow().clone();
        let way = known.way.and_then(|way| self.ways.get(way));
        if let (Some(way), false) = (way, known.answers) {
            self.choose(Choice {
                way: known.way,
                answers: true,
                no_tls: false,
                reason: format!("{} answers again", way.port),
            });
        }
    }

    /// None did.
    pub(super) fn fails(&self) {
        self.trouble().get_or_insert_with(Instant::now);
    }

    fn is_settled(&self) -> bool {
        let chosen = self.choice.borrow().way.is_some();
        let trouble = self
            .trouble()
            .is_some_and(|since| since.elapsed() >= self.limits.patience);
        chosen && !(trouble && self.ways.len() > 1)
    }

    async fn probe(&self) {
        let mut found = None;
        let mut reasons = Vec::new();
        let mut no_tls = false;
        for (position, way) in self.ways.iter().enumerate() {
            match self.probe_way(way).await {
                Ok(()) => {
                    reasons.push(format!("{} answers", way.port));
                    found = Some(position);
                    break;
                }
                Err(trouble) => {
                    reasons.push(format!("{}: {}", way.port, trouble.reason));
                    no_tls |= trouble.no_tls;
                }
            }
        }
        let last = self.choice.borrow().way;
        self.choose(Choice {
            // Without any, the last one that worked is the best guess.
            way: found.or(last),
            answers: found.is_some(),
            no_tls,
            reason: reasons.join("; "),
        });
        let mut trouble = self.trouble();
        let since = trouble.filter(|_| found.is_none());
        *trouble = since.map(|_| Instant::now());
    }

    /// Goes as far as one can without a credential.
    async fn probe_way(&self, way: &Way<D>) -> Result<(), Trouble> {
        let limits = self.limits.reading;
        let features = async {
            let socket = way.open(&self.domain).await?;
            let probed = negotiate::probe(socket, &self.domain, limits).await;
            probed.map_err(|error| Trouble::of(error.reason()))
        };
        timeout(self.limits.probe, Box::pin(features))
            .await
            .unwrap_or_else(|_| Err(Trouble::of("no answer in time".to_owned())))
    }

    /// Takes a way, and says so when that is news.
    fn choose(&self, choice: Choice) {
        if *self.choice.borrow() == choice {
            return;
        }
        let (node, reason) = (&self.node, &choice.reason);
        let transport = self.transport(&choice).map(Transport::as_str);
        if choice.no_tls {
            tracing::warn!(
                node,
                transport,
                reason,
                "no TLS with a node: mostly its certificate is not trusted"
            );
        } else {
            tracing::info!(node, transport, reason, "how notifications come");
        }
        self.choice.send_replace(choice);
    }

    fn trouble(&self) -> MutexGuard<'_, Option<Instant>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Dial> Way<D> {
    async fn open(&self, domain: &str) -> Result<Socket, OpenError> {
        let socket = self.dial.dial().await?;
        match &self.endpoint {
            None => Ok(socket),
            Some(endpoint) => Ok(endpoint.upgrade(socket, domain).await?),
        }
    }
}

impl OpenError {
    fn is_about_tls(&self) -> bool {
        match self {
            Self::Io(error) => tls::is_behind(error),
            Self::Upgrade(_) | Self::NoWay(_) => false,
        }
    }
}

impl Trouble {
    fn of(reason: String) -> Self {
        Self {
            reason,
            no_tls: false,
        }
    }
}

impl From<OpenError> for Trouble {
    fn from(error: OpenError) -> Self {
        Self {
            reason: error.to_string(),
            no_tls: error.is_about_tls(),
        }
    }
}

impl From<OpenError> for LoginError {
    fn from(error: OpenError) -> Self {
        Self::Failed(error.to_string())
    }
}
