//! Which Finesse nodes can be used (Finesse API, section 7.1).

use std::ops::Range;

use crate::clusters::{ClusterId, Clusters};

/// Health of every node, as far as known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Health {
    nodes: Vec<Node>,
    clusters: Vec<Range<usize>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Node {
    /// `SystemInfo` says IN_SERVICE; `None` until it was asked.
    in_service: Option<bool>,
    /// Finesse's own application is on the bus; `None` until a link told.
    present: Option<bool>,
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

    pub(crate) fn set_in_service(&mut self, node: usize, in_service: bool) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.in_service = Some(in_service);
        }
    }

    pub(crate) fn set_present(&mut self, node: usize, present: bool) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.present = Some(present);
        }
    }

    /// No link is left that would tell whether Finesse's application is on the bus.
    pub(crate) fn forget_present(&mut self, node: usize) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.present = None;
        }
    }

    /// Whether a node takes commands; a node nobody has heard of yet is tried.
    pub(crate) fn is_usable(&self, node: usize) -> bool {
        self.nodes
            .get(node)
            .is_some_and(|node| node.in_service != Some(false) && node.present != Some(false))
    }

    /// Whether any node of any cluster is known to serve.
    pub(crate) fn is_in_service(&self) -> bool {
        (0..self.nodes.len()).any(|node| self.is_in_service_at(node))
    }

    /// Whether a node is known to serve.
    pub(crate) fn is_in_service_at(&self, node: usize) -> bool {
        self.nodes
            .get(node)
            .is_some_and(|node| node.in_service == Some(true) && node.present != Some(false))
    }

    /// The node for a new session in a cluster.
    pub(crate) fn choose(&self, cluster: ClusterId) -> Option<usize> {
        let nodes = || self.clusters.get(cluster.0).cloned().unwrap_or_default();
        nodes()
            .find(|node| self.is_in_service_at(*node))
            .or_else(|| nodes().find(|node| self.is_usable(*node)))
    }
}
