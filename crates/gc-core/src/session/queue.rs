//! Which command may run now, and which must wait for which.

use std::collections::VecDeque;
use std::time::Duration;

use gc_protocol::{Action, Destination, ErrorType};

use super::lane::Lane;
use super::task::{Step, Task, TaskId, TaskOrigin};
use super::{Cx, Owner, Session};
use crate::io::{ClientId, Credential, SecretHandle};

/// Why a command for another client's agent is refused.
pub(crate) const NOT_YOURS: (ErrorType, &str) = (
    ErrorType::InvalidSupervisor,
    "the agent belongs to another client: its supervisor may send MakeReady, MakeNotReady and Logout, nothing else",
);

/// Commands about members that one supervisor has under way at once.
const MEMBERS_AT_ONCE: usize = 8;

/// Why nothing more is done for who has lost the agent.
pub(super) const LEFT: (ErrorType, &str) = (
    ErrorType::SessionInvalidated,
    "the agent was connected from elsewhere",
);

/// Why a command for nobody's agent is refused.
pub(crate) const NOT_CONNECTED: (ErrorType, &str) = (
    ErrorType::SubscriptionFailed,
    "the agent is not connected at this client: send Connect first",
);

impl Session {
    /// Takes a command that passed the gateway's checks.
    pub(crate) fn command(
        &mut self,
        cx: &mut Cx<'_>,
        origin: TaskOrigin,
        action: Action<SecretHandle>,
        token_life: Option<Duration>,
    ) {
        let origin = self.with_destination(origin, &action);
        let deadline = cx.now + cx.config.request_deadline;
        match Lane::of(&action) {
            Some(lane) => {
                let mut task = Task::new(origin, action, lane, deadline);
                task.token_life = token_life;
                self.enqueue(cx, task);
            }
            None => {
                let task = Task::new(origin, action, Lane::Read, deadline);
                let message = "this version does not know how to do that";
                self.refuse(cx, &task, ErrorType::NotSupported, message);
            }
        }
    }

    /// Begins a command now, or once those that it must not overtake are far enough.
    pub(super) fn enqueue(&mut self, cx: &mut Cx<'_>, task: Task) {
        if !self.must_wait(&task, self.waiting.len()) {
            self.begin(cx, task);
        } else if self.is_queue_full(cx, &task) {
            let message = "too many commands of this agent are waiting: wait for their outcome";
            self.refuse(cx, &task, ErrorType::CfResourceBusy, message);
        } else {
            self.waiting.push_back(task);
        }
    }

    /// Whether a client may send commands for this agent: its owner, or who is about to be.
    pub(crate) fn admits(&self, client: &ClientId) -> bool {
        match &self.owner {
            Some(owner) if owner.client == *client => true,
            Some(_) => self.entering(client).next().is_some(),
            None => self.claimant == *client || self.entering(client).next().is_some(),
        }
    }

    /// Starts what waited, as far as it may run now.
    pub(crate) fn pump(&mut self, cx: &mut Cx<'_>) {
        let mut at = 0;
        while !self.over && at < self.waiting.len() {
            if self.must_wait(&self.waiting[at], at) {
                at += 1;
            } else if let Some(mut task) = self.waiting.remove(at) {
                task.deadline = cx.now + cx.config.request_deadline;
                self.begin(cx, task);
                at = 0;
            }
        }
    }

    /// A command that has waited too long was certainly not executed.
    pub(super) fn expire_waiting(&mut self, cx: &mut Cx<'_>) {
        // One by one, as two of them may carry one secret.
        while let Some(at) = self.waiting.iter().position(|task| task.deadline <= cx.now)
            && let Some(task) = self.waiting.remove(at)
        {
            let message = "the commands before this one took too long: it was not sent";
            self.refuse(cx, &task, ErrorType::PleaseRetry, message);
        }
    }

