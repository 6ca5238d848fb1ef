//! Agents who were logged out by force: their sessions have ended, and Finesse signs them out in the background.
//!
//! Finesse signs nobody out who is READY, so such an agent is set NOT_READY first; their links are closed, so a read
//! shows when that is done. The credential is kept until the end of it, and no longer than a command may take.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use finesse_protocol::{Answer, Request, UserState};
use gc_protocol::AgentId;

use crate::faults;
use crate::io::{Authority, Credential, Output, Reply, RequestId, SecretHandle};
use crate::session::Ids;

/// Between two reads of an agent who is to become NOT_READY, and before what did not get through is tried again.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// The agents who are being signed out in the background.
#[derive(Debug, Default)]
pub(crate) struct Partings(BTreeMap<AgentId, Parting>);

/// One who is to be signed out.
#[derive(Debug)]
pub(crate) struct Leaver {
    pub(crate) agent: AgentId,
    /// The agent, as Finesse's addresses have it.
    pub(crate) user: String,
    pub(crate) node: usize,
    pub(crate) credential: Credential,
    /// Database ids of the reasons that are configured for it.
    pub(crate) not_ready_reason: Option<String>,
    pub(crate) logout_reason: Option<String>,
    /// When it is given up.
    pub(crate) deadline: Instant,
}

#[derive(Debug)]
struct Parting {
    leaver: Leaver,
    step: Step,
    /// Whether Finesse was asked for NOT_READY, so that only the effect is waited for.
    pause: Pause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Pausing(RequestId),
    Looking(RequestId),
    Resting { until: Instant },
    SigningOut(RequestId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pause {
    Open,
    Accepted,
    Refused,
}

/// Where requests go.
pub(crate) struct Outlet<'a> {
    pub(crate) now: Instant,
    pub(crate) ids: &'a mut Ids,
    pub(crate) out: &'a mut VecDeque<Output>,
}

impl Partings {
    /// Begins to sign an agent out, whose state may be known.
    pub(crate) fn begin(
        &mut self,
        outlet: &mut Outlet<'_>,
        leaver: Leaver,
        state: Option<&UserState>,
    ) {
        let mut parting = Parting {
            step: Step::Resting { until: outlet.now },
            pause: Pause::Open,
            leaver,
        };
        match state {
            Some(state) if !parting.go_on(outlet, state) => return,
            Some(_) => {}
            None => parting.look(outlet),
        }
        self.0.insert(parting.leaver.agent.clone(), parting);
    }

    /// Leaves an agent as it is; the secret is given back that was kept for it.
    pub(crate) fn call_off(&mut self, agent: &AgentId) -> Option<SecretHandle> {
        let parting = self.0.remove(agent)?;
        Some(parting.leaver.credential.secret)
    }

    /// Whether a secret is still of use.
    pub(crate) fn holds(&self, secret: SecretHandle) -> bool {
        let mut kept = self.0.values().map(|parting| parting.leaver.credential);
        kept.any(|credential| credential.secret == secret)
    }

    pub(crate) fn awaits(&self, agent: &AgentId, request: RequestId) -> bool {
        let parting = self.0.get(agent);
        parting.is_some_and(|parting| parting.step.request() == Some(request))
    }

    /// Takes the reply to a request; the secret is given back if that was the last.
    pub(crate) fn reply(
        &mut self,
        outlet: &mut Outlet<'_>,
        agent: &AgentId,
        reply: &Reply,
    ) -> Option<SecretHandle> {
        let goes_on = self.0.get_mut(agent)?.replied(outlet, reply);
        (!goes_on).then(|| self.call_off(agent)).flatten()
    }

    /// When something is due next.
    pub(crate) fn timeout(&self) -> Option<Instant> {
        let due = |parting: &Parting| match parting.step {
            Step::Resting { until } => until.min(parting.leaver.deadline),
            Step::Pausing(_) | Step::Looking(_) | Step::SigningOut(_) => parting.leaver.deadline,
        };
        self.0.values().map(due).min()
    }

