//! A node that serves the agent no more: how long it is waited for, and the way to another one (Finesse API, 7.3).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use finesse_protocol::{Fault, Request};
use gc_protocol::ErrorType;
use gc_protocol::event::{Event, StatusMessage};

use super::lane::Lane;
use super::task::{Task, TaskId, TaskOrigin};
use super::{Cx, LINK_TROUBLE_AFTER, Link, Purpose, Session, Trouble};
use crate::faults::{About, error_of};
use crate::io::{Origin, Reply, RequestId};

/// Between two agents that leave for another node.
const MOVE_SPACING: Duration = Duration::from_millis(10);

/// A link that has been down for longer waits for long between its attempts.
const PAUSES_ARE_LONG: Duration = Duration::from_secs(5);

/// Finesse tells nothing of a sign-in that changes nothing: after this long it is taken to be one.
const SIGN_IN_SETTLES: Duration = Duration::from_secs(2);

/// Gives agents their turns, so that a node is not stormed.
#[derive(Debug, Default)]
pub(crate) struct Pace(BTreeMap<usize, Instant>);

impl Pace {
    /// When the next agent may go to a node.
    fn turn(&mut self, node: usize, now: Instant) -> Instant {
        let last = self.0.get(&node);
        let next = last.map_or(now, |last| (*last + MOVE_SPACING).max(now));
        self.0.insert(node, next);
        next
    }
}

/// Where the agent's session stands between nodes.
#[derive(Debug, Default)]
pub(super) struct Failover {
    unserved: Option<Unserved>,
    way: Way,
    aim: Aim,
    /// Nobody gets through to the node; the gateway takes note of it.
    unreached: bool,
}

/// The node does not serve the agent, or no notifications come from it.
#[derive(Debug, Clone, Copy)]
struct Unserved {
    since: Instant,
    /// When another node is looked for; `None` when there is none, until some node's health changes.
    look_at: Option<Instant>,
    /// Whether that is the agent's turn to go.
    turn: bool,
    /// Whether the node itself serves, so that only the link is missing.
    node_serves: bool,
    /// When the link is made again at once: the driver's pauses may have grown long.
    retry_at: Option<Instant>,
}

/// How far the agent has come.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Where it belongs.
    #[default]
    There,
    /// The link is being made.
    Reaching,
    /// The sign-in is out; its effect is waited for until then.
    SigningIn { request: RequestId, until: Instant },
    /// Signed in; the agent is being read.
    Reading,
}

/// What the agent is under way for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// To another node.
    #[default]
    Move,
    /// Back in, where it was thrown out.
    Return,
}

impl Failover {
    pub(super) fn timeout(&self) -> Option<Instant> {
        let look = self.unserved.and_then(|unserved| unserved.look_at);
        let retry = self.unserved.and_then(|unserved| unserved.retry_at);
        let signed_in = match self.way {
            Way::SigningIn { until, .. } => Some(until),
            Way::There | Way::Reaching | Way::Reading => None,
        };
        look.into_iter().chain(retry).chain(signed_in).min()
    }

    /// Whether the agent is neither here nor there, so that nothing can be asked of Finesse.
    pub(super) fn is_under_way(&self) -> bool {
        self.way != Way::There
    }
}

impl Session {
    /// Whether the agent has left one node and is not at work on the other yet.
    pub(crate) fn is_moving(&self) -> bool {
        self.failover.is_under_way() && self.failover.aim == Aim::Move
    }

    /// Whether the session has found that nobody gets through to its node.
    pub(crate) fn take_unreached(&mut self) -> bool {
        std::mem::take(&mut self.failover.unreached)
    }

    /// Notes since when the agent is not served; to be called after whatever may have changed it.
    pub(crate) fn keep_watch(&mut self, cx: &mut Cx<'_>) {
        let served = self.is_link_up() && cx.health.is_usable(self.node);
        self.unproven |= !self.is_link_up() && !cx.health.is_usable(self.node);
        // Without a credential or before the first link there is nothing to take elsewhere.
        let settled = self.owner.is_none() || self.doubted || self.over;
        let early = matches!(self.link, Link::Closed | Link::Opening { .. });
        if served || settled || early {
            self.failover.unserved = None;
            self.end_gap(cx.now);
        } else if self.failover.unserved.is_none() {
            self.failover.unserved = Some(Unserved {
                since: cx.now,
                look_at: Some(cx.now + cx.config.failover_after),
                turn: false,
                node_serves: cx.health.is_usable(self.node),
                retry_at: None,
            });
            self.begin_gap();
        }
    }