    /// The agent leaves an owner: what its commands under way come to is not told, what waits is not sent.
    pub(super) fn part_from_commands(&mut self, cx: &mut Cx<'_>, owner: &Owner) {
        let of_owner = |task: &Task| {
            // A credential that is still to be tried may bring the agent back.
            let untried = task.connects() && matches!(task.step, Step::Waiting | Step::Verifying);
            task.origin.destination() == Some(&owner.destination) && !untried
        };
        for task in self.tasks.values_mut().filter(|task| of_owner(task)) {
            task.origin.part();
        }
        // One by one, as two of them may carry one secret.
        while let Some(at) = self.waiting.iter().position(of_owner)
            && let Some(mut task) = self.waiting.remove(at)
        {
            task.origin.part();
            self.refuse(cx, &task, LEFT.0, LEFT.1);
        }
    }

    /// The session that follows this one, from the first Connect or Login on; and what waited before that.
    ///
    /// A credential that is being tried goes on being tried there: one command never tries it twice.
    pub(crate) fn into_successor(self) -> (VecDeque<Task>, Option<Self>) {
        let (tasks, mut before) = (self.tasks, self.waiting);
        // What the gateway was about to do by itself was for this session.
        before.retain(|task| !matches!(task.origin, TaskOrigin::Gateway));
        let enters = Task::connects;
        let first = match before.iter().position(enters) {
            _ if !tasks.is_empty() => 0,
            first => first.unwrap_or(before.len()),
        };
        let waiting = before.split_off(first);
        let mut entering = tasks.values().chain(&waiting);
        let claimant = entering
            .next()
            .and_then(|task| task.origin.client())
            .cloned();
        let mut requests = self.requests;
        requests.retain(|_, pending| pending.tries_for(&tasks));
        let successor = claimant.map(|claimant| Session {
            node: self.node,
            tasks,
            waiting,
            last_task: self.last_task,
            requests,
            ..Session::new(self.agent_id, claimant, self.cluster, self.names)
        });
        (before, successor)
    }

    /// Whether a command has to wait for one under way, or for one of the first `before` in the queue.
    fn must_wait(&self, task: &Task, before: usize) -> bool {
        let waiting = self.waiting.iter().take(before);
        let mut earlier = self.tasks.values().chain(waiting);
        earlier.any(|earlier| self.blocks(earlier, task)) || self.asks_too_much(task)
    }

    /// Looking for a member takes a read of whole teams; a client may ask for any number of members.
    fn asks_too_much(&self, task: &Task) -> bool {
        let members = |task: &&Task| task.lane == Lane::Member;
        members(&task) && self.tasks.values().filter(members).count() >= MEMBERS_AT_ONCE
    }

    fn blocks(&self, earlier: &Task, task: &Task) -> bool {
        let client = task.origin.client();
        let same_client = client.is_some() && earlier.origin.client() == client;
        let owned = self.owner.as_ref().map(|owner| &owner.client) == client;
        match (earlier.lane, task.lane) {
            (Lane::Read, _) | (_, Lane::Abandon) | (Lane::Leave, Lane::Read) => false,
            (Lane::Abandon | Lane::Leave, _) | (Lane::Enter, Lane::Enter | Lane::Leave) => true,
            // Others must not notice that somebody tries a password.
            (
                Lane::Enter,
                Lane::State | Lane::Call | Lane::Data | Lane::Member | Lane::Recording,
            ) => same_client,
            (Lane::Enter, Lane::Read) => same_client && !owned,
            (Lane::Call, Lane::Call | Lane::Leave) => earlier.occupies(),
            (Lane::State, Lane::Leave) | (Lane::Recording, Lane::Recording) => true,
            // Two requests on two connections may overtake each other: the last one asked for must win.
            (Lane::State, Lane::State) | (Lane::Data, Lane::Leave) => !earlier.is_accepted(),
            (Lane::Data, Lane::Data) => earlier.is_about_call_of(task),
            (Lane::Member, Lane::Member) => earlier.member() == task.member(),
            (Lane::Call | Lane::State | Lane::Data | Lane::Member | Lane::Recording, _) => false,
        }
    }

