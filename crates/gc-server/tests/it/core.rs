//! A core that does what the tests need and nothing else.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use gc_core::{
    AgentView, ClientId, Counters, Credential, Input, Origin, Output, SecretHandle, Standing,
    Ticket,
};
use gc_protocol::command::{Action, Body, Heartbeat};
use gc_protocol::event::{AgentState, ConnectStatus, ErrorEvent, Outcome, System, SystemStatus};
use gc_protocol::{AgentId, Command, Destination, ErrorType, Event};
use gc_server::Core;
use tokio::sync::mpsc;

/// What the core was told, for tests to wait on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Up(String),
    Gone(String),
    Command(&'static str),
    /// Sessions that are licensed from now on.
    Licence(Option<usize>),
    /// A command that shall not be carried out again.
    Doubtful(&'static str),
    /// A session of an earlier process goes on, on a node.
    Restored(String, usize),
    /// Its token lasts for so many more seconds.
    TokenLeft(u64),
}

pub(crate) struct Script {
    outputs: VecDeque<Output>,
    bound: BTreeMap<AgentId, (ClientId, Destination)>,
    told: mpsc::UnboundedSender<Told>,
    /// Of the command at hand.
    token_life: Option<Duration>,
}

impl Script {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Told>) {
        let (told, heard) = mpsc::unbounded_channel();
        let script = Self {
            outputs: VecDeque::new(),
            bound: BTreeMap::new(),
            told,
            token_life: None,
        };
        (script, heard)
    }

    fn tell(&self, told: Told) {
        let _ = self.told.send(told);
    }

    fn command(
        &mut self,
        ticket: Ticket,
        client: ClientId,
        destination: Option<Destination>,
        command: Command<SecretHandle>,
    ) {
        self.tell(Told::Command(command.body.name()));
        match command.body {
            Body::Heartbeat {
                kind: Heartbeat::Hello | Heartbeat::Beat,
                destination,
            } => {
                let system = System {
                    status: SystemStatus::InService,
                    agent_id: None,
                };
                self.event(&destination, Event::System(system));
                self.done(ticket);
            }
            Body::Agent {
                agent,
                action:
                    Action::Connect {
                        destination,
                        password,
                        sso,
                    },
            } => {
                self.outputs.push_back(Output::Keep(Box::new(Standing {
                    agent: agent.clone(),
                    client: client.clone(),
                    destination: destination.clone(),
                    node: 0,
                    credential: Credential {
                        secret: password,
                        token: sso,
                    },
                    token_ends: self.token_life.map(|life| Instant::now() + life),
                })));
                let owner = (client, destination.clone());
                let before = self.bound.insert(agent.clone(), owner);
                if let Some((_, lost)) = before.filter(|(_, before)| *before != destination) {
                    self.event(&lost, state(&agent, "LOGOUT", ""));
                    self.event(&lost, error(&agent, ErrorType::SessionInvalidated));
                }
                self.event(
                    &destination,
                    Event::ConnectStatus(ConnectStatus { agent_id: agent }),
                );
                self.done(ticket);
            }
            Body::Agent { agent, action } => self.agent(ticket, client, destination, agent, action),
        }
    }

    fn agent<S>(
        &mut self,
        ticket: Ticket,
        client: ClientId,
        from: Option<Destination>,
        agent: AgentId,
        action: Action<S>,
    ) {
        let Some((owner, destination)) = self.bound.get(&agent).cloned() else {
            return self.fail(ticket, from, agent, ErrorType::SubscriptionFailed);
        };
        if owner != client {
            return self.fail(ticket, from, agent, ErrorType::InvalidSupervisor);
        }
        match action {
            Action::MakeReady => {
                self.event(&destination, state(&agent, "READY", ""));
                self.done(ticket);
            }
            // Floods its destination: 1,200 events of about 60 KiB.
            Action::Refresh => {
                for _ in 0..1_200 {
                    self.event(&destination, state(&agent, "READY", &"x".repeat(60 * 1024)));
                }
                self.done(ticket);
            }
            // A thousand events of ordinary size.
            Action::GetState => {
                for number in 0..1_000 {
                    self.event(&destination, state(&agent, "READY", &number.to_string()));
                }
                self.done(ticket);
            }
            Action::GetQueueList => self.fail(ticket, from, agent, ErrorType::CfResourceBusy),
            Action::AnswerCall { .. } => self.fail(ticket, from, agent, ErrorType::NoDialogId),
            Action::HoldCall { .. } => self.fail(ticket, from, agent, ErrorType::PleaseRetry),
            // Everything else runs without an end.
            _ => {}
        }
    }

    fn doubtful<S>(&mut self, ticket: Ticket, client: ClientId, command: &Command<S>) {
        self.tell(Told::Doubtful(command.body.name()));
        let at = |(owner, at): &(ClientId, Destination)| (*owner == client).then(|| at.clone());
        let (error, known) = match &command.body {
            Body::Agent { agent, .. } => (scripted(agent, ErrorType::NotReachable), agent),
            Body::Heartbeat { .. } => unreachable!("a heartbeat in doubt"),
        };
        if let Some(destination) = self.bound.get(known).and_then(at) {
            self.event(&destination, Event::Error(error.clone()));
        }
        self.outputs.push_back(Output::CommandResult {
            ticket,
            outcome: Outcome::Unknown(ErrorType::NotReachable),
            error: Some(error),
        });
    }

    fn event(&mut self, destination: &Destination, event: Event) {
        self.outputs.push_back(Output::Event {
            destination: destination.clone(),
            origin: Origin::Live,
            event,
        });
    }

    fn done(&mut self, ticket: Ticket) {
        self.outputs.push_back(Output::CommandResult {
            ticket,
            outcome: Outcome::Done,
            error: None,
        });
    }

    fn fail(
        &mut self,
        ticket: Ticket,
        destination: Option<Destination>,
        agent: AgentId,
        error_type: ErrorType,
    ) {
        let error = ErrorEvent {
            command: Some("scripted"),
            ..scripted(&agent, error_type.clone())
        };
        if let Some(destination) = destination {
            self.event(&destination, Event::Error(error.clone()));
        }
        self.outputs.push_back(Output::CommandResult {
            ticket,
            outcome: Outcome::Failed(error_type),
            error: Some(error),
        });
    }
}

