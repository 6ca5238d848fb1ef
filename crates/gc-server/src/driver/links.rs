//! Agents' links: one at a time each, the next one only after the last has ended.

use std::collections::BTreeMap;
use std::time::Duration;

use finesse_client::{Cluster, LinkHandle, LinkReport, LinkSpec};
use gc_core::Epoch;
use gc_protocol::AgentId;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::happening::TaskNews;
use super::tasks::Tasks;

/// All links.
pub(super) struct Links {
    cluster: Cluster,
    reports: mpsc::Sender<LinkReport>,
    tasks: Tasks,
    agents: BTreeMap<AgentId, Slot>,
}

struct Slot {
    epoch: Epoch,
    // Gone once the link was told to close; its end is then waited for.
    handle: Option<LinkHandle>,
    // What it was opened with, should it have to be opened again.
    spec: LinkSpec,
    next: Option<LinkSpec>,
}

/// Before a link that broke down is opened again; a fault that comes back must not become a storm of sign-ins.
const REPAIR_PAUSE: Duration = Duration::from_secs(5);

impl Links {
    pub(super) fn new(cluster: Cluster, reports: mpsc::Sender<LinkReport>, tasks: Tasks) -> Self {
        Self {
            cluster,
            reports,
            tasks,
            agents: BTreeMap::new(),
        }
    }

    /// Opens a link, or as soon as the agent's last one has ended: two at once would throw each other out.
    pub(super) fn open(&mut self, agent: AgentId, spec: LinkSpec) {
        if let Some(slot) = self.agents.get_mut(&agent) {
            slot.handle = None;
            slot.next = Some(spec);
            return;
        }
        self.start(agent, spec, Duration::ZERO);
    }

    /// Closes a link, or forgets that it was to be opened.
    pub(super) fn close(&mut self, agent: &AgentId, epoch: Epoch) {
        let Some(slot) = self.agents.get_mut(agent) else {
            return;
        };
        if slot.epoch == epoch {
            slot.handle = None;
        }
        if slot.next.as_ref().is_some_and(|next| next.epoch == epoch.0) {
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
            let spec = slot.spec.clone();
            return self.start(agent, spec, REPAIR_PAUSE);
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

    fn start(&mut self, agent: AgentId, spec: LinkSpec, pause: Duration) {
        let epoch = Epoch(spec.epoch);
        let (handle, link) = self.cluster.link(spec.clone(), self.reports.clone());
        self.agents.insert(
            agent.clone(),
            Slot {
                epoch,
                handle: Some(handle),
                spec,
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

#[cfg(test)]
mod tests {
    use finesse_client::{ClusterConfig, Credential, NodeConfig};
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
        Links::new(cluster.unwrap(), mpsc::channel(1).0, tasks)
    }

    fn spec(epoch: u64) -> LinkSpec {
        LinkSpec {
            agent: "41027".to_owned(),
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