    /// Does what is due; gives back agents and secrets of those who are given up.
    pub(crate) fn expire(&mut self, outlet: &mut Outlet<'_>) -> Vec<(AgentId, SecretHandle)> {
        for parting in self.0.values_mut() {
            if let Step::Resting { until } = parting.step
                && until <= outlet.now
                && outlet.now < parting.leaver.deadline
            {
                parting.look(outlet);
            }
        }
        let due = |parting: &Parting| parting.leaver.deadline <= outlet.now;
        let given_up = self.0.extract_if(.., |_, parting| due(parting));
        given_up
            .map(|(agent, parting)| {
                tracing::warn!(%agent, "the agent was not seen signed out in time after a forced logout");
                (agent, parting.leaver.credential.secret)
            })
            .collect()
    }
}

impl Parting {
    /// What is next for an agent in a state; whether anything is.
    fn go_on(&mut self, outlet: &mut Outlet<'_>, state: &UserState) -> bool {
        match (state, self.pause) {
            (UserState::Logout, _) => return false,
            (state, Pause::Open) if keeps_in(state) => self.pause(outlet),
            (state, Pause::Accepted) if keeps_in(state) => self.rest(outlet),
            _ => self.sign_out(outlet),
        }
        true
    }

    /// Whether the sign-out goes on after a reply.
    fn replied(&mut self, outlet: &mut Outlet<'_>, reply: &Reply) -> bool {
        match (self.step, reply) {
            (_, Reply::Fault(fault)) if faults::refuses_credential(fault) => return false,
            (Step::Looking(_), Reply::Answer(Answer::User(user))) => {
                return self.go_on(outlet, &user.state);
            }
            (Step::Pausing(_), Reply::Answer(_)) => {
                self.pause = Pause::Accepted;
                self.look(outlet);
            }
            (Step::Pausing(_), Reply::Fault(fault)) if fault.status < 500 => {
                self.pause = Pause::Refused;
                self.look(outlet);
            }
            (Step::SigningOut(_), Reply::Answer(_)) => return false,
            (Step::SigningOut(_), Reply::Fault(fault)) if fault.status < 500 => {
                let agent = &self.leaver.agent;
                tracing::warn!(%agent, status = fault.status, "Finesse has refused a forced logout");
                return false;
            }
            // Asking for a state once more does no harm.
            _ => self.rest(outlet),
        }
        true
    }

    fn pause(&mut self, outlet: &mut Outlet<'_>) {
        let reason = self.leaver.not_ready_reason.clone();
        self.step = Step::Pausing(self.ask_for(outlet, UserState::NotReady, reason));
    }

    fn sign_out(&mut self, outlet: &mut Outlet<'_>) {
        let reason = self.leaver.logout_reason.clone();
        self.step = Step::SigningOut(self.ask_for(outlet, UserState::Logout, reason));
    }

    fn rest(&mut self, outlet: &Outlet<'_>) {
        let until = outlet.now + LOOK_AGAIN_AFTER;
        self.step = Step::Resting { until };
    }

    fn look(&mut self, outlet: &mut Outlet<'_>) {
        let user = self.leaver.user.clone();
        self.step = Step::Looking(self.send(outlet, Request::User { user }));
    }

    fn ask_for(
        &self,
        outlet: &mut Outlet<'_>,
        state: UserState,
        reason_code_id: Option<String>,
    ) -> RequestId {
        let request = Request::ChangeState {
            user: self.leaver.user.clone(),
            state,
            reason_code_id,
        };
        self.send(outlet, request)
    }

    fn send(&self, outlet: &mut Outlet<'_>, request: Request) -> RequestId {
        let id = outlet.ids.request();
        outlet.out.push_back(Output::Request {
            id,
            header: outlet.ids.header(id),
            agent: self.leaver.agent.clone(),
            node: self.leaver.node,
            authority: Authority::Agent(self.leaver.credential),
            request,
        });
        id
    }
}

impl Step {
    fn request(self) -> Option<RequestId> {
        match self {
            Step::Pausing(request) | Step::Looking(request) | Step::SigningOut(request) => {
                Some(request)
            }
            Step::Resting { .. } => None,
        }
    }
}

/// Whether Finesse refuses to sign an agent out in a state, but not to make it NOT_READY. In a call it does so afterwards.
fn keeps_in(state: &UserState) -> bool {
    matches!(
        state,
        UserState::Ready
            | UserState::Work
            | UserState::WorkReady
            | UserState::ReservedOutbound
            | UserState::ReservedOutboundPreview
    )
}
