//! Agents' links: one at a time each, the next one only after the last has ended.

use std::collections::BTreeMap;

use finesse_client::{Cluster, LinkHandle, LinkReport, LinkSpec};
use gc_core::Epoch;
use gc_protocol::AgentId;
use tokio::sync::mpsc;

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
    next: Option<LinkSpec>,
}

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
        self.start(agent, spec);
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
            self.start(agent, next);
        }
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

    fn start(&mut self, agent: AgentId, spec: LinkSpec) {
        let epoch = Epoch(spec.epoch);
        let (handle, link) = self.cluster.link(spec, self.reports.clone());
        self.agents.insert(
            agent.clone(),
            Slot {
                epoch,
                handle: Some(handle),
                next: None,
            },
        );
        let ended = TaskNews::LinkEnded {
            agent: agent.clone(),
            epoch,
        };
        let work = async move {
            link.await;
            TaskNews::LinkEnded { agent, epoch }
        };
        self.tasks.run(work, ended);
    }
}
