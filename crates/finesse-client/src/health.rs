//! Which nodes serve: SystemInfo, asked again and again.

use std::time::Duration;

use finesse_protocol::{ServiceStatus, SystemInfo};
use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::cluster::Cluster;
use crate::error::RequestError;

/// However many are told that a node does not serve, it is asked no more often for that.
const BETWEEN_DOUBTS: Duration = Duration::from_secs(1);

/// A node's status, told each time it was asked: links may have told another one meanwhile, and be gone since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthReport {
    /// Position of the node in the configuration.
    pub node: usize,
    /// When it was asked.
    pub asked: std::time::Instant,
    /// How it is.
    pub status: NodeStatus,
}

/// How a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // a few per minute, none of them kept
pub enum NodeStatus {
    /// It serves.
    InService {
        /// What it says of itself.
        info: SystemInfo,
    },
    /// It answers, and does not serve.
    OutOfService {
        /// Why not.
        reason: String,
    },
    /// It cannot be asked, for there is no TLS with it.
    NoTls {
        /// What is wrong, such as a certificate that is not trusted.
        reason: String,
    },
    /// It does not answer.
    Unreachable {
        /// What happened instead.
        reason: String,
    },
}

pub(crate) async fn watch(cluster: Cluster, every: Duration, events: mpsc::Sender<HealthReport>) {
    let nodes = 0..cluster.nodes().len();
    join_all(nodes.map(|node| watch_node(&cluster, node, every, &events))).await;
}

async fn watch_node(
    cluster: &Cluster,
    node: usize,
    every: Duration,
    events: &mpsc::Sender<HealthReport>,
) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut asked = Instant::now();
    while !events.is_closed() {
        tokio::select! {
            () = events.closed() => return,
            _ = ticks.tick() => {}
            () = doubted(cluster, node, asked) => ticks.reset(),
        }
        asked = Instant::now();
        let status = NodeStatus::from(cluster.system_info(node).await);
        let report = HealthReport {
            node,
            asked: asked.into_std(),
            status,
        };
        if events.send(report).await.is_err() {
            return;
        }
    }
}

/// Somebody was told that the node does not serve: what SystemInfo says of it then is wanted at once, but not by each.
async fn doubted(cluster: &Cluster, node: usize, asked: Instant) {
    sleep_until(asked + BETWEEN_DOUBTS).await;
    cluster.doubted(node).await;
}

impl From<Result<SystemInfo, RequestError>> for NodeStatus {
    fn from(answer: Result<SystemInfo, RequestError>) -> Self {
        match answer {
            Ok(info) if info.status == ServiceStatus::InService => Self::InService { info },
            Ok(info) => Self::OutOfService {
                reason: format!("{} {}", info.status, info.status_reason)
                    .trim_end()
                    .to_owned(),
            },
            Err(RequestError::Fault(fault)) if fault.status == 503 => Self::OutOfService {
                reason: RequestError::Fault(fault).to_string(),
            },
            Err(RequestError::NoTls { reason }) => Self::NoTls { reason },
            Err(error) => Self::Unreachable {
                reason: error.to_string(),
            },
        }
    }
}
