//! What forbids to send: a credential that Finesse has refused, a node that is out of service, an owner who has left.

use gc_protocol::ErrorType;
use gc_protocol::event::Event;

use super::queue::{LEFT, NOT_YOURS};
use super::task::{TaskId, TaskOrigin};
use super::{Cx, Session};
use crate::io::{Origin, SecretHandle};

impl Session {
    /// Whether a command can be sent; if not, it ends here.
    pub(super) fn can_send(&mut self, cx: &mut Cx<'_>, id: TaskId) -> bool {
        self.is_credential_good(cx, id) && self.is_node_usable(cx, id) && self.is_there(cx, id)
    }

    /// Whether the agent is at its node; between two nodes nothing can be asked.
    fn is_there(&mut self, cx: &mut Cx<'_>, id: TaskId) -> bool {
        let there = !self.failover.is_under_way();
        if !there {
            let message = "the agent is being signed in at Finesse again: try again in a moment";
            self.fail(cx, id, ErrorType::PleaseRetry, message);
        }
        there
    }

    fn is_node_usable(&mut self, cx: &mut Cx<'_>, id: TaskId) -> bool {
        let usable = cx.health.is_usable(self.node);
        if !usable {
            let message = "Finesse is out of service: try again when System says IN_SERVICE";
            self.fail(cx, id, ErrorType::PleaseRetry, message);
        }
        usable
    }

    /// Finesse has refused a secret; it is not used again, if it is the one in use.
    pub(super) fn doubt(&mut self, secret: SecretHandle) {
        self.doubted |= self.credential.is_some_and(|known| known.secret == secret);
    }

    /// Whether the credential may be used for a command; if not, it ends here.
    pub(super) fn is_credential_good(&mut self, cx: &mut Cx<'_>, id: TaskId) -> bool {
        if self.has_parted(cx, id) {
            return false;
        }
        let good = !self.doubted;
        if !good {
            let message = format!(
                "Finesse has refused the agent's credential: {}",
                self.remedy()
            );
            self.fail(cx, id, ErrorType::Unauthorized, message);
        }
        good
    }

    /// Whether the agent has left the client that sent a command, which ends it: nothing is done with another's credential.
    pub(super) fn has_parted(&mut self, cx: &mut Cx<'_>, id: TaskId) -> bool {
        let task = self.tasks.get(&id).filter(|task| !self.is_owners(task));
        let Some(task) = task else {
            return false;
        };
        let (error_type, message) = match task.origin {
            TaskOrigin::Parted { .. } => LEFT,
            TaskOrigin::Client { .. } | TaskOrigin::Gateway => NOT_YOURS,
        };
        self.fail(cx, id, error_type, message);
        true
    }

    /// The credential of a live session is no good any more: it waits for another.
    pub(super) fn tell_subscription_failed(&mut self, cx: &mut Cx<'_>) {
        self.tell(cx, Origin::Live, self.subscription_failed());
    }

    pub(super) fn subscription_failed(&self) -> Event {
        Event::Error(TaskOrigin::Gateway.error(
            &self.agent_id,
            ErrorType::SubscriptionFailed,
            format!("Invalid Credentials: {}", self.remedy()),
        ))
    }

    /// What a client does about a credential that is no good any more.
    fn remedy(&self) -> &'static str {
        if self.credential.is_some_and(|known| known.token) {
            "send UpdateToken with a new token"
        } else {
            "send Connect with the present password"
        }
    }
}
