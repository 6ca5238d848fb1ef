//! A client that is gone: its agents stop getting calls, and leave after a while (contract, section 1).

use std::time::Instant;

use finesse_protocol::UserState;
use gc_protocol::{Action, Event};

use super::lane::Lane;
use super::task::{Task, TaskOrigin};
use super::{Cx, Session};
use crate::io::Origin;

/// Whether the owner can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Here,
    /// Gone; the agent is still as it was.
    Gone {
        not_ready_at: Instant,
        logout_at: Instant,
    },
    /// Gone for so long that a READY agent was set NOT_READY.
    Paused {
        logout_at: Instant,
    },
    /// Being logged out; the session ends at the latest then, unless the client is back and Finesse did not do it.
    Leaving {
        until: Instant,
        back: bool,
    },
}

impl Presence {
    pub(super) fn timeout(self) -> Option<Instant> {
        match self {
            Presence::Here => None,
            Presence::Gone { not_ready_at, .. } => Some(not_ready_at),
            Presence::Paused { logout_at } => Some(logout_at),
            Presence::Leaving { until, .. } => Some(until),
        }
    }
}

impl Session {
    /// The owner's destination can be reached again.
    pub(crate) fn client_here(&mut self, cx: &mut Cx<'_>) {
        if let Presence::Leaving { back, .. } = &mut self.presence {
            *back = true;
            self.call_off_sign_out();
            self.stay_if_back();
            self.pump(cx);
        } else {
            self.presence = Presence::Here;
        }
    }

    /// The owner's destination cannot be reached any more.
    pub(crate) fn client_gone(&mut self, cx: &mut Cx<'_>) {
        self.stay_if_back();
        match &mut self.presence {
            Presence::Here if self.owner.is_some() => {
                self.presence = Presence::Gone {
                    not_ready_at: cx.now + cx.config.gone_not_ready_after,
                    logout_at: cx.now + cx.config.gone_logout_after,
                };
            }
            Presence::Leaving { back, .. } => *back = false,
            Presence::Here | Presence::Gone { .. } | Presence::Paused { .. } => {}
        }
    }

    /// Whether somebody works with the agent, or may in a moment.
    pub(super) fn is_owner_near(&self) -> bool {
        matches!(self.presence, Presence::Here | Presence::Gone { .. })
    }

    /// A sign-out of the gateway's own that is not out yet need not go out any more.
    fn call_off_sign_out(&mut self) {
        let called_off = |task: &Task| {
            matches!(task.origin, TaskOrigin::Gateway) && task.lane == Lane::Leave && !task.is_out()
        };
        self.waiting.retain(|task| !called_off(task));
        self.tasks.retain(|_, task| !called_off(task));
    }

    /// Who has come back stays, once no sign-out is out whose outcome is open.
    fn stay_if_back(&mut self) {
        let signs_out = |task: &Task| task.lane == Lane::Leave && task.is_out();
        let back = matches!(self.presence, Presence::Leaving { back: true, .. });
        if back && !self.tasks.values().any(signs_out) {
            self.presence = Presence::Here;
        }
    }

    pub(super) fn presence_timeout(&mut self, cx: &mut Cx<'_>) {
        match self.presence {
            Presence::Gone {
                not_ready_at,
                logout_at,
            } if not_ready_at <= cx.now => {
                self.presence = Presence::Paused { logout_at };
                self.keep_paused(cx);
            }
            Presence::Paused { logout_at } if logout_at <= cx.now => self.sign_out(cx),
            Presence::Leaving { until, .. } if until <= cx.now => self.give_up_leaving(cx),
            Presence::Here
            | Presence::Gone { .. }
            | Presence::Paused { .. }
            | Presence::Leaving { .. } => {}
        }
    }

    fn sign_out(&mut self, cx: &mut Cx<'_>) {
        self.presence = Presence::Leaving {
            until: cx.now + cx.config.request_deadline,
            back: false,
        };
        if self.doubted {
            self.give_up_leaving(cx);
        } else {
            // Finesse signs nobody out who is READY.
            self.pause(cx);
            self.command(cx, TaskOrigin::Gateway, logout(cx), None);
        }
    }

    /// Finesse has not confirmed the sign-out: without the client the session ends all the same.
    fn give_up_leaving(&mut self, cx: &mut Cx<'_>) {
        self.stay_if_back();
        match &mut self.presence {
            Presence::Leaving { until, back: true } => {
                *until = cx.now + cx.config.request_deadline;
            }
            Presence::Leaving { back: false, .. } => {
                let config = cx.config;
                let not_ready = config.gone_reason_code.as_deref();
                let logout = config.gone_logout_reason_code.as_deref();
                self.sign_out_behind(
                    cx,
                    not_ready.or(config.default_not_ready_reason.as_deref()),
                    logout.or(config.default_logout_reason.as_deref()),
                );
                self.tell_left(cx);
                self.part(cx);
            }
            Presence::Here | Presence::Gone { .. } | Presence::Paused { .. } => {}
        }
    }

    /// Whoever reads it later knows that the session is over.
    fn tell_left(&mut self, cx: &mut Cx<'_>) {
        let logout = UserState::Logout.as_str();
        if self
            .told_state
            .as_ref()
            .is_none_or(|told| told.state != logout)
        {
            let left = self.agent.logout_event(&self.agent_id);
            self.tell(cx, Origin::Live, Event::State(Box::new(left)));
        }
    }

    /// An agent whose client has been gone for long gets no calls, whatever made it READY again.
    pub(super) fn keep_paused(&mut self, cx: &mut Cx<'_>) {
        if matches!(self.presence, Presence::Paused { .. }) && !self.doubted {
            self.pause(cx);
        }
    }

    fn pause(&mut self, cx: &mut Cx<'_>) {
        let pausing = self
            .tasks
            .values()
            .any(|task| matches!(task.origin, TaskOrigin::Gateway));
        if self.agent.state() == Some(&UserState::Ready) && !pausing {
            self.command(cx, TaskOrigin::Gateway, not_ready(cx), None);
        }
    }
}

fn not_ready(cx: &Cx<'_>) -> Action<crate::io::SecretHandle> {
    match cx.config.gone_reason_code.clone() {
        Some(reason_code) => Action::MakeNotReadyWithReason { reason_code },
        None => Action::MakeNotReady,
    }
}

fn logout(cx: &Cx<'_>) -> Action<crate::io::SecretHandle> {
    match cx.config.gone_logout_reason_code.clone() {
        Some(reason_code) => Action::LogoutWithReason { reason_code },
        None => Action::Logout,
    }
}
