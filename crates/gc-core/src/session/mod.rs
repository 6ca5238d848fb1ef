//! One agent's session: its client, its link, its commands, what is known of the agent and the calls.

mod call_control;
mod call_data;
mod connect;
mod effects;
mod failover;
mod feeds;
mod gap;
mod gone;
pub(crate) mod lane;
mod link;
mod lists;
mod login;
mod may_send;
mod member;
mod mishap;
mod notify;
mod outcome;
mod progress;
pub(crate) mod queue;
mod queues;
mod reads;
mod recording;
mod reply;
mod standing;
mod state_change;
mod sync;
pub(crate) mod task;
mod team;
mod tell;
mod token;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use gc_protocol::event::AgentState;
use gc_protocol::{AgentId, Destination};

use crate::agent::Agent;
use crate::calls::{Calls, LiveCall};
use crate::clusters::{ClusterId, Names};
use crate::io::{ClientId, Credential, Epoch, RequestId, SecretHandle};
use crate::view::AgentView;
pub(crate) use effects::{Cx, HandedBack, Ids, secret_of};
use failover::Failover;
pub(crate) use failover::Pace;
use feeds::Feeds;
use gap::Gap;
use gone::Presence;
pub(crate) use member::is_for_members;
use mishap::Mishaps;
use queues::QueueBoard;
pub(crate) use standing::Kept;
use sync::Sync;
use task::{Task, TaskId};
use token::TokenClock;

/// A link that is down for longer is told to clients who understand it.
const LINK_TROUBLE_AFTER: Duration = Duration::from_secs(2);

/// One agent's session.
#[derive(Debug)]
pub(crate) struct Session {
    agent_id: AgentId,
    cluster: ClusterId,
    names: Names,
    owner: Option<Owner>,
    /// The client whose first Connect made this session; it may queue commands before it owns it.
    claimant: ClientId,
    credential: Option<Credential>,
    node: usize,
    link: Link,
    /// The secret that the link was opened with; the credential may be newer.
    link_secret: Option<SecretHandle>,
    /// Finesse has refused the credential since it was verified: nothing is sent with it until somebody gives it again.
    doubted: bool,
    token: Option<TokenClock>,
    agent: Agent,
    calls: Calls,
    feeds: Box<Feeds>,
    queues: Option<Box<QueueBoard>>,
    tasks: BTreeMap<TaskId, Task>,
    waiting: VecDeque<Task>,
    last_task: u64,
    requests: BTreeMap<RequestId, Pending>,
    sync: Sync,
    /// The State the owner was told last.
    told_state: Option<AgentState>,
    presence: Presence,
    failover: Failover,
    /// What Finesse may still do to the agent because of a loss.
    gap: Option<Box<Gap>>,
    /// A LOGOUT was accepted that takes effect after the call.
    leaving: bool,
    /// Its node was out of service, or not known yet, while it had no link: it counts as back once the agent was read.
    unproven: bool,
    over: bool,
    mishaps: Mishaps,
}

/// Whose the agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) client: ClientId,
    pub(crate) destination: Destination,
}

/// The agent's XMPP link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Closed,
    Opening { epoch: Epoch },
    Up { epoch: Epoch },
    Down { epoch: Epoch, trouble: Trouble },
}

/// Whether clients know of a link's trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    Tell { at: Instant },
    Told,
}

/// A request that is out.
#[derive(Debug)]
struct Pending {
    purpose: Purpose,
    /// What it was sent with; the session's credential may be newer. `None` where it was not the agent's.
    secret: Option<SecretHandle>,
    /// A 401 may say as well that the agent may not have what was asked for.
    may_be_forbidden: bool,
}

impl Pending {
    /// Whether the credential of one of these tasks is tried with it.
    fn tries_for(&self, tasks: &BTreeMap<TaskId, Task>) -> bool {
        matches!(&self.purpose, Purpose::Verify { task, .. } if tasks.contains_key(task))
    }
}

/// What a request was sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    Verify {
        task: TaskId,
        credential: Credential,
    },
    Command {
        task: TaskId,
    },
    Reasons {
        task: TaskId,
        category: finesse_protocol::ReasonCategory,
    },
    Read {
        task: TaskId,
    },
    /// What a request has done to a call.
    ReadBack {
        task: TaskId,
        request: RequestId,
    },
    Sync {
        generation: u64,
        part: sync::Part,
    },
    /// A supervisor's team, after a gap; and one member who is to be told in any case.
    Roster {
        team: String,
        about: Option<AgentId>,
    },
    Queues,
    /// The gateway's own, at another node or after Finesse has signed the agent out.
    SignIn,
}

