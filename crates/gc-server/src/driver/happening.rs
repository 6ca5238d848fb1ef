//! Everything that can happen to the driver, and where it comes from.

use std::sync::Arc;
use std::time::Instant;

use finesse_client::{HealthReport, LinkReport, TransportReport};
use gc_core::{Epoch, Reply, RequestId};
use gc_protocol::{AgentId, Destination};
use tokio::sync::{mpsc, oneshot, watch};

use crate::clients::{Caller, Clients};
use crate::hub::{Form, Queue, Refusal, SubscriberId};

use super::commands::Submitted;
use super::place::Place;

/// One thing that happened.
pub(super) enum Happening {
    Link(LinkReport),
    LinkEnded { agent: AgentId, epoch: Epoch },
    LinkBroke { agent: AgentId, epoch: Epoch },
    Reply { request: RequestId, reply: Reply },
    Health(HealthReport),
    Transport(TransportReport),
    Licence(Option<usize>),
    Hub(HubNews),
    Command(Submitted),
    Query(Query),
    Clients,
    Due,
    Stop,
}

/// What tasks of the driver itself report.
pub(crate) enum TaskNews {
    LinkEnded {
        agent: AgentId,
        epoch: Epoch,
    },
    /// A fault of ours: it ended without a word.
    LinkBroke {
        agent: AgentId,
        epoch: Epoch,
    },
    Reply {
        request: RequestId,
        reply: Reply,
    },
}

/// Subscribers come and go.
pub(crate) enum HubNews {
    /// A connection wants the events of a destination.
    Subscribe {
        /// Who it is.
        caller: Caller,
        /// The destination it named; without one it gets its own.
        destination: Option<Destination>,
        /// How it wants its events.
        form: Form,
        /// The id of the last event that it has seen, if it comes back.
        last: Option<String>,
        /// Its queue.
        queue: Queue,
        /// Whether it may.
        answer: oneshot::Sender<Result<Place, Refusal>>,
    },
    /// A connection ended.
    Unsubscribe {
        /// Its destination.
        destination: Destination,
        /// Its number.
        id: SubscriberId,
    },
    /// A callback's receiver was told that events are missing, and must learn how things stand.
    Missed {
        /// Its destination.
        destination: Destination,
        /// Its number.
        id: SubscriberId,
    },
    /// A callback does not work any more, works again, or has ended.
    Callback {
        /// Its destination.
        destination: Destination,
        /// Its number.
        id: SubscriberId,
        /// Which of them.
        state: CallbackState,
    },
    /// The connection to the broker is there, or not any more.
    Broker(BrokerState),
}

/// Whether what is sent to the broker arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrokerState {
    /// There is a connection.
    Up,
    /// There is none.
    Down,
}

/// How a callback fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallbackState {
    /// Events arrive.
    Working,
    /// They do not, after all tries.
    Failing,
    /// The receiver said that it wants no more.
    Ended,
}

/// Questions that need the core or the hub.
pub(crate) enum Query {
    /// An agent's session, rendered for whom it belongs to.
    Agent {
        /// Who asks.
        caller: Caller,
        /// The agent.
        agent: AgentId,
        /// The view.
        answer: oneshot::Sender<Result<String, ViewError>>,
    },
    /// Whether the gateway can serve.
    Readiness(oneshot::Sender<Readiness>),
    /// All sessions, without anything secret.
    Sessions(oneshot::Sender<Vec<SessionLine>>),
    /// Sets the gauges of the metrics.
    Levels(oneshot::Sender<()>),
}

/// Why a view cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ViewError {
    Unknown,
    Foreign,
}

/// Whether the gateway can serve, and why not.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Readiness {
    pub(crate) ready: bool,
    pub(crate) reasons: Vec<String>,
    /// What does not serve although the gateway is ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) degraded: Vec<String>,
    pub(crate) clusters: Vec<ClusterLine>,
    pub(crate) nodes: Vec<NodeLine>,
    #[serde(rename = "linksUp")]
    pub(crate) links_up: usize,
    pub(crate) sessions: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) broker: Option<BrokerLine>,
}

/// The broker as readiness shows it; a gateway without one still serves its other clients.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct BrokerLine {
    pub(crate) connected: bool,
    /// Which of the configured ones.
    pub(crate) broker: String,
    pub(crate) reason: String,
}

/// A cluster as readiness shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClusterLine {
    pub(crate) name: String,
    pub(crate) in_service: bool,
    pub(crate) sessions: usize,
    pub(crate) links_up: usize,
}

