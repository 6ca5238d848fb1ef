//! `[clusters]`: Finesse clusters beside that of `[finesse]`, and what all of them come to.

use std::collections::BTreeMap;
use std::time::Duration;

use gc_core::Agents;
use gc_protocol::AgentId;
use serde::Deserialize;

use super::accounts::{Administrator, UcceConfig};
use super::duration;
use super::finesse::{Finesse, Link, Node};
use super::product::{Product, Release};
use super::{Config, filled};

/// One more Finesse cluster. What is `None` is as in `[finesse]`; nodes, agents and accounts are its own.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cluster {
    /// Its agents: whole ids, and beginnings of ids with `*` behind.
    pub agents: Vec<String>,
    /// Instead of that, the domain that its agents are written with, behind an `@`.
    pub domain: String,
    /// Nodes, the preferred one first.
    pub nodes: Vec<Node>,
    /// What it stands in front of.
    pub product: Option<Product>,
    /// Its release.
    pub release: Option<Release>,
    /// Its administrator.
    pub administrator: Administrator,
    /// Its configuration API of Unified CCE.
    pub ucce_config: UcceConfig,
    /// PEM files of the authorities that sign the nodes' certificates.
    pub ca_files: Option<Vec<String>>,
    /// The same as text.
    pub ca_pem: Option<String>,
    /// Whether the machine's own authorities are trusted too.
    pub system_roots: Option<bool>,
    /// PEM files of the nodes' own certificates.
    pub pinned_certificates: Option<Vec<String>>,
    /// Limit of making a connection.
    #[serde(deserialize_with = "duration::optional")]
    pub connect_timeout: Option<Duration>,
    /// Limit of one request.
    #[serde(deserialize_with = "duration::optional")]
    pub request_timeout: Option<Duration>,
    /// Requests at once to one node.
    pub max_requests: Option<usize>,
    /// How often a node's health is asked for.
    #[serde(deserialize_with = "duration::optional")]
    pub health_interval: Option<Duration>,
    /// Agents' notification links.
    pub link: ClusterLink,
}

/// What differs of a cluster's links from `[finesse.link]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterLink {
    /// XMPP resource.
    pub resource: Option<String>,
    /// Time between pings.
    #[serde(deserialize_with = "duration::optional")]
    pub ping_interval: Option<Duration>,
    /// Silence after which a link counts as dead.
    #[serde(deserialize_with = "duration::optional")]
    pub ping_timeout: Option<Duration>,
    /// Limit of a sign-in.
    #[serde(deserialize_with = "duration::optional")]
    pub login_timeout: Option<Duration>,
    /// Limit of looking whether one transport works.
    #[serde(deserialize_with = "duration::optional")]
    pub probe_timeout: Option<Duration>,
    /// How long nobody may have got through before other transports are tried.
    #[serde(deserialize_with = "duration::optional")]
    pub reprobe_after: Option<Duration>,
    /// Longest first pause before a reconnect.
    #[serde(deserialize_with = "duration::optional")]
    pub reconnect_min: Option<Duration>,
    /// Longest pause before a reconnect.
    #[serde(deserialize_with = "duration::optional")]
    pub reconnect_max: Option<Duration>,
    /// Sign-ins at once, per node.
    pub parallel_logins: Option<usize>,
    /// Sign-ins that begin within a second, per node.
    pub logins_per_second: Option<u32>,
}

/// A cluster with all its settings, wherever they are from.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name in readiness, metrics and sessions.
    pub name: String,
    /// Nodes and how to talk to them.
    pub finesse: Finesse,
    /// Its configuration API of Unified CCE.
    pub ucce_config: UcceConfig,
    /// Whose cluster it is.
    pub agents: Agents,
    /// Where its settings stand, and those of its configuration API.
    pub(crate) sections: (String, String),
}

impl Config {
    /// All clusters by the numbers that the core has for them: that of `[finesse]`, then the others by their names.
    pub fn sites(&self) -> Vec<Site> {
        let first = Site {
            name: FIRST.to_owned(),
            finesse: self.finesse.clone(),
            ucce_config: self.ucce_config.clone(),
            agents: Agents::Others,
            sections: (FIRST.to_owned(), "ucce_config".to_owned()),
        };
        let is_used = !self.finesse.nodes.is_empty() || self.clusters.is_empty();
        let others = self.clusters.iter();
        let others = others.map(|(name, cluster)| cluster.site(name, &self.finesse));
        is_used.then_some(first).into_iter().chain(others).collect()
    }
}

