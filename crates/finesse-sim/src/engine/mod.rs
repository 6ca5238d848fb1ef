//! The call engine: agents, calls and queues of a Unified CCE or Unified CCX site.
//!
//! Pure: no sockets, no clock, no task. Requests go in with the time; their synchronous verdict
//! comes back at once, their effects later. The driving contract:
//!
//! 1. call any method with `now`;
//! 2. drain [`Engine::poll_output`] until `None`;
//! 3. call [`Engine::handle_timeout`] at [`Engine::poll_timeout`], then go to 2.

mod actions;
mod administration;
mod agents;
mod call_data;
mod callbacks;
mod campaign_modes;
mod campaigns;
mod checks;
mod commands;
mod cti;
mod dialing;
mod dropping;
mod express;
mod joining;
mod leaving;
mod listing;
mod lockout;
mod login;
mod model;
mod presence;
mod publication;
mod publishing;
mod queues;
mod reading;
mod refusal;
mod routing;
mod settings;
mod sign_on;
mod state_requests;
mod supervision;
mod time;
mod tokens;
mod views;
mod words;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

pub use commands::{DialogRequest, MobileRequest, NewDialog, UserRequest};
pub use lockout::Credentials;
pub use model::CallId;
pub use publication::{
    Change, DialogView, ErrorView, MobileView, Node, OutboundView, ParticipantView, Payload,
    Publication, QueueView, ReasonView, ServiceStatus, SystemView, Topic, UserView, WrapUpView,
};
pub use refusal::Refusal;
pub use settings::{
    BargeMark, CampaignCalls, DropParticipantFor, OnDisconnect, Settings, UnknownVariables, WrapUp,
    WrapUpMode,
};
pub use time::SimTime;
pub use tokens::{Bearer, TokenForm};
pub use words::{
    AgentState, CallType, CampaignMode, Cause, DialogAction, DialogState, MobileMode, PartyState,
};

use crate::config::NodePorts;
use crate::rng::Rng;
use crate::site::Site;
use commands::Command;
use lockout::Accounts;
use model::{Agent, AgentIx, Call, QueueState};
use tokens::Tokens;

/// A contact center on simulated time.
#[derive(Debug)]
pub struct Engine {
    site: Site,
    settings: Settings,
    rng: Rng,
    now: SimTime,
    accounts: Accounts,
    tokens: Tokens,
    agents: Vec<Agent>,
    by_id: BTreeMap<String, AgentIx>,
    /// Every phone of the site, and who is signed in at it.
    devices: BTreeMap<String, Option<AgentIx>>,
    calls: BTreeMap<CallId, Call>,
    /// Ids that a call had before, so that the customer can still hang up.
    successors: BTreeMap<CallId, CallId>,
    queues: Vec<QueueState>,
    status: [ServiceStatus; 2],
    /// Nodes whose process is gone.
    dead: [bool; 2],
    /// The CTI server is out of everybody's reach.
    cti_away: bool,
    /// Where the nodes say that they listen.
    ports: [NodePorts; 2],
    next_call: u64,
    next_leg: u64,
    due: BTreeMap<(SimTime, u64), Task>,
    order: u64,
    output: VecDeque<Publication>,
    /// The request being executed: its first notification to its agent echoes the id.
    echo: Option<Echo>,
    touched: BTreeSet<AgentIx>,
    route_due: bool,
}

#[derive(Debug)]
enum Task {
    Execute(Box<Command>),
    Publish(Box<Publication>),
    Dialed(CallId),
    Rings(CallId),
    OutsideAnswers(CallId),
    ClearFailed(CallId),
    Offer(CallId, AgentIx),
    OfferPreview(CallId, AgentIx),
    CustomerDialed(CallId),
    RingOut(CallId, AgentIx, SimTime),
    WrapUpOver(AgentIx, SimTime),
    PresenceOver(AgentIx, Node, SimTime),
    QueueReport(usize),
}

#[derive(Debug)]
struct Echo {
    agent: AgentIx,
    request_id: String,
    of_user: bool,
}

