//! The one loop that owns the core, the vault and the hub: everything that happens goes through it, and it waits for nothing else.

mod addresses;
mod begin;
mod brokered;
mod callbacks;
mod commands;
mod doubt;
mod ends;
mod happening;
mod kept;
mod keys;
mod links;
mod marks;
mod nodes;
mod outputs;
mod parts;
mod permit;
mod place;
mod queries;
mod requests;
mod site;
mod submit;
mod taken_up;
mod tasks;

pub(crate) use brokered::BrokerParts;
pub(crate) use commands::{Answered, Delivered, Failure, Socket, Stage, Submitted, Via};
pub(crate) use happening::{BrokerState, CallbackState, HubNews, Query, Readiness, ViewError};
pub(crate) use keys::REMEMBERED;
pub(crate) use parts::{CallbackParts, Door, KeptParts, Parts};
pub(crate) use place::{Naming, Place};
pub(crate) use site::SiteParts;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use finesse_client::LinkReport;
use gc_core::{Clusters, Epoch, Input};
use gc_protocol::{AgentId, Destination};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::clients::Clients;
use crate::core::Core;
use crate::finesse::{self, LinkNews};
use crate::hub::{Hub, Presence};
use crate::recorder::Recorder;
use crate::store::Record;
use crate::telemetry;
use crate::vault::Vault;
use crate::wall::Wall;
use addresses::Addresses;
use brokered::Brokered;
use callbacks::Callbacks;
use commands::{Commands, Waiter};
use happening::{Happening, Sources};
use kept::Keeping;
use links::Links;
use marks::Marks;
use nodes::Node;
use site::{NodeMap, Sites};
use tasks::Tasks;

/// How often tables with a time limit are swept.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

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
    marks: Marks,
    wall: Wall,
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

impl Driver {
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
            self.sweep_marks(now);
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

/// The clock of the loop: the runtime's, so that tests can turn it.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
