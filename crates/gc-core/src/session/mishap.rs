//! A fault of ours in the handling of one agent: that agent is read anew, and nobody else notices.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use gc_protocol::event::Event;
use gc_protocol::{ErrorType, Outcome};

use super::task::TaskOrigin;
use super::{Cx, Session};
use crate::io::{Origin, Output, Ticket};

/// Mishaps in a row after which the session is ended: its state may be what breaks it.
const TOO_MANY: u32 = 5;
/// A mishap counts no longer when nothing has gone wrong for this long.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// What went wrong lately.
#[derive(Debug, Default)]
pub(super) struct Mishaps {
    number: u32,
    last: Option<Instant>,
}

impl Session {
    /// Lets the session handle something. If that panics, commands that were lost by it end, and the agent is read anew.
    pub(crate) fn contain(
        &mut self,
        cx: &mut Cx<'_>,
        begun: Option<Ticket>,
        handle: impl FnOnce(&mut Session, &mut Cx<'_>),
    ) {
        let mut owed = self.tickets();
        owed.extend(begun);
        // What a panic leaves half done is replaced by what Finesse says.
        if catch_unwind(AssertUnwindSafe(|| handle(self, cx))).is_ok() {
            return;
        }
        cx.counters.mishaps += 1;
        tracing::error!(agent = %self.agent_id, "handling this agent broke down; the agent is read anew");
        let mended = catch_unwind(AssertUnwindSafe(|| self.mend(cx)));
        if mended.is_err() {
            self.drop_all(cx);
        }
        self.settle_lost(cx, owed);
    }

    /// Commands that a result is owed to.
    fn tickets(&self) -> Vec<Ticket> {
        let tasks = self.tasks.values().chain(&self.waiting);
        tasks.filter_map(|task| task.origin.ticket()).collect()
    }

    fn mend(&mut self, cx: &mut Cx<'_>) {
        let calm = |last: Instant| cx.now.saturating_duration_since(last) >= FORGOTTEN_AFTER;
        if self.mishaps.last.is_none_or(calm) {
            self.mishaps.number = 0;
        }
        self.mishaps.number += 1;
        self.mishaps.last = Some(cx.now);
        if self.mishaps.number < TOO_MANY {
            return self.sync_from_nothing(cx);
        }
        let message = "the gateway cannot go on with this agent: send Connect";
        if let Some(owner) = self.owner.take() {
            self.leave_owner(cx, &owner, message);
            self.end_parted(cx, message);
        }
        self.part(cx);
    }

    /// Nothing of the session can be relied upon: what the driver holds for it is given back.
    fn drop_all(&mut self, cx: &mut Cx<'_>) {
        self.over = true;
        self.close_link(cx);
        let secrets = self.credential.take().map(|credential| credential.secret);
        for secret in secrets.into_iter().chain(self.link_secret.take()) {
            if !cx.partings.holds(secret) {
                cx.out.push_back(Output::ForgetSecret(secret));
            }
        }
        self.tasks.clear();
        self.waiting.clear();
    }

    /// A command that the session has lost may have had its effect.
    fn settle_lost(&self, cx: &mut Cx<'_>, owed: Vec<Ticket>) {
        let mut settled = self.tickets();
        settled.extend(
            cx.handed_back
                .iter()
                .filter_map(|command| command.origin.ticket()),
        );
        settled.extend(cx.out.iter().filter_map(|output| {
            let Output::CommandResult { ticket, .. } = output else {
                return None;
            };
            Some(*ticket)
        }));
        for ticket in owed {
            if !settled.contains(&ticket) {
                self.lose(cx, ticket);
            }
        }
    }

    fn lose(&self, cx: &mut Cx<'_>, ticket: Ticket) {
        let code = ErrorType::NotReachable;
        let message = "the gateway has lost this command: the state that follows tells the outcome";
        let error = TaskOrigin::Gateway.error(&self.agent_id, code.clone(), message.to_owned());
        self.tell(cx, Origin::Live, Event::Error(error.clone()));
        cx.counters.commands_failed += 1;
        cx.out.push_back(Output::CommandResult {
            ticket,
            outcome: Outcome::Unknown(code),
            error: Some(error),
        });
    }

    /// What a panic between taking a command and ending it would do.
    #[cfg(test)]
    pub(crate) fn lose_first_task(&mut self, cx: &mut Cx<'_>) {
        if let Some(id) = self.tasks.keys().next().copied() {
            self.take_task(cx, id);
        }
    }
}
