//! Gateway, site and network in one thread, on one clock.

mod health;
mod links;
mod nodes;
mod notifications;
mod outputs;
mod promises;
mod requests;
mod restart;
mod seats;
mod setup;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use finesse_protocol::Update;
use finesse_sim::engine::SimTime;
use finesse_sim::{Node, Offline, Site};
use gc_core::{Config, Epoch, Gateway, Input, LinkEvent, Reply, RequestId, SecretHandle};
use gc_protocol::Printer;
use gc_protocol::style::Style;

use crate::Breach;
use crate::desk::Desk;
use crate::dice::Dice;
use crate::history::History;
use crate::ledger::Ledger;
use crate::reference::Reference;
use crate::sightings::Sightings;
use crate::vault::Vault;
use health::HealthTold;
pub(crate) use links::Wire;
use promises::{Expected, Put};
pub(crate) use requests::Flight;
pub(crate) use restart::Kept;

/// Everybody at the demo site.
pub(crate) const AGENTS: [&str; 3] = ["41027", "41033", "41900"];
pub(crate) const SUPERVISOR: &str = "41900";
/// What agents sign in with; the log and all that is told is looked through for what they have in common.
pub(crate) const PASSWORDS: [&str; 2] = ["c4nary-1", "c4nary-2"];
pub(crate) const WRONG_PASSWORD: &str = "c4nary-0";
/// Where clients' events go.
pub(crate) const DESKS: [&str; 3] = ["desk-1", "desk-2", "desk-3"];
/// Wake-ups without time passing; more means that nothing moves on.
const WAKES: u32 = 20_000;

pub(crate) struct World {
    pub(crate) gateway: Gateway,
    pub(crate) site: Offline,
    pub(crate) dice: Dice,
    pub(crate) vault: Vault,
    pub(crate) desks: BTreeMap<String, Desk>,
    pub(crate) ledger: Ledger,
    pub(crate) wires: BTreeMap<String, Wire>,
    /// Requests that are on their way.
    pub(crate) flights: BTreeMap<RequestId, Flight>,
    /// Agents of whom a notification was lost in silence.
    pub(crate) tainted: BTreeSet<String>,
    /// Secrets that Finesse refuses, and how often each may be tried again.
    pub(crate) refused: BTreeMap<(String, SecretHandle), u64>,
    /// Nodes whose Finesse has left the bus.
    pub(crate) absent: BTreeSet<Node>,
    pub(crate) passwords: BTreeMap<String, String>,
    /// Sessions that another process would go on with.
    pub(crate) kept: BTreeMap<String, Kept>,
    /// Clients that have not come back since the gateway was started again.
    pub(crate) returning: BTreeSet<String>,
    /// Clients that are connected.
    pub(crate) up: BTreeSet<String>,
    /// Between two processes of the gateway.
    pub(crate) is_down: bool,
    /// The CTI server is changing sides.
    pub(crate) cti_out: bool,
    /// When agents moved to another node.
    pub(crate) moved: BTreeMap<String, u64>,
    /// LOGINs that arrived at a node that their agent had left.
    pub(crate) late_logins: BTreeMap<String, u64>,
    pub(crate) config: Config,
    /// Clients that have stopped to beat.
    pub(crate) silent: BTreeSet<String>,
    /// What clients were told of nodes and links.
    pub(crate) health: HealthTold,
    /// Sessions after the last input.
    sessions: usize,
    /// What clients were told of each agent.
    references: BTreeMap<String, Reference>,
    /// What the present notification has to be told as.
    expected: Option<(Expected, Update)>,
    /// Events that the present input has put out.
    put: Vec<Put>,
    /// Agents whose commands the present input has brought to their end.
    answered: Vec<String>,
    /// When Finesse last answered a read of an agent.
    read_at: BTreeMap<String, u64>,
    /// Agents of whom a notification had to wait for a read.
    waited: BTreeSet<String>,
    /// Until when an agent's notifications come in another order.
    disordered: BTreeMap<String, u64>,
    returns_seen: u64,
    next_poll: u64,
    /// When clients that beat did so last.
    pub(crate) beats: BTreeMap<String, u64>,
    /// Agents whose session's credential Finesse has refused.
    pub(crate) locked_out: BTreeSet<String>,
    /// How often agents' passwords have changed.
    pub(crate) changes: BTreeMap<String, u64>,
    pub(crate) seen: Sightings,
    pub(crate) history: History,
    pub(crate) weather: Weather,
    pub(crate) breach: Option<String>,
    headers: BTreeSet<String>,
    printer: Printer,
    start: Instant,
    site_start: SimTime,
    now: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    order: u64,
    site_next: Option<SimTime>,
}

