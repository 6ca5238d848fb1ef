//! Sessions are what licences are counted by, and what an agent's commands wait in.

use super::{AGENTS, World};

/// What goes on side by side for one agent: signing in, out, a state, a call, its data, a member.
const LANES: usize = 8;

impl World {
    /// Only who finds all seats taken is refused one.
    pub(super) fn see_no_licence(&mut self) {
        self.seen.see("F51 no licence is left");
        let sessions = self.sessions;
        if self.config.max_sessions.is_none_or(|most| sessions < most) {
            self.breach(|| format!("no licence is left, with {sessions} sessions"));
        }
    }

    /// Seats are sessions, no more than there are; and no agent has more waiting than its queue holds.
    pub(super) fn check_seats(&mut self) {
        self.sessions = self.gateway.counters().sessions;
        let sessions = self.sessions;
        if self.config.max_sessions.is_some_and(|most| sessions > most) {
            self.breach(|| format!("{sessions} sessions are more than there are licences"));
        }
        let owners = self.gateway.agents().len();
        if owners > sessions {
            self.breach(|| format!("{owners} agents have owners, with {sessions} sessions"));
        }
        // One in each lane may be under way.
        let most = self.config.queue_limit + LANES;
        let full = |agent: &&str| self.ledger.waiting(agent) > most;
        if let Some(agent) = AGENTS.into_iter().find(full) {
            let waiting = self.ledger.waiting(agent);
            self.breach(|| format!("{waiting} commands of {agent} have no result yet"));
        }
    }
}
