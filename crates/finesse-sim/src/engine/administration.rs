//! What an administrator changes while the site runs.

use super::Engine;
use super::model::AgentIx;
use super::publication::{Change, Payload, Publication, Topic};
use super::refusal::Refusal;
use super::time::SimTime;

impl Engine {
    /// Gives an agent another name.
    pub fn rename_agent(
        &mut self,
        now: SimTime,
        agent: &str,
        first_name: &str,
        last_name: &str,
    ) -> Result<(), Refusal> {
        self.advance(now);
        let ix = self.find_agent(agent)?;
        let profile = &mut self.agent_mut(ix).profile;
        first_name.clone_into(&mut profile.first_name);
        last_name.clone_into(&mut profile.last_name);
        self.publish_user(ix);
        self.publish_member(ix);
        Ok(())
    }

    /// Gives a user another password; who is signed in stays so.
    pub fn set_password(&mut self, user: &str, password: &str) {
        self.accounts.add(user, password);
    }

    /// A team begins to serve a queue.
    pub fn assign_queue(&mut self, now: SimTime, queue: &str, team: &str) -> Result<(), Refusal> {
        self.reassign(now, queue, team, |teams| {
            if !teams.iter().any(|known| known == team) {
                teams.push(team.to_owned());
            }
        })
    }

    /// A team no longer serves a queue.
    pub fn withdraw_queue(&mut self, now: SimTime, queue: &str, team: &str) -> Result<(), Refusal> {
        self.reassign(now, queue, team, |teams| {
            teams.retain(|known| known != team);
        })
    }

    /// Everybody whose list of queues is another afterwards hears of it.
    fn reassign(
        &mut self,
        now: SimTime,
        id: &str,
        team: &str,
        change: impl FnOnce(&mut Vec<String>),
    ) -> Result<(), Refusal> {
        self.advance(now);
        let queue = self.find_queue(id)?;
        if !self.site.teams.iter().any(|known| known.id == team) {
            return Err(Refusal::new(404, "Not Found", "UNKNOWN_TEAM", team));
        }
        let before = self.concerned(queue);
        change(&mut self.site.queues[queue].teams);
        let after = self.concerned(queue);
        for agent in after.iter().filter(|agent| !before.contains(agent)) {
            self.list_changed(*agent, queue, Change::Post);
        }
        for agent in before.iter().filter(|agent| !after.contains(agent)) {
            self.list_changed(*agent, queue, Change::Delete);
        }
        self.queue_changed(queue);
        self.route_due = true;
        self.finish();
        Ok(())
    }

    fn concerned(&self, queue: usize) -> Vec<AgentIx> {
        let agents = self.agents.iter().enumerate();
        agents
            .filter(|(_, agent)| self.lists_queue(&agent.profile, queue))
            .map(|(n, _)| AgentIx(n))
            .collect()
    }

    fn list_changed(&mut self, agent: AgentIx, queue: usize, change: Change) {
        let topic = Topic::UserQueues(self.agent(agent).profile.id.clone());
        let payload = Payload::ListedQueue(change, self.queue_view(queue));
        self.output.push_back(Publication::quiet(topic, payload));
    }
}