/// How often the network fails by itself, in a thousand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) requests: u64,
    pub(crate) notifications: u64,
}

/// What the network brings at its time.
#[derive(Debug)]
pub(crate) enum Happening {
    Arrives(RequestId),
    Replied(RequestId, Reply),
    Report(String, Epoch, News),
    TryLink(String, Epoch),
    /// A node's health is polled.
    Poll(Node),
    /// Who took an agent's link away leaves it.
    StrangerLeaves(String, Node, finesse_sim::LinkId),
    CtiIsBack,
    /// A client connects again after the gateway was started again.
    ClientReturns(&'static str),
}

/// What a link reports.
#[derive(Debug, Clone)]
pub(crate) enum News {
    Link(LinkEvent),
    /// Its text, and when Finesse sent it.
    Notification(String, u64),
}

impl World {
    pub(crate) fn new(seed: u64) -> Result<Self, Breach> {
        let mut dice = Dice::new(seed);
        let config = setup::config(&mut dice);
        let settings = setup::settings(&mut dice);
        let rates = [(0, 0), (15, 10), (80, 60)];
        let (requests, notifications) = dice.one(&rates).unwrap_or_default();
        let site = Offline::new(Site::demo(), settings, seed);
        let printer = Printer::new(&Style::default()).map_err(|error| error.to_string())?;
        let mut world = Self {
            gateway: Gateway::new(config.clone(), seed),
            site_start: site.now(),
            site,
            dice,
            vault: Vault::default(),
            desks: DESKS.map(|desk| (desk.to_owned(), Desk::default())).into(),
            ledger: Ledger::default(),
            wires: BTreeMap::new(),
            flights: BTreeMap::new(),
            tainted: BTreeSet::new(),
            refused: BTreeMap::new(),
            absent: BTreeSet::new(),
            locked_out: BTreeSet::new(),
            changes: BTreeMap::new(),
            kept: BTreeMap::new(),
            returning: BTreeSet::new(),
            up: BTreeSet::new(),
            is_down: false,
            cti_out: false,
            moved: BTreeMap::new(),
            late_logins: BTreeMap::new(),
            config,
            silent: BTreeSet::new(),
            health: HealthTold::default(),
            sessions: 0,
            references: BTreeMap::new(),
            expected: None,
            put: Vec::new(),
            answered: Vec::new(),
            read_at: BTreeMap::new(),
            waited: BTreeSet::new(),
            disordered: BTreeMap::new(),
            returns_seen: 0,
            next_poll: nodes::POLL_EVERY,
            beats: BTreeMap::new(),
            passwords: AGENTS
                .map(|id| (id.to_owned(), PASSWORDS[0].to_owned()))
                .into(),
            seen: Sightings::default(),
            history: History::default(),
            weather: Weather {
                requests,
                notifications,
            },
            breach: None,
            headers: BTreeSet::new(),
            printer,
            start: Instant::now(),
            now: 0,
            queue: BTreeMap::new(),
            order: 0,
            site_next: None,
        };
        world.begin();
        Ok(world)
    }

    /// The first thing that must not be.
    pub(crate) fn breach(&mut self, what: impl FnOnce() -> String) {
        if self.breach.is_none() {
            self.breach = Some(what());
        }
    }

    pub(crate) fn check(&self) -> Result<(), Breach> {
        match &self.breach {
            Some(what) => Err(what.clone()),
            None => Ok(()),
        }
    }

    /// Milliseconds since the start.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    pub(crate) fn feed(&mut self, input: Input) {
        self.gateway.handle(self.instant(), input);
        self.drain();
    }

    pub(super) fn instant(&self) -> Instant {
        self.start + Duration::from_millis(self.now)
    }

    fn drain(&mut self) {
        self.put.clear();
        self.answered.clear();
        let mut next = self.gateway.poll_output();
        if next.is_some() {
            self.ledger.coming = self.present_owners();
        }
        while let Some(output) = next {
            self.take(output);
            next = self.gateway.poll_output();
        }
        if let Some((expected, update)) = self.expected.take() {
            self.check_expected(&expected, &update);
        }
        self.check_after_input();
        self.learn();
    }

