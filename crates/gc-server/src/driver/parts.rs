//! What a driver is made of, and how transports reach it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use finesse_client::{HealthReport, LinkReport, TransportReport};
use gc_core::Clusters;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::addresses::Addresses;
use super::brokered::Brokered;
use super::callbacks::Callbacks;
use super::commands::Commands;
use super::happening::{Sources, TaskNews};
use super::kept::Keeping;
use super::keys::Keys;
use super::links::Links;
use super::marks::Marks;
use super::nodes::nodes_of;
use super::site::Sites;
use super::tasks::Tasks;
use super::{BrokerParts, Driver, HubNews, Query, SiteParts, Submitted, now};
use crate::clients::Clients;
use crate::core::Core;
use crate::hub::Hub;
use crate::recorder::Recorder;
use crate::store::{Record, Store};
use crate::vault::Vault;
use crate::wall::Wall;

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
    pub(crate) wall: Wall,
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
            marks: Marks::default(),
            wall: parts.wall,
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
}