impl Engine {
    /// A site where nobody is signed in.
    pub fn new(site: Site, settings: Settings, seed: u64) -> Self {
        let mut accounts = Accounts::new(settings.lockout_after, settings.lockout);
        for agent in &site.agents {
            accounts.add(&agent.id, &agent.password);
        }
        accounts.add(&site.administrator.0, &site.administrator.1);
        let agents: Vec<Agent> = site.agents.iter().cloned().map(Agent::new).collect();
        let ids = site.agents.iter().enumerate();
        Self {
            by_id: ids.map(|(n, a)| (a.id.clone(), AgentIx(n))).collect(),
            devices: site
                .agents
                .iter()
                .map(|a| (a.extension.clone(), None))
                .collect(),
            queues: site.queues.iter().map(|_| QueueState::default()).collect(),
            site,
            tokens: Tokens::new(settings.token_form, seed),
            settings,
            rng: Rng::new(seed),
            now: SimTime::default(),
            accounts,
            agents,
            calls: BTreeMap::new(),
            successors: BTreeMap::new(),
            status: [ServiceStatus::InService; 2],
            dead: [false; 2],
            cti_away: false,
            ports: [NodePorts::of_cisco(); 2],
            next_call: 33_561_207,
            next_leg: 2_147_400_001,
            due: BTreeMap::new(),
            order: 0,
            output: VecDeque::new(),
            echo: None,
            touched: BTreeSet::new(),
            route_due: false,
        }
    }

    /// What the site is made of.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The ports that SystemInfo tells, where the release tells any.
    pub fn set_ports(&mut self, ports: [NodePorts; 2]) {
        self.ports = ports;
    }

    /// The next publication, in the order in which they leave.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Publication> {
        self.output.pop_front()
    }

    /// When to call [`Self::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Does everything that is due; early or repeated calls do nothing.
    pub fn handle_timeout(&mut self, now: SimTime) {
        while let Some(entry) = self.due.first_entry() {
            let at = entry.key().0;
            if at > now {
                break;
            }
            let task = entry.remove();
            self.advance(at);
            self.run(task);
            self.finish();
        }
        self.advance(now);
    }

    fn run(&mut self, task: Task) {
        match task {
            Task::Execute(command) => self.execute(*command),
            Task::Publish(publication) => self.output.push_back(*publication),
            Task::Dialed(call) => self.dialed(call),
            Task::Rings(call) => self.rings(call),
            Task::OutsideAnswers(call) => self.outside_answers(call),
            Task::ClearFailed(call) => self.clear_failed(call),
            Task::Offer(call, agent) => self.offer(call, agent),
            Task::OfferPreview(call, agent) => self.offer_preview(call, agent),
            Task::CustomerDialed(call) => self.customer_dialed(call),
            Task::RingOut(call, agent, since) => self.ring_out(call, agent, since),
            Task::WrapUpOver(agent, since) => self.wrap_up_over(agent, since),
            Task::PresenceOver(agent, node, since) => self.presence_over(agent, node, since),
            Task::QueueReport(queue) => self.report_queue(queue),
        }
    }

    /// What follows from any change: callers find agents, action lists are brought up to date.
    fn finish(&mut self) {
        self.echo = None;
        if std::mem::take(&mut self.route_due) {
            self.route();
        }
        self.refresh_action_lists();
    }

    fn advance(&mut self, now: SimTime) {
        self.now = self.now.max(now);
    }

    fn latency(&mut self) -> Duration {
        let range = &self.settings.latency;
        self.rng.between(*range.start(), *range.end())
    }

    fn after(&mut self, span: Duration, task: Task) {
        self.at(self.now + span, task);
    }

    fn at(&mut self, time: SimTime, task: Task) {
        self.order += 1;
        self.due.insert((time, self.order), task);
    }

    fn agent(&self, ix: AgentIx) -> &Agent {
        &self.agents[ix.0]
    }

    fn agent_mut(&mut self, ix: AgentIx) -> &mut Agent {
        &mut self.agents[ix.0]
    }

    fn new_call_id(&mut self) -> CallId {
        self.next_call += 1;
        CallId(self.next_call - 1)
    }
}
