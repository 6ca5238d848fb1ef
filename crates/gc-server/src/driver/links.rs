//! Agents' links: one at a time each, the next one only after the last has ended.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use finesse_client::{Credential, LinkHandle, LinkReport, LinkSpec, SubscribeError};
use gc_core::Epoch;
use gc_protocol::AgentId;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::happening::TaskNews;
use super::site::NodeMap;
use super::tasks::Tasks;

/// All links.
pub(super) struct Links {
    finesse: NodeMap,
    reports: mpsc::Sender<LinkReport>,
    tasks: Tasks,
    agents: BTreeMap<AgentId, Slot>,
}

struct Slot {
    epoch: Epoch,
    // Gone once the link was told to close; its end is then waited for.
    handle: Option<LinkHandle>,
    // What it was opened with, should it have to be opened again.
    wanted: Wanted,
    next: Option<Wanted>,
}

/// A link as the core wants it.
#[derive(Clone)]
struct Wanted {
    spec: LinkSpec,
    topics: BTreeSet<String>,
}

/// Before a link that broke down is opened again; a fault that comes back must not become a storm of sign-ins.
const REPAIR_PAUSE: Duration = Duration::from_secs(5);

impl Links {
    pub(super) fn new(finesse: NodeMap, reports: mpsc::Sender<LinkReport>, tasks: Tasks) -> Self {
        Self {
            finesse,
            reports,
            tasks,
            agents: BTreeMap::new(),
        }
    }

    /// Opens a link, or as soon as the agent's last one has ended: two at once would throw each other out.
    pub(super) fn open(&mut self, agent: AgentId, spec: LinkSpec) {
        if let Some(slot) = self.agents.get_mut(&agent) {
            slot.handle = None;
            slot.next = Some(Wanted::new(spec));
            return;
        }
        self.start(agent, Wanted::new(spec), Duration::ZERO);
    }

    /// Keeps a topic subscribed over a link, or over the one that is to be opened.
    pub(super) fn subscribe(
        &mut self,
        agent: &AgentId,
        epoch: Epoch,
        topic: &str,
    ) -> Result<(), SubscribeError> {
        let Some((wanted, handle)) = self.wanted(agent, epoch) else {
            return Ok(());
        };
        if let Some(handle) = handle {
            handle.subscribe(topic.to_owned())?;
        }
        wanted.topics.insert(topic.to_owned());
        Ok(())
    }

    /// Subscribes to a topic no longer.
    pub(super) fn unsubscribe(&mut self, agent: &AgentId, epoch: Epoch, topic: &str) {
        if let Some((wanted, handle)) = self.wanted(agent, epoch) {
            wanted.topics.remove(topic);
            if let Some(handle) = handle {
                handle.unsubscribe(topic);
            }
        }
    }

    /// Gives a link the credential for its next sign-in.
    pub(super) fn renew(&mut self, agent: &AgentId, epoch: Epoch, credential: &Credential) {
        if let Some((wanted, handle)) = self.wanted(agent, epoch) {
            wanted.spec.credential = credential.clone();
            if let Some(handle) = handle {
                handle.renew(credential.clone());
            }
        }
    }

    /// The link of an epoch, and its handle if it is open.
    fn wanted(
        &mut self,
        agent: &AgentId,
        epoch: Epoch,
    ) -> Option<(&mut Wanted, Option<&LinkHandle>)> {
        let slot = self.agents.get_mut(agent)?;
        if slot.epoch == epoch {
            return Some((&mut slot.wanted, slot.handle.as_ref()));
        }
        let next = slot.next.as_mut()?;
        (next.spec.epoch == epoch.0).then_some((next, None))
    }

    /// Closes a link, or forgets that it was to be opened.
    pub(super) fn close(&mut self, agent: &AgentId, epoch: Epoch) {
        let Some(slot) = self.agents.get_mut(agent) else {
            return;
        };
        if slot.epoch == epoch {
            slot.handle = None;
        }
        if slot
            .next
            .as_ref()
            .is_some_and(|next| next.spec.epoch == epoch.0)
        {
            slot.next = None;
        }
    }

