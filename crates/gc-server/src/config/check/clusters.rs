//! What is wrong with the clusters: each by itself, and with who has which agents.

use std::collections::BTreeMap;

use gc_core::Agents;

use super::{Findings, is_plain_host, is_secured, is_this_machine};
use crate::config::clusters::FIRST;
use crate::config::{Config, Finesse, Node, Problem, Site};

impl Config {
    pub(super) fn check_clusters(&self, found: &mut Findings) {
        let mut usual = Findings(Vec::new());
        check_finesse(FIRST, &self.finesse, &mut usual);
        let sites = self.sites();
        for site in &sites {
            site.check_nodes(found);
        }
        for site in sites.iter().filter(|site| site.agents != Agents::Others) {
            let mut own = Findings(Vec::new());
            let section = &site.sections.0;
            check_finesse(section, &site.finesse, &mut own);
            let of_usual = |problem: &Problem| {
                let inherited = problem.key.strip_prefix(section);
                let key = inherited.map(|name| format!("{FIRST}{name}"));
                let same = |usual: &&Problem| Some(&usual.key) == key.as_ref();
                usual
                    .0
                    .iter()
                    .any(|usual| same(&usual) && usual.what == problem.what)
            };
            found
                .0
                .extend(own.0.into_iter().filter(|problem| !of_usual(problem)));
        }
        found.0.extend(usual.0);
        self.check_names(&sites, found);
        check_routes(self, found);
        check_places(&sites, found);
    }

    /// Names by which a cluster, or its administrator, is known.
    fn check_names(&self, sites: &[Site], found: &mut Findings) {
        if self.clusters.contains_key(FIRST) {
            found.add(
                format!("clusters.{FIRST}"),
                "is how the cluster of [finesse] is called",
                "choose another name",
            );
        }
        let mut seen = BTreeMap::new();
        for site in sites {
            let Some(id) = site.administrator_id() else {
                continue;
            };
            if let Some(other) = seen.insert(id.as_str().to_lowercase(), &site.name) {
                found.add(
                    format!("{}.administrator.name", site.sections.0),
                    format!("`{id}` is what clients call the administrator of {other} too"),
                    "rename the cluster, or write another administrator",
                );
            }
        }
    }
}

impl Site {
    fn check_nodes(&self, found: &mut Findings) {
        let section = &self.sections.0;
        if self.finesse.nodes.is_empty() {
            found.add(
                format!("{section}.nodes"),
                "there is no Finesse node",
                &format!("add a [[{section}.nodes]] section with host"),
            );
        }
        for (index, node) in self.finesse.nodes.iter().enumerate() {
            check_node(section, index, node, &self.finesse.nodes, found);
        }
    }
}

/// A claim that a route makes, as problems name it.
struct Claim {
    key: String,
    text: String,
}

/// Each cluster has agents, and no two clusters have the same.
fn check_routes(config: &Config, found: &mut Findings) {
    let mut claims = Vec::new();
    for (name, cluster) in &config.clusters {
        let key = |setting: &str| format!("clusters.{name}.{setting}");
        match (cluster.agents.is_empty(), cluster.domain.is_empty()) {
            (true, true) => found.add(
                key("agents"),
                "no agent belongs to this cluster",
                "write agents, such as [\"42*\", \"43001\"], or a domain",
            ),
            (false, false) => found.add(
                key("domain"),
                "is set, and so is agents: an agent would have two names",
                "keep one of them",
            ),
            (true, false) => {
                check_domain(&key("domain"), &cluster.domain, found);
                claims.push(Claim {
                    key: key("domain"),
                    text: format!("@{}", cluster.domain),
                });
            }
            (false, true) => claims.extend(cluster.agents.iter().map(|agent| {
                check_agent(&key("agents"), agent, found);
                Claim {
                    key: key("agents"),
                    text: agent.clone(),
                }
            })),
        }
    }
    check_claims(claims, found);
}

fn check_claims(claims: Vec<Claim>, found: &mut Findings) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for claim in claims {
        let Some(other) = seen.insert(claim.text.to_lowercase(), claim.key.clone()) else {
            continue;
        };
        found.add(
            claim.key,
            format!("`{}` is in {other} too", claim.text),
            "keep it in one place: nobody could say which cluster is meant",
        );
    }
}

fn check_agent(key: &str, agent: &str, found: &mut Findings) {
    let id = agent.strip_suffix('*').unwrap_or(agent);
    if id.is_empty() || id.contains('*') || id.contains(char::is_whitespace) {
        found.add(
            key,
            format!("`{agent}` is neither an agent's id nor the beginning of one"),
            "write an id, or its beginning and * behind; agents of no other cluster are those of [finesse]",
        );
    }
}