    /// Every client has a queue of its own, and a place for connecting: nobody who floods keeps the others out.
    fn is_queue_full(&self, cx: &Cx<'_>, task: &Task) -> bool {
        let enters = |task: &Task| task.lane == Lane::Enter;
        let waiting = self.waiting.iter().filter(|other| {
            other.origin.client() == task.origin.client() && enters(other) == enters(task)
        });
        let limit = if enters(task) && self.is_strangers(task) {
            1
        } else {
            cx.config.queue_limit
        };
        waiting.count() >= limit
    }

    /// Whether a command comes from a client that the agent does not belong to, or is not about to.
    fn is_strangers(&self, task: &Task) -> bool {
        let owner = self.owner.as_ref().map(|owner| &owner.client);
        task.origin.client() != Some(owner.unwrap_or(&self.claimant))
    }

    fn begin(&mut self, cx: &mut Cx<'_>, task: Task) {
        let lane = task.lane;
        if !task.connects() && !self.is_owners(&task) {
            let (error_type, message) = match self.owner {
                Some(_) => NOT_YOURS,
                None => NOT_CONNECTED,
            };
            return self.refuse(cx, &task, error_type, message);
        }
        if matches!(lane, Lane::State | Lane::Leave) && task.origin.client().is_some() {
            self.wants_other_state();
        }
        self.last_task += 1;
        let id = TaskId(self.last_task);
        self.tasks.insert(id, task);
        match lane {
            Lane::Enter => self.begin_enter(cx, id),
            Lane::Leave => self.begin_logout(cx, id),
            Lane::Abandon => self.force_logout(cx, id),
            Lane::State => self.begin_state_change(cx, id),
            Lane::Call => self.begin_call_control(cx, id),
            Lane::Data => self.begin_call_data(cx, id),
            Lane::Member => self.begin_member(cx, id),
            Lane::Recording => self.begin_recording(cx, id),
            Lane::Read => self.begin_read(cx, id),
        }
    }

    /// What waited behind a Connect that failed must not run on another client's agent.
    pub(super) fn is_owners(&self, task: &Task) -> bool {
        let owner = self.owner.as_ref().map(|owner| &owner.client);
        match &task.origin {
            TaskOrigin::Client { from, .. } => owner == Some(&from.client),
            TaskOrigin::Parted { .. } => false,
            TaskOrigin::Gateway => true,
        }
    }

    fn begin_enter(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let credential = match self.tasks.get(&id).map(|task| &task.action) {
            Some(Action::Connect { password, sso, .. }) => Credential {
                secret: *password,
                token: *sso,
            },
            // Who signed in with a token has no password: a Login carries the token again, or the next one.
            Some(Action::Login { password, .. } | Action::MobileAgentLogin { password, .. }) => {
                Credential {
                    secret: *password,
                    token: self.credential.is_some_and(|known| known.token),
                }
            }
            Some(Action::UpdateToken { token }) => {
                let token = *token;
                return self.begin_token(cx, id, token);
            }
            _ => return self.impossible(cx, id, "this command connects nobody"),
        };
        self.begin_connect(cx, id, credential);
    }

    /// A client without a destination of its own is told where its Connect points.
    pub(super) fn with_destination(
        &self,
        mut origin: TaskOrigin,
        action: &Action<SecretHandle>,
    ) -> TaskOrigin {
        if let TaskOrigin::Client { from, told_at, .. } = &mut origin {
            *told_at = match action {
                Action::Connect { destination, .. } => Some(destination.clone()),
                _ => self.destination_for(&from.client),
            };
        }
        origin
    }

    fn destination_for(&self, client: &ClientId) -> Option<Destination> {
        let named = self.entering(client).filter_map(|task| match &task.action {
            Action::Connect { destination, .. } => Some(destination),
            _ => None,
        });
        let owned = self.owner.iter().filter(|owner| owner.client == *client);
        let owned = owned.map(|owner| &owner.destination);
        owned.chain(named).last().cloned()
    }

    /// Connects and Logins of a client that have not come to their end, oldest first.
    fn entering<'a>(&'a self, client: &'a ClientId) -> impl Iterator<Item = &'a Task> {
        self.tasks
            .values()
            .chain(&self.waiting)
            .filter(move |task| task.connects() && task.origin.client() == Some(client))
    }
}