/// The name of the cluster that `[finesse]` describes.
pub(crate) const FIRST: &str = "finesse";

impl Cluster {
    fn site(&self, name: &str, usual: &Finesse) -> Site {
        let section = format!("clusters.{name}");
        Site {
            name: name.to_owned(),
            finesse: self.settings(usual),
            ucce_config: self.ucce_config.clone(),
            agents: self.routes(),
            sections: (section.clone(), format!("{section}.ucce_config")),
        }
    }

    fn settings(&self, usual: &Finesse) -> Finesse {
        let usual = usual.clone();
        Finesse {
            nodes: self.nodes.clone(),
            product: self.product.unwrap_or(usual.product),
            release: self.release.unwrap_or(usual.release),
            administrator: self.administrator.clone(),
            ca_files: self.ca_files.clone().unwrap_or(usual.ca_files),
            ca_pem: self.ca_pem.clone().unwrap_or(usual.ca_pem),
            system_roots: self.system_roots.unwrap_or(usual.system_roots),
            pinned_certificates: self
                .pinned_certificates
                .clone()
                .unwrap_or(usual.pinned_certificates),
            connect_timeout: self.connect_timeout.unwrap_or(usual.connect_timeout),
            request_timeout: self.request_timeout.unwrap_or(usual.request_timeout),
            max_requests: self.max_requests.unwrap_or(usual.max_requests),
            health_interval: self.health_interval.unwrap_or(usual.health_interval),
            failover_after: usual.failover_after,
            restore_ready: usual.restore_ready,
            link: self.link.settings(usual.link),
        }
    }

    fn routes(&self) -> Agents {
        if !self.domain.is_empty() {
            return Agents::Domain(self.domain.clone());
        }
        let (prefixes, ids): (Vec<_>, Vec<_>) =
            self.agents.iter().partition(|agent| agent.ends_with('*'));
        let prefix = |text: &String| text.trim_end_matches('*').to_owned();
        Agents::Listed {
            ids: ids.into_iter().cloned().collect(),
            prefixes: prefixes.into_iter().map(prefix).collect(),
        }
    }
}

impl ClusterLink {
    fn settings(&self, usual: Link) -> Link {
        Link {
            resource: self.resource.clone().unwrap_or(usual.resource),
            ping_interval: self.ping_interval.unwrap_or(usual.ping_interval),
            ping_timeout: self.ping_timeout.unwrap_or(usual.ping_timeout),
            login_timeout: self.login_timeout.unwrap_or(usual.login_timeout),
            probe_timeout: self.probe_timeout.unwrap_or(usual.probe_timeout),
            reprobe_after: self.reprobe_after.unwrap_or(usual.reprobe_after),
            reconnect_min: self.reconnect_min.unwrap_or(usual.reconnect_min),
            reconnect_max: self.reconnect_max.unwrap_or(usual.reconnect_max),
            parallel_logins: self.parallel_logins.unwrap_or(usual.parallel_logins),
            logins_per_second: self.logins_per_second.unwrap_or(usual.logins_per_second),
        }
    }
}

impl Site {
    /// What clients call its administrator: administrators of several clusters often have the same name.
    pub fn administrator_id(&self) -> Option<AgentId> {
        let name = filled(&self.finesse.administrator.name)?;
        Some(AgentId::from(match &self.agents {
            Agents::Others => name,
            Agents::Listed { .. } => format!("{name}@{}", self.name),
            Agents::Domain(domain) => format!("{name}@{domain}"),
        }))
    }

    /// The core's part of the settings.
    pub(super) fn core(&self) -> gc_core::Cluster {
        gc_core::Cluster {
            nodes: self.finesse.nodes.len(),
            agents: self.agents.clone(),
            administrator: self.administrator_id(),
            config_api: !self.ucce_config.host.is_empty(),
            config_page: self.ucce_config.page_size,
            contacts_per_read: self.contacts_per_read(),
        }
    }

    /// Releases before 12.5 refuse larger ranges (Finesse API, section 9).
    fn contacts_per_read(&self) -> u32 {
        match self.finesse.release.chosen() {
            Some(release) if release < finesse_protocol::Release::V12_5 => 1500,
            Some(_) | None => 6000,
        }
    }
}

/// All other clusters, by name.
pub type Clusters = BTreeMap<String, Cluster>;