fn check_domain(key: &str, domain: &str, found: &mut Findings) {
    let odd = |c: char| c.is_whitespace() || "@*/#".contains(c);
    if domain.contains(odd) {
        found.add(
            key,
            format!("`{domain}` is no domain"),
            "write what stands behind the @ alone, such as berlin.example",
        );
    }
}

/// One node is in one cluster: else two clusters' agents would throw each other's links out.
fn check_places(sites: &[Site], found: &mut Findings) {
    let mut seen = BTreeMap::new();
    for site in sites {
        for (index, node) in site.finesse.nodes.iter().enumerate() {
            let place = (node.target().to_ascii_lowercase(), node.https_port);
            let other = *seen.entry(place).or_insert(&site.name);
            if other != &site.name {
                found.add(
                    format!("{}.nodes[{index}].host", site.sections.0),
                    format!("`{}` is a node of {other} too", node.target()),
                    "keep it in one cluster",
                );
            }
        }
    }
}

fn check_finesse(section: &str, finesse: &Finesse, found: &mut Findings) {
    let key = |name: &str| format!("{section}.{name}");
    let trusts_something = finesse.system_roots
        || !finesse.ca_files.is_empty()
        || !finesse.ca_pem.is_empty()
        || !finesse.pinned_certificates.is_empty();
    if !trusts_something {
        found.add(
            key("system_roots"),
            "no certificate authority is trusted, so no node can be",
            "set system_roots = true, or name ca_files or pinned_certificates",
        );
    }
    for file in &finesse.ca_files {
        found.file(&key("ca_files"), file);
    }
    for file in &finesse.pinned_certificates {
        found.file(&key("pinned_certificates"), file);
    }
    found.positive(&key("max_requests"), finesse.max_requests);
    found.lasting(&key("connect_timeout"), finesse.connect_timeout);
    found.lasting(&key("request_timeout"), finesse.request_timeout);
    found.lasting(&key("health_interval"), finesse.health_interval);
    check_link(section, finesse, found);
}

fn check_link(section: &str, finesse: &Finesse, found: &mut Findings) {
    let key = |name: &str| format!("{section}.link.{name}");
    let link = &finesse.link;
    found.positive(&key("parallel_logins"), link.parallel_logins);
    found.positive(&key("logins_per_second"), link.logins_per_second as usize);
    found.lasting(&key("ping_interval"), link.ping_interval);
    found.lasting(&key("ping_timeout"), link.ping_timeout);
    found.lasting(&key("login_timeout"), link.login_timeout);
    found.lasting(&key("probe_timeout"), link.probe_timeout);
    found.lasting(&key("reprobe_after"), link.reprobe_after);
    found.lasting(&key("reconnect_min"), link.reconnect_min);
    if link.reconnect_max < link.reconnect_min {
        found.add(
            key("reconnect_max"),
            "is shorter than reconnect_min",
            "write a longer one",
        );
    }
    if link.resource.is_empty() || link.resource == "desktop" {
        found.add(
            key("resource"),
            format!("`{}` is empty or the agents' own", link.resource),
            "write a word that no other gateway uses, such as gateway-a",
        );
    }
}

fn check_node(section: &str, index: usize, node: &Node, all: &[Node], found: &mut Findings) {
    let key = |name: &str| format!("{section}.nodes[{index}].{name}");
    for (name, host) in [
        ("host", &node.host),
        ("address", &node.address),
        ("xmpp_domain", &node.xmpp_domain),
    ] {
        let required = name == "host";
        if (required && host.is_empty()) || !is_plain_host(host) {
            found.host(key(name), host);
        }
    }
    for (name, port) in [
        ("https_port", node.https_port),
        ("legacy_websocket_port", node.legacy_websocket_port),
        ("xmpp_port", node.xmpp_port),
    ] {
        found.positive(&key(name), usize::from(port));
    }
    if all
        .iter()
        .take(index)
        .any(|other| other.label() == node.label())
    {
        found.add(
            key("name"),
            format!("`{}` names two nodes", node.label()),
            "give each node its own name",
        );
    }
    if !is_secured(node) && !is_this_machine(node) {
        found.add(
            key("host"),
            format!(
                "`{}` is not this machine, and plain connections go nowhere else",
                node.label()
            ),
            "use scheme = \"https\" and xmpp_security = \"tls\"",
        );
    }
}
