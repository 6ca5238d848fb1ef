//! Subscribers that come and go, and questions.

use gc_core::{AgentView, ClientId, ClusterId};
use gc_protocol::{AgentId, Destination, Event};
use tokio::sync::oneshot;

use crate::clients::Caller;
use crate::hub::{Form, Queue, Refusal, WhenFull, Wish};
use crate::telemetry::{self, Levels};

use super::happening::{
    CallbackState, ClusterLine, HubNews, Query, Readiness, SessionLine, ViewError,
};
use super::{Driver, Naming, Place, now};

impl Driver {
    pub(super) fn hub_changed(&mut self, news: HubNews) {
        match news {
            HubNews::Subscribe {
                caller,
                destination,
                form,
                last,
                queue,
                answer,
            } => {
                let named = match destination {
                    Some(destination) => (destination, Naming::Client),
                    None => (own_destination(), Naming::Gateway),
                };
                self.subscribe(&caller, named, form, last, queue, answer);
            }
            HubNews::Unsubscribe { destination, id } => {
                let change = self.hub.unsubscribe(&destination, id);
                self.presence_changed(&destination, change);
            }
            HubNews::Missed { destination, id } => {
                let events = self.core.snapshot(&destination);
                self.hub.catch_up(&destination, id, &events);
            }
            HubNews::Callback {
                destination,
                id,
                state,
            } => {
                let change = match state {
                    CallbackState::Working => self.hub.set_reachable(&destination, id, true),
                    CallbackState::Failing => self.hub.set_reachable(&destination, id, false),
                    CallbackState::Ended => self.callbacks.ended(&mut self.hub, &destination, id),
                };
                tracing::info!(%destination, ?state, "callback");
                self.presence_changed(&destination, change);
                self.keep_destination(&destination);
            }
            HubNews::Broker(state) => self.broker_changed(state),
        }
    }

    fn subscribe(
        &mut self,
        caller: &Caller,
        (destination, naming): (Destination, Naming),
        form: Form,
        last: Option<String>,
        queue: Queue,
        answer: oneshot::Sender<Result<Place, Refusal>>,
    ) {
        let client = match caller {
            Caller::Named(client) => client.clone(),
            Caller::Open => ClientId::new(destination.as_str()),
        };
        let claimed = match naming {
            Naming::Client => self.claim(&destination, &client),
            Naming::Gateway => self.claim_named(&destination, &client),
        };
        if let Err(refusal) = claimed {
            let _ = answer.send(Err(refusal));
            return;
        }
        let wish = Wish {
            style: self.clients.style(&client),
            form,
            when_full: WhenFull::Cut,
        };
        if let Some(last) = last {
            self.resume(&destination, wish.style, &last, &queue);
        }
        let (id, change) = self.hub.subscribe(&destination, wish, queue);
        let place = Place {
            id,
            numbering: self.hub.numbering(&destination).unwrap_or_default().into(),
            destination: destination.clone(),
            naming,
            client,
            hub: self.hub_news.clone(),
        };
        // If it hung up before it was there, or does so before it looks, the place gives itself up.
        let _ = answer.send(Ok(place));
        if self.stopping {
            self.hub.drain();
        }
        self.presence_changed(&destination, change);
    }

    /// What a connection has missed comes before everything else; nothing happens between that and what follows.
    fn resume(&mut self, destination: &Destination, style: usize, last: &str, queue: &Queue) {
        let replayed = self.hub.replay(now(), destination, last, queue);
        telemetry::resumed(replayed);
        if replayed.is_none() {
            let events = self.core.snapshot(destination);
            self.hub.start_over(destination, style, &events, queue);
        }
        tracing::debug!(%destination, ?replayed, "a connection came back");
    }

    pub(super) fn answer(&mut self, query: Query) {
        // Whoever asked may have hung up, in any of these.
        match query {
            Query::Agent {
                caller,
                agent,
                answer,
            } => {
                let _ = answer.send(self.agent_view(&caller, &agent));
            }
            Query::Readiness(answer) => {
                let _ = answer.send(self.readiness());
            }
            Query::Sessions(answer) => {
                let sessions = self.core.agents().into_iter();
                let lines = sessions.map(|view| self.session_line(view)).collect();
                let _ = answer.send(lines);
            }
            Query::Levels(answer) => {
                telemetry::levels(&self.levels());
                for line in self.cluster_lines() {
                    telemetry::cluster_sessions(&line.name, line.sessions, line.links_up);
                }
                let _ = answer.send(());
            }
        }
    }

