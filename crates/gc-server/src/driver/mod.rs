//! The one loop that owns the core, the vault and the hub: everything that happens goes through it, and it waits for nothing else.

mod addresses;
mod brokered;
mod callbacks;
mod commands;
mod ends;
mod happening;
mod kept;
mod keys;
mod links;
mod outputs;
mod permit;
mod place;
mod queries;
mod requests;
mod site;
mod submit;
mod taken_up;
mod tasks;

pub(crate) use brokered::BrokerParts;
pub(crate) use commands::{Answered, Failure, Socket, Stage, Submitted, Via};
pub(crate) use happening::{BrokerState, CallbackState, HubNews, Query, Readiness, ViewError};
pub(crate) use keys::REMEMBERED;
pub(crate) use place::{Naming, Place};
pub(crate) use site::SiteParts;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use finesse_client::{HealthReport, LinkReport, NodeStatus, Transport, TransportReport};
use gc_core::{ClusterId, Clusters, Epoch, Input};
use gc_protocol::{AgentId, Destination};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clients::Clients;
use crate::core::Core;
use crate::finesse::{self, LinkNews};
use crate::hub::{Hub, Presence};
use crate::recorder::Recorder;
use crate::store::{Record, Store};
use crate::telemetry;
use crate::vault::Vault;
use addresses::Addresses;
use brokered::Brokered;
use callbacks::Callbacks;
use commands::{Commands, Waiter};
use happening::{Happening, NodeLine, Sources, TaskNews};
use kept::Keeping;
use keys::Keys;
use links::Links;
use site::{NodeMap, Sites};
use tasks::Tasks;

/// Reports of links that may wait; beyond it, links stop reading and Finesse keeps what comes.
const LINK_REPORTS: usize = 4_096;
/// Replies and other news of our own tasks.
const TASK_NEWS: usize = 1_024;
/// Changes of a node's health, and of its transport.
const NODE_REPORTS: usize = 64;
/// Subscribers that come and go.
const HUB_NEWS: usize = 1_024;
/// Commands; beyond it a request is told 429 and a connection is read no further.
const COMMANDS: usize = 1_024;
/// Questions.
const QUERIES: usize = 256;
/// How often tables with a time limit are swept.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// How transports reach the driver.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) commands: mpsc::Sender<Submitted>,
    pub(crate) hub: mpsc::Sender<HubNews>,
    pub(crate) queries: mpsc::Sender<Query>,
}

/// What a driver is made of.
pub(crate) struct Parts {
    pub(crate) core: Box<dyn Core>,
    pub(crate) hub: Hub,
    pub(crate) clients: Arc<Clients>,
    pub(crate) sites: Vec<SiteParts>,
    /// What Finesse calls each agent.
    pub(crate) clusters: Clusters,
    pub(crate) recorder: Option<Recorder>,
    pub(crate) keys_per_client: usize,
    pub(crate) callbacks: CallbackParts,
    pub(crate) broker: Option<BrokerParts>,
    pub(crate) kept: KeptParts,
    /// Sessions that are licensed at once, whenever that changes.
    pub(crate) licence: watch::Receiver<Option<usize>>,
    /// What delivers to clients; it ends before the links do.
    pub(crate) tracker: TaskTracker,
    /// Everything towards Finesse.
    pub(crate) work: TaskTracker,
    pub(crate) stop: CancellationToken,
    /// Told after `stop`: clients have what was theirs, the links may go.
    pub(crate) part: CancellationToken,
    pub(crate) kill: CancellationToken,
}

/// What callbacks are made of.
pub(crate) struct CallbackParts {
    pub(crate) couriers: crate::callback::Couriers,
    pub(crate) patience: crate::callback::Patience,
    pub(crate) bare: bool,
}

/// What was kept over the end of an earlier process, and where it is kept.
#[derive(Default)]
pub(crate) struct KeptParts {
    pub(crate) store: Option<Store>,
    pub(crate) records: Vec<Record>,
    /// Hosts of the nodes, in their order.
    pub(crate) hosts: Vec<String>,
}

/// The loop and what it owns.
pub(crate) struct Driver {
    core: Box<dyn Core>,
    vault: Vault,
    hub: Hub,
    clients: Arc<Clients>,
    sites: Sites,
    finesse: NodeMap,
    clusters: Clusters,
    recorder: Option<Recorder>,
    links: Links,
    hub_news: mpsc::Sender<HubNews>,
    callbacks: Callbacks,
    brokered: Brokered,
    keeping: Keeping,
    records: Vec<Record>,
    commands: Commands,
    addresses: Addresses,
    nodes: Vec<Node>,
    tasks: Tasks,
    sources: Sources,
    later: VecDeque<Input>,
    stopping: bool,
    part: CancellationToken,
    parting: bool,
    swept: Instant,
}

