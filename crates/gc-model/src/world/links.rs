//! Links on their way: made, cut, made again, taken away, as the driver would keep them.

use std::collections::BTreeSet;

use finesse_sim::engine::AgentState;
use finesse_sim::{LinkId, Node};
use gc_core::{Credential, Epoch, LinkEvent};

use super::{Happening, News, World};

/// What all gateways of a site call their links.
const RESOURCE: &str = "gc";

/// From the loss of presence to the forced logout.
const GRACE: u64 = 60_000;

/// A link that the core wants kept.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) epoch: Epoch,
    pub(crate) node: Node,
    pub(crate) secret: String,
    pub(crate) link: Option<LinkId>,
    pub(crate) topics: BTreeSet<String>,
    /// Over for good: refused, or taken by somebody else.
    pub(crate) ended: bool,
    was_up: bool,
    tries: u32,
    /// What is reported later arrives later.
    last_report: u64,
    blocked_until: u64,
    gap: Option<Gap>,
}

/// What became of an agent while the link was down.
#[derive(Debug)]
struct Gap {
    since: u64,
    state: AgentState,
    told: BTreeSet<u64>,
    seen: BTreeSet<u64>,
}

impl World {
    pub(super) fn open_link(
        &mut self,
        agent: &str,
        epoch: Epoch,
        node: usize,
        credential: Credential,
    ) {
        let Some(secret) = self.vault.get(credential.secret).map(str::to_owned) else {
            return self.breach(|| format!("a link of {agent} with a forgotten secret"));
        };
        if self.wires.contains_key(agent) {
            return self.breach(|| format!("two links of {agent}"));
        }
        let wire = Wire {
            epoch,
            node: Node::ALL[node.min(1)],
            secret,
            link: None,
            topics: BTreeSet::new(),
            ended: false,
            was_up: false,
            tries: 0,
            last_report: self.now,
            blocked_until: 0,
            gap: None,
        };
        self.wires.insert(agent.to_owned(), wire);
        self.locked_out.remove(agent);
        self.health.link_opened(agent, node.min(1), self.now);
        let millis = self.dice.between(5, 80);
        self.later(millis, Happening::TryLink(agent.to_owned(), epoch));
    }

    pub(super) fn close_link(&mut self, agent: &str, epoch: Epoch) {
        match self.wires.remove(agent) {
            Some(wire) if wire.epoch == epoch => {
                self.health.link_closed(agent, self.now);
                if let Some(link) = wire.link {
                    self.site.sign_off(link);
                }
            }
            _ => self.breach(|| format!("a link of {agent} is closed that is not open")),
        }
    }

    pub(super) fn renew_link(&mut self, agent: &str, epoch: Epoch, credential: Credential) {
        let secret = self.vault.get(credential.secret).map(str::to_owned);
        let wire = self.wires.get_mut(agent);
        match (wire.filter(|wire| wire.epoch == epoch), secret) {
            (Some(wire), Some(secret)) => {
                wire.secret = secret;
                self.locked_out.remove(agent);
            }
            _ => self.breach(|| format!("a link of {agent} cannot be renewed")),
        }
    }

    pub(super) fn try_link(&mut self, agent: &str, epoch: Epoch) {
        let Some(wire) = self.wires.get_mut(agent) else {
            return;
        };
        if wire.epoch != epoch || wire.ended || wire.link.is_some() {
            return;
        }
        wire.tries += 1;
        let (node, first) = (wire.node, wire.tries == 1 && !wire.was_up);
        let secret = wire.secret.clone();
        if self.now < wire.blocked_until || !self.site.is_alive(node) {
            if first {
                self.report(agent, epoch, News::Link(LinkEvent::Unreachable));
            }
            return self.try_again(agent, epoch);
        }
        self.send_strangers_home(agent, node);
        match self.site.sign_in(node, agent, &secret, RESOURCE) {
            Some(link) => self.link_made(agent, epoch, link),
            None => self.link_refused(agent, epoch),
        }
    }

    fn try_again(&mut self, agent: &str, epoch: Epoch) {
        let tries = self.wires.get(agent).map_or(0, |wire| wire.tries);
        let most = (500_u64 << tries.min(6)).min(30_000);
        let millis = self.dice.between(100, most);
        self.later(millis, Happening::TryLink(agent.to_owned(), epoch));
    }

    fn link_made(&mut self, agent: &str, epoch: Epoch, link: LinkId) {
        let gap = self.wires.get_mut(agent).and_then(|wire| {
            wire.link = Some(link);
            wire.was_up = true;
            wire.tries = 0;
            wire.gap.take()
        });
        self.report(agent, epoch, News::Link(LinkEvent::Up));
        if let Some(gap) = gap {
            self.gap_over(agent, &gap);
        }
        let topics = self.wires.get(agent).map(|wire| wire.topics.clone());
        for topic in topics.into_iter().flatten() {
            self.subscribe_now(agent, epoch, link, &topic);
        }
    }

    fn link_refused(&mut self, agent: &str, epoch: Epoch) {
        self.locked_out.insert(agent.to_owned());
        if let Some(wire) = self.wires.get_mut(agent) {
            wire.ended = true;
            if wire.was_up {
                self.seen.see("F9 a link that comes back is refused");
            }
        }
        self.report(agent, epoch, News::Link(LinkEvent::Refused));
    }

