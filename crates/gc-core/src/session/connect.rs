//! Connect: one try of the credential, the link, then the agent is the client's (contract, section 1).

use finesse_protocol::Request;
use gc_protocol::event::{ConnectStatus, Event};
use gc_protocol::{Action, Destination, ErrorType};

use super::failover::Failover;
use super::gone::Presence;
use super::task::{Step, TaskId, TaskOrigin, signs_in};
use super::{Cx, Link, Owner, Purpose, Session};
use crate::io::{Credential, Epoch, Origin, Output};

impl Session {
    /// First step of Connect and Login: is the credential good, is the link there?
    pub(super) fn begin_connect(&mut self, cx: &mut Cx<'_>, id: TaskId, credential: Credential) {
        if self.owner_of(id).is_none() {
            let message = "no destination is known for this client: send Connect first";
            return self.refuse_connect(cx, id, ErrorType::SubscriptionFailed, message);
        }
        if self.credential == Some(credential) && self.link != Link::Closed && !self.doubted {
            return self.credential_accepted(cx, id);
        }
        if self.is_stranded(cx) {
            self.close_link(cx);
            match cx.health.choose(self.cluster) {
                Some(node) => self.node = node,
                None => {
                    let message =
                        "Finesse is out of service: try again when System says IN_SERVICE";
                    return self.refuse_connect(cx, id, ErrorType::PleaseRetry, message);
                }
            }
        }
        if let Some((error_type, message)) = cx.guard.refusal(cx.now, &self.agent_id) {
            return self.refuse_connect(cx, id, error_type, &message);
        }
        self.set_step(id, Step::Verifying);
        let request = Request::User { user: self.user() };
        self.send_with(
            cx,
            Purpose::Verify {
                task: id,
                credential,
            },
            request,
            credential,
        );
    }

    /// Whether the agent has no node, or one that it could not be taken away from when it failed.
    fn is_stranded(&self, cx: &Cx<'_>) -> bool {
        let rests = self.doubted || self.link == Link::Closed;
        self.owner.is_none() || rests && !cx.health.is_usable(self.node)
    }

    /// The credential is the session's from now on.
    pub(super) fn credential_verified(
        &mut self,
        cx: &mut Cx<'_>,
        id: TaskId,
        credential: Credential,
    ) {
        let doubted = std::mem::take(&mut self.doubted);
        let old = self.credential.replace(credential);
        if let Some(old) = old.filter(|old| old.secret != credential.secret) {
            self.release(cx, old.secret);
        }
        self.learn_token_life(cx, id, credential);
        if self.is_link_up() {
            cx.guard.accepted(&self.agent_id);
        }
        self.renew_link(cx);
        self.credential_accepted(cx, id);
        if doubted && self.is_link_up() {
            self.start_sync(cx);
        }
    }

    fn credential_accepted(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        match self.link {
            Link::Closed => self.open_link(cx, id),
            Link::Opening { .. } => self.set_step(id, Step::Opening),
            Link::Up { .. } | Link::Down { .. } => self.connected(cx, id),
        }
    }

    fn open_link(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        self.set_step(id, Step::Opening);
        if let Some(epoch) = self.put_out_open_link(cx) {
            self.link = Link::Opening { epoch };
            self.subscribe_again(cx);
        }
    }

    /// A link that is down comes back with the present credential, if it was opened with an older one.
    pub(super) fn renew_link(&mut self, cx: &mut Cx<'_>) {
        let Link::Down { .. } = self.link else {
            return;
        };
        if self.link_secret != self.credential.map(|known| known.secret) {
            self.make_link_again(cx);
        }
    }

    /// Begins anew with a link that is down.
    pub(super) fn make_link_again(&mut self, cx: &mut Cx<'_>) {
        let Link::Down { epoch, trouble } = self.link else {
            return;
        };
        self.put_out_close_link(cx, epoch);
        if let Some(epoch) = self.put_out_open_link(cx) {
            self.link = Link::Down { epoch, trouble };
            self.subscribe_again(cx);
        }
    }

    pub(super) fn put_out_open_link(&mut self, cx: &mut Cx<'_>) -> Option<Epoch> {
        let credential = self.credential?;
        let epoch = cx.ids.epoch();
        self.link_secret = Some(credential.secret);
        cx.out.push_back(Output::OpenLink {
            agent: self.agent_id.clone(),
            epoch,
            node: self.node,
            credential,
        });
        Some(epoch)
    }

    pub(super) fn put_out_close_link(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        cx.out.push_back(Output::CloseLink {
            agent: self.agent_id.clone(),
            epoch,
        });
        if let Some(secret) = self.link_secret.take() {
            self.release(cx, secret);
        }
    }

    /// The link has come up for the first time.
    pub(super) fn link_opened(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        self.link = Link::Up { epoch };
        cx.guard.accepted(&self.agent_id);
        self.start_sync(cx);
        let opening: Vec<TaskId> = self.tasks_in(Step::Opening);
        for id in opening {
            self.connected(cx, id);
        }
    }