struct Node {
    cluster: ClusterId,
    was_asked: bool,
    in_service: bool,
    line: NodeLine,
}

impl Driver {
    /// A driver, and the door to it.
    pub(crate) fn new(parts: Parts) -> (Self, Door) {
        let (link_sender, links) = mpsc::channel::<LinkReport>(LINK_REPORTS);
        let (task_sender, task_news) = mpsc::channel::<TaskNews>(TASK_NEWS);
        let (health_sender, health) = mpsc::channel::<HealthReport>(NODE_REPORTS);
        let (transport_sender, transports) = mpsc::channel::<TransportReport>(NODE_REPORTS);
        let (hub_sender, hub_news) = mpsc::channel(HUB_NEWS);
        let (command_sender, commands) = mpsc::channel(COMMANDS);
        let (query_sender, queries) = mpsc::channel(QUERIES);
        let deliveries = Tasks::new(parts.tracker, parts.kill.clone(), task_sender.clone());
        let tasks = Tasks::new(parts.work, parts.kill, task_sender);
        let intervals: Vec<Duration> = parts
            .sites
            .iter()
            .map(|site| site.health_interval)
            .collect();
        let sites = Sites::new(parts.sites);
        for (site, interval) in sites.all().iter().zip(intervals) {
            site.watch(
                &tasks,
                interval,
                health_sender.clone(),
                transport_sender.clone(),
            );
        }
        let door = Door {
            commands: command_sender,
            hub: hub_sender.clone(),
            queries: query_sender,
        };
        let driver = Self {
            core: parts.core,
            vault: Vault::default(),
            hub: parts.hub,
            clients: Arc::clone(&parts.clients),
            links: Links::new(sites.map(), link_sender, tasks.clone()),
            nodes: nodes_of(&sites),
            finesse: sites.map(),
            sites,
            clusters: parts.clusters,
            recorder: parts.recorder,
            callbacks: Callbacks::new(parts.callbacks, hub_sender.clone(), deliveries.clone()),
            brokered: Brokered::new(parts.broker, deliveries),
            keeping: Keeping::new(parts.kept.store, parts.kept.hosts),
            records: parts.kept.records,
            hub_news: hub_sender,
            commands: Commands::new(Keys::new(parts.keys_per_client)),
            addresses: Addresses::default(),
            tasks,
            sources: Sources {
                links,
                tasks: task_news,
                health,
                transports,
                hub: hub_news,
                commands,
                queries,
                licence: parts.licence,
                clients: parts.clients,
                stop: parts.stop,
            },
            later: VecDeque::new(),
            stopping: false,
            part: parts.part,
            parting: false,
            swept: now(),
        };
        (driver, door)
    }

    /// Runs until it is told to stop, then to part, and every link has ended.
    pub(crate) async fn run(mut self) {
        self.announce_products();
        let records = std::mem::take(&mut self.records);
        self.take_up(records);
        while !(self.parting && self.links.is_empty()) {
            let due = self.core.poll_timeout().map(|(due, _why)| due);
            let first = self.sources.next(due, self.parting).await;
            self.take(first);
            for happening in self.sources.round() {
                self.take(happening);
            }
            self.keep_time();
        }
    }

    fn take(&mut self, happening: Happening) {
        match happening {
            Happening::Link(report) => self.link_reported(report),
            Happening::LinkEnded { agent, epoch } => self.links.ended(agent, epoch),
            Happening::LinkBroke { agent, epoch } => self.link_broke(agent, epoch),
            Happening::Reply { request, reply } => {
                self.feed(Input::FinesseReply { request, reply });
            }
            Happening::Health(report) => self.health_reported(report),
            Happening::Transport(report) => self.transport_reported(report),
            Happening::Licence(max_sessions) => self.feed(Input::Licence { max_sessions }),
            Happening::Hub(news) => self.hub_changed(news),
            Happening::Command(submitted) => self.submit(submitted),
            Happening::Query(query) => self.answer(query),
            Happening::Clients => self.clients_changed(),
            Happening::Due => {}
            Happening::Stop if self.stopping => self.part(),
            Happening::Stop => self.stop(),
        }
        self.settle();
    }

