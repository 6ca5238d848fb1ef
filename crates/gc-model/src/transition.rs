//! Everything that may happen.

use finesse_sim::{CallId, CampaignMode, Node, ServiceStatus};
use gc_core::Input;

use crate::world::{Happening, World};

/// A customer's number.
pub(crate) const CUSTOMER: &str = "03005550142";

/// Three beats that were missed.
const SILENT_AFTER: u64 = 90_000;

/// One thing that happens.
#[derive(Debug, Clone)]
pub(crate) enum Transition {
    /// A client sends a command; `desk` is `None` where only its Connect says where events go.
    Send {
        client: String,
        desk: Option<String>,
        agent: String,
        word: &'static str,
        body: String,
    },
    ClientUp(&'static str),
    ClientGone(&'static str),
    CustomerCalls(&'static str),
    HangUp(u64),
    Campaign(CampaignMode, String),
    /// The link is cut, and cannot be made again for so many milliseconds.
    Cut(String, u64),
    /// Another gateway signs in as the agent.
    TakeLink(String),
    Service(Node, ServiceStatus),
    FinesseUser(Node, bool),
    Password(String, &'static str),
    Pass(u64),
}

impl World {
    pub(crate) fn apply(&mut self, transition: Transition) {
        match transition {
            Transition::Send {
                client,
                desk,
                agent,
                word,
                body,
            } => {
                if word == "Beat" {
                    self.beats.insert(client.clone(), self.now());
                }
                self.send(&client, desk.as_deref(), &agent, word, &body);
            }
            Transition::ClientUp(desk) => self.feed(Input::ClientUp {
                destination: desk.into(),
            }),
            Transition::ClientGone(desk) => {
                self.beats.remove(desk);
                self.feed(Input::ClientGone {
                    destination: desk.into(),
                });
            }
            // What the site refuses is part of the game.
            Transition::CustomerCalls(to) => {
                let _ = self
                    .site
                    .engine(|engine, now| engine.inbound(now, CUSTOMER, to, &[]));
            }
            Transition::HangUp(call) => {
                let _ = self
                    .site
                    .engine(|engine, now| engine.hang_up(now, CallId(call)));
            }
            Transition::Campaign(mode, agent) => {
                let _ = self
                    .site
                    .engine(|engine, now| engine.campaign(now, mode, &agent, CUSTOMER));
            }
            Transition::Cut(agent, gap) => self.cut(&agent, gap),
            Transition::TakeLink(agent) => self.take_link_away(&agent),
            Transition::Service(node, status) => self.set_service(node, status),
            Transition::FinesseUser(node, present) => {
                if !present && self.has_link_at(node) {
                    self.seen.see("F19 Finesse's application leaves the bus");
                }
                match present {
                    true => self.absent.remove(&node),
                    false => self.absent.insert(node),
                };
                self.site.announce_finesse(node, present);
            }
            Transition::Password(agent, password) => self.change_password(&agent, password),
            Transition::Pass(millis) => self.pass(millis),
        }
        self.pass(0);
        let now = self.now();
        let beats = self.beats.len();
        self.beats.retain(|_, last| now < *last + SILENT_AFTER);
        if self.beats.len() < beats {
            self.seen.see("a beating client falls silent");
        }
    }

    pub(crate) fn set_service(&mut self, node: Node, status: ServiceStatus) {
        if status == ServiceStatus::OutOfService && self.has_link_at(node) {
            self.seen.see("F18 a node goes out of service under a link");
        }
        self.site.set_service(node, status);
        let polled = self.dice.between(1, 5000);
        self.later(polled, Happening::Poll(node));
    }

    fn has_link_at(&self, node: Node) -> bool {
        self.wires
            .values()
            .any(|wire| wire.node == node && wire.link.is_some())
    }

    fn change_password(&mut self, agent: &str, password: &str) {
        if self.wires.get(agent).is_some_and(|wire| !wire.ended) {
            self.seen
                .see("F49 the password changes while the agent is signed in");
        }
        self.site
            .engine(|engine, _| engine.set_password(agent, password));
        *self.changes.entry(agent.to_owned()).or_default() += 1;
        self.passwords.insert(agent.to_owned(), password.to_owned());
    }
}
