//! Recorded notifications, played as one agent's: what events would have been told?

use finesse_protocol::{Data, Update, UpdateEvent};
use gc_protocol::{AgentId, Event};

use crate::agent::Agent;
use crate::calls::{Calls, Me, Sight};
use crate::config::Config;
use crate::faults::{About, error_of};
use crate::session::task::TaskOrigin;

/// Plays notifications without a session: every one counts as this agent's, and nothing ends it.
#[derive(Debug)]
pub struct Replay {
    agent_id: AgentId,
    extension: Option<String>,
    config: Config,
    agent: Agent,
    calls: Calls,
    told: Option<gc_protocol::event::AgentState>,
}

impl Replay {
    /// An agent of whom nothing is known; without an extension, that of the latest User is taken.
    pub fn new(agent_id: AgentId, extension: Option<String>, config: Config) -> Self {
        Self {
            agent_id,
            extension,
            config,
            agent: Agent::default(),
            calls: Calls::default(),
            told: None,
        }
    }

    /// The events of one notification, in order.
    pub fn apply(&mut self, update: Update) -> Vec<Event> {
        match update.data {
            Data::User(user) => self.user(*user),
            Data::Dialog(dialog) => self.dialogs(&update.event, vec![*dialog]),
            Data::Dialogs(dialogs) => self.dialogs(&update.event, dialogs),
            Data::Errors(errors) => {
                let mut fault = finesse_protocol::Fault::default();
                fault.status = 400;
                fault.errors = errors;
                let about = match update.source {
                    finesse_protocol::Source::Dialog(_) => About::Dialog,
                    _ => About::User,
                };
                let (error_type, message) = error_of(&fault, about);
                vec![Event::Error(TaskOrigin::Gateway.error(
                    &self.agent_id,
                    error_type,
                    message,
                ))]
            }
            _ => Vec::new(),
        }
    }

    fn user(&mut self, user: finesse_protocol::User) -> Vec<Event> {
        if !self.agent.merge(user) {
            return Vec::new();
        }
        let state = self.agent.state_event(&self.agent_id);
        if self.told.as_ref() == Some(&state) {
            return Vec::new();
        }
        self.told = Some(state.clone());
        vec![Event::State(Box::new(state))]
    }

    fn dialogs(
        &mut self,
        change: &UpdateEvent,
        dialogs: Vec<finesse_protocol::Dialog>,
    ) -> Vec<Event> {
        let extension = self
            .extension
            .clone()
            .unwrap_or_else(|| self.agent.extension().to_owned());
        let mut events = Vec::new();
        for dialog in dialogs {
            let me = Me {
                agent: &self.agent_id,
                extension: &extension,
            };
            let applied = self
                .calls
                .apply(me, Sight::of(change), dialog, &self.config);
            events.extend(applied.event);
            if applied.bad_destination {
                let message = "nobody can be reached at this number".to_owned();
                let error = TaskOrigin::Gateway.error(
                    &self.agent_id,
                    gc_protocol::ErrorType::BadDestination,
                    message,
                );
                events.push(Event::Error(error));
            }
        }
        events
    }
}
