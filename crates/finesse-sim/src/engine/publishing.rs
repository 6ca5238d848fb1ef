//! Sending snapshots out: who gets them, in which order, with which echo.

use std::time::Duration;

use super::model::{AgentIx, CallId};
use super::publication::{
    Change, DialogView, ErrorView, Node, Payload, Publication, Topic, UserView,
};
use super::{Engine, Task};

impl Engine {
    pub(super) fn publish_user(&mut self, agent: AgentIx) {
        let request_id = self.take_user_echo(agent);
        let view = self.user_view(agent);
        if view.mobile.is_some() {
            return self.publish_mobile_user(agent, &view, &request_id);
        }
        let topic = Topic::User(view.id.clone());
        self.publish(
            agent,
            Publication {
                node: None,
                topic,
                payload: Payload::User(view),
                request_id,
            },
        );
    }

    /// The two nodes know different things about a mobile agent.
    fn publish_mobile_user(&mut self, agent: AgentIx, view: &UserView, request_id: &str) {
        for node in Node::ALL {
            let publication = Publication {
                node: Some(node),
                topic: Topic::User(view.id.clone()),
                payload: Payload::User(view.clone().seen_from(node)),
                request_id: request_id.to_owned(),
            };
            self.publish(agent, publication);
        }
    }

    pub(super) fn publish_member(&mut self, agent: AgentIx) {
        let view = self.user_view(agent);
        let topic = Topic::TeamUsers(view.team.0.clone());
        self.publish(agent, Publication::quiet(topic, Payload::TeamMember(view)));
    }

    /// A change of the dialog, to every agent that has it in its list.
    pub(super) fn put(&mut self, call: CallId) {
        for agent in self.calls[&call].agents() {
            self.put_to(call, agent);
        }
    }

    pub(super) fn put_to(&mut self, call: CallId, agent: AgentIx) {
        if self.agent(agent).dialogs.contains(&call) {
            self.send_dialog(call, agent, Change::Put);
        }
    }

    pub(super) fn post(&mut self, call: CallId, agent: AgentIx) {
        self.agent_mut(agent).dialogs.insert(call);
        self.send_dialog(call, agent, Change::Post);
    }

    pub(super) fn delete(&mut self, call: CallId, agent: AgentIx) {
        self.release(call, agent);
        if self.agent_mut(agent).dialogs.remove(&call) {
            self.send_dialog(call, agent, Change::Delete);
        }
    }

    /// The agent is no longer kept for this call.
    pub(super) fn release(&mut self, call: CallId, agent: AgentIx) {
        let reserved = &mut self.agent_mut(agent).reserved_for;
        reserved.take_if(|reserved| *reserved == call);
    }

    fn send_dialog(&mut self, call: CallId, agent: AgentIx, change: Change) {
        self.touched.insert(agent);
        let listed = self.calls[&call]
            .party(agent)
            .map(|party| self.actions_of(&self.calls[&call], party));
        let party = self
            .calls
            .get_mut(&call)
            .and_then(|call| call.party_mut(agent));
        if let (Some(party), Some(listed)) = (party, listed) {
            party.listed = listed;
        }
        let view = self.dialog_view(call);
        self.send_view(agent, change, view);
    }

    pub(super) fn send_view(&mut self, agent: AgentIx, change: Change, mut view: DialogView) {
        if self.rng.coin() {
            view.participants.reverse();
        }
        let topic = Topic::Dialogs(self.agent(agent).profile.id.clone());
        let request_id = self.take_dialog_echo(agent);
        self.publish(
            agent,
            Publication {
                node: None,
                topic,
                payload: Payload::Dialog(change, view),
                request_id,
            },
        );
    }

    pub(super) fn refuse_call(&mut self, agent: AgentIx, error: ErrorView) {
        let topic = Topic::Dialogs(self.agent(agent).profile.id.clone());
        let request_id = self.take_echo(agent);
        self.publish(
            agent,
            Publication {
                node: None,
                topic,
                payload: Payload::Error(error),
                request_id,
            },
        );
    }

    /// Schedules a publication; each feed keeps its order, different feeds do not.
    pub(super) fn publish(&mut self, agent: AgentIx, mut publication: Publication) {
        if let Payload::Error(error) = &mut publication.payload
            && !self.site.profile.has_peripheral_errors()
        {
            error.peripheral = None;
        }
        let spread = *self.settings.latency.end() / 4;
        let at = self.now + self.rng.between(Duration::ZERO, spread);
        let this = self.agent_mut(agent);
        let feed = match publication.topic {
            Topic::Dialogs(_) => &mut this.dialogs_feed,
            Topic::User(_)
            | Topic::SystemInfo
            | Topic::TeamUsers(_)
            | Topic::Queue(_)
            | Topic::UserQueues(_) => &mut this.user_feed,
        };
        *feed = at.max(*feed);
        let at = *feed;
        self.at(at, Task::Publish(Box::new(publication)));
    }

    fn take_user_echo(&mut self, agent: AgentIx) -> String {
        if self.echo.as_ref().is_some_and(|echo| echo.of_user) {
            self.take_echo(agent)
        } else {
            String::new()
        }
    }

    fn take_dialog_echo(&mut self, agent: AgentIx) -> String {
        if self.echo.as_ref().is_some_and(|echo| !echo.of_user) {
            self.take_echo(agent)
        } else {
            String::new()
        }
    }

    pub(super) fn take_echo(&mut self, agent: AgentIx) -> String {
        let echo = self.echo.take_if(|echo| echo.agent == agent);
        echo.map(|echo| echo.request_id).unwrap_or_default()
    }
}

impl Publication {
    pub(super) fn quiet(topic: Topic, payload: Payload) -> Self {
        Self {
            node: None,
            topic,
            payload,
            request_id: String::new(),
        }
    }
}
