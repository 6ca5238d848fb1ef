//! All sessions, and what crosses them: who may command whom, takeover, licences, clients, health.

mod administrator;
mod commands;
mod directory;
mod doubt;
mod nodes;
mod seen_off;
mod standing;
mod supervised;
mod system;

// A panic can be brought about from inside only.
#[cfg(test)]
mod mishap_tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use finesse_protocol::{Data, ServiceStatus, Update};
use gc_protocol::event::Event;
use gc_protocol::{AgentId, Destination};

use crate::clients::Clients;
use crate::clusters::{ClusterId, Clusters};
use crate::config::Config;
use crate::guard::Guard;
use crate::health::Health;
use crate::io::{Epoch, Input, LinkEvent, Origin, Output, Product, Reply, RequestId, Ticket};
use crate::partings::Partings;
use crate::reasons::ReasonShelf;
use crate::session::{Ids, Pace, Session};
use crate::view::{AgentView, ClusterFigures, Counters};
use administrator::Administrators;
use system::Standing;

/// All sessions of a gateway, and what crosses them.
///
/// Feed it one [`Input`], then drain [`Gateway::poll_output`], then ask [`Gateway::poll_timeout`] when to call
/// [`Gateway::handle_timeout`].
#[derive(Debug)]
pub struct Gateway {
    config: Config,
    clusters: Clusters,
    health: Health,
    guard: Guard,
    sessions: BTreeMap<AgentId, Session>,
    requests: BTreeMap<RequestId, AgentId>,
    timeouts: BTreeSet<(Instant, AgentId)>,
    clients: Clients,
    reasons: ReasonShelf,
    products: BTreeMap<ClusterId, Product>,
    /// Lists that administrators were asked for.
    administrators: Administrators,
    /// What destinations were told of their clusters, where something is out of service.
    troubled: BTreeMap<Destination, Standing>,
    /// Commands of which it is still open whether their senders may give them.
    undecided: BTreeSet<Ticket>,
    ids: Ids,
    pace: Pace,
    /// Agents who are signed out after their sessions have ended.
    partings: Partings,
    counters: Counters,
    out: VecDeque<Output>,
}

impl Gateway {
    /// An empty gateway; `seed` sets its request ids apart from those of any other.
    pub fn new(config: Config, seed: u64) -> Self {
        let clusters = Clusters::new(&config.clusters);
        Self {
            health: Health::new(&clusters),
            clusters,
            guard: Guard::new(&config),
            sessions: BTreeMap::new(),
            requests: BTreeMap::new(),
            timeouts: BTreeSet::new(),
            clients: Clients::new(config.beat_period),
            reasons: ReasonShelf::default(),
            products: BTreeMap::new(),
            administrators: Administrators::default(),
            troubled: BTreeMap::new(),
            undecided: BTreeSet::new(),
            ids: Ids::new(seed),
            pace: Pace::default(),
            partings: Partings::default(),
            counters: Counters::default(),
            out: VecDeque::new(),
            config,
        }
    }

    /// Takes one input; then drain [`Gateway::poll_output`].
    pub fn handle(&mut self, now: Instant, input: Input) {
        match input {
            Input::ClientCommand {
                ticket,
                from,
                command,
                token_life,
            } => self.command(now, ticket, from, command, token_life),
            Input::DoubtfulCommand {
                ticket,
                from,
                command,
                reason,
            } => self.doubtful_command(now, ticket, from, command, reason),
            Input::ClientUp { destination } => {
                self.clients.up(&destination);
                self.presence_changed(now, &destination);
            }
            Input::ClientGone { destination } => {
                self.clients.gone(&destination);
                self.presence_changed(now, &destination);
                self.forget_standing(&destination);
            }
            Input::FinesseReply { request, reply } => self.reply(now, request, reply),
            Input::Notification {
                agent,
                epoch,
                update,
            } => self.notification(now, &agent, epoch, *update),
            Input::Link {
                agent,
                epoch,
                event,
            } => self.link(now, &agent, epoch, &event),
            Input::NodeHealth {
                node,
                in_service,
                asked,
            } => self.node_polled(now, node, in_service, asked),
            Input::Site { cluster, product } => {
                self.products.insert(cluster, product);
            }
            Input::Licence { max_sessions } => self.config.max_sessions = max_sessions,
            Input::Restore(standing) => self.restore(now, *standing),
        }
    }

    /// The next thing to do, until `None`.
    #[must_use = "an output that is not acted upon is an event lost or a request never sent"]
    pub fn poll_output(&mut self) -> Option<Output> {
        let output = self.out.pop_front();
        match &output {
            Some(Output::Request { id, agent, .. } | Output::Record { id, agent, .. }) => {
                self.requests.insert(*id, agent.clone());
            }
            Some(Output::CommandTaken { ticket } | Output::CommandResult { ticket, .. }) => {
                self.undecided.remove(ticket);
            }
            Some(
                Output::Event { .. }
                | Output::OpenLink { .. }
                | Output::CloseLink { .. }
                | Output::RenewLink { .. }
                | Output::Subscribe { .. }
                | Output::Unsubscribe { .. }
                | Output::ForgetSecret(_)
                | Output::Keep(_)
                | Output::Unkeep { .. },
            )
            | None => {}
        }
        output
    }

