//! Which Finesse nodes can be used (Finesse API, section 7.1).

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::clusters::{ClusterId, Clusters};

/// A node whose notification service nobody got through to is tried again by newcomers after this long.
const UNREACHED_FOR: Duration = Duration::from_secs(60);

/// Health of every node, as far as known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Health {
    nodes: Vec<Node>,
    clusters: Vec<Range<usize>>,
}

/// The three criteria, in the order in which Finesse wants them looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Node {
    /// `SystemInfo` says IN_SERVICE; `None` until it was asked.
    in_service: Option<bool>,
    /// When a link said so last.
    told: Option<Instant>,
    /// Whether agents' links get through to it.
    links: Links,
    /// Finesse's own application is on the bus; `None` until a link told.
    present: Option<bool>,
}

/// Whether the notification service is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Links {
    /// Nobody tries, or not for long enough.
    #[default]
    Unknown,
    Up,
    /// Everybody has tried in vain for as long as a node is waited for.
    Unreached {
        since: Instant,
    },
}

impl Node {
    fn may_serve(self) -> bool {
        let unreached = matches!(self.links, Links::Unreached { .. });
        self.in_service != Some(false) && !unreached && self.present != Some(false)
    }

    fn serves(self) -> bool {
        self.may_serve() && self.in_service == Some(true)
    }
}

impl Health {
    pub(crate) fn new(clusters: &Clusters) -> Self {
        let clusters: Vec<_> = clusters
            .all()
            .map(|cluster| clusters.nodes(cluster))
            .collect();
        let nodes = clusters.last().map_or(0, |last| last.end);
        Self {
            nodes: vec![Node::default(); nodes],
            clusters,
        }
    }

    /// A node was asked, and said so, unless a link has told otherwise since it was asked.
    pub(crate) fn set_in_service(&mut self, node: usize, in_service: bool, asked: Instant) {
        self.change(node, |node| {
            if node.told.is_none_or(|told| told <= asked) {
                node.in_service = Some(in_service);
            }
        });
    }

    /// A node has said so over a link.
    pub(crate) fn told_in_service(&mut self, node: usize, in_service: bool, now: Instant) {
        self.change(node, |node| {
            node.in_service = Some(in_service);
            node.told = Some(now);
        });
    }

    pub(crate) fn set_present(&mut self, node: usize, present: bool) {
        self.change(node, |node| node.present = Some(present));
    }

    /// No link is left that would tell whether Finesse's application is on the bus.
    pub(crate) fn forget_present(&mut self, node: usize) {
        self.change(node, |node| {
            node.present = None;
            if node.links == Links::Up {
                node.links = Links::Unknown;
            }
        });
    }

    /// A link got through.
    pub(crate) fn set_reached(&mut self, node: usize) {
        self.change(node, |node| node.links = Links::Up);
    }

    /// No link gets through.
    pub(crate) fn set_unreached(&mut self, node: usize, since: Instant) {
        self.change(node, |node| node.links = Links::Unreached { since });
    }

    /// Nobody tries to get through any more; after a while somebody may again.
    pub(crate) fn forgive_unreached(&mut self, node: usize, now: Instant) {
        self.change(node, |node| {
            if let Links::Unreached { since } = node.links
                && since + UNREACHED_FOR <= now
            {
                node.links = Links::Unknown;
            }
        });
    }

    fn change(&mut self, node: usize, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(node) {
            change(node);
        }
    }

    /// Whether any link gets through to a node.
    pub(crate) fn is_reached(&self, node: usize) -> bool {
        self.nodes
            .get(node)
            .is_some_and(|node| node.links == Links::Up)
    }

    /// Whether a node takes commands; a node nobody has heard of yet is tried.
    pub(crate) fn is_usable(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|node| node.may_serve())
    }

    /// Whether any node is known to serve.
    pub(crate) fn is_in_service(&self) -> bool {
        self.nodes.iter().any(|node| node.serves())
    }

    /// Whether a node is known to serve.
    pub(crate) fn is_in_service_at(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|node| node.serves())
    }

    /// The node for an agent of a cluster: of those that serve, the first; else one that may.
    pub(crate) fn choose(&self, cluster: ClusterId) -> Option<usize> {
        let all = self.clusters.get(cluster.0).cloned().unwrap_or_default();
        let serves = |node: &usize| self.is_in_service_at(*node);
        let usable = |node: &usize| self.is_usable(*node);
        // Somebody must try whether the notification service is there again.
        let answers = |node: &usize| {
            let node = self.nodes[*node];
            node.in_service == Some(true) && node.present != Some(false)
        };
        let mut first = all.clone().find(serves);
        first = first.or_else(|| all.clone().find(usable));
        first.or_else(|| all.clone().find(answers))
    }

    /// The node for an agent whose own has failed: another one of the cluster, known to serve.
    pub(crate) fn refuge(&self, cluster: ClusterId, from: usize) -> Option<usize> {
        self.choose(cluster)
            .filter(|node| *node != from && self.is_in_service_at(*node))
    }
}