    /// A link's future has ended.
    pub(super) fn ended(&mut self, agent: AgentId, epoch: Epoch) {
        let Some(slot) = self.agents.remove(&agent) else {
            return;
        };
        if slot.epoch != epoch {
            self.agents.insert(agent, slot);
        } else if let Some(next) = slot.next {
            self.start(agent, next, Duration::ZERO);
        }
    }

    /// A link's future has ended by a fault of ours: nobody else would open it again.
    pub(super) fn broke(&mut self, agent: AgentId, epoch: Epoch) {
        if let Some(slot) = self.agents.get_mut(&agent)
            && slot.epoch == epoch
            && slot.handle.is_some()
            && slot.next.is_none()
        {
            let wanted = slot.wanted.clone();
            return self.start(agent, wanted, REPAIR_PAUSE);
        }
        self.ended(agent, epoch);
    }

    /// Closes all.
    pub(super) fn close_all(&mut self) {
        for slot in self.agents.values_mut() {
            slot.handle = None;
            slot.next = None;
        }
    }

    /// Whether no link is left.
    pub(super) fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }

    fn start(&mut self, agent: AgentId, wanted: Wanted, pause: Duration) {
        let epoch = Epoch(wanted.spec.epoch);
        let mut spec = wanted.spec.clone();
        let Some((cluster, node)) = self.finesse.find(spec.node) else {
            tracing::error!(%agent, node = spec.node, "a link to a node that does not exist");
            return;
        };
        spec.node = node;
        let (handle, link) = cluster.link(spec, self.reports.clone());
        for topic in &wanted.topics {
            if let Err(error) = handle.subscribe(topic.clone()) {
                tracing::warn!(%agent, topic, %error, "a topic cannot be subscribed to");
            }
        }
        self.agents.insert(
            agent.clone(),
            Slot {
                epoch,
                handle: Some(handle),
                wanted,
                next: None,
            },
        );
        let broke = TaskNews::LinkBroke {
            agent: agent.clone(),
            epoch,
        };
        let work = async move {
            sleep(pause).await;
            link.await;
            TaskNews::LinkEnded { agent, epoch }
        };
        self.tasks.run(work, broke);
    }
}

impl Wanted {
    fn new(spec: LinkSpec) -> Self {
        Self {
            spec,
            topics: BTreeSet::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use finesse_client::{Cluster, ClusterConfig, NodeConfig};
    use tokio_util::sync::CancellationToken;
    use tokio_util::task::TaskTracker;

    use super::*;

    fn links() -> Links {
        let cluster = Cluster::new(ClusterConfig {
            nodes: vec![NodeConfig::new("a", "finesse-a.example.org")],
            ..ClusterConfig::default()
        });
        let kill = CancellationToken::new();
        // Nothing runs: only what is noted of it counts here.
        kill.cancel();
        let tasks = Tasks::new(TaskTracker::new(), kill, mpsc::channel(1).0);
        let finesse = NodeMap::of(vec![cluster.unwrap()]);
        Links::new(finesse, mpsc::channel(1).0, tasks)
    }

    fn spec(epoch: u64) -> LinkSpec {
        LinkSpec {
            agent: "41027".to_owned(),
            user: "41027".to_owned(),
            epoch,
            node: 0,
            credential: Credential::basic("41027", "demo"),
        }
    }

    fn layla() -> AgentId {
        AgentId::from("41027")
    }

    #[tokio::test]
    async fn a_link_that_broke_down_is_opened_again() {
        let mut links = links();
        links.open(layla(), spec(1));
        links.broke(layla(), Epoch(1));
        let slot = &links.agents[&layla()];
        assert!(slot.epoch == Epoch(1) && slot.handle.is_some());
    }

    #[tokio::test]
    async fn a_link_that_broke_down_while_it_closed_stays_closed() {
        let mut links = links();
        links.open(layla(), spec(1));
        links.close(&layla(), Epoch(1));
        links.broke(layla(), Epoch(1));
        assert!(links.is_empty());
    }

    #[tokio::test]
    async fn a_link_that_broke_down_makes_way_for_the_next() {
        let mut links = links();
        links.open(layla(), spec(1));
        links.open(layla(), spec(2));
        links.broke(layla(), Epoch(1));
        assert_eq!(links.agents[&layla()].epoch, Epoch(2));
        links.broke(layla(), Epoch(1));
        assert_eq!(links.agents[&layla()].epoch, Epoch(2));
    }
}
