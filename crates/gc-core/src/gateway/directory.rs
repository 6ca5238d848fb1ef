//! Lets sessions handle things, and keeps the directory true afterwards.

use std::time::Instant;

use gc_protocol::AgentId;

use super::Gateway;
use crate::io::Ticket;
use crate::session::{Cx, HandedBack, Kept, Owner, Session};

/// A session as it was before it handled something.
pub(super) struct Before {
    timeout: Option<(Instant, &'static str)>,
    node: usize,
    link_up: bool,
    pub(super) told_trouble: bool,
    pub(super) stands_at: Option<usize>,
    owner: Option<Owner>,
    kept: Option<Kept>,
}

impl Before {
    fn of(session: &Session) -> Self {
        Self {
            timeout: session.next_timeout(),
            node: session.node(),
            link_up: session.is_link_up(),
            told_trouble: session.has_told_trouble(),
            stands_at: session.stands_at(),
            owner: session.owner().cloned(),
            kept: session.kept(),
        }
    }
}

impl Gateway {
    /// Lets a session handle something, then keeps the directory true.
    pub(super) fn with_session(
        &mut self,
        now: Instant,
        agent: &AgentId,
        handle: impl FnOnce(&mut Session, &mut Cx<'_>),
    ) {
        self.with_session_for(now, agent, None, handle);
    }

    /// As [`Gateway::with_session`], where a command begins.
    pub(super) fn with_session_for(
        &mut self,
        now: Instant,
        agent: &AgentId,
        begun: Option<Ticket>,
        handle: impl FnOnce(&mut Session, &mut Cx<'_>),
    ) {
        let Some(session) = self.sessions.get_mut(agent) else {
            return;
        };
        let Some(cluster) = self.config.clusters.get(session.cluster().0) else {
            return;
        };
        let before = Before::of(session);
        let mut handed_back: Vec<HandedBack> = Vec::new();
        let mut cx = Cx {
            now,
            config: &self.config,
            health: &self.health,
            pace: &mut self.pace,
            guard: &mut self.guard,
            partings: &mut self.partings,
            cluster,
            product: self.products.get(&session.cluster()).copied(),
            handed_back: &mut handed_back,
            reasons: &mut self.reasons,
            counters: &mut self.counters,
            ids: &mut self.ids,
            out: &mut self.out,
        };
        session.contain(&mut cx, begun, handle);
        session.end_if_nobodys(&mut cx);
        if session.owner() != before.owner.as_ref()
            && let Some(owner) = session.owner().cloned()
            && !self.clients.is_here(&owner.destination)
        {
            session.client_gone(&mut cx);
        }
        session.keep_watch(&mut cx);
        let moved = session.owner() != before.owner.as_ref();
        session.keep_standing(&mut cx, before.kept, moved);
        self.after_session(now, agent, &before);
        for command in handed_back {
            self.ask_next_supervisor(now, command);
        }
    }

    /// Keeps the directory, and what is known of the nodes, true after a session has handled something.
    fn after_session(&mut self, now: Instant, agent: &AgentId, before: &Before) {
        let Some(session) = self.sessions.get_mut(agent) else {
            return;
        };
        let after = session.next_timeout();
        let over = session.is_over();
        let link_lost = before.link_up && (over || !session.is_link_up());
        let link_made = !before.link_up && !over && session.is_link_up();
        let unreached = session.take_unreached();
        let moved = !over && before.owner.is_some() && before.stands_at != session.stands_at();
        let node = session.node();
        let owner = session.owner().cloned();
        if let Some((at, _)) = before.timeout.filter(|_| over || before.timeout != after) {
            self.timeouts.remove(&(at, agent.clone()));
        }
        if let Some((at, _)) = after.filter(|_| !over) {
            self.timeouts.insert((at, agent.clone()));
        }
        if over {
            self.remove(now, agent);
        }
        if moved {
            self.tell_move(agent, before);
        }
        // Before anything is told of nodes, which takes for told what holds with the agents that are left.
        if owner != before.owner {
            if let Some(left) = &before.owner {
                self.agent_left(left.destination.clone(), node);
            }
            if let Some(owner) = owner {
                self.agent_came(owner.destination, node);
            }
        }
        if link_lost {
            self.link_lost(now, before.node);
        }
        if link_made {
            self.node_changed(now, node, |health| health.set_reached(node));
        }
        if unreached {
            self.node_changed(now, before.node, |health| {
                health.set_unreached(before.node, now)
            });
        }
    }

    /// A session has ended; what waited in it goes into the next one.
    fn remove(&mut self, now: Instant, agent: &AgentId) {
        let Some(session) = self.sessions.remove(agent) else {
            return;
        };
        let (before, successor) = session.into_successor();
        for task in before {
            match HandedBack::of(task) {
                Ok(command) => self.ask_next_supervisor(now, command),
                Err(task) => self.agent_command(now, agent.clone(), task.origin, task.action, None),
            }
        }
        if let Some(successor) = successor {
            self.sessions.insert(agent.clone(), successor);
            self.with_session(now, agent, |session, cx| session.pump(cx));
        }
    }
}
