//! What Finesse does to an agent whose link it has lost, and what is done about it (Finesse API, 7.2).

use std::time::{Duration, Instant};

use finesse_protocol::{MobileMode, Request, UserState};
use gc_protocol::Action;

use super::lane::Lane;
use super::task::TaskOrigin;
use super::{Cx, Session};
use crate::agent::Agent;

/// How late Finesse may act on a loss: 120 s until it notices, 60 s that it waits, and some to spare.
const LATE: Duration = Duration::from_secs(240);

/// Codes of states that Finesse and its CTI server set because of a lost connection.
const CODES: [&str; 6] = ["255", "50001", "50002", "32757", "32760", "32765"];

/// And their labels, in releases that tell no code.
const LABELS: [&str; 3] = ["Connection Failure", "System Failure", "Agent Logon"];

/// A gap: from when the agent was not served, to when nothing of it can follow any more.
#[derive(Debug)]
pub(super) struct Gap {
    /// Where the agent was signed in.
    seat: Option<Seat>,
    /// Whether the agent was READY, and has wanted nothing else since.
    ready: bool,
    /// When nothing more can follow; `None` while the gap is open.
    until: Option<Instant>,
    /// Finesse acts after a call that was under way.
    in_call: bool,
    /// Whether a sign-out may be undone: once in each gap.
    returns: Returns,
    /// Whether a sign-in of ours was more than a repetition: the agent is NOT_READY after it, without a reason.
    anew: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Returns {
    /// If Finesse says that it signed the agent out because of the gap.
    IfForced,
    /// However the agent came to be signed out: the sign-in itself may not have got through.
    Always,
    /// Not again.
    Never,
}

/// Where the agent was signed in.
#[derive(Debug, Clone)]
struct Seat {
    extension: String,
    mobile: Option<(MobileMode, String)>,
}

impl Session {
    /// The agent is not served from now on.
    pub(super) fn begin_gap(&mut self) {
        let extension = self.agent.extension().to_owned();
        let at_work = self.agent.is_logged_in() && !extension.is_empty() && !self.leaving;
        let seat = at_work.then(|| Seat {
            extension,
            mobile: self.agent.mobile.clone(),
        });
        // One that follows another soon begins with what that had not mended yet.
        let before = self.gap.take();
        let was_ready = before.as_ref().is_some_and(|gap| gap.ready);
        let forced_out = is_forced(&self.agent);
        self.gap = Some(Box::new(Gap {
            ready: at_work && (self.agent.is_ready_between_calls() || was_ready),
            seat: seat.or_else(|| before.filter(|_| forced_out)?.seat),
            until: None,
            in_call: is_in_call(&self.agent),
            returns: Returns::IfForced,
            anew: false,
        }));
    }

    /// The agent is served again.
    pub(super) fn end_gap(&mut self, now: Instant) {
        if let Some(gap) = &mut self.gap
            && gap.until.is_none()
            && !self.failover.is_under_way()
        {
            gap.until = Some(now + LATE);
        }
    }

    /// The agent's client wants a state of its own.
    pub(super) fn wants_other_state(&mut self) {
        if let Some(gap) = &mut self.gap {
            gap.ready = false;
        }
    }

    /// The sign-in that takes the agent's seat again; none if the agent had none.
    pub(super) fn seat_to_take(&self) -> Option<Request> {
        let out = self.agent.state() == Some(&UserState::Logout) && !is_forced(&self.agent);
        let seat = self.gap.as_ref()?.seat.as_ref().filter(|_| !out)?;
        Some(Request::Login {
            user: self.user(),
            extension: seat.extension.clone(),
            mobile: seat.mobile.clone(),
        })
    }

    /// A sign-in of the gateway's own is out.
    pub(super) fn sign_in_begun(&mut self) {
        let anew = self.agent.state() == Some(&UserState::Logout);
        if let Some(gap) = &mut self.gap {
            gap.anew |= anew;
        }
    }

    /// The sign-in of a gap has certainly or perhaps not been done.
    pub(super) fn sign_in_may_be_repeated(&mut self) {
        if let Some(gap) = &mut self.gap
            && gap.returns == Returns::IfForced
        {
            gap.returns = Returns::Always;
        }
    }

    /// Undoes what Finesse has done to the agent because of the gap, once.
    pub(super) fn mend_gap(&mut self, cx: &mut Cx<'_>) {
        if self.awaits_sign_in() {
            // The sign-out may have overtaken the sign-in.
            self.sign_in_begun();
        }
        let Some(gap) = &mut self.gap else {
            return;
        };
        let over = gap.until.is_some_and(|until| until < cx.now);
        if over && !gap.in_call {
            self.gap = None;
            return;
        }
        gap.in_call = is_in_call(&self.agent);
        let leaves = |task: &super::Task| matches!(task.lane, Lane::Leave | Lane::Enter);
        let busy = self.failover.is_under_way() || self.tasks.values().any(leaves);
        if busy || gap.until.is_none() || self.doubted || self.over || self.leaving {
            return;
        }
        match self.agent.state() {
            Some(UserState::Logout) => self.undo_sign_out(cx),
            Some(UserState::NotReady) => self.undo_not_ready(cx),
            Some(_) | None => {}
        }
    }

    fn undo_sign_out(&mut self, cx: &mut Cx<'_>) {
        let forced = is_forced(&self.agent);
        let Some(gap) = &mut self.gap else {
            return;
        };
        let undone = match gap.returns {
            Returns::Never => false,
            Returns::Always => true,
            Returns::IfForced => forced,
        };
        gap.returns = Returns::Never;
        if !undone || !self.is_owner_near() {
            // Somebody has signed the agent out for good, or nobody wants it back.
            self.gap = None;
            return;
        }
        let seat = self.gap.as_ref().and_then(|gap| gap.seat.clone());
        if let Some(seat) = seat {
            let user = self.user();
            let login = Request::Login {
                user,
                extension: seat.extension,
                mobile: seat.mobile,
            };
            self.return_to_seat(cx, login);
        }
    }

    fn undo_not_ready(&mut self, cx: &mut Cx<'_>) {
        let forced = is_forced(&self.agent);
        let reasonless = self.agent.reason().0.is_empty();
        let Some(gap) = &mut self.gap else {
            return;
        };
        let signed_in = std::mem::take(&mut gap.anew) && reasonless;
        let wanted = std::mem::take(&mut gap.ready) && (forced || signed_in);
        if wanted && cx.config.restore_ready && self.is_owner_near() {
            self.command(cx, TaskOrigin::Gateway, Action::MakeReady, None);
        }
    }
}

/// Whether the present state is one that Finesse sets because of a lost connection.
fn is_forced(agent: &Agent) -> bool {
    let (code, label) = agent.reason();
    CODES.contains(&code) || LABELS.iter().any(|known| label.contains(known))
}

fn is_in_call(agent: &Agent) -> bool {
    !matches!(
        agent.state(),
        None | Some(
            UserState::Logout | UserState::NotReady | UserState::Ready | UserState::Unknown
        )
    )
}
