//! How notifications come from a node.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::dial::Dial;
use crate::link::{Choice, NodeLinks, Route};

/// A transport of XMPP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// WebSocket at `/ws` of the HTTPS port: Finesse 12.6 and later.
    WebSocket,
    /// WebSocket at `/ws/` of the notification service's own port: Finesse 12.0 and 12.5.
    LegacyWebSocket,
    /// An XMPP stream, inside TLS unless the node is set to plain.
    Tcp,
}

impl Transport {
    /// All, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::WebSocket, Self::LegacyWebSocket, Self::Tcp];

    /// Its name in settings, logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::LegacyWebSocket => "websocket-7443",
            Self::Tcp => "tcp",
        }
    }
}

/// What a node's links use, told first and whenever it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportReport {
    /// Position of the node in the configuration.
    pub node: usize,
    /// The transport; none while nothing answers.
    pub transport: Option<Transport>,
    /// Why this one, or why none.
    pub reason: String,
    /// Whether TLS failed on the way to this choice.
    pub no_tls: bool,
}

/// Before a node where nothing answered is probed again.
const PAUSE: Duration = Duration::from_secs(5);

pub(crate) async fn watch<D: Dial>(
    nodes: Vec<Arc<NodeLinks<D>>>,
    events: mpsc::Sender<TransportReport>,
) {
    let nodes = nodes.iter().enumerate();
    join_all(nodes.map(|(node, links)| watch_node(node, &links.route, &events))).await;
}

async fn watch_node<D: Dial>(
    node: usize,
    route: &Route<D>,
    events: &mpsc::Sender<TransportReport>,
) {
    let mut choices = route.choice();
    settle(route, events).await;
    loop {
        let choice = choices.borrow_and_update().clone();
        let transport = route.transport(&choice);
        let report = TransportReport {
            node,
            transport,
            reason: choice.reason,
            no_tls: choice.no_tls,
        };
        if events.send(report).await.is_err() {
            return;
        }
        if !next_change(route, &mut choices, events).await {
            return;
        }
    }
}

/// Whether there is one before nobody receives any more.
async fn next_change<D: Dial>(
    route: &Route<D>,
    choices: &mut watch::Receiver<Choice>,
    events: &mpsc::Sender<TransportReport>,
) -> bool {
    loop {
        let chosen = choices.borrow().way.is_some();
        tokio::select! {
            () = events.closed() => return false,
            changed = choices.changed() => return changed.is_ok(),
            () = sleep(PAUSE), if !chosen => settle(route, events).await,
        }
    }
}

/// A probe takes its time, which nobody waits for who receives no more.
async fn settle<D: Dial>(route: &Route<D>, events: &mpsc::Sender<TransportReport>) {
    tokio::select! {
        () = events.closed() => {}
        () = route.settle() => {}
    }
}