    fn agent_view(&self, caller: &Caller, agent: &AgentId) -> Result<String, ViewError> {
        let view = self.core.agent(agent).ok_or(ViewError::Unknown)?;
        let style = match caller {
            Caller::Named(client) if *client != view.client => return Err(ViewError::Foreign),
            Caller::Named(client) if !self.clients.scope(client).has_agent(agent) => {
                return Err(ViewError::Foreign);
            }
            Caller::Named(client) => self.clients.style(client),
            Caller::Open => 0,
        };
        Ok(self.render(style, view))
    }

    fn render(&self, style: usize, view: AgentView) -> String {
        let print = |event: Event| self.hub.press().json(style, &event);
        let absent = || "null".to_owned();
        let info = view
            .info
            .map_or_else(absent, |info| print(Event::AgentInfo(Box::new(info))));
        let state = view
            .state
            .map_or_else(absent, |state| print(Event::State(Box::new(state))));
        let dialogs: Vec<String> = view.dialogs.into_iter().map(print).collect();
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        format!(
            r#"{{"agentId":{},"destination":{},"info":{info},"state":{state},"dialogs":[{}]}}"#,
            quoted(view.agent_id.as_str()),
            quoted(view.destination.as_str()),
            dialogs.join(","),
        )
    }

    fn readiness(&self) -> Readiness {
        let counters = self.core.counters();
        let mut reasons = Vec::new();
        if self.stopping {
            reasons.push("the gateway is stopping".to_owned());
        }
        if !self.in_service() {
            reasons.push("no Finesse node is in service".to_owned());
        }
        Readiness {
            ready: reasons.is_empty(),
            reasons,
            degraded: self.degraded(),
            clusters: self.cluster_lines(),
            nodes: self.nodes.iter().map(|node| node.line.clone()).collect(),
            links_up: counters.links_up,
            sessions: counters.sessions,
            broker: self.brokered.line(),
        }
    }

    /// Clusters without a node in service. They alone make nothing unready: whoever takes a gateway for dead or sends its
    /// clients elsewhere would carry one cluster's trouble to the agents of all others.
    fn degraded(&self) -> Vec<String> {
        let lines = self.cluster_lines().into_iter();
        let out = lines.filter(|line| self.in_service() && !line.in_service);
        out.map(|line| format!("no node of cluster {} is in service", line.name))
            .collect()
    }

    fn cluster_lines(&self) -> Vec<ClusterLine> {
        let figures = self.core.clusters();
        let sites = self.sites.all().iter().enumerate();
        sites
            .map(|(number, site)| {
                let figures = figures.get(number).copied().unwrap_or_default();
                ClusterLine {
                    name: site.name.to_string(),
                    in_service: self.serves(ClusterId(number)) == Some(true),
                    sessions: figures.sessions,
                    links_up: figures.links_up,
                }
            })
            .collect()
    }

    fn session_line(&self, view: AgentView) -> SessionLine {
        SessionLine {
            agent_id: view.agent_id.as_str().to_owned(),
            client: view.client.as_str().to_owned(),
            destination: view.destination.as_str().to_owned(),
            cluster: self.sites.name(view.cluster).to_owned(),
            link: view.link,
            node: view.node,
            state: view.state.map(|state| state.state),
            calls: view.dialogs.len(),
        }
    }

    fn levels(&self) -> Levels {
        let counters = self.core.counters();
        let figures = self.hub.figures();
        let (commands_waiting, link_reports_waiting) = self.sources.waiting();
        Levels {
            sessions: counters.sessions,
            links_up: counters.links_up,
            requests_pending: counters.requests_pending,
            destinations: figures.destinations,
            subscribers: figures.subscribers,
            frames_waiting: figures.waiting,
            events_kept: figures.kept,
            bytes_kept: figures.kept_bytes,
            waiting_room: figures.waiting_room,
            kept_room: figures.kept_room,
            commands_waiting,
            link_reports_waiting,
            secrets: self.vault.len(),
            snapshots: counters.snapshots,
            moves: counters.moves,
            returns: counters.returns,
            notifications_dropped: counters.notifications_dropped,
            impossible: counters.impossible,
            mishaps: counters.mishaps,
        }
    }
}

/// A destination that nobody can guess.
fn own_destination() -> Destination {
    Destination::from(uuid::Uuid::new_v4().to_string())
}
