//! What destinations are told of the health of their agents' clusters (contract, section 2).
//!
//! `System` alone says whether a destination is served at all. Where its agents belong to several clusters, one of which
//! does not serve, the agents of that one are told of one by one: the others' work goes on.

use std::collections::{BTreeMap, BTreeSet};

use gc_protocol::event::{Event, System, SystemStatus};
use gc_protocol::{AgentId, Destination};

use super::Gateway;
use super::directory::Before;
use crate::clusters::ClusterId;
use crate::health::Health;
use crate::session::Session;

/// The nodes that the agents of a destination are on, by cluster.
type Nodes = BTreeMap<ClusterId, BTreeSet<usize>>;

/// What a destination was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    status: SystemStatus,
    /// Clusters whose agents were told of one by one.
    out: BTreeSet<ClusterId>,
}

impl Standing {
    /// In service is where any node of the destination's agents is; without agents, where any node is.
    fn new(health: &Health, nodes: &Nodes, told_out: &BTreeSet<ClusterId>) -> Self {
        let serves =
            |nodes: &BTreeSet<usize>| nodes.iter().any(|node| health.is_in_service_at(*node));
        let in_service = match nodes.is_empty() {
            true => health.is_in_service(),
            false => nodes.values().any(serves),
        };
        let several = nodes.len() > 1;
        let out = nodes
            .iter()
            .filter(|(cluster, nodes)| !serves(nodes) && (several || told_out.contains(cluster)));
        Self {
            status: match in_service {
                true => SystemStatus::InService,
                false => SystemStatus::OutOfService,
            },
            out: out.map(|(cluster, _)| *cluster).collect(),
        }
    }

    fn is_good(&self) -> bool {
        self.status == SystemStatus::InService && self.out.is_empty()
    }
}

impl Gateway {
    /// Tells everybody for whom a node's health has changed anything.
    pub(super) fn tell_health(&mut self, before: &Health) {
        let mut all: BTreeMap<Destination, Nodes> = BTreeMap::new();
        for destination in self.clients.known() {
            all.entry(destination.clone()).or_default();
        }
        for session in self.sessions.values() {
            if let Some(owner) = session.owner() {
                let nodes = all.entry(owner.destination.clone()).or_default();
                let of_cluster = nodes.entry(session.cluster()).or_default();
                of_cluster.extend(session.stands_at());
            }
        }
        for (destination, nodes) in all {
            let unknown = || Standing::new(before, &nodes, &BTreeSet::new());
            let was = self.troubled.get(&destination).cloned();
            self.tell_standing(&destination, &was.unwrap_or_else(unknown), &nodes, None);
        }
    }

    /// Answers a greeting, whether anything has changed or not.
    pub(super) fn tell_system(&mut self, destination: Destination) {
        let nodes = self.nodes_of(&destination);
        let known = self.troubled.get(&destination);
        let told_out = known.map(|known| known.out.clone()).unwrap_or_default();
        let is = Standing::new(&self.health, &nodes, &told_out);
        let was = Standing {
            out: told_out,
            ..is.clone()
        };
        self.tell_status(&destination, is.status);
        self.tell_standing(&destination, &was, &nodes, None);
    }

    /// An agent at a node has come to a destination.
    pub(super) fn agent_came(&mut self, destination: Destination, node: usize) {
        if self.troubled.contains_key(&destination) || !self.health.is_usable(node) {
            self.mind_agents(destination);
        }
    }

    /// An agent at a node has left a destination: those who are left may be at another that does not serve, or on their way.
    pub(super) fn agent_left(&mut self, destination: Destination, node: usize) {
        let nodes = self.nodes_of(&destination);
        let usable = |node: &usize| self.health.is_usable(*node);
        let served = match nodes.is_empty() {
            true => usable(&node),
            false => nodes.values().flatten().any(usable),
        };
        if self.troubled.contains_key(&destination) || !served {
            self.mind_agents(destination);
        }
    }

    /// With other agents, or another cluster among theirs, other things hold at a destination.
    fn mind_agents(&mut self, destination: Destination) {
        let was = self.troubled.get(&destination).cloned();
        let nodes = self.nodes_of(&destination);
        let unknown = || Standing {
            status: SystemStatus::InService,
            out: BTreeSet::new(),
        };
        if !nodes.is_empty() || self.clients.is_known(&destination) {
            self.tell_standing(&destination, &was.unwrap_or_else(unknown), &nodes, None);
        } else {
            self.troubled.remove(&destination);
        }
    }