/// A node as readiness shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NodeLine {
    pub(crate) name: String,
    pub(crate) cluster: String,
    /// Product and release as the node tells them, the release as "at least".
    pub(crate) product: String,
    pub(crate) release: &'static str,
    pub(crate) status: &'static str,
    pub(crate) reason: String,
    /// How notifications come; empty while they cannot.
    pub(crate) transport: &'static str,
    pub(crate) transport_reason: String,
}

/// A session as `/sessions` shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionLine {
    pub(crate) agent_id: String,
    pub(crate) client: String,
    pub(crate) destination: String,
    pub(crate) cluster: String,
    pub(crate) link: &'static str,
    pub(crate) node: usize,
    pub(crate) state: Option<String>,
    pub(crate) calls: usize,
}

/// How much of a source is taken in one round before the others get their turn.
const BUDGET: usize = 64;

/// Where happenings come from.
///
/// Priorities, when several wait:
/// 1. links: what Finesse says is the truth that everything else is measured by;
/// 2. replies and ends of our own tasks: they free what waits behind them;
/// 3. health of nodes, and how their notifications come;
/// 4. the licence, so that no command is measured by an older one;
/// 5. subscribers, so that a connection that went does not cost events;
/// 6. commands;
/// 7. questions;
/// 8. timers, whose moment has passed anyway.
pub(super) struct Sources {
    pub(super) links: mpsc::Receiver<LinkReport>,
    pub(super) tasks: mpsc::Receiver<TaskNews>,
    pub(super) health: mpsc::Receiver<HealthReport>,
    pub(super) transports: mpsc::Receiver<TransportReport>,
    pub(super) licence: watch::Receiver<Option<usize>>,
    pub(super) hub: mpsc::Receiver<HubNews>,
    pub(super) commands: mpsc::Receiver<Submitted>,
    pub(super) queries: mpsc::Receiver<Query>,
    pub(super) clients: Arc<Clients>,
    /// What the loop is told to do next about its end.
    pub(super) stop: tokio_util::sync::CancellationToken,
}

impl Sources {
    /// Waits for something to happen; a source that has closed is never asked again.
    pub(super) async fn next(&mut self, due: Option<Instant>, parting: bool) -> Happening {
        let timer = async {
            match due {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(report) = self.links.recv() => Happening::Link(report),
            Some(news) = self.tasks.recv() => news.into(),
            Some(report) = self.health.recv() => Happening::Health(report),
            Some(report) = self.transports.recv() => Happening::Transport(report),
            Ok(()) = self.licence.changed() => Happening::Licence(*self.licence.borrow_and_update()),
            Some(news) = self.hub.recv() => Happening::Hub(news),
            Some(submitted) = self.commands.recv() => Happening::Command(submitted),
            Some(query) = self.queries.recv() => Happening::Query(query),
            () = self.clients.changed() => Happening::Clients,
            () = timer => Happening::Due,
            () = self.stop.cancelled(), if !parting => Happening::Stop,
        }
    }

    /// What else waits, up to the budget of each source, in the order of their priorities.
    pub(super) fn round(&mut self) -> Vec<Happening> {
        let mut round = Vec::new();
        take(&mut self.links, &mut round, Happening::Link);
        take(&mut self.tasks, &mut round, Happening::from);
        take(&mut self.health, &mut round, Happening::Health);
        take(&mut self.transports, &mut round, Happening::Transport);
        if self.licence.has_changed().is_ok_and(|changed| changed) {
            round.push(Happening::Licence(*self.licence.borrow_and_update()));
        }
        take(&mut self.hub, &mut round, Happening::Hub);
        take(&mut self.commands, &mut round, Happening::Command);
        take(&mut self.queries, &mut round, Happening::Query);
        round
    }

    /// Commands and link reports that wait.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.commands.len(), self.links.len())
    }
}

impl From<TaskNews> for Happening {
    fn from(news: TaskNews) -> Self {
        match news {
            TaskNews::LinkEnded { agent, epoch } => Self::LinkEnded { agent, epoch },
            TaskNews::LinkBroke { agent, epoch } => Self::LinkBroke { agent, epoch },
            TaskNews::Reply { request, reply } => Self::Reply { request, reply },
        }
    }
}

fn take<T>(
    source: &mut mpsc::Receiver<T>,
    round: &mut Vec<Happening>,
    wrap: impl Fn(T) -> Happening,
) {
    for _ in 0..BUDGET {
        match source.try_recv() {
            Ok(item) => round.push(wrap(item)),
            Err(_) => return,
        }
    }
}
