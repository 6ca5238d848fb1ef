//! Finesse clusters: which agents and which nodes are whose.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use gc_protocol::AgentId;

/// Number of a cluster, from 0, in the order of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterId(pub usize);

/// What the core may be told of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its nodes. All nodes of a gateway have one numbering, from 0, cluster after cluster.
    pub nodes: usize,
    /// Whose cluster it is.
    pub agents: Agents,
    /// What clients call its administrator, if the driver can act as one.
    pub administrator: Option<AgentId>,
    /// Whether the driver can ask its configuration API of Unified CCE.
    pub config_api: bool,
    /// Items that one read of the configuration API asks for, 1 to 100.
    pub config_page: u32,
    /// Contacts of phone books that one read asks for.
    pub contacts_per_read: u32,
}

/// Whose a cluster is. What says most wins: an id, then a domain, then the longest beginning, then what is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agents {
    /// Those of no other cluster.
    Others,
    /// These.
    Listed {
        /// Whole ids; casing does not count.
        ids: Vec<String>,
        /// Beginnings of ids; casing does not count.
        prefixes: Vec<String>,
    },
    /// Those that clients write with this domain, as `41027@berlin.example`. Finesse knows them without it.
    Domain(String),
}

impl Cluster {
    /// A cluster of so many nodes that has all agents whom no other one has.
    pub fn of_nodes(nodes: usize) -> Self {
        Self {
            nodes,
            agents: Agents::Others,
            administrator: None,
            config_api: false,
            config_page: 100,
            contacts_per_read: 6000,
        }
    }
}

/// Where each agent and each node belongs.
///
/// A driver asks it for the name that Finesse knows an agent by, which is not always the agent's id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clusters {
    ids: BTreeMap<String, ClusterId>,
    domains: BTreeMap<String, ClusterId>,
    prefixes: BTreeMap<String, ClusterId>,
    others: Option<ClusterId>,
    nodes: Vec<Range<usize>>,
    names: Vec<Names>,
}

impl Clusters {
    /// Of two clusters with an equal claim the first has the agents.
    pub fn new(clusters: &[Cluster]) -> Self {
        let mut all = Self::default();
        let mut first = 0;
        for (number, cluster) in clusters.iter().enumerate() {
            all.claim(ClusterId(number), &cluster.agents);
            let end = first + cluster.nodes;
            all.nodes.push(first..end);
            all.names.push(Names::of(&cluster.agents));
            first = end;
        }
        all
    }

    fn claim(&mut self, cluster: ClusterId, agents: &Agents) {
        match agents {
            Agents::Others => {
                self.others.get_or_insert(cluster);
            }
            Agents::Listed { ids, prefixes } => {
                for id in ids {
                    self.ids.entry(id.to_lowercase()).or_insert(cluster);
                }
                for prefix in prefixes {
                    self.prefixes
                        .entry(prefix.to_lowercase())
                        .or_insert(cluster);
                }
            }
            Agents::Domain(domain) => {
                let domain = domain.to_lowercase();
                self.domains.entry(domain).or_insert(cluster);
            }
        }
    }

    /// The cluster that has an agent; `None` when no cluster has.
    pub fn of(&self, agent: &AgentId) -> Option<ClusterId> {
        let agent = agent.as_str().to_lowercase();
        let domain = || {
            let (user, domain) = agent.rsplit_once('@')?;
            self.domains.get(domain).filter(|_| !user.is_empty())
        };
        let prefix = || {
            let fits = self
                .prefixes
                .iter()
                .filter(|(prefix, _)| agent.starts_with(*prefix));
            let longest = fits.max_by_key(|(prefix, _)| prefix.len());
            longest.map(|(_, cluster)| cluster)
        };
        let named = self.ids.get(&agent).or_else(domain).or_else(prefix);
        named.copied().or(self.others)
    }

    /// The name that its cluster's Finesse knows an agent by.
    pub fn user<'a>(&self, agent: &'a AgentId) -> &'a str {
        let names = self.of(agent).and_then(|cluster| self.names.get(cluster.0));
        names.map_or(agent.as_str(), |names| names.inside(agent))
    }

    /// The nodes of a cluster.
    pub fn nodes(&self, cluster: ClusterId) -> Range<usize> {
        self.nodes.get(cluster.0).cloned().unwrap_or_default()
    }

    /// All clusters, in the order of the settings.
    pub fn all(&self) -> impl Iterator<Item = ClusterId> + use<> {
        (0..self.nodes.len()).map(ClusterId)
    }

    /// How names of a cluster's people are written outside.
    pub(crate) fn names(&self, cluster: ClusterId) -> Names {
        self.names.get(cluster.0).cloned().unwrap_or_default()
    }
}