fn error(agent: &AgentId, error_type: ErrorType) -> Event {
    Event::Error(scripted(agent, error_type))
}

fn scripted(agent: &AgentId, error_type: ErrorType) -> ErrorEvent {
    ErrorEvent {
        error_type,
        error_message: "scripted".into(),
        agent_id: Some(agent.clone()),
        command: None,
        command_id: None,
    }
}

fn state(agent: &AgentId, state: &str, label: &str) -> Event {
    Event::State(Box::new(agent_state(agent, state, label)))
}

fn agent_state(agent: &AgentId, state: &str, label: &str) -> AgentState {
    AgentState {
        agent_id: agent.clone(),
        state: state.into(),
        reason_code: String::new(),
        pending_state: String::new(),
        state_change_time: "2026-11-22T09:00:00Z".into(),
        full_name: "Layla Haddad".into(),
        extension: "6127".into(),
        label: label.into(),
        supervisor_id: None,
    }
}

impl Core for Script {
    fn handle(&mut self, _now: Instant, input: Input) {
        match input {
            Input::ClientCommand {
                ticket,
                from,
                command,
                token_life,
            } => {
                self.token_life = token_life;
                self.command(ticket, from.client, from.destination, command);
            }
            Input::DoubtfulCommand {
                ticket,
                from,
                command,
                ..
            } => self.doubtful(ticket, from.client, &command),
            Input::ClientUp { destination } => self.tell(Told::Up(destination.to_string())),
            Input::ClientGone { destination } => self.tell(Told::Gone(destination.to_string())),
            Input::Licence { max_sessions } => self.tell(Told::Licence(max_sessions)),
            Input::Restore(standing) => {
                let (agent, node) = (standing.agent.clone(), standing.node);
                self.tell(Told::Restored(agent.to_string(), node));
                if let Some(ends) = standing.token_ends {
                    let left = ends.saturating_duration_since(Instant::now());
                    self.tell(Told::TokenLeft(left.as_secs_f64().round() as u64));
                }
                self.event(&standing.destination, state(&agent, "READY", "restored"));
                self.outputs.push_back(Output::Keep(standing.clone()));
                let owner = (standing.client, standing.destination);
                self.bound.insert(agent, owner);
            }
            _ => {}
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        None
    }

    fn handle_timeout(&mut self, _now: Instant) {}

    fn is_undecided(&self, _: Ticket) -> bool {
        false
    }

    fn agent(&self, agent: &AgentId) -> Option<AgentView> {
        let (client, destination) = self.bound.get(agent)?;
        Some(AgentView {
            cluster: gc_core::ClusterId(0),
            agent_id: agent.clone(),
            client: client.clone(),
            destination: destination.clone(),
            info: None,
            state: Some(agent_state(agent, "READY", "")),
            dialogs: Vec::new(),
            link: "up",
            node: 0,
        })
    }

    fn agents(&self) -> Vec<AgentView> {
        self.bound
            .keys()
            .filter_map(|agent| self.agent(agent))
            .collect()
    }

    fn snapshot(&self, destination: &Destination) -> Vec<Event> {
        let at = |(_, (_, known)): &(&AgentId, &(ClientId, Destination))| known == destination;
        let agents = self.bound.iter().filter(at);
        agents
            .map(|(agent, _)| state(agent, "READY", "as it stands"))
            .collect()
    }

    fn clusters(&self) -> Vec<gc_core::ClusterFigures> {
        Vec::new()
    }

    fn counters(&self) -> Counters {
        Counters {
            sessions: self.bound.len(),
            ..Counters::default()
        }
    }
}
