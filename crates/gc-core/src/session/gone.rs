//! A client that is gone: its agents stop getting calls, and leave after a while (contract, section 1).

use std::time::Instant;

use finesse_protocol::UserState;
use gc_protocol::Action;

use super::task::TaskOrigin;
use super::{Cx, Session};

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
    /// Being logged out; the session ends at the latest then.
    Leaving {
        until: Instant,
    },
}

impl Presence {
    pub(super) fn timeout(self) -> Option<Instant> {
        match self {
            Presence::Here => None,
            Presence::Gone { not_ready_at, .. } => Some(not_ready_at),
            Presence::Paused { logout_at } => Some(logout_at),
            Presence::Leaving { until } => Some(until),
        }
    }
}

impl Session {
    /// The owner's destination can be reached again.
    pub(crate) fn client_here(&mut self) {
        if !matches!(self.presence, Presence::Leaving { .. }) {
            self.presence = Presence::Here;
        }
    }

    /// The owner's destination cannot be reached any more.
    pub(crate) fn client_gone(&mut self, cx: &mut Cx<'_>) {
        if self.presence == Presence::Here && self.owner.is_some() {
            self.presence = Presence::Gone {
                not_ready_at: cx.now + cx.config.gone_not_ready_after,
                logout_at: cx.now + cx.config.gone_logout_after,
            };
        }
    }

    pub(super) fn presence_timeout(&mut self, cx: &mut Cx<'_>) {
        match self.presence {
            Presence::Gone {
                not_ready_at,
                logout_at,
            } if not_ready_at <= cx.now => {
                self.presence = Presence::Paused { logout_at };
                if self.agent.state() == Some(&UserState::Ready) && !self.doubted {
                    self.command(cx, TaskOrigin::Gateway, not_ready(cx));
                }
            }
            Presence::Paused { logout_at } if logout_at <= cx.now => {
                self.presence = Presence::Leaving {
                    until: cx.now + cx.config.request_deadline,
                };
                self.command(cx, TaskOrigin::Gateway, logout(cx));
            }
            Presence::Leaving { until } if until <= cx.now => self.part(cx),
            Presence::Here
            | Presence::Gone { .. }
            | Presence::Paused { .. }
            | Presence::Leaving { .. } => {}
        }
    }

    /// An agent whose client has been gone for long gets no calls, whatever made it READY again.
    pub(super) fn keep_paused(&mut self, cx: &mut Cx<'_>) {
        let pausing = self
            .tasks
            .values()
            .any(|task| matches!(task.origin, TaskOrigin::Gateway));
        if matches!(self.presence, Presence::Paused { .. })
            && self.agent.state() == Some(&UserState::Ready)
            && !pausing
            && !self.doubted
        {
            self.command(cx, TaskOrigin::Gateway, not_ready(cx));
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
