//! The gateway's process ends without a word, and another one goes on with what was kept (F52).

use finesse_sim::Node;
use gc_core::{ClusterId, Gateway, Input, Product, Standing};

use super::health::HealthTold;
use super::{DESKS, Happening, World};
use crate::desk::Desk;
use crate::vault::Vault;

/// A session as the store has it: the credential's text stands beside it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    standing: Standing,
    secret: String,
}

impl World {
    pub(crate) fn restart(&mut self, down: u64) {
        self.see_restart();
        self.die();
        self.pass(down);
        self.come_back();
    }

    fn see_restart(&mut self) {
        if !self.kept.is_empty() {
            self.seen.see("F52 the gateway ends and goes on");
        }
        if self.ledger.open_commands().next().is_some() {
            self.seen
                .see("F52 the gateway ends while a command is open");
        }
        let moves = |agent: &String| {
            let wire = self.wires.get(agent);
            wire.is_some_and(|wire| wire.link.is_none() && !wire.ended)
        };
        if self.kept.keys().any(moves) {
            self.seen.see("F52 the gateway ends while a link is down");
        }
    }

    pub(super) fn keep(&mut self, standing: Standing) {
        let agent = standing.agent.as_str().to_owned();
        match self.vault.get(standing.credential.secret) {
            Some(secret) => {
                let secret = secret.to_owned();
                self.kept.insert(agent, Kept { standing, secret });
            }
            None => self.breach(|| format!("{agent} is kept with a forgotten secret")),
        }
    }

    /// What is kept is whose it is, and where it is.
    pub(super) fn check_kept(&mut self) {
        for view in self.gateway.agents() {
            let Some(kept) = self.kept.get(view.agent_id.as_str()) else {
                if view.link == "up" && !self.is_doubted(view.agent_id.as_str()) {
                    return self.breach(|| format!("{} is not kept", view.agent_id));
                }
                continue;
            };
            let of = &kept.standing;
            if (&of.client, &of.destination, of.node)
                != (&view.client, &view.destination, view.node)
            {
                let of = of.clone();
                return self.breach(|| format!("kept is {of:?}, and it is {view:?}"));
            }
        }
        let owned = |agent: &&String| self.gateway.agent(&agent.as_str().into()).is_some();
        if let Some(agent) = self.kept.keys().find(|agent| !owned(agent)).cloned() {
            self.breach(|| format!("{agent} is kept and has no session"));
        }
    }

    /// Whether Finesse may have refused what an agent signed in with.
    fn is_doubted(&self, agent: &str) -> bool {
        let refused = self.refused.keys().any(|(whose, _)| whose == agent);
        refused || self.changes.contains_key(agent)
    }

    /// Links are gone, replies are lost, and so is half of what was not sent yet.
    fn die(&mut self) {
        for (_, wire) in std::mem::take(&mut self.wires) {
            if let Some(link) = wire.link {
                self.site.sign_off(link);
            }
        }
        let stays =
            |what: &Happening| matches!(what, Happening::CtiIsBack | Happening::StrangerLeaves(..));
        self.queue.retain(|_, what| stays(what));
        for (_, flight) in std::mem::take(&mut self.flights) {
            if self.dice.permille(500) {
                self.arrives_unheard(flight);
            }
        }
        self.ledger.open.clear();
        self.vault = Vault::default();
        self.refused.clear();
        self.beats.clear();
        self.silent.clear();
        self.moved.clear();
        self.up.clear();
        self.returning = DESKS.map(str::to_owned).into();
        self.returns_seen = 0;
        self.references.clear();
        self.health = HealthTold::default();
        self.waited.clear();
        let seed = self.dice.between(0, u64::MAX - 1);
        self.gateway = Gateway::new(self.config.clone(), seed);
        self.is_down = true;
    }

    fn come_back(&mut self) {
        self.is_down = false;
        let kept = std::mem::take(&mut self.kept);
        for (
            agent,
            Kept {
                mut standing,
                secret,
            },
        ) in kept.clone()
        {
            if self.passwords.get(&agent) != Some(&secret) {
                *self.changes.entry(agent.clone()).or_default() += 1;
            }
            standing.credential.secret = self.vault.intern(&agent, &secret);
            self.history.line(|| format!("goes on: {standing:?}"));
            self.feed(Input::Restore(Box::new(standing)));
        }
        if let Some(lost) = kept.keys().find(|agent| !self.kept.contains_key(*agent)) {
            self.breach(|| format!("{lost} was kept and is not gone on with"));
        }
        self.feed(Input::Site {
            cluster: ClusterId(0),
            product: Product::Ucce,
        });
        for node in Node::ALL {
            let polled = self.dice.between(5, 300);
            self.later(polled, Happening::Poll(node));
        }
        for desk in DESKS {
            if self.dice.permille(850) {
                let returns = self.dice.between(10, 8000);
                self.later(returns, Happening::ClientReturns(desk));
            }
        }
    }

    /// A client connects; what it has missed over a restart it does not know, so it is told everything.
    pub(crate) fn client_up(&mut self, desk: &'static str) {
        self.up.insert(desk.to_owned());
        self.beats_up(desk);
        let missed = self.returning.remove(desk);
        self.feed(Input::ClientUp {
            destination: desk.into(),
        });
        if missed {
            self.history.line(|| format!("{desk} has missed something"));
            self.desks.insert(desk.to_owned(), Desk::default());
            for event in self.gateway.snapshot(&desk.into()) {
                self.told(desk, &event);
            }
        }
    }
}
