//! Agents who are signed out at Finesse after their sessions have ended.

use std::time::Instant;

use gc_protocol::AgentId;

use super::Gateway;
use crate::faults::refuses_credential;
use crate::io::{Output, Reply, SecretHandle};
use crate::partings::Outlet;

impl Gateway {
    pub(super) fn parting_reply(&mut self, now: Instant, agent: &AgentId, reply: &Reply) {
        if matches!(reply, Reply::Fault(fault) if refuses_credential(fault)) {
            self.guard.failed(now, agent);
        }
        let mut outlet = Outlet {
            now,
            ids: &mut self.ids,
            out: &mut self.out,
        };
        if let Some(secret) = self.partings.reply(&mut outlet, agent, reply) {
            self.forget_secret(agent, secret);
        }
    }

    pub(super) fn expire_partings(&mut self, now: Instant) {
        let mut outlet = Outlet {
            now,
            ids: &mut self.ids,
            out: &mut self.out,
        };
        for (agent, secret) in self.partings.expire(&mut outlet) {
            self.forget_secret(&agent, secret);
        }
    }

    /// Lets go of a secret; an equal one has the same handle, which may still be of use elsewhere.
    pub(super) fn forget_secret(&mut self, agent: &AgentId, secret: SecretHandle) {
        let session = self.sessions.get(agent);
        let held = session.is_some_and(|session| session.holds(secret));
        if !held && !self.partings.holds(secret) {
            self.out.push_back(Output::ForgetSecret(secret));
        }
    }
}