    /// Some node's health has changed: an agent that waits for one may have found it.
    pub(crate) fn health_changed(&mut self, cx: &mut Cx<'_>) {
        let serves = cx.health.is_usable(self.node);
        let Some(unserved) = &mut self.failover.unserved else {
            return;
        };
        let back = serves && !unserved.node_serves;
        unserved.node_serves = serves;
        if back {
            if unserved.since + PAUSES_ARE_LONG <= cx.now {
                unserved.retry_at = Some(cx.pace.turn(self.node, cx.now));
            }
            // The link gets its time.
            unserved.since = cx.now;
            unserved.look_at = Some(cx.now + cx.config.failover_after);
            unserved.turn = false;
        } else if unserved.look_at.is_none() {
            unserved.look_at = Some((unserved.since + cx.config.failover_after).max(cx.now));
        }
    }

    pub(super) fn failover_timeout(&mut self, cx: &mut Cx<'_>) {
        if let Way::SigningIn { until, .. } = self.failover.way
            && until <= cx.now
        {
            self.read_on_arrival(cx);
        }
        if let Some(unserved) = &mut self.failover.unserved
            && unserved.retry_at.is_some_and(|at| at <= cx.now)
        {
            unserved.retry_at = None;
            self.make_link_again(cx);
        }
        let look_at = self.failover.unserved.and_then(|unserved| unserved.look_at);
        if look_at.is_some_and(|at| at <= cx.now) {
            self.look_for_node(cx);
        }
    }

    /// The own node was waited for long enough.
    fn look_for_node(&mut self, cx: &mut Cx<'_>) {
        let Some(unserved) = &mut self.failover.unserved else {
            return;
        };
        if cx.health.is_usable(self.node) && cx.health.is_reached(self.node) {
            // Others get through: the trouble is this link's, and the driver goes on trying.
            unserved.look_at = Some(cx.now + cx.config.failover_after);
            return;
        }
        self.failover.unreached = cx.health.is_usable(self.node);
        let Some(node) = cx.health.refuge(self.cluster, self.node) else {
            unserved.look_at = None;
            return;
        };
        let turn = match unserved.turn {
            true => cx.now,
            false => cx.pace.turn(node, cx.now),
        };
        if turn > cx.now {
            (unserved.look_at, unserved.turn) = (Some(turn), true);
        } else {
            self.move_to(cx, node);
        }
    }

    /// Leaves the node for another one; the old link is closed first, as nobody may be on both.
    fn move_to(&mut self, cx: &mut Cx<'_>, node: usize) {
        let (epoch, trouble) = match self.link {
            Link::Closed | Link::Opening { .. } => return,
            Link::Up { epoch } => (epoch, Trouble::of(self.sync.has_told_trouble(), cx.now)),
            Link::Down { epoch, trouble } => (epoch, trouble),
        };
        cx.counters.moves += 1;
        self.end_commands_on_move(cx);
        self.abandon_sync(cx);
        self.put_out_close_link(cx, epoch);
        self.node = node;
        self.agent.forget_order();
        if let Some(epoch) = self.put_out_open_link(cx) {
            self.link = Link::Down { epoch, trouble };
            self.subscribe_again(cx);
        }
        self.failover = Failover {
            unserved: None,
            way: Way::Reaching,
            aim: Aim::Move,
            unreached: self.failover.unreached,
        };
        self.keep_watch(cx);
    }

    /// What the old node was asked for may have been done; it will tell no more.
    fn end_commands_on_move(&mut self, cx: &mut Cx<'_>) {
        let of_node = |task: &Task| task.is_out() && task.lane != Lane::Recording;
        let out = self.tasks.iter().filter(|(_, task)| of_node(task));
        let out: Vec<TaskId> = out.map(|(id, _)| *id).collect();
        for id in out {
            let message = "the Finesse node has failed: the state that follows tells the outcome";
            self.leave_behind(cx, id, message);
        }
    }

    /// The link to the other node is there, or was lost and is there again.
    pub(super) fn arrive(&mut self, cx: &mut Cx<'_>) {
        match self.seat_to_take() {
            Some(login) => self.sign_in_here(cx, login),
            None => self.read_on_arrival(cx),
        }
    }