    /// A destination that has gone, and is nobody's any more, is told nothing.
    pub(super) fn forget_standing(&mut self, destination: &Destination) {
        if self.troubled.contains_key(destination)
            && !self.clients.is_known(destination)
            && self.nodes_of(destination).is_empty()
        {
            self.troubled.remove(destination);
        }
    }

    /// An agent's cluster does not serve, and the destination was told so of this agent.
    pub(super) fn trouble_at(&self, destination: &Destination, session: &Session) -> Option<Event> {
        let told = &self.troubled.get(destination)?.out;
        let is_news = told.contains(&session.cluster()) && !session.has_told_trouble();
        is_news.then(|| system(SystemStatus::OutOfService, Some(session.agent_id().clone())))
    }

    /// An agent has left its node, or has come to the next one.
    pub(super) fn tell_move(&mut self, agent: &AgentId, then: &Before) {
        let Some(session) = self.sessions.get(agent) else {
            return;
        };
        let Some(destination) = session.owner().map(|owner| owner.destination.clone()) else {
            return;
        };
        let others = self.sessions_at(&destination);
        let others = others.filter(|other| other.agent_id() != agent);
        let mut before = nodes_of(others);
        let of_cluster = before.entry(session.cluster()).or_default();
        of_cluster.extend(then.stands_at);
        let unknown = || Standing::new(&self.health, &before, &BTreeSet::new());
        let was = self.troubled.get(&destination).cloned();
        let was = was.unwrap_or_else(unknown);
        // The end of its own trouble was told by the session.
        let told = (then.told_trouble && !session.has_told_trouble()).then_some(agent);
        let nodes = self.nodes_of(&destination);
        self.tell_standing(&destination, &was, &nodes, told);
    }

    fn nodes_of(&self, destination: &Destination) -> Nodes {
        nodes_of(self.sessions_at(destination))
    }

    fn sessions_at(&self, destination: &Destination) -> impl Iterator<Item = &Session> {
        self.sessions.values().filter(|session| {
            let owner = session.owner();
            owner.is_some_and(|owner| owner.destination == *destination)
        })
    }

    /// Tells what is different from what a destination was told before; `told` is an agent of whom it was told already.
    fn tell_standing(
        &mut self,
        destination: &Destination,
        was: &Standing,
        nodes: &Nodes,
        told: Option<&AgentId>,
    ) {
        let is = Standing::new(&self.health, nodes, &was.out);
        if is.status != was.status {
            self.tell_status(destination, is.status);
        }
        let lost = is.out.difference(&was.out).copied().collect();
        self.tell_agents(destination, &lost, SystemStatus::OutOfService, told);
        let back = was.out.difference(&is.out).copied().collect();
        self.tell_agents(destination, &back, SystemStatus::InService, told);
        match is.is_good() {
            true => self.troubled.remove(destination),
            false => self.troubled.insert(destination.clone(), is),
        };
    }

    /// Agents whose links are down are told of for that, and again when it has ended.
    fn tell_agents(
        &mut self,
        destination: &Destination,
        clusters: &BTreeSet<ClusterId>,
        status: SystemStatus,
        told: Option<&AgentId>,
    ) {
        if clusters.is_empty() {
            return;
        }
        let concerned = self
            .sessions_at(destination)
            .filter(|session| clusters.contains(&session.cluster()) && !session.has_told_trouble())
            .filter(|session| Some(session.agent_id()) != told);
        let agents: Vec<AgentId> = concerned
            .map(|session| session.agent_id().clone())
            .collect();
        for agent in agents {
            self.tell(destination.clone(), system(status, Some(agent)));
        }
    }

    fn tell_status(&mut self, destination: &Destination, status: SystemStatus) {
        self.tell(destination.clone(), system(status, None));
    }
}

/// An agent between two nodes is on none.
fn nodes_of<'a>(sessions: impl Iterator<Item = &'a Session>) -> Nodes {
    let mut nodes = Nodes::new();
    for session in sessions {
        let of_cluster = nodes.entry(session.cluster()).or_default();
        of_cluster.extend(session.stands_at());
    }
    nodes
}

fn system(status: SystemStatus, agent_id: Option<AgentId>) -> Event {
    Event::System(System { status, agent_id })
}
