//! One agent's session: its client, its link, its commands, what is known of the agent and the calls.

mod call_control;
mod connect;
mod effects;
mod gone;
mod link;
mod login;
mod notify;
mod outcome;
mod reads;
mod reply;
mod state_change;
mod sync;
pub(crate) mod task;
mod tell;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use gc_protocol::event::AgentState;
use gc_protocol::{Action, AgentId, Destination};

use crate::agent::Agent;
use crate::calls::Calls;
use crate::io::{ClientId, Credential, Epoch, RequestId, SecretHandle, Ticket};
use crate::view::AgentView;
pub(crate) use effects::{Cx, Ids, secret_of};
use gone::Presence;
use sync::Sync;
use task::{Lane, Step, Task, TaskId, TaskOrigin};

/// A link that is down for longer is told to clients who understand it.
const LINK_TROUBLE_AFTER: Duration = Duration::from_secs(2);

/// One agent's session.
#[derive(Debug)]
pub(crate) struct Session {
    agent_id: AgentId,
    owner: Option<Owner>,
    /// The client whose first Connect made this session; it may queue commands before it owns it.
    claimant: ClientId,
    credential: Option<Credential>,
    node: usize,
    link: Link,
    agent: Agent,
    calls: Calls,
    tasks: BTreeMap<TaskId, Task>,
    waiting: VecDeque<Task>,
    last_task: u64,
    requests: BTreeMap<RequestId, Purpose>,
    sync: Sync,
    /// The State the owner was told last.
    told_state: Option<AgentState>,
    presence: Presence,
    /// A LOGOUT was accepted that takes effect after the call.
    leaving: bool,
    over: bool,
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
    Sync {
        generation: u64,
        part: sync::Part,
    },
    /// Nobody waits for it.
    Parting,
}

impl Session {
    pub(crate) fn new(agent_id: AgentId, claimant: ClientId) -> Self {
        Self {
            agent_id,
            owner: None,
            claimant,
            credential: None,
            node: 0,
            link: Link::Closed,
            agent: Agent::default(),
            calls: Calls::default(),
            tasks: BTreeMap::new(),
            waiting: VecDeque::new(),
            last_task: 0,
            requests: BTreeMap::new(),
            sync: Sync::default(),
            told_state: None,
            presence: Presence::Here,
            leaving: false,
            over: false,
        }
    }

    /// Takes a command that passed the gateway's checks.
    pub(crate) fn command(
        &mut self,
        cx: &mut Cx<'_>,
        origin: TaskOrigin,
        action: Action<SecretHandle>,
    ) {
        let deadline = cx.now + cx.config.request_deadline;
        let task = Task {
            origin,
            action,
            step: Step::Waiting,
            deadline,
            told: false,
            request: None,
            echoed: false,
            dialog: None,
            reason_code: None,
            found_at_work: false,
        };
        match Task::lane(&task.action) {
            None => self.refuse(
                cx,
                &task,
                gc_protocol::ErrorType::NotSupported,
                "this command is not supported yet",
            ),
            Some(lane) if self.is_free(lane) && !self.is_lane_waited_for(lane) => {
                self.begin(cx, task)
            }
            Some(_) if self.waiting.len() >= cx.config.queue_limit => {
                let message = "too many commands of this agent are waiting: wait for their outcome";
                self.refuse(cx, &task, gc_protocol::ErrorType::CfResourceBusy, message);
            }
            Some(_) => self.waiting.push_back(task),
        }
    }

    /// Starts what waited, as far as it may run now.
    fn pump(&mut self, cx: &mut Cx<'_>) {
        let mut at = 0;
        let mut blocked = Vec::new();
        while !self.over && at < self.waiting.len() {
            let lane = Task::lane(&self.waiting[at].action).unwrap_or(Lane::Read);
            if blocked.contains(&lane) || blocked.contains(&Lane::Session) || !self.is_free(lane) {
                blocked.push(lane);
                at += 1;
            } else if let Some(mut task) = self.waiting.remove(at) {
                task.deadline = cx.now + cx.config.request_deadline;
                self.begin(cx, task);
                at = 0;
                blocked.clear();
            }
        }
    }

