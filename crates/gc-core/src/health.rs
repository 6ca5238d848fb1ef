//! Which Finesse nodes can be used (Finesse API, section 7.1).

/// Health of every node, as far as known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Health(Vec<Node>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Node {
    /// `SystemInfo` says IN_SERVICE; `None` until it was asked.
    in_service: Option<bool>,
    /// Finesse's own application is on the bus; `None` until a link told.
    present: Option<bool>,
}

impl Health {
    pub(crate) fn new(nodes: usize) -> Self {
        Self(vec![Node::default(); nodes.max(1)])
    }

    pub(crate) fn set_in_service(&mut self, node: usize, in_service: bool) {
        if let Some(node) = self.0.get_mut(node) {
            node.in_service = Some(in_service);
        }
    }

    pub(crate) fn set_present(&mut self, node: usize, present: bool) {
        if let Some(node) = self.0.get_mut(node) {
            node.present = Some(present);
        }
    }

    /// No link is left that would tell whether Finesse's application is on the bus.
    pub(crate) fn forget_present(&mut self, node: usize) {
        if let Some(node) = self.0.get_mut(node) {
            node.present = None;
        }
    }

    /// Whether a node takes commands; a node nobody has heard of yet is tried.
    pub(crate) fn is_usable(&self, node: usize) -> bool {
        self.0
            .get(node)
            .is_some_and(|node| node.in_service != Some(false) && node.present != Some(false))
    }

    /// Whether any node is known to serve.
    pub(crate) fn is_in_service(&self) -> bool {
        (0..self.0.len()).any(|node| self.is_in_service_at(node))
    }

    /// Whether a node is known to serve.
    pub(crate) fn is_in_service_at(&self, node: usize) -> bool {
        self.0
            .get(node)
            .is_some_and(|node| node.in_service == Some(true) && node.present != Some(false))
    }

    /// The node for a new session.
    pub(crate) fn choose(&self) -> Option<usize> {
        (0..self.0.len())
            .find(|node| self.is_usable(*node) && self.0[*node].in_service == Some(true))
            .or_else(|| (0..self.0.len()).find(|node| self.is_usable(*node)))
    }
}