    fn link_reported(&mut self, report: LinkReport) {
        let span = tracing::info_span!("link", agent = report.agent, epoch = report.epoch);
        let _entered = span.enter();
        let agent = AgentId::from(report.agent);
        let epoch = Epoch(report.epoch);
        self.feed(match finesse::link_news(report.event) {
            LinkNews::Update(update) => {
                telemetry::notification();
                Input::Notification {
                    agent,
                    epoch,
                    update,
                }
            }
            LinkNews::Change(event) => {
                if event == gc_core::LinkEvent::Undecodable {
                    telemetry::undecodable();
                }
                Input::Link {
                    agent,
                    epoch,
                    event,
                }
            }
        });
    }

    /// The core hears of it first: it may close the link for good, or want another one.
    fn link_broke(&mut self, agent: AgentId, epoch: Epoch) {
        tracing::error!(%agent, epoch = epoch.0, "a link broke down and is opened again");
        self.feed(Input::Link {
            agent: agent.clone(),
            epoch,
            event: gc_core::LinkEvent::Down,
        });
        self.links.broke(agent, epoch);
    }

    fn health_reported(&mut self, report: HealthReport) {
        if let NodeStatus::InService { info } = &report.status {
            self.learn_site(report.node, info);
        }
        let Some(node) = self.nodes.get_mut(report.node) else {
            return;
        };
        let (in_service, status, reason) = finesse::service(report.status);
        if node.in_service != in_service || node.line.status != status {
            tracing::info!(
                cluster = node.line.cluster,
                node = node.line.name,
                status,
                reason,
                "node"
            );
        }
        node.was_asked = true;
        node.in_service = in_service;
        node.line.status = status;
        node.line.reason = reason;
        self.note_service(report.node);
        self.feed(Input::NodeHealth {
            node: report.node,
            in_service,
        });
    }

    fn transport_reported(&mut self, report: TransportReport) {
        let Some(node) = self.nodes.get_mut(report.node) else {
            return;
        };
        telemetry::transport(&node.line.cluster, &node.line.name, report.transport);
        node.line.transport = report.transport.map_or("", Transport::as_str);
        node.line.transport_reason = report.reason;
    }

    fn in_service(&self) -> bool {
        self.nodes.iter().any(|node| node.in_service)
    }

    /// One input, and everything that comes of it.
    fn feed(&mut self, input: Input) {
        self.core.handle(now(), input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.core.poll_output() {
            self.carry_out(output);
        }
    }

    /// Comes up while outputs are carried out, and the core takes one input at a time: it waits for its turn.
    fn presence_changed(&mut self, destination: &Destination, change: Option<Presence>) {
        let destination = destination.clone();
        match change {
            None => {}
            Some(Presence::Up) => self.later.push_back(Input::ClientUp { destination }),
            Some(Presence::Gone) => self.later.push_back(Input::ClientGone { destination }),
        }
    }

    fn settle(&mut self) {
        while let Some(input) = self.later.pop_front() {
            self.feed(input);
        }
    }

    fn keep_time(&mut self) {
        let now = now();
        if self
            .core
            .poll_timeout()
            .is_some_and(|(due, _why)| due <= now)
        {
            self.core.handle_timeout(now);
            self.drain();
            self.settle();
        }
        if now.saturating_duration_since(self.swept) >= SWEEP_EVERY {
            self.swept = now;
            self.commands.keys.sweep(now);
            self.hub.expire(now);
        }
    }

    /// No new sessions, and every queue runs empty; agents stay present at Finesse meanwhile.
    fn stop(&mut self) {
        tracing::info!("stopping");
        self.stopping = true;
        self.sources.stop = self.part.clone();
        self.hub.drain();
    }

    /// Every link closes.
    fn part(&mut self) {
        self.parting = true;
        self.links.close_all();
    }
}

/// The nodes of all clusters, in the order of the core's numbers.
fn nodes_of(sites: &Sites) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (number, site) in sites.all().iter().enumerate() {
        let names = site.node_names();
        nodes.extend(names.map(|name| Node::new(ClusterId(number), &site.name, name)));
    }
    nodes
}

impl Node {
    fn new(cluster: ClusterId, of: &str, name: &str) -> Self {
        Self {
            cluster,
            was_asked: false,
            in_service: false,
            line: NodeLine {
                name: name.to_owned(),
                cluster: of.to_owned(),
                product: String::new(),
                release: "",
                status: "UNKNOWN",
                reason: "not asked yet".to_owned(),
                transport: "",
                transport_reason: "not probed yet".to_owned(),
            },
        }
    }
}

/// The clock of the loop: the runtime's, so that tests can turn it.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