    /// Finesse has signed the agent out behind our back: in again.
    pub(super) fn return_to_seat(&mut self, cx: &mut Cx<'_>, login: Request) {
        cx.counters.returns += 1;
        self.failover.aim = Aim::Return;
        self.sign_in_here(cx, login);
    }

    fn sign_in_here(&mut self, cx: &mut Cx<'_>, login: Request) {
        let Some(request) = self.send(cx, Purpose::SignIn, login) else {
            return self.read_on_arrival(cx);
        };
        self.sign_in_begun();
        let until = cx.now + cx.config.request_deadline;
        self.failover.way = Way::SigningIn { request, until };
    }

    /// The link is gone again, on the way.
    pub(super) fn interrupt_move(&mut self) {
        if self.failover.is_under_way() {
            self.failover.way = Way::Reaching;
        }
    }

    pub(super) fn sign_in_reply(&mut self, cx: &mut Cx<'_>, request: RequestId, reply: &Reply) {
        let Way::SigningIn {
            request: awaited,
            until,
        } = &mut self.failover.way
        else {
            return;
        };
        if *awaited != request {
            return;
        }
        match reply {
            Reply::Answer(_) => *until = (*until).min(cx.now + SIGN_IN_SETTLES),
            Reply::Fault(_) if self.doubted => self.credential_lost_on_the_way(cx),
            Reply::Fault(fault) if fault.status < 500 => self.sign_in_refused(cx, fault),
            // It was not done, or nobody knows: what is read then decides.
            Reply::Fault(_)
            | Reply::NotSent { .. }
            | Reply::Unknown { .. }
            | Reply::Garbage { .. } => {
                self.sign_in_may_be_repeated();
                self.read_on_arrival(cx);
            }
        }
    }

    /// Whether a notification is the answer to our sign-in.
    pub(super) fn is_sign_in(&self, cx: &Cx<'_>, request_id: &str) -> bool {
        match self.failover.way {
            Way::SigningIn { request, .. } => cx.ids.request_of_header(request_id) == Some(request),
            Way::There | Way::Reaching | Way::Reading => false,
        }
    }

    pub(super) fn sign_in_refused(&mut self, cx: &mut Cx<'_>, fault: &Fault) {
        let (error_type, message) = error_of(fault, About::User);
        self.tell_sign_in_error(cx, error_type, &message);
        self.read_on_arrival(cx);
    }

    fn tell_sign_in_error(&self, cx: &mut Cx<'_>, error_type: ErrorType, message: &str) {
        let message = format!("the agent could not be signed in again: {message}");
        let error = TaskOrigin::Gateway.error(&self.agent_id, error_type, message);
        self.tell(cx, Origin::Live, Event::Error(error));
    }

    /// The agent was seen signed in while that was waited for.
    pub(super) fn signed_in_here(&mut self, cx: &mut Cx<'_>) {
        if self.awaits_sign_in() && self.agent.is_logged_in() {
            self.read_on_arrival(cx);
        }
    }

    /// Whether a sign-in of the gateway's own waits to be seen.
    pub(super) fn awaits_sign_in(&self) -> bool {
        matches!(self.failover.way, Way::SigningIn { .. })
    }

    fn read_on_arrival(&mut self, cx: &mut Cx<'_>) {
        self.failover.way = Way::Reading;
        self.restart_sync(cx);
    }

    /// The agent was read: it is where it belongs.
    pub(super) fn arrived(&mut self, cx: &mut Cx<'_>) {
        if self.failover.way != Way::Reading {
            return;
        }
        self.failover.way = Way::There;
        if self.failover.aim == Aim::Move {
            let status = StatusMessage {
                message: "node changed: another Finesse node serves the agent now".to_owned(),
                agent_id: self.agent_id.clone(),
            };
            self.tell(cx, Origin::Live, Event::Status(status));
        }
        self.failover.aim = Aim::Move;
        self.keep_watch(cx);
        self.mend_gap(cx);
    }

    /// The credential is no good any more: the agent goes nowhere until somebody gives a better one.
    pub(super) fn credential_lost_on_the_way(&mut self, cx: &mut Cx<'_>) {
        if self.failover.is_under_way() {
            self.failover.way = Way::There;
            self.tell_subscription_failed(cx);
        }
    }
}

impl Trouble {
    /// Of a link that is taken down now.
    pub(super) fn of(told: bool, now: Instant) -> Self {
        match told {
            true => Trouble::Told,
            false => Trouble::Tell {
                at: now + LINK_TROUBLE_AFTER,
            },
        }
    }
}