    fn begin(&mut self, cx: &mut Cx<'_>, task: Task) {
        self.last_task += 1;
        let id = TaskId(self.last_task);
        let lane = Task::lane(&task.action);
        self.tasks.insert(id, task);
        match lane {
            Some(Lane::Session) => self.begin_session_command(cx, id),
            Some(Lane::State) => self.begin_state_change(cx, id),
            Some(Lane::Call) => self.begin_call_control(cx, id),
            Some(Lane::Read) => self.begin_read(cx, id),
            None => {}
        }
    }

    fn begin_session_command(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        match &task.action {
            Action::Connect { password, sso, .. } => {
                let credential = Credential {
                    secret: *password,
                    token: *sso,
                };
                self.begin_connect(cx, id, credential);
            }
            Action::Login { password, .. } => {
                let token = self
                    .credential
                    .is_some_and(|known| known.token && known.secret == *password);
                let credential = Credential {
                    secret: *password,
                    token,
                };
                self.begin_connect(cx, id, credential);
            }
            Action::ForceLogout => self.force_logout(cx, id),
            _ => self.begin_logout(cx, id),
        }
    }

    fn is_free(&self, lane: Lane) -> bool {
        self.tasks.values().all(|task| {
            let running = Task::lane(&task.action).unwrap_or(Lane::Read);
            match (lane, running) {
                (Lane::Read, Lane::Session) => self.owner.is_some(),
                (Lane::Read, _) | (_, Lane::Read) => true,
                (Lane::Session, _) => !task.occupies(),
                (_, Lane::Session) => false,
                (Lane::Call, Lane::Call) => !task.occupies(),
                (Lane::State, _) | (_, Lane::State) => true,
            }
        })
    }

    fn is_lane_waited_for(&self, lane: Lane) -> bool {
        self.waiting.iter().any(|task| {
            let waiting = Task::lane(&task.action).unwrap_or(Lane::Read);
            waiting == lane || waiting == Lane::Session && lane != Lane::Read
        })
    }

    /// When the session wants to be woken next, and why.
    pub(crate) fn next_timeout(&self) -> Option<(Instant, &'static str)> {
        let tasks = self
            .tasks
            .values()
            .map(|task| (task.deadline, "a command's deadline"));
        let trouble = match self.link {
            Link::Down {
                trouble: Trouble::Tell { at },
                ..
            } => Some((at, "a link is down")),
            _ => None,
        };
        tasks
            .chain(trouble)
            .chain(self.sync.timeout().map(|at| (at, "a snapshot")))
            .chain(self.presence.timeout().map(|at| (at, "a client is gone")))
            .min_by_key(|(at, _)| *at)
    }

    /// Does what is due.
    pub(crate) fn handle_timeout(&mut self, cx: &mut Cx<'_>) {
        self.expire_tasks(cx);
        self.tell_link_trouble(cx);
        self.sync_timeout(cx);
        self.presence_timeout(cx);
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

    /// Whether a client may send commands for this agent.
    pub(crate) fn is_of(&self, client: &ClientId) -> bool {
        match &self.owner {
            Some(owner) => owner.client == *client,
            None => self.claimant == *client,
        }
    }

    /// Whether a secret is still of use to this session.
    pub(crate) fn holds(&self, secret: SecretHandle) -> bool {
        self.credential.is_some_and(|known| known.secret == secret)
            || self
                .waiting
                .iter()
                .chain(self.tasks.values())
                .any(|task| secret_of(&task.action) == Some(secret))
    }

    /// The node the agent is on.
    pub(crate) fn node(&self) -> usize {
        self.node
    }

    /// Whether notifications flow.
    pub(crate) fn is_link_up(&self) -> bool {
        matches!(self.link, Link::Up { .. })
    }

    /// What waited when the session ended.
    pub(crate) fn into_waiting(self) -> Vec<(TaskOrigin, Action<SecretHandle>)> {
        self.waiting
            .into_iter()
            .map(|task| (task.origin, task.action))
            .collect()
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
            dialogs: self
                .calls
                .live()
                .filter_map(|(_, call)| call.event())
                .collect(),
            link: match self.link {
                Link::Closed | Link::Opening { .. } => "connecting",
                Link::Up { .. } => "up",
                Link::Down { .. } => "down",
            },
            node: self.node,
        })
    }

    fn ticket_of(task: &Task) -> Option<Ticket> {
        match task.origin {
            TaskOrigin::Client { ticket, .. } => Some(ticket),
            TaskOrigin::Gateway => None,
        }
    }
}
