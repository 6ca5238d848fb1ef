//! Counts of what clients did: the oracle for "never twice" and "never again after a refusal".

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Counts since the start.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// By agent id.
    pub sign_ins: BTreeMap<String, SignIns>,
    /// REST requests with a good credential, by agent id.
    pub requests: BTreeMap<String, u64>,
    /// How often a request with this id was executed.
    pub executions: BTreeMap<String, u64>,
    /// Notifications handed to links.
    pub notifications: u64,
}

/// Sign-ins of one agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIns {
    /// XMPP sign-ins, refused ones included.
    pub xmpp: u64,
    /// Wrong or locked credentials, REST and XMPP together.
    pub refused: u64,
    /// LOGIN requests that were accepted.
    pub logins: u64,
    /// Times that the agent came to one node while being on the other one, by REST or XMPP: Finesse forbids it.
    pub on_both_nodes: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Counters>);

impl Tally {
    pub(crate) fn xmpp(&self, agent: &str) {
        self.of(agent, |counts| counts.xmpp += 1);
    }

    pub(crate) fn refused(&self, agent: &str) {
        self.of(agent, |counts| counts.refused += 1);
    }

    pub(crate) fn login(&self, agent: &str) {
        self.of(agent, |counts| counts.logins += 1);
    }

    pub(crate) fn on_both_nodes(&self, agent: &str) {
        self.of(agent, |counts| counts.on_both_nodes += 1);
    }

    pub(crate) fn request(&self, agent: &str) {
        *self.lock().requests.entry(agent.to_owned()).or_default() += 1;
    }

    pub(crate) fn executed(&self, request_id: &str) {
        if !request_id.is_empty() {
            let mut counters = self.lock();
            *counters
                .executions
                .entry(request_id.to_owned())
                .or_default() += 1;
        }
    }

    pub(crate) fn notified(&self, count: u64) {
        self.lock().notifications += count;
    }

    pub(crate) fn snapshot(&self) -> Counters {
        self.lock().clone()
    }

    fn of(&self, agent: &str, count: impl FnOnce(&mut SignIns)) {
        count(self.lock().sign_ins.entry(agent.to_owned()).or_default());
    }

    fn lock(&self) -> MutexGuard<'_, Counters> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
