//! What clients are told of Finesse's health, held against what the gateway was told (P7).

use std::collections::{BTreeMap, BTreeSet};

use finesse_sim::Node;
use gc_protocol::event::{System, SystemStatus};

use super::World;
use crate::Breach;

/// What the gateway has heard, and what it has told of it.
#[derive(Debug, Default)]
pub(crate) struct HealthTold {
    /// What polls and links say of nodes.
    in_service: BTreeMap<usize, bool>,
    /// Since when a node is in service: links get their time from then on.
    serves_since: BTreeMap<usize, u64>,
    /// Whether Finesse's own application is on the bus of a node; nothing where no link is up.
    present: BTreeMap<usize, bool>,
    /// Agents whose links are open, and since when they are down.
    links: BTreeMap<String, (usize, Option<u64>)>,
    /// Until when a link got through to a node.
    reached_until: BTreeMap<usize, u64>,
    /// What each destination was told last.
    of_all: BTreeMap<String, (SystemStatus, BTreeSet<usize>)>,
    /// What it was told of one agent.
    of_agents: BTreeMap<(String, String), SystemStatus>,
    /// Destinations with an agent who was on the way to its node since they were told: its arrival is told.
    awaiting: BTreeSet<String>,
    /// Who has just greeted, and is answered whether anything has changed or not.
    pub(super) greeting: Option<String>,
}

impl HealthTold {
    pub(super) fn polled(&mut self, node: usize, in_service: bool, now: u64) {
        if self.in_service.insert(node, in_service) != Some(in_service) {
            self.serves_since.insert(node, now);
        }
    }

    pub(super) fn link_opened(&mut self, agent: &str, node: usize, now: u64) {
        self.links.insert(agent.to_owned(), (node, Some(now)));
    }

    pub(super) fn link_closed(&mut self, agent: &str, now: u64) {
        if let Some((node, None)) = self.links.remove(agent) {
            self.reached_until.insert(node, now);
        }
        // What follows, after a refusal and another Connect, is another link.
        self.of_agents.retain(|(_, whose), _| whose != agent);
        self.forget_unseen();
    }

    pub(super) fn link_up(&mut self, agent: &str) {
        if let Some((_, down_since)) = self.links.get_mut(agent) {
            *down_since = None;
        }
    }

    pub(super) fn link_down(&mut self, agent: &str, now: u64) {
        if let Some((node, down_since)) = self.links.get_mut(agent)
            && down_since.is_none()
        {
            *down_since = Some(now);
            self.reached_until.insert(*node, now);
        }
        self.forget_unseen();
    }

    pub(super) fn finesse_present(&mut self, agent: &str, present: bool) {
        if let Some((node, _)) = self.links.get(agent) {
            self.present.insert(*node, present);
        }
    }

    /// Without a link that is up nobody hears of a node's application.
    fn forget_unseen(&mut self) {
        let links = &self.links;
        let seen = |node: &usize| {
            links
                .values()
                .any(|(at, down)| at == node && down.is_none())
        };
        self.present.retain(|node, _| seen(node));
    }

    /// A destination that is gone may be told the same once more.
    pub(crate) fn forget_desk(&mut self, desk: &str) {
        self.of_all.remove(desk);
        self.of_agents.retain(|(at, _), _| at != desk);
    }

    /// One of the three criteria is known not to hold: of links, when all have been down for longer than a node is waited for.
    fn is_bad(&self, node: usize, now: u64, patience: u64) -> bool {
        let at_node = self.links.values().filter(|(at, _)| *at == node);
        let down: Vec<Option<u64>> = at_node.map(|(_, down)| *down).collect();
        let last = |of: &BTreeMap<usize, u64>| of.get(&node).copied().unwrap_or_default();
        let from = last(&self.serves_since).max(last(&self.reached_until));
        let long = |down: &Option<u64>| down.is_some_and(|since| since.max(from) + patience < now);
        self.in_service.get(&node) != Some(&true)
            || self.present.get(&node) == Some(&false)
            || !down.is_empty() && down.iter().all(long)
    }
}

impl World {
    /// A destination is told of health.
    pub(super) fn told_health(&mut self, desk: &str, system: &System) {
        match &system.agent_id {
            None => self.told_of_all(desk, system.status),
            Some(agent) => self.told_of_one(desk, agent.as_str(), system.status),
        }
    }