    pub(super) fn subscribe(&mut self, agent: &str, epoch: Epoch, topic: &str) {
        let wire = self.wires.get_mut(agent);
        if let Some(wire) = wire.filter(|wire| wire.epoch == epoch) {
            wire.topics.insert(topic.to_owned());
            if let Some(link) = wire.link {
                self.subscribe_now(agent, epoch, link, topic);
            }
        }
    }

    fn subscribe_now(&mut self, agent: &str, epoch: Epoch, link: LinkId, topic: &str) {
        let event = match self.site.subscribe(link, topic) {
            true => LinkEvent::Subscribed(topic.to_owned()),
            false => LinkEvent::NotSubscribed(topic.to_owned()),
        };
        self.report(agent, epoch, News::Link(event));
    }

    pub(super) fn unsubscribe(&mut self, agent: &str, epoch: Epoch, topic: &str) {
        let wire = self.wires.get_mut(agent);
        if let Some(wire) = wire.filter(|wire| wire.epoch == epoch) {
            wire.topics.remove(topic);
            if let Some(link) = wire.link {
                self.site.unsubscribe(link, topic);
            }
        }
    }

    /// The network is whole again.
    pub(crate) fn unblock_links(&mut self) {
        for wire in self.wires.values_mut() {
            wire.blocked_until = 0;
        }
    }

    /// The network cuts a link; it cannot be made again for a while.
    pub(crate) fn cut(&mut self, agent: &str, gap: u64) {
        let until = self.now + gap;
        let Some(wire) = self.wires.get_mut(agent).filter(|wire| !wire.ended) else {
            return;
        };
        wire.blocked_until = until;
        if let Some(link) = wire.link {
            self.site.sign_off(link);
            self.link_lost(agent);
        }
    }

    pub(super) fn link_lost(&mut self, agent: &str) {
        let gap = self.begin_gap(agent);
        let Some(wire) = self.wires.get_mut(agent) else {
            return;
        };
        let epoch = wire.epoch;
        wire.link = None;
        wire.gap = gap;
        self.lose_notifications(agent, epoch);
        let noticed = self.dice.between(1, 5000);
        self.report_after(noticed, agent, epoch, News::Link(LinkEvent::Down));
        let down = self.wires.get(agent).map_or(0, |wire| wire.last_report);
        let again = down + self.dice.between(100, 1000);
        self.at(again, Happening::TryLink(agent.to_owned(), epoch));
    }

    /// Another gateway signs in as the agent, and stays for a while.
    pub(crate) fn take_link_away(&mut self, agent: &str) {
        let password = self.passwords.get(agent).cloned().unwrap_or_default();
        let node = self.wires.get(agent).map_or(Node::A, |wire| wire.node);
        self.send_strangers_home(agent, node);
        if let Some(link) = self.site.sign_in(node, agent, &password, RESOURCE) {
            let stays = self.dice.between(100, 20_000);
            self.later(
                stays,
                Happening::StrangerLeaves(agent.to_owned(), node, link),
            );
        }
    }

    pub(super) fn report(&mut self, agent: &str, epoch: Epoch, news: News) {
        let millis = self.dice.between(1, 10);
        self.report_after(millis, agent, epoch, news);
    }

    /// Reports of one link keep their order.
    pub(super) fn report_after(&mut self, millis: u64, agent: &str, epoch: Epoch, news: News) {
        let mut at = self.now + millis;
        let wire = self.wires.get_mut(agent);
        if let Some(wire) = wire.filter(|wire| wire.epoch == epoch) {
            at = at.max(wire.last_report);
            wire.last_report = at;
        }
        self.at(at, Happening::Report(agent.to_owned(), epoch, news));
    }

    fn begin_gap(&mut self, agent: &str) -> Option<Gap> {
        let now = self.now;
        let told = self.dialogs_of(agent);
        let state = self.state_of(agent)?;
        Some(Gap {
            since: now,
            state,
            seen: told.clone(),
            told,
        })
    }

    /// What happens while a link is down.
    pub(super) fn note_gaps(&mut self) {
        let gaps = self.wires.iter().filter(|(_, wire)| wire.gap.is_some());
        let agents: Vec<String> = gaps.map(|(agent, _)| agent.clone()).collect();
        for agent in agents {
            let dialogs = self.dialogs_of(&agent);
            if let Some(wire) = self.wires.get_mut(&agent)
                && let Some(gap) = &mut wire.gap
            {
                gap.seen.extend(dialogs);
            }
        }
    }

    fn gap_over(&mut self, agent: &str, gap: &Gap) {
        let now = self.dialogs_of(agent);
        if gap.told.iter().any(|call| !now.contains(call)) {
            self.seen
                .see("F25 a call that was told ends while the link is down");
        }
        let born = gap.seen.difference(&gap.told);
        if born.into_iter().any(|call| !now.contains(call)) {
            self.seen
                .see("F25 a call begins and ends while the link is down");
        }
        let changed = self.state_of(agent) != Some(gap.state);
        if changed && self.now >= gap.since + GRACE {
            self.seen
                .see("F20 Finesse signs out or stops an agent whose link was gone");
        }
    }

    /// Ids of the calls in an agent's list at Finesse.
    pub(crate) fn dialogs_of(&mut self, agent: &str) -> BTreeSet<u64> {
        let dialogs = self.site.engine(|engine, _| engine.dialogs(agent, agent));
        dialogs.iter().flatten().map(|dialog| dialog.id).collect()
    }

    /// An agent's state at Finesse.
    pub(crate) fn state_of(&mut self, agent: &str) -> Option<AgentState> {
        let user = self.site.engine(|engine, _| engine.user(agent, agent));
        user.ok().map(|user| user.state)
    }
}
