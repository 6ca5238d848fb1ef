//! Which nodes serve: SystemInfo, asked again and again.

use std::time::Duration;

use finesse_protocol::{ServiceStatus, SystemInfo};
use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use crate::cluster::Cluster;
use crate::error::RequestError;

/// A node's status, told first and whenever it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthReport {
    /// Position of the node in the configuration.
    pub node: usize,
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
    let mut known = None;
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !events.is_closed() {
        tokio::select! {
            () = events.closed() => return,
            _ = ticks.tick() => {}
        }
        let status = NodeStatus::from(cluster.system_info(node).await);
        if known.as_ref().is_some_and(|known| same(known, &status)) {
            continue;
        }
        known = Some(status.clone());
        if events.send(HealthReport { node, status }).await.is_err() {
            return;
        }
    }
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
            Err(error) => Self::Unreachable {
                reason: error.to_string(),
            },
        }
    }
}

// The clock of a node changes without meaning anything.
fn same(known: &NodeStatus, now: &NodeStatus) -> bool {
    match (known, now) {
        (NodeStatus::InService { info: known }, NodeStatus::InService { info: now }) => {
            let mut known = known.clone();
            known.current_timestamp.clone_from(&now.current_timestamp);
            known == *now
        }
        (known, now) => known == now,
    }
}