    pub(crate) fn later(&mut self, millis: u64, what: Happening) {
        self.at(self.now + millis, what);
    }

    pub(crate) fn at(&mut self, time: u64, what: Happening) {
        self.order += 1;
        self.queue.insert((time.max(self.now), self.order), what);
    }

    /// Nothing is under way: no request, no news, nothing that the site is about to do within a second.
    pub(crate) fn is_quiet(&self) -> bool {
        let soon = self.site_time() + Duration::from_secs(1);
        let site = self.site_next.is_none_or(|next| next > soon);
        site && self.flights.is_empty() && self.queue.is_empty()
    }

    fn site_time(&self) -> SimTime {
        self.site_start + Duration::from_millis(self.now)
    }

    /// Lets time pass; everything happens at its time.
    pub(crate) fn pass(&mut self, millis: u64) {
        let end = self.now + millis;
        let mut wakes = 0;
        loop {
            self.pump_site();
            let Some(next) = self.next_wake().filter(|next| *next <= end) else {
                break;
            };
            wakes = if next > self.now { 0 } else { wakes + 1 };
            if wakes > WAKES {
                let timeout = self.gateway.poll_timeout();
                return self.breach(|| format!("time stands still: {timeout:?}"));
            }
            self.now = self.now.max(next);
            self.wake();
            if self.breach.is_some() {
                return;
            }
        }
        self.now = end;
        self.pump_site();
    }

    fn next_wake(&self) -> Option<u64> {
        let queue = self.queue.keys().next().map(|(at, _)| *at);
        let gateway = self.gateway.poll_timeout().map(|(at, _)| {
            let since = at.saturating_duration_since(self.start);
            since.as_nanos().div_ceil(1_000_000) as u64
        });
        let site = self
            .site_next
            .map(|at| at.since(self.site_start).as_millis() as u64);
        let poll = Some(self.next_poll);
        [queue, gateway, site, poll].into_iter().flatten().min()
    }

    fn wake(&mut self) {
        if let Some(entry) = self.queue.first_entry()
            && entry.key().0 <= self.now
        {
            let what = entry.remove();
            return self.happen(what);
        }
        if self.next_poll <= self.now {
            self.next_poll = self.now + nodes::POLL_EVERY;
            for node in Node::ALL {
                self.poll_health(node);
            }
            return;
        }
        let instant = self.instant();
        if let Some((at, _)) = self.gateway.poll_timeout()
            && at <= instant
        {
            self.gateway.handle_timeout(instant);
            self.drain();
            if let Some((at, why)) = self.gateway.poll_timeout()
                && at <= instant
            {
                self.breach(|| format!("a timeout that does not move on: {why}"));
            }
        }
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Arrives(id) => self.request_arrives(id),
            Happening::Replied(id, reply) => self.reply_arrives(id, reply),
            Happening::Report(agent, epoch, news) => self.report_arrives(&agent, epoch, news),
            Happening::TryLink(agent, epoch) => self.try_link(&agent, epoch),
            Happening::Poll(node) => self.poll_health(node),
            Happening::StrangerLeaves(_, _, link) => self.site.sign_off(link),
            Happening::CtiIsBack => self.regain_cti(),
            Happening::ClientReturns(desk) => self.client_up(desk),
        }
    }

    /// What the site has done by now, and what links have heard of it.
    pub(crate) fn pump_site(&mut self) {
        self.site_next = self.site.pass_to(self.site_time());
        while let Some((link, heard)) = self.site.next_heard() {
            self.heard(link, heard);
        }
        self.note_gaps();
    }

    /// Links of other gateways.
    pub(crate) fn strangers(&self) -> usize {
        let stranger = |what: &&Happening| matches!(what, Happening::StrangerLeaves(..));
        self.queue.values().filter(stranger).count()
    }

    /// Forgets the rest of what the network would bring to a link.
    pub(crate) fn lose_notifications(&mut self, agent: &str, epoch: Epoch) {
        let of_link = |what: &Happening| matches!(what, Happening::Report(whose, of, News::Notification(..)) if whose == agent && *of == epoch);
        self.queue.retain(|_, what| !of_link(what));
    }
}
