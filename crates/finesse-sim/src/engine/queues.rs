//! Queues: whose list they are in, and what is published about them.

use super::model::AgentIx;
use super::publication::{Payload, Publication, Topic};
use super::refusal::Refusal;
use super::{Engine, Task};
use crate::site::AgentProfile;

impl Engine {
    pub(super) fn find_queue(&self, id: &str) -> Result<usize, Refusal> {
        let place = self.site.queues.iter().position(|queue| queue.id == id);
        place.ok_or_else(|| Refusal::new(404, "Not Found", "UNKNOWN_QUEUE", id))
    }

    /// Whether the queue is in the user's list: a supervisor's list has those of the teams.
    pub(super) fn lists_queue(&self, profile: &AgentProfile, queue: usize) -> bool {
        let serves = |team: &String| *team == profile.team || profile.supervises.contains(team);
        self.site.queues[queue].teams.iter().any(serves)
    }

    pub(super) fn queues_changed(&mut self, agent: AgentIx) {
        for queue in 0..self.site.queues.len() {
            if self.site.queues[queue]
                .teams
                .contains(&self.agent(agent).profile.team)
            {
                self.queue_changed(queue);
            }
        }
    }

    pub(super) fn queue_changed(&mut self, queue: usize) {
        if !self.site.profile.has_queue_statistics() {
            return;
        }
        let state = &mut self.queues[queue];
        if state.report_due {
            return;
        }
        state.report_due = true;
        let earliest = state.last_report + self.settings.queue_interval;
        self.at(earliest.max(self.now), Task::QueueReport(queue));
    }

    /// Says how the queue stands, unless that was the last thing said.
    pub(super) fn report_queue(&mut self, queue: usize) {
        let view = self.queue_view(queue);
        let now = self.now;
        let state = &mut self.queues[queue];
        state.report_due = false;
        if state.reported.as_ref() == Some(&view) {
            return;
        }
        state.last_report = now;
        state.reported = Some(view.clone());
        let topic = Topic::Queue(view.id.clone());
        self.output
            .push_back(Publication::quiet(topic, Payload::Queue(view)));
    }
}
