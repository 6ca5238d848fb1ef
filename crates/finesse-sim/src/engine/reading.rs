//! What can be read: the answers to GET.

use super::Engine;
use super::model::{AgentIx, CallId};
use super::publication::{DialogView, Node, QueueView, SystemView, UserView};
use super::refusal::Refusal;
use super::time::SimTime;
use super::words::AgentState;

impl Engine {
    /// Id of the user with this id or login name.
    pub fn user_id(&self, name: &str) -> Option<&str> {
        let by_id = self.by_id.get_key_value(name).map(|(id, _)| id.as_str());
        by_id.or_else(|| {
            let mut agents = self.site.agents.iter();
            let named = agents.find(|agent| agent.login_name == name);
            named.map(|agent| agent.id.as_str())
        })
    }

    /// `GET /User/{target}`.
    pub fn user(&self, requester: &str, target: &str) -> Result<UserView, Refusal> {
        let agent = self.readable(requester, target)?;
        Ok(self.user_view(agent))
    }

    /// `GET /Users`: everybody, for the administrator.
    pub fn users(&self, requester: &str) -> Result<Vec<UserView>, Refusal> {
        if !self.is_administrator(requester) {
            return Err(Refusal::new(403, "Forbidden", "FORBIDDEN", requester));
        }
        Ok((0..self.agents.len())
            .map(|n| self.user_view(AgentIx(n)))
            .collect())
    }

    /// `GET /User/{target}/Dialogs`.
    pub fn dialogs(&self, requester: &str, target: &str) -> Result<Vec<DialogView>, Refusal> {
        let agent = self.readable(requester, target)?;
        let dialogs = self.agent(agent).dialogs.iter();
        let live = dialogs.filter(|id| self.calls.contains_key(id));
        Ok(live.map(|id| self.dialog_view(*id)).collect())
    }

    /// `GET /Dialog/{id}`, for participants, their supervisors and the administrator.
    pub fn dialog(&self, requester: &str, id: &str) -> Result<DialogView, Refusal> {
        let call = self.find_call(id)?;
        let allowed = self.calls[&call].agents().into_iter().any(|agent| {
            let target = &self.agent(agent).profile.id;
            self.readable(requester, target).is_ok()
        });
        if allowed {
            Ok(self.dialog_view(call))
        } else {
            Err(Refusal::unauthorized(requester))
        }
    }

    /// `GET /Team/{id}`: the members, for their supervisor.
    pub fn team(
        &self,
        requester: &str,
        id: &str,
        logged_out_too: bool,
    ) -> Result<Vec<UserView>, Refusal> {
        if !self.site.teams.iter().any(|team| team.id == id) {
            return Err(Refusal::new(404, "Not Found", "UNKNOWN_TEAM", id));
        }
        let supervises = |ix: &AgentIx| self.agent(*ix).profile.supervises.iter().any(|t| t == id);
        let by = self.by_id.get(requester);
        if !self.is_administrator(requester) && !by.is_some_and(supervises) {
            return Err(Refusal::unauthorized(requester));
        }
        let members = self.agents.iter().enumerate().filter(|(_, agent)| {
            agent.profile.team == id && (logged_out_too || agent.state != AgentState::Logout)
        });
        Ok(members.map(|(n, _)| self.user_view(AgentIx(n))).collect())
    }

    /// `GET /User/{target}/Queues`.
    pub fn user_queues(&self, target: &str) -> Result<Vec<QueueView>, Refusal> {
        let profile = &self.agent(self.find_agent(target)?).profile;
        let queues = 0..self.site.queues.len();
        let own = queues.filter(|queue| self.lists_queue(profile, *queue));
        Ok(own.map(|queue| self.queue_view(queue)).collect())
    }

    /// `GET /Queue/{id}`.
    pub fn queue(&self, id: &str) -> Result<QueueView, Refusal> {
        if !self.site.profile.has_queue_statistics() {
            return Err(Refusal::not_implemented("Queue"));
        }
        Ok(self.queue_view(self.find_queue(id)?))
    }

    /// `GET /SystemInfo`.
    pub fn system(&mut self, now: SimTime, node: Node) -> SystemView {
        self.advance(now);
        self.system_view(node)
    }

    /// Every agent, for the state dump.
    pub fn all_users(&self) -> Vec<UserView> {
        (0..self.agents.len())
            .map(|n| self.user_view(AgentIx(n)))
            .collect()
    }

    /// Every call, for the state dump.
    pub fn all_dialogs(&self) -> Vec<DialogView> {
        self.calls.keys().map(|id| self.dialog_view(*id)).collect()
    }

    /// Ids of the calls that wait in each queue.
    pub fn waiting(&self) -> Vec<(String, Vec<CallId>)> {
        let queues = self.site.queues.iter().zip(&self.queues);
        let waiting =
            queues.map(|(site, state)| (site.id.clone(), state.waiting.iter().copied().collect()));
        waiting.collect()
    }

    /// Whether this is the application administrator.
    pub fn is_administrator(&self, requester: &str) -> bool {
        self.site.administrator.0 == requester
    }

    fn readable(&self, requester: &str, target: &str) -> Result<AgentIx, Refusal> {
        let agent = self.find_agent(target)?;
        if requester == target || self.is_administrator(requester) {
            return Ok(agent);
        }
        let by = self.agent(self.find_agent(requester)?);
        if by
            .profile
            .supervises
            .contains(&self.agent(agent).profile.team)
        {
            Ok(agent)
        } else {
            Err(Refusal::acting_for_another(requester))
        }
    }
}
