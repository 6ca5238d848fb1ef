//! What a session may do to the outside: put out events, requests, links.

use std::collections::VecDeque;
use std::time::Instant;

use finesse_protocol::{Request, User, UserState};
use gc_protocol::event::AgentState;
use gc_protocol::{Action, AgentId, Destination, Event};

use super::Pace;
use super::progress::Progress;
use super::task::{Task, TaskOrigin};
use super::{Pending, Purpose, Session};
use crate::agent::{login_id, member_state};
use crate::clusters::Cluster;
use crate::config::Config;
use crate::guard::Guard;
use crate::health::Health;
use crate::io::{Authority, Credential, Epoch, Origin, Output, Product, RequestId, SecretHandle};
use crate::lists::By;
use crate::partings::{Leaver, Outlet, Partings};
use crate::reasons::ReasonShelf;
use crate::view::Counters;

/// What a session sees of the gateway while it handles one input.
pub(crate) struct Cx<'a> {
    pub(crate) now: Instant,
    pub(crate) config: &'a Config,
    /// The agent's cluster.
    pub(crate) cluster: &'a Cluster,
    pub(crate) health: &'a Health,
    pub(crate) pace: &'a mut Pace,
    pub(crate) guard: &'a mut Guard,
    pub(crate) partings: &'a mut Partings,
    pub(crate) product: Option<Product>,
    /// Commands about members whom the supervisor does not have.
    pub(crate) handed_back: &'a mut Vec<HandedBack>,
    pub(crate) reasons: &'a mut ReasonShelf,
    pub(crate) counters: &'a mut Counters,
    pub(crate) ids: &'a mut Ids,
    pub(crate) out: &'a mut VecDeque<Output>,
}

/// A supervisor's command that the session's agent cannot give.
#[derive(Debug)]
pub(crate) struct HandedBack {
    pub(crate) origin: TaskOrigin,
    pub(crate) action: Action<SecretHandle>,
    pub(crate) member: AgentId,
    /// Supervisors of the same client who were not asked yet.
    pub(crate) others: VecDeque<AgentId>,
}

impl HandedBack {
    /// A command about a member goes on elsewhere; any other is given back.
    pub(crate) fn of(task: Task) -> Result<Self, Box<Task>> {
        match task.progress {
            Progress::Member(work) => Ok(Self {
                origin: task.origin,
                action: task.action,
                member: work.member,
                others: work.others,
            }),
            Progress::None | Progress::List(_) | Progress::Data(_) => Err(Box::new(task)),
        }
    }
}

/// Numbers that the gateway gives.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    request: u64,
    epoch: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            request: 0,
            epoch: 0,
        }
    }

    pub(crate) fn request(&mut self) -> RequestId {
        self.request += 1;
        RequestId(self.request)
    }

    pub(crate) fn epoch(&mut self) -> Epoch {
        self.epoch += 1;
        Epoch(self.epoch)
    }

    pub(crate) fn header(&self, id: RequestId) -> String {
        format!("{:016x}-{}", self.seed, id.0)
    }

    /// The request that a header text of ours names.
    pub(crate) fn request_of_header(&self, header: &str) -> Option<RequestId> {
        let (seed, number) = header.split_once('-')?;
        (u64::from_str_radix(seed, 16).ok()? == self.seed)
            .then_some(RequestId(number.parse().ok()?))
    }
}

impl Cx<'_> {
    pub(crate) fn event(&mut self, destination: Destination, origin: Origin, event: Event) {
        self.counters.events += 1;
        self.out.push_back(Output::Event {
            destination,
            origin,
            event,
        });
    }

    /// Begins to sign an agent out whose session ends.
    pub(crate) fn see_off(&mut self, leaver: Leaver, state: Option<&UserState>) {
        let mut outlet = Outlet {
            now: self.now,
            ids: self.ids,
            out: self.out,
        };
        self.partings.begin(&mut outlet, leaver, state);
    }

    /// Notes a state that the code rules out.
    pub(crate) fn impossible(&mut self, what: &'static str) {
        debug_assert!(false, "{what}");
        self.counters.impossible += 1;
    }
}

