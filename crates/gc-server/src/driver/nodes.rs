//! Nodes as the driver knows them: their health, and how notifications come from each.

use finesse_client::{HealthReport, NodeStatus, Transport, TransportReport};
use gc_core::{ClusterId, Input};

use super::Driver;
use super::happening::NodeLine;
use super::site::Sites;
use crate::{audit, finesse, telemetry};

/// One node of any cluster.
pub(super) struct Node {
    pub(super) cluster: ClusterId,
    pub(super) was_asked: bool,
    pub(super) in_service: bool,
    pub(super) line: NodeLine,
}

impl Driver {
    pub(super) fn health_reported(&mut self, report: HealthReport) {
        if let NodeStatus::InService { info } = &report.status {
            self.learn_site(report.node, info);
        }
        let Some(node) = self.nodes.get_mut(report.node) else {
            return;
        };
        if let NodeStatus::NoTls { reason } = &report.status
            && node.line.reason != *reason
        {
            audit::no_tls_with_finesse(&node.line.cluster, &node.line.name, reason);
        }
        let (in_service, status, reason) = finesse::service(report.status);
        if node.in_service != in_service || node.line.status != status {
            tracing::info!(
                cluster = node.line.cluster,
                node = node.line.name,
                status,
                reason,
                "node"
            );
        }
        node.was_asked = true;
        node.in_service = in_service;
        node.line.status = status;
        node.line.reason = reason;
        self.note_service(report.node);
        self.feed(Input::NodeHealth {
            node: report.node,
            in_service,
            asked: report.asked,
        });
    }

    pub(super) fn transport_reported(&mut self, report: TransportReport) {
        let Some(node) = self.nodes.get_mut(report.node) else {
            return;
        };
        telemetry::transport(&node.line.cluster, &node.line.name, report.transport);
        if report.no_tls {
            audit::no_tls_with_finesse(&node.line.cluster, &node.line.name, &report.reason);
        }
        node.line.transport = report.transport.map_or("", Transport::as_str);
        node.line.transport_reason = report.reason;
    }

    pub(super) fn in_service(&self) -> bool {
        self.nodes.iter().any(|node| node.in_service)
    }
}

/// The nodes of all clusters, in the order of the core's numbers.
pub(super) fn nodes_of(sites: &Sites) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (number, site) in sites.all().iter().enumerate() {
        let names = site.node_names();
        nodes.extend(names.map(|name| Node::new(ClusterId(number), &site.name, name)));
    }
    nodes
}

impl Node {
    fn new(cluster: ClusterId, of: &str, name: &str) -> Self {
        Self {
            cluster,
            was_asked: false,
            in_service: false,
            line: NodeLine {
                name: name.to_owned(),
                cluster: of.to_owned(),
                product: String::new(),
                release: "",
                status: "UNKNOWN",
                reason: "not asked yet".to_owned(),
                transport: "",
                transport_reason: "not probed yet".to_owned(),
            },
        }
    }
}