    /// Credential and link are good: the agent is this client's.
    fn connected(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(new_owner) = self.owner_of(id) else {
            return;
        };
        let old_owner = self.owner.replace(new_owner.clone());
        self.call_off_parting(cx);
        let stays = |old: &Owner| old.destination == new_owner.destination;
        let moved = !old_owner.as_ref().is_some_and(stays);
        if moved {
            if let Some(old_owner) = old_owner {
                let message = "the agent was connected from another destination";
                self.leave_owner(cx, &old_owner, message);
            }
            self.told_state = None;
            self.stop_following(cx);
            self.presence = Presence::Here;
        }
        if let Some(task) = self.tasks.get_mut(&id) {
            task.found_at_work = moved;
        }
        match self.tasks.get(&id).map(|task| &task.action) {
            Some(action) if signs_in(action) => self.begin_login(cx, id),
            _ => self.tell_connected(cx, id, moved),
        }
    }

    fn tell_connected(&mut self, cx: &mut Cx<'_>, id: TaskId, changed: bool) {
        let status = ConnectStatus {
            agent_id: self.agent_id.clone(),
        };
        self.tell(cx, Origin::Live, Event::ConnectStatus(status));
        if changed && self.agent.is_logged_in() {
            self.introduce_when_read(cx);
        }
        self.done(cx, id);
    }

    /// An owner is told that the agent has left it, and nothing after that; Finesse is not told.
    pub(super) fn leave_owner(&mut self, cx: &mut Cx<'_>, owner: &Owner, message: &str) {
        self.part_from_commands(cx, owner);
        let left = self.agent.logout_event(&self.agent_id);
        let left = Event::State(Box::new(left));
        cx.event(owner.destination.clone(), Origin::Live, left);
        let error = TaskOrigin::Gateway.error(
            &self.agent_id,
            ErrorType::SessionInvalidated,
            message.to_owned(),
        );
        cx.event(owner.destination.clone(), Origin::Live, Event::Error(error));
    }

    /// REST knows the credential, but the link cannot be made.
    pub(super) fn give_up_connect(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        self.close_link(cx);
        let message = "Finesse's notification service could not be reached";
        self.refuse_connect(cx, id, ErrorType::UnableToSubscribeToFinesse, message);
    }

    /// The notification service refused the credential; it is not tried again.
    pub(super) fn link_refused(&mut self, cx: &mut Cx<'_>) {
        cx.guard.failed(cx.now, &self.agent_id);
        if let Some(secret) = self.link_secret {
            self.doubt(secret);
        }
        self.close_link(cx);
        let opening = self.tasks_in(Step::Opening);
        let nobody_asked = opening.is_empty();
        for id in opening {
            self.refuse_connect(cx, id, ErrorType::SubscriptionFailed, "Invalid Credentials");
        }
        if nobody_asked {
            self.tell_subscription_failed(cx);
        }
    }

    /// A Connect or Login has failed; a session that nobody owns ends with it.
    pub(super) fn refuse_connect(
        &mut self,
        cx: &mut Cx<'_>,
        id: TaskId,
        error_type: ErrorType,
        message: &str,
    ) {
        if self.owner.is_none() {
            self.over = true;
        }
        self.fail(cx, id, error_type, message);
        if self.over {
            self.part(cx);
        }
    }

    /// A session that nobody owns and nothing would ever end.
    pub(crate) fn end_if_nobodys(&mut self, cx: &mut Cx<'_>) {
        let nobodys = self.owner.is_none() && self.tasks.is_empty() && self.waiting.is_empty();
        if nobodys && !self.over {
            cx.impossible("a session without an owner and without a command");
            self.part(cx);
        }
    }

    /// Closes the link and wipes the secret: the end of the session.
    pub(super) fn part(&mut self, cx: &mut Cx<'_>) {
        self.over = true;
        self.close_link(cx);
        let error = ErrorType::SubscriptionFailed;
        self.end_all(
            cx,
            &error,
            "the agent is not connected any more: send Connect",
        );
        self.owner = None;
        if let Some(credential) = self.credential.take() {
            self.release(cx, credential.secret);
        }
    }

    pub(super) fn close_link(&mut self, cx: &mut Cx<'_>) {
        let epoch = match self.link {
            Link::Closed => return,
            Link::Opening { epoch } | Link::Up { epoch } | Link::Down { epoch, .. } => epoch,
        };
        self.link = Link::Closed;
        self.failover = Failover::default();
        self.put_out_close_link(cx, epoch);
    }

    pub(super) fn set_step(&mut self, id: TaskId, step: Step) {
        if let Some(task) = self.tasks.get_mut(&id) {
            task.step = step;
        }
    }

    pub(super) fn tasks_in(&self, step: Step) -> Vec<TaskId> {
        self.tasks
            .iter()
            .filter(|(_, task)| task.step == step)
            .map(|(id, _)| *id)
            .collect()
    }

    /// Who owns the agent once this command has succeeded.
    fn owner_of(&self, id: TaskId) -> Option<Owner> {
        let task = self.tasks.get(&id)?;
        let TaskOrigin::Client { from, .. } = &task.origin else {
            return None;
        };
        let known = self
            .owner
            .as_ref()
            .filter(|owner| owner.client == from.client);
        let destination: Destination = match &task.action {
            Action::Connect { destination, .. } => destination.clone(),
            _ => known
                .map(|owner| owner.destination.clone())
                .or_else(|| task.origin.destination().cloned())?,
        };
        Some(Owner {
            client: from.client.clone(),
            destination,
        })
    }
}
