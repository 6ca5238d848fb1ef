//! Calls that are over for the agent, so that late news do not revive them.

use std::collections::VecDeque;

use finesse_protocol::Participant;
use gc_protocol::DialogId;

use super::{Sight, is_over};

/// Ended calls that are remembered.
const REMEMBERED: usize = 64;

/// The calls that ended last.
#[derive(Debug, Default)]
pub(super) struct EndedCalls(VecDeque<EndedCall>);

#[derive(Debug)]
struct EndedCall {
    dialog: DialogId,
    /// Whether it left the collection; until then it may be in wrap-up.
    deleted: bool,
    /// Whether only a read told the end: news that it is there may be older than that.
    by_read: bool,
    last_change: String,
}

impl EndedCalls {
    /// Whether the call is over for this agent; only what is newer than its end brings it back.
    pub(super) fn holds(&mut self, id: &DialogId, sight: Sight, mine: &Participant) -> bool {
        let Some(at) = self.0.iter().position(|ended| ended.dialog == *id) else {
            return false;
        };
        let ended = &self.0[at];
        let may_return = match sight {
            Sight::Entered => ended.deleted,
            Sight::Found => true,
            Sight::Changed | Sight::Left => false,
        };
        let newer = mine.state_change_time > ended.last_change;
        let again = may_return && newer && !is_over(mine);
        if again {
            let _ = self.0.remove(at);
        }
        !again
    }

    /// Whether only another read can tell if the call has come back.
    pub(super) fn is_doubtful(&self, id: &DialogId, sight: Sight) -> bool {
        let ended = self.0.iter().find(|ended| ended.dialog == *id);
        sight == Sight::Entered && ended.is_some_and(|ended| ended.by_read)
    }

    /// Whether a call is over for the agent and still in the collection.
    pub(super) fn is_wrapped_up(&self, id: &DialogId) -> bool {
        let ended = self.0.iter().find(|ended| ended.dialog == *id);
        ended.is_some_and(|ended| !ended.deleted)
    }

    /// A call that is not live has left the collection.
    pub(super) fn deleted(&mut self, id: &DialogId, last_change: String) {
        match self.0.iter_mut().find(|ended| ended.dialog == *id) {
            Some(ended) => (ended.deleted, ended.by_read) = (true, false),
            None => self.remember(id.clone(), true, last_change),
        }
    }

    /// A re-read found these calls only: the others have left the collection meanwhile.
    pub(super) fn gone_unless(&mut self, found: &[DialogId]) {
        for ended in &mut self.0 {
            ended.deleted |= !found.contains(&ended.dialog);
        }
    }

    /// A re-read did not find a call that was live.
    pub(super) fn missed(&mut self, dialog: DialogId, last_change: String) {
        self.remember(dialog, true, last_change);
        if let Some(ended) = self.0.back_mut() {
            ended.by_read = true;
        }
    }

    pub(super) fn remember(&mut self, dialog: DialogId, deleted: bool, last_change: String) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(EndedCall {
            dialog,
            deleted,
            by_read: false,
            last_change,
        });
    }
}
