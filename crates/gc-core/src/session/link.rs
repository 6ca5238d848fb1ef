//! The agent's link: up, down, refused, taken by somebody else.

use gc_protocol::event::{Event, System, SystemStatus};

use super::task::Step;
use super::{Cx, Link, Session, Trouble};
use crate::io::{Epoch, LinkEvent, Origin};

impl Session {
    /// Takes news of the link; those of an older generation are dropped.
    pub(crate) fn link_event(&mut self, cx: &mut Cx<'_>, epoch: Epoch, event: &LinkEvent) {
        if !self.is_current(epoch) {
            return;
        }
        match event {
            LinkEvent::Up => self.link_up(cx, epoch),
            LinkEvent::Down => self.link_down(cx, epoch),
            LinkEvent::Unreachable => self.link_unreachable(cx),
            LinkEvent::Refused => self.link_refused(cx),
            LinkEvent::Conflict => self.link_conflict(cx),
            LinkEvent::Undecodable => {
                cx.counters.notifications_dropped += 1;
                self.sync_again(cx);
            }
            LinkEvent::Subscribed(topic) => self.subscribed(cx, topic),
            LinkEvent::NotSubscribed(topic) => self.not_subscribed(cx, topic),
            // The gateway has taken note of it for the whole node.
            LinkEvent::FinessePresent(_) => {}
        }
        self.pump(cx);
    }

    pub(crate) fn is_current(&self, epoch: Epoch) -> bool {
        match self.link {
            Link::Closed => false,
            Link::Opening { epoch: current }
            | Link::Up { epoch: current }
            | Link::Down { epoch: current, .. } => current == epoch,
        }
    }

    fn link_up(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        match self.link {
            Link::Opening { .. } => self.link_opened(cx, epoch),
            Link::Down { trouble, .. } => {
                self.link = Link::Up { epoch };
                self.sync.told_trouble(trouble == Trouble::Told);
                match self.failover.is_under_way() {
                    true => self.arrive(cx),
                    false => self.restart_sync(cx),
                }
            }
            Link::Up { .. } | Link::Closed => {}
        }
    }

    fn link_down(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        match self.link {
            Link::Up { .. } => {
                self.abandon_sync(cx);
                let trouble = Trouble::of(self.sync.has_told_trouble(), cx.now);
                // A read without the link does not end it.
                self.sync.told_trouble(false);
                self.link = Link::Down { epoch, trouble };
                self.interrupt_move();
                self.renew_link(cx);
            }
            Link::Opening { .. } => self.link_unreachable(cx),
            Link::Down { .. } | Link::Closed => {}
        }
    }

    /// The driver goes on trying; a command that waits for the link is told at once.
    fn link_unreachable(&mut self, cx: &mut Cx<'_>) {
        for id in self.tasks_in(Step::Opening) {
            self.give_up_connect(cx, id);
        }
    }

    /// Somebody else signed in with our resource: two gateways must not throw each other out for ever.
    fn link_conflict(&mut self, cx: &mut Cx<'_>) {
        if let Some(owner) = self.owner.take() {
            let message = "the agent was signed in by another gateway";
            self.leave_owner(cx, &owner, message);
            self.end_parted(cx, message);
        }
        self.part(cx);
    }

    /// A link that stays down is told to clients who understand it.
    pub(super) fn tell_link_trouble(&mut self, cx: &mut Cx<'_>) {
        if let Link::Down {
            epoch,
            trouble: Trouble::Tell { at },
        } = self.link
            && at <= cx.now
        {
            self.link = Link::Down {
                epoch,
                trouble: Trouble::Told,
            };
            self.tell_system(cx, SystemStatus::OutOfService);
        }
    }

    pub(super) fn tell_system(&self, cx: &mut Cx<'_>, status: SystemStatus) {
        self.tell(cx, Origin::Live, self.system(status));
    }

    /// Whether clients know of a trouble of the link.
    pub(crate) fn has_told_trouble(&self) -> bool {
        self.trouble().is_some()
    }

    /// The trouble of the link that clients know of, as an event.
    pub(super) fn trouble(&self) -> Option<Event> {
        let told = match self.link {
            Link::Down { trouble, .. } => trouble == Trouble::Told,
            // A link that is back counts once the agent was read.
            Link::Up { .. } => self.sync.has_told_trouble(),
            Link::Opening { .. } | Link::Closed => false,
        };
        told.then(|| self.system(SystemStatus::OutOfService))
    }

    fn system(&self, status: SystemStatus) -> Event {
        Event::System(System {
            status,
            agent_id: Some(self.agent_id.clone()),
        })
    }
}
