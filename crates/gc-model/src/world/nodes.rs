//! Nodes that die and come back, the CTI server that changes sides, and how the gateway hears of it.

use finesse_protocol::{Data, Request, Update};
use finesse_sim::{Node, ServiceStatus};
use gc_core::{Input, Reply};

use super::{Happening, World};

/// Between two polls of a node's health.
pub(super) const POLL_EVERY: u64 = 10_000;

/// A node waits so long before it forces somebody out, and is not believed to do it later than that.
const FORCED: std::ops::Range<u64> = 55_000..300_000;

/// What Finesse gives as the reason.
const FORCED_LABELS: [&str; 2] = ["Connection Failure", "System Failure"];

impl World {
    pub(crate) fn set_service(&mut self, node: Node, status: ServiceStatus) {
        if !self.site.is_alive(node) {
            return;
        }
        if status == ServiceStatus::OutOfService && self.has_link_at(node) {
            self.seen.see("F18 a node goes out of service under a link");
        }
        self.site.set_service(node, status);
        self.poll_soon(node);
        self.see_darkness();
    }

    pub(crate) fn has_link_at(&self, node: Node) -> bool {
        self.wires
            .values()
            .any(|wire| wire.node == node && wire.link.is_some())
    }

    /// A node's process is gone: its links break, and it refuses connections.
    pub(crate) fn kill(&mut self, node: Node) {
        if !self.site.is_alive(node) {
            return;
        }
        if self.has_link_at(node) {
            self.seen.see("F21 a node dies under a link");
        }
        self.site.kill(node);
        self.absent.remove(&node);
        self.poll_soon(node);
        self.see_darkness();
    }

    pub(crate) fn start_node(&mut self, node: Node) {
        // Without a CTI server it would not come into service.
        if !self.cti_out {
            self.site.start(node);
            self.poll_soon(node);
        }
    }

    /// Both nodes are out of service for so long; who was READY is not, afterwards.
    pub(crate) fn fail_cti_over(&mut self, millis: u64) {
        if self.cti_out {
            return;
        }
        if Node::ALL.into_iter().any(|node| self.has_link_at(node)) {
            self.seen.see("F20 the CTI server changes sides");
        }
        self.cti_out = true;
        // From now on another fault may be what stops an agent.
        self.moved.clear();
        self.site.lose_cti();
        self.later(millis, Happening::CtiIsBack);
        for node in Node::ALL {
            self.poll_soon(node);
        }
    }

    pub(crate) fn regain_cti(&mut self) {
        if std::mem::take(&mut self.cti_out) {
            self.site.regain_cti();
            for node in Node::ALL {
                self.poll_soon(node);
            }
        }
    }

    fn see_darkness(&mut self) {
        let serves = Node::ALL.into_iter().any(|node| self.site.is_serving(node));
        if !serves && !self.cti_out && !self.ledger.owners.is_empty() {
            self.seen.see("F23 no node serves the agents");
        }
    }

    fn poll_soon(&mut self, node: Node) {
        let polled = self.dice.between(1, 5000);
        self.later(polled, Happening::Poll(node));
    }

    pub(super) fn poll_health(&mut self, node: Node) {
        if self.is_down {
            return;
        }
        let answer = self.ask(node, None, &Request::SystemInfo, "");
        let in_service = matches!(
            answer,
            Reply::Answer(finesse_protocol::Answer::SystemInfo(ref info))
                if info.status == finesse_protocol::ServiceStatus::InService
        );
        self.node_polled(node.index(), in_service);
    }

    pub(super) fn node_polled(&mut self, node: usize, in_service: bool) {
        self.health.polled(node, in_service, self.now());
        self.feed(Input::NodeHealth {
            node,
            in_service,
            asked: self.instant(),
        });
    }

    /// Another gateway of the agent's leaves the other node: it would have changed nodes, too.
    pub(super) fn send_strangers_home(&mut self, agent: &str, node: Node) {
        let elsewhere = |what: &Happening| match what {
            Happening::StrangerLeaves(whose, at, link) if whose == agent && *at != node => {
                Some(*link)
            }
            _ => None,
        };
        let links: Vec<_> = self.queue.values().filter_map(elsewhere).collect();
        self.queue.retain(|_, what| elsewhere(what).is_none());
        for link in links {
            self.site.sign_off(link);
        }
    }

    /// A LOGIN that was on its way when the agent left arrives at the node where it is not any more.
    pub(super) fn note_late_login(&mut self, agent: &str, node: Node, request: &Request) {
        let elsewhere = |wire: &super::Wire| wire.link.is_some() && wire.node != node;
        if matches!(request, Request::Login { .. }) {
            self.send_strangers_home(agent, node);
            if self.wires.get(agent).is_some_and(elsewhere) {
                *self.late_logins.entry(agent.to_owned()).or_default() += 1;
            }
        }
    }

    /// What the node that an agent has left does to it afterwards.
    pub(super) fn see_late_force(&mut self, agent: &str, update: &Update) {
        let Some(moved) = self.moved.get(agent).copied() else {
            return;
        };
        let Data::User(user) = &update.data else {
            return;
        };
        let forced = user.reason_code.as_ref();
        let forced =
            forced.is_some_and(|reason| FORCED_LABELS.iter().any(|label| reason.label == *label));
        let in_time = FORCED.contains(&self.now.saturating_sub(moved));
        if user.login_id == agent && forced && in_time {
            self.moved.remove(agent);
            self.seen
                .see("F22 the old node forces out an agent who has moved");
        }
    }
}