    fn told_of_all(&mut self, desk: &str, status: SystemStatus) {
        let nodes = self.nodes_of(desk);
        // With agents at other nodes it is said of something else.
        let told = (status, nodes.clone());
        let before = self.health.of_all.insert(desk.to_owned(), told.clone());
        let greets = self.health.greeting.as_deref() == Some(desk);
        let arrived = self.health.awaiting.remove(desk) && status == SystemStatus::InService;
        if before == Some(told) && !greets && !arrived {
            return self.breach(|| format!("{desk} is told System {status:?} twice"));
        }
        let (now, patience) = (self.now, self.patience());
        let bad = |node: &usize| self.health.is_bad(*node, now, patience);
        // That nothing serves is looked at when all have come to rest: an agent on its way back is not served either.
        if status == SystemStatus::InService && nodes.iter().all(bad) {
            let health = format!("{:?}", self.health);
            self.breach(|| format!("{desk} is told System {status:?}, at {nodes:?} {health}"));
        }
    }

    fn told_of_one(&mut self, desk: &str, agent: &str, status: SystemStatus) {
        let key = (desk.to_owned(), agent.to_owned());
        let before = self.health.of_agents.insert(key, status);
        if before == Some(status) {
            return self.breach(|| format!("{desk} is told System {status:?} of {agent} twice"));
        }
        let down = self
            .health
            .links
            .get(agent)
            .is_none_or(|(_, down)| down.is_some());
        if status == SystemStatus::InService && down {
            self.breach(|| format!("{desk} is told System {status:?} of {agent}, without a link"));
        }
    }

    /// The nodes that a destination depends on: those of its agents, or all.
    fn nodes_of(&self, desk: &str) -> BTreeSet<usize> {
        let views = self.gateway.agents().into_iter();
        let here = views.filter(|view| view.destination.as_str() == desk);
        let nodes: BTreeSet<usize> = here.map(|view| view.node).collect();
        match nodes.is_empty() {
            true => Node::ALL.map(Node::index).into(),
            false => nodes,
        }
    }

    /// How long links may be down before their node counts as one that does not serve.
    fn patience(&self) -> u64 {
        self.config.failover_after.as_millis() as u64 + 5000
    }

    /// At rest nothing is out of service, and who was told otherwise has been told so.
    pub(crate) fn check_health_told(&self) -> Result<(), Breach> {
        let out = |status: &SystemStatus| *status != SystemStatus::InService;
        let mut of_all = self.health.of_all.iter();
        if let Some((desk, _)) = of_all.find(|(_, (status, _))| out(status)) {
            return Err(format!(
                "{desk} believes at rest that nothing is in service"
            ));
        }
        let owns = |desk: &str, agent: &str| {
            let owner = self.ledger.owners.get(agent);
            owner.is_some_and(|(_, at)| at == desk)
        };
        let mut of_agents = self.health.of_agents.iter();
        match of_agents.find(|((desk, agent), status)| out(status) && owns(desk, agent)) {
            Some(((desk, agent), _)) => {
                Err(format!("{desk} believes at rest that {agent} is cut off"))
            }
            None => Ok(()),
        }
    }

    /// Whose agent it is not any more need not be told how it goes on; nor need anybody who is not there and has no agent.
    pub(super) fn forget_strangers_health(&mut self) {
        let views = self.gateway.agents().into_iter();
        let on_the_way = views.filter(|view| {
            let agent = view.agent_id.as_str();
            let signed_in = self.flights.values().any(|flight| flight.signs_in(agent));
            view.link != "up" || signed_in || self.is_being_read(agent)
        });
        let awaiting: Vec<String> = on_the_way
            .map(|view| view.destination.as_str().to_owned())
            .collect();
        self.health.awaiting.extend(awaiting);
        let (owners, up) = (&self.ledger.owners, &self.up);
        let has_agents = |desk: &String| owners.values().any(|(_, at)| at == desk);
        let of_all = &mut self.health.of_all;
        of_all.retain(|desk, _| up.contains(desk) || has_agents(desk));
        let owns =
            |desk: &String, agent: &String| owners.get(agent).is_some_and(|(_, at)| at == desk);
        self.health
            .of_agents
            .retain(|(desk, agent), _| owns(desk, agent));
    }
}
