//! The clusters: which nodes are whose, and what each cluster is, as configured or as its nodes say.

use std::sync::Arc;
use std::time::Duration;

use finesse_client::{Account, Cluster, ConfigApi, HealthReport, TransportReport};
use finesse_protocol::SystemInfo;
use gc_core::{ClusterId, Input, Product};
use tokio::sync::mpsc;

use super::Driver;
use super::tasks::Tasks;
use crate::{config, telemetry};

/// Reports of one cluster that may wait to be passed on.
const REPORTS: usize = 16;

/// A cluster as the driver is told of it.
pub(crate) struct SiteParts {
    pub(crate) name: String,
    pub(crate) cluster: Cluster,
    pub(crate) product: config::Product,
    pub(crate) health_interval: Duration,
    /// Accounts of the gateway's own, as far as they are configured.
    pub(crate) administrator: Option<Arc<Account>>,
    pub(crate) config_api: Option<ConfigApi>,
}

/// All clusters; never a node of one in the place of another's.
pub(super) struct Sites(Vec<Site>);

/// One cluster.
pub(super) struct Site {
    pub(super) name: Arc<str>,
    pub(super) administrator: Option<Arc<Account>>,
    pub(super) config_api: Option<ConfigApi>,
    cluster: Cluster,
    first_node: usize,
    chosen: config::Product,
    product: Option<Product>,
    /// As it was told last; nothing before all nodes were asked, or one serves.
    in_service: Option<bool>,
}

/// Clusters by the numbers of their nodes.
#[derive(Clone)]
pub(super) struct NodeMap(Vec<(usize, Cluster)>);

impl NodeMap {
    /// The clusters, in the order of the core's numbers.
    pub(super) fn of(clusters: Vec<Cluster>) -> Self {
        let mut first = 0;
        let numbered = clusters.into_iter().map(|cluster| {
            let start = first;
            first += cluster.nodes().len();
            (start, cluster)
        });
        Self(numbered.collect())
    }

    /// The cluster of a node, and the node's number there.
    pub(super) fn find(&self, node: usize) -> Option<(&Cluster, usize)> {
        let (first, cluster) = self.0.iter().rev().find(|(first, _)| *first <= node)?;
        Some((cluster, node - first))
    }
}

impl Sites {
    pub(super) fn new(parts: Vec<SiteParts>) -> Self {
        let mut first_node = 0;
        let mut sites = Vec::new();
        for part in parts {
            let nodes = part.cluster.nodes().len();
            sites.push(Site {
                name: part.name.into(),
                administrator: part.administrator,
                config_api: part.config_api,
                cluster: part.cluster,
                first_node,
                chosen: part.product,
                product: None,
                in_service: None,
            });
            first_node += nodes;
        }
        Self(sites)
    }

    pub(super) fn all(&self) -> &[Site] {
        &self.0
    }

    pub(super) fn map(&self) -> NodeMap {
        NodeMap::of(self.0.iter().map(|site| site.cluster.clone()).collect())
    }

    /// The cluster of a node.
    pub(super) fn of_node(&self, node: usize) -> Option<(ClusterId, &Site)> {
        let sites = self.0.iter().enumerate().rev();
        sites
            .map(|(number, site)| (ClusterId(number), site))
            .find(|(_, site)| site.first_node <= node)
    }

    /// The name of a cluster.
    pub(super) fn name(&self, cluster: ClusterId) -> &str {
        self.0.get(cluster.0).map_or("", |site| &site.name)
    }
}

impl Site {
    /// Names of the nodes in logs and readiness.
    pub(super) fn node_names(&self) -> impl Iterator<Item = &str> {
        self.cluster.nodes().iter().map(|node| node.name.as_str())
    }

    /// Begins to ask the nodes how they are, at this cluster's own pace.
    pub(super) fn watch(
        &self,
        tasks: &Tasks,
        interval: Duration,
        health: mpsc::Sender<HealthReport>,
        transports: mpsc::Sender<TransportReport>,
    ) {
        let first = self.first_node;
        let (sender, reports) = mpsc::channel(REPORTS);
        tasks.spawn(self.cluster.health(interval, sender));
        tasks.spawn(pass_on(
            reports,
            health,
            move |report: &mut HealthReport| {
                report.node += first;
            },
        ));
        let (sender, reports) = mpsc::channel(REPORTS);
        tasks.spawn(self.cluster.transports(sender));
        tasks.spawn(pass_on(
            reports,
            transports,
            move |report: &mut TransportReport| {
                report.node += first;
            },
        ));
    }
}

/// Passes reports on, with the numbers that nodes have among those of all clusters, for as long as anybody wants them.
async fn pass_on<T>(mut from: mpsc::Receiver<T>, to: mpsc::Sender<T>, number: impl Fn(&mut T)) {
    loop {
        let report = tokio::select! {
            () = to.closed() => return,
            report = from.recv() => report,
        };
        let Some(mut report) = report else {
            return;
        };
        number(&mut report);
        if to.send(report).await.is_err() {
            return;
        }
    }
}

impl Driver {
    /// The configured products hold from the start.
    pub(super) fn announce_products(&mut self) {
        for number in 0..self.sites.0.len() {
            let chosen = self.sites.0.get(number).map(|site| site.chosen);
            let chosen = chosen.and_then(config::Product::chosen);
            if let Some(product) = chosen.as_ref().and_then(known) {
                self.set_product(ClusterId(number), product, "configured");
            }
        }
    }

    /// A node has told of itself.
    pub(super) fn learn_site(&mut self, node: usize, info: &SystemInfo) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.line.product = info.deployment_type.clone();
            node.line.release = info.release().map_or("", |release| release.as_str());
        }
        if let Some((cluster, site)) = self.sites.of_node(node)
            && site.chosen.chosen().is_none()
            && let Some(product) = known(&info.product())
        {
            self.set_product(cluster, product, "SystemInfo");
        }
    }

    fn set_product(&mut self, cluster: ClusterId, product: Product, source: &'static str) {
        let Some(site) = self.sites.0.get_mut(cluster.0) else {
            return;
        };
        if site.product.replace(product) != Some(product) {
            tracing::info!(
                cluster = &*site.name,
                ?product,
                source,
                "the cluster's product"
            );
            self.feed(Input::Site { cluster, product });
        }
    }

    /// Whether a node of a cluster is in service; `None` while that is open.
    pub(super) fn serves(&self, cluster: ClusterId) -> Option<bool> {
        let mut nodes = self.nodes.iter().filter(|node| node.cluster == cluster);
        match nodes.clone().any(|node| node.in_service) {
            true => Some(true),
            false => nodes.all(|node| node.was_asked).then_some(false),
        }
    }

    /// A cluster that serves no more is something to look at in the morning.
    pub(super) fn note_service(&mut self, node: usize) {
        let Some((cluster, _)) = self.sites.of_node(node) else {
            return;
        };
        let now = self.serves(cluster);
        let Some(site) = self.sites.0.get_mut(cluster.0) else {
            return;
        };
        telemetry::cluster_in_service(&site.name, now == Some(true));
        if now == site.in_service {
            return;
        }
        site.in_service = now;
        match now {
            Some(false) => tracing::warn!(
                cluster = &*site.name,
                "no node of the cluster serves: its agents cannot work"
            ),
            Some(true) => tracing::info!(cluster = &*site.name, "the cluster serves"),
            None => {}
        }
    }
}

fn known(product: &finesse_protocol::Product) -> Option<Product> {
    match product {
        finesse_protocol::Product::Ucce => Some(Product::Ucce),
        finesse_protocol::Product::Uccx => Some(Product::Uccx),
        _ => None,
    }
}