/// How the people of a cluster are written: outside with its domain, if it has one, at Finesse without.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    domain: Option<Arc<str>>,
}

impl Names {
    fn of(agents: &Agents) -> Self {
        let domain = match agents {
            Agents::Domain(domain) => Some(domain.as_str().into()),
            Agents::Others | Agents::Listed { .. } => None,
        };
        Self { domain }
    }

    /// A person's name at Finesse.
    pub(crate) fn inside<'a>(&self, agent: &'a AgentId) -> &'a str {
        let whole = agent.as_str();
        let Some(domain) = &self.domain else {
            return whole;
        };
        match whole.rsplit_once('@') {
            Some((user, own)) if own.to_lowercase() == domain.to_lowercase() => user,
            Some(_) | None => whole,
        }
    }

    /// The id by which clients know a person whom Finesse names.
    pub(crate) fn outside(&self, user: &str) -> AgentId {
        match &self.domain {
            Some(domain) if !user.is_empty() => AgentId::from(format!("{user}@{domain}")),
            Some(_) | None => AgentId::from(user),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(ids: &[&str], prefixes: &[&str]) -> Cluster {
        let own = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        Cluster {
            agents: Agents::Listed {
                ids: own(ids),
                prefixes: own(prefixes),
            },
            ..Cluster::of_nodes(2)
        }
    }

    fn of_domain(domain: &str) -> Cluster {
        Cluster {
            agents: Agents::Domain(domain.to_owned()),
            ..Cluster::of_nodes(1)
        }
    }

    fn sites() -> Clusters {
        Clusters::new(&[
            Cluster::of_nodes(2),
            listed(&["41027", "9@berlin.example"], &["42", "4300"]),
            listed(&[], &["43"]),
            of_domain("Berlin.example"),
        ])
    }

    #[test]
    fn what_says_most_about_an_agent_decides() {
        let sites = sites();
        let cluster = |agent: &str| sites.of(&AgentId::from(agent)).map(|found| found.0);
        assert_eq!(cluster("41027"), Some(1));
        assert_eq!(cluster("41028"), Some(0));
        assert_eq!(cluster("42001"), Some(1));
        assert_eq!(cluster("43001"), Some(1));
        assert_eq!(cluster("43100"), Some(2));
        assert_eq!(cluster("42001@BERLIN.example"), Some(3));
        assert_eq!(cluster("9@berlin.example"), Some(1));
        assert_eq!(cluster("42001@munich.example"), Some(1));
        assert_eq!(cluster("1@munich.example"), Some(0));
        assert_eq!(cluster("@berlin.example"), Some(0));
    }

    #[test]
    fn without_a_cluster_for_the_others_an_agent_may_have_none() {
        let sites = Clusters::new(&[listed(&["41027"], &[])]);
        assert_eq!(sites.of(&AgentId::from("41027")), Some(ClusterId(0)));
        assert_eq!(sites.of(&AgentId::from("41033")), None);
        assert_eq!(sites.user(&AgentId::from("41033")), "41033");
    }

    #[test]
    fn finesse_knows_people_without_the_domain_by_which_they_were_found() {
        let sites = sites();
        let user = |agent: &str| sites.user(&AgentId::from(agent)).to_owned();
        assert_eq!(user("42001@berlin.example"), "42001");
        assert_eq!(user("Layla@home@BERLIN.EXAMPLE"), "Layla@home");
        assert_eq!(user("9@berlin.example"), "9@berlin.example");
        assert_eq!(user("42001@munich.example"), "42001@munich.example");
        let names = sites.names(ClusterId(3));
        assert_eq!(names.outside("42001").as_str(), "42001@Berlin.example");
        assert_eq!(names.outside("").as_str(), "");
    }

    #[test]
    fn nodes_are_numbered_cluster_after_cluster() {
        let sites = sites();
        let nodes: Vec<_> = sites.all().map(|cluster| sites.nodes(cluster)).collect();
        assert_eq!(nodes, [0..2, 2..4, 4..6, 6..7]);
    }
}
