//! Everything that may happen.

use finesse_sim::{CallId, CampaignMode, Node, ServiceStatus};
use gc_core::Input;

use crate::world::{DESKS, World};

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
    Kill(Node),
    Start(Node),
    /// For so many milliseconds.
    CtiFailsOver(u64),
    /// The gateway's process ends, and another one begins after so many milliseconds.
    Restart(u64),
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
                if let Some(desk) = DESKS.into_iter().find(|at| Some(*at) == desk.as_deref())
                    && self.returning.contains(desk)
                {
                    self.client_up(desk);
                }
                if word == "Beat" && self.up.contains(&client) {
                    self.silent.remove(&client);
                    self.beats.insert(client.clone(), self.now());
                }
                self.send(&client, desk.as_deref(), &agent, word, &body);
            }
            Transition::ClientUp(desk) => self.client_up(desk),
            Transition::ClientGone(desk) => {
                self.beats.remove(desk);
                self.up.remove(desk);
                self.silent.remove(desk);
                self.health.forget_desk(desk);
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
            Transition::Kill(node) => self.kill(node),
            Transition::Start(node) => self.start_node(node),
            Transition::CtiFailsOver(millis) => self.fail_cti_over(millis),
            Transition::Restart(down) => self.restart(down),
            Transition::FinesseUser(node, _) if !self.site.is_alive(node) => {}
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
        let silent = self.beats.keys().filter(|desk| self.is_silent(desk));
        let silent: Vec<String> = silent.cloned().collect();
        if silent.iter().any(|desk| self.silent.insert(desk.clone())) {
            self.seen.see("a beating client falls silent");
        }
    }

    /// Whether a client that beats has missed three of them.
    pub(crate) fn is_silent(&self, desk: &str) -> bool {
        let last = self.beats.get(desk);
        last.is_some_and(|last| *last + SILENT_AFTER <= self.now())
    }

    /// A connection counts as much as a beat.
    pub(crate) fn beats_up(&mut self, desk: &str) {
        if self.is_silent(desk) {
            self.beats.remove(desk);
            self.silent.remove(desk);
        }
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