impl Session {
    /// Tells the agent's owner.
    pub(super) fn tell(&self, cx: &mut Cx<'_>, origin: Origin, event: Event) {
        if let Some(owner) = &self.owner {
            cx.event(owner.destination.clone(), origin, event);
        }
    }

    /// Sends a request to the agent's node with the session's credential.
    ///
    /// Who sends looks first whether the credential is good; this is the last resort, as a few refusals lock the account.
    pub(super) fn send(
        &mut self,
        cx: &mut Cx<'_>,
        purpose: Purpose,
        request: Request,
    ) -> Option<RequestId> {
        let credential = self.credential.filter(|_| !self.doubted);
        if credential.is_none() {
            cx.impossible("a request without a good credential");
        }
        Some(self.send_with(cx, purpose, request, credential?))
    }

    pub(super) fn send_with(
        &mut self,
        cx: &mut Cx<'_>,
        purpose: Purpose,
        request: Request,
        credential: Credential,
    ) -> RequestId {
        let id = cx.ids.request();
        if let Purpose::Command { task } = &purpose
            && let Some(task) = self.tasks.get_mut(task)
        {
            task.request = Some(id);
        }
        if let Purpose::Verify { .. } = purpose {
            cx.guard.sent(id, &self.agent_id);
        }
        let pending = Pending {
            purpose,
            secret: Some(credential.secret),
            may_be_forbidden: may_be_forbidden(&request),
        };
        self.requests.insert(id, pending);
        self.put_out_request(cx, id, Authority::Agent(credential), request);
        id
    }

    /// Sends a read in the name of whoever may make it.
    pub(super) fn send_by(&mut self, cx: &mut Cx<'_>, by: By, purpose: Purpose, request: Request) {
        let authority = match by {
            By::Agent => {
                self.send(cx, purpose, request);
                return;
            }
            By::Administrator => Authority::Administrator,
            By::ConfigApi => Authority::ConfigApi,
        };
        let id = cx.ids.request();
        let pending = Pending {
            purpose,
            secret: None,
            may_be_forbidden: true,
        };
        self.requests.insert(id, pending);
        self.put_out_request(cx, id, authority, request);
    }

    fn put_out_request(
        &self,
        cx: &mut Cx<'_>,
        id: RequestId,
        authority: Authority,
        request: Request,
    ) {
        cx.out.push_back(Output::Request {
            id,
            header: cx.ids.header(id),
            agent: self.agent_id.clone(),
            node: self.node,
            authority,
            request,
        });
    }

    /// The agent's id as Finesse's addresses have it.
    pub(super) fn user(&self) -> String {
        self.names.inside(&self.agent_id).to_owned()
    }

    /// The id by which clients know somebody of the agent's cluster.
    pub(super) fn id_of(&self, user: &User) -> AgentId {
        self.names.outside(login_id(user))
    }

    /// The State of somebody of the agent's cluster, told to the agent as supervisor.
    pub(super) fn member_state(&self, user: &User) -> AgentState {
        member_state(user, self.id_of(user), &self.agent_id)
    }

    /// Lets go of a secret that a command carried, unless it is still of use.
    pub(super) fn release(&self, cx: &mut Cx<'_>, secret: SecretHandle) {
        if !self.holds(secret) && !cx.partings.holds(secret) {
            cx.out.push_back(Output::ForgetSecret(secret));
        }
    }
}

/// The secret that a command carries.
pub(crate) fn secret_of(action: &Action<SecretHandle>) -> Option<SecretHandle> {
    match action {
        Action::Connect { password, .. }
        | Action::Login { password, .. }
        | Action::MobileAgentLogin { password, .. } => Some(*password),
        Action::UpdateToken { token } => Some(*token),
        _ => None,
    }
}

/// What not everybody may have: a dialog that the agent has left, and what supervisors do.
fn may_be_forbidden(request: &Request) -> bool {
    matches!(
        request,
        Request::Dialog { .. }
            | Request::Team { .. }
            | Request::SilentMonitor { .. }
            | Request::Barge { .. }
    )
}