impl Session {
    pub(crate) fn new(
        agent_id: AgentId,
        claimant: ClientId,
        cluster: ClusterId,
        names: Names,
    ) -> Self {
        Self {
            agent_id,
            cluster,
            names,
            owner: None,
            claimant,
            credential: None,
            node: 0,
            link: Link::Closed,
            link_secret: None,
            doubted: false,
            token: None,
            agent: Agent::default(),
            calls: Calls::default(),
            feeds: Box::default(),
            queues: None,
            tasks: BTreeMap::new(),
            waiting: VecDeque::new(),
            last_task: 0,
            requests: BTreeMap::new(),
            sync: Sync::default(),
            told_state: None,
            presence: Presence::Here,
            failover: Failover::default(),
            gap: None,
            leaving: false,
            unproven: false,
            over: false,
            mishaps: Mishaps::default(),
        }
    }

    /// When the session wants to be woken next, and why.
    pub(crate) fn next_timeout(&self) -> Option<(Instant, &'static str)> {
        let tasks = self
            .tasks
            .values()
            .chain(&self.waiting)
            .map(|task| (task.deadline, "a command's deadline"));
        let read_backs = self
            .tasks
            .values()
            .filter_map(|task| Some((task.read_back_at?, "call data to read back")));
        let queues = self.queues.as_ref().and_then(|board| board.timeout());
        let teams = self.feeds.timeout();
        let trouble = match self.link {
            Link::Down {
                trouble: Trouble::Tell { at },
                ..
            } => Some((at, "a link is down")),
            _ => None,
        };
        tasks
            .chain(trouble)
            .chain(read_backs)
            .chain(queues.map(|at| (at, "figures of queues")))
            .chain(teams.map(|at| (at, "a team to read")))
            .chain(self.token.map(|clock| (clock.timeout(), "a token's end")))
            .chain(self.sync.timeout().map(|at| (at, "a snapshot")))
            .chain(self.presence.timeout().map(|at| (at, "a client is gone")))
            .chain(self.failover.timeout().map(|at| (at, "another node")))
            .min_by_key(|(at, _)| *at)
    }

    /// Does what is due.
    pub(crate) fn handle_timeout(&mut self, cx: &mut Cx<'_>) {
        self.expire_tasks(cx);
        self.read_back_due(cx);
        self.queues_timeout(cx);
        self.teams_timeout(cx);
        self.token_timeout(cx);
        self.tell_link_trouble(cx);
        self.sync_timeout(cx);
        self.presence_timeout(cx);
        self.failover_timeout(cx);
        self.pump(cx);
    }

    /// Whether nothing is left to do: the gateway removes the session.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Whose the agent is, once the credential was accepted.
    pub(crate) fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }

    /// Whether a secret is still of use to this session.
    pub(crate) fn holds(&self, secret: SecretHandle) -> bool {
        self.credential.is_some_and(|known| known.secret == secret)
            || self.link_secret == Some(secret)
            || self
                .waiting
                .iter()
                .chain(self.tasks.values())
                .any(|task| secret_of(&task.action) == Some(secret))
    }

    /// Whether the agent supervises anybody, and a client may act in the agent's name.
    pub(crate) fn is_supervisor_of(&self, client: &ClientId) -> bool {
        let owned = self
            .owner
            .as_ref()
            .is_some_and(|owner| owner.client == *client);
        owned && self.agent.supervised_teams().next().is_some()
    }

    /// Whether the agent supervises a team.
    pub(crate) fn supervises(&self, team: &str) -> bool {
        self.agent.supervises(team)
    }

    /// The agent's own team; empty until known.
    pub(crate) fn own_team(&self) -> &str {
        self.agent.own_team()
    }

    /// The agent, as clients write the id.
    pub(crate) fn agent_id(&self) -> &AgentId {
        &self.agent_id
    }

    /// The cluster the agent belongs to, once and for all.
    pub(crate) fn cluster(&self) -> ClusterId {
        self.cluster
    }

    /// The node the agent is on.
    pub(crate) fn node(&self) -> usize {
        self.node
    }

    /// The node that serves the agent; `None` while the agent is between two, or on its way back.
    pub(crate) fn stands_at(&self) -> Option<usize> {
        // Nothing will be proven of a node that nobody tries to get through to.
        let returning = self.unproven && self.link != Link::Closed && !self.doubted;
        (!self.is_moving() && !returning).then_some(self.node)
    }

    /// Whether notifications flow.
    pub(crate) fn is_link_up(&self) -> bool {
        matches!(self.link, Link::Up { .. })
    }

    /// The session as it stands.
    pub(crate) fn view(&self) -> Option<AgentView> {
        let owner = self.owner.clone()?;
        Some(AgentView {
            agent_id: self.agent_id.clone(),
            client: owner.client,
            destination: owner.destination,
            info: self
                .agent
                .is_known()
                .then(|| self.agent.info_event(&self.agent_id)),
            state: self
                .agent
                .is_known()
                .then(|| self.agent.state_event(&self.agent_id)),
            dialogs: self.calls.told().map(LiveCall::event_again).collect(),
            link: match self.link {
                Link::Opening { .. } => "connecting",
                Link::Up { .. } => "up",
                Link::Closed | Link::Down { .. } => "down",
            },
            cluster: self.cluster,
            node: self.node,
        })
    }
}