    /// When [`Gateway::handle_timeout`] wants to be called next, and why.
    pub fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        let session = self
            .timeouts
            .first()
            .and_then(|(_, agent)| self.sessions.get(agent)?.next_timeout());
        let beat = self.clients.timeout().map(|at| (at, "a client's beat"));
        let lists = self.administrators.timeout();
        let lists = lists.map(|at| (at, "a list of an administrator's"));
        let partings = self.partings.timeout();
        let partings = partings.map(|at| (at, "an agent to sign out"));
        let all = session.into_iter().chain(beat).chain(lists).chain(partings);
        all.min_by_key(|(at, _)| *at)
    }

    /// Does what is due; early or repeated calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        for destination in self.clients.expire(now) {
            self.presence_changed(now, &destination);
        }
        self.expire_lists(now);
        self.expire_partings(now);
        while let Some((at, agent)) = self.timeouts.first().cloned() {
            if at > now {
                break;
            }
            self.timeouts.remove(&(at, agent.clone()));
            self.with_session(now, &agent, |session, cx| session.handle_timeout(cx));
        }
    }

    /// Whether it is still open if a command is the sender's to give, because Finesse is being asked; an
    /// [`Output::CommandTaken`] or its result follows.
    pub fn is_undecided(&self, ticket: Ticket) -> bool {
        self.undecided.contains(&ticket)
    }

    /// An agent's session, once its Connect has succeeded.
    pub fn agent(&self, agent: &AgentId) -> Option<AgentView> {
        self.sessions.get(agent)?.view()
    }

    /// All sessions, in the order of their agents.
    pub fn agents(&self) -> Vec<AgentView> {
        self.sessions.values().filter_map(Session::view).collect()
    }

    /// Everything that a client of a destination must know that cannot know what it has missed: of each agent there
    /// `AgentInfo`, `State`, `DialogState` and the calls. It is told to nobody else, and changes nothing.
    pub fn snapshot(&self, destination: &Destination) -> Vec<Event> {
        let is_there = |session: &&Session| {
            let owner = session.owner();
            owner.is_some_and(|owner| owner.destination == *destination)
        };
        let sessions = self.sessions.values().filter(is_there);
        let trouble = |session: &Session| self.trouble_at(destination, session);
        sessions
            .flat_map(|session| trouble(session).into_iter().chain(session.snapshot()))
            .collect()
    }

    /// Figures since the start.
    pub fn counters(&self) -> Counters {
        Counters {
            sessions: self.sessions.len(),
            links_up: self
                .sessions
                .values()
                .filter(|session| session.is_link_up())
                .count(),
            requests_pending: self.requests.len(),
            ..self.counters
        }
    }

    /// Figures of each cluster, in the order of the settings.
    pub fn clusters(&self) -> Vec<ClusterFigures> {
        let mut figures = vec![ClusterFigures::default(); self.config.clusters.len()];
        for session in self.sessions.values() {
            if let Some(figures) = figures.get_mut(session.cluster().0) {
                figures.sessions += 1;
                figures.links_up += usize::from(session.is_link_up());
            }
        }
        figures
    }

    fn reply(&mut self, now: Instant, request: RequestId, reply: Reply) {
        self.guard.replied(now, request, &reply);
        if let Some(agent) = self.requests.remove(&request) {
            if self.administrators.awaits(request) {
                return self.administrators_reply(now, request, reply);
            }
            if self.partings.awaits(&agent, request) {
                return self.parting_reply(now, &agent, &reply);
            }
            self.with_session(now, &agent, |session, cx| session.reply(cx, request, reply));
        }
    }

    fn notification(&mut self, now: Instant, agent: &AgentId, epoch: Epoch, update: Update) {
        if let Data::SystemInfo(info) = &update.data {
            let in_service = info.status == ServiceStatus::InService;
            if let Some(node) = self.node_of(agent, epoch) {
                self.node_changed(now, node, |health| {
                    health.told_in_service(node, in_service, now);
                });
            }
            return;
        }
        self.with_session(now, agent, |session, cx| {
            session.notification(cx, epoch, update)
        });
    }

    fn link(&mut self, now: Instant, agent: &AgentId, epoch: Epoch, event: &LinkEvent) {
        if let LinkEvent::FinessePresent(present) = event
            && let Some(node) = self.node_of(agent, epoch)
        {
            self.node_changed(now, node, |health| health.set_present(node, *present));
        }
        self.with_session(now, agent, |session, cx| {
            session.link_event(cx, epoch, event)
        });
    }

    fn presence_changed(&mut self, now: Instant, destination: &Destination) {
        let here = self.clients.is_here(destination);
        let of_destination = |session: &Session| {
            session
                .owner()
                .is_some_and(|owner| owner.destination == *destination)
        };
        let agents: Vec<AgentId> = self
            .sessions
            .iter()
            .filter(|(_, session)| of_destination(session))
            .map(|(agent, _)| agent.clone())
            .collect();
        for agent in agents {
            self.with_session(now, &agent, |session, cx| {
                if here {
                    session.client_here(cx)
                } else {
                    session.client_gone(cx)
                }
            });
        }
    }

    fn tell(&mut self, destination: Destination, event: Event) {
        self.counters.events += 1;
        self.out.push_back(Output::Event {
            destination,
            origin: Origin::Live,
            event,
        });
    }
}
