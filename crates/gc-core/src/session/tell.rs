//! Events about the agent as it stands.

use gc_protocol::event::{DialogState, Event};

use super::{Cx, Session};
use crate::calls::LiveCall;
use crate::io::Origin;

impl Session {
    /// `State`, whether it changed or not.
    pub(super) fn tell_state(&mut self, cx: &mut Cx<'_>, origin: Origin) {
        let state = self.agent.state_event(&self.agent_id);
        self.told_state = Some(state.clone());
        self.tell(cx, origin, Event::State(Box::new(state)));
        for task in self.tasks.values_mut() {
            task.told_state = true;
        }
    }

    /// `State`, if any of its values differs from what was told last.
    pub(super) fn tell_state_if_changed(&mut self, cx: &mut Cx<'_>, origin: Origin) {
        let changed = match &self.told_state {
            Some(told) => *told != self.agent.state_event(&self.agent_id),
            // A client that was told nothing yet learns of the agent by Login, GetState or an introduction.
            None => origin == Origin::Live,
        };
        if changed {
            self.tell_state(cx, origin);
        }
    }

    pub(super) fn tell_info(&self, cx: &mut Cx<'_>, origin: Origin) {
        let info = self.agent.info_event(&self.agent_id);
        self.tell(cx, origin, Event::AgentInfo(Box::new(info)));
    }

    /// One `DialogState` a live call, or one that says there is none.
    pub(super) fn tell_dialog_states(&self, cx: &mut Cx<'_>, origin: Origin) {
        for event in self.dialog_states() {
            self.tell(cx, origin, event);
        }
    }

    /// The full event of every live call, to an owner who has seen none of them.
    pub(super) fn tell_calls(&self, cx: &mut Cx<'_>) {
        for call in self.calls.told() {
            self.tell(cx, Origin::Snapshot, call.introduction());
        }
    }

    /// Everything a new owner must know of an agent at work.
    pub(super) fn introduce(&mut self, cx: &mut Cx<'_>) {
        self.tell_agent(cx);
        self.tell_calls(cx);
    }

    /// Everything once more; a call that rings was announced before.
    pub(super) fn tell_everything_again(&mut self, cx: &mut Cx<'_>) {
        self.tell_agent(cx);
        for call in self.calls.told() {
            self.tell(cx, Origin::Snapshot, call.event_again());
        }
    }

    /// What a client must know of the agent who cannot know what it has missed: before the agent was read only that it
    /// cannot be.
    pub(crate) fn snapshot(&self) -> Vec<Event> {
        if !self.agent.is_known() {
            let refused = self.doubted && self.owner.is_some();
            return Vec::from_iter(refused.then(|| self.subscription_failed()));
        }
        let info = self.agent.info_event(&self.agent_id);
        let state = self.agent.state_event(&self.agent_id);
        let mut events = Vec::from_iter(self.trouble());
        events.push(Event::AgentInfo(Box::new(info)));
        events.push(Event::State(Box::new(state)));
        events.extend(self.dialog_states());
        events.extend(self.calls.told().map(LiveCall::event_again));
        events
    }

    fn tell_agent(&mut self, cx: &mut Cx<'_>) {
        self.tell_info(cx, Origin::Snapshot);
        self.tell_state(cx, Origin::Snapshot);
        self.tell_dialog_states(cx, Origin::Snapshot);
    }

    fn dialog_states(&self) -> Vec<Event> {
        let state = |dialog_id, state: &str| {
            Event::DialogState(DialogState {
                dialog_id,
                state: state.to_owned(),
                agent_id: self.agent_id.clone(),
            })
        };
        let live = self.calls.live();
        let states = live.map(|(id, call)| state(Some(id.clone()), &call.latest().state));
        let states: Vec<Event> = states.collect();
        if states.is_empty() {
            return vec![state(None, "NOT_FOUND")];
        }
        states
    }
}
