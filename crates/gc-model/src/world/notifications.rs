//! What links hear, on its way to the core: late, twice, in another order, or never.

use finesse_protocol::{Data, Dialog, Request, ServiceStatus, Update};
use finesse_sim::{Heard, LinkId};
use gc_core::{Epoch, Input, LinkEvent};

use super::{Happening, News, World};

impl World {
    pub(super) fn heard(&mut self, link: LinkId, heard: Heard) {
        let whose = self.wires.iter().find(|(_, wire)| wire.link == Some(link));
        let Some((agent, epoch)) = whose.map(|(agent, wire)| (agent.clone(), wire.epoch)) else {
            return;
        };
        match heard {
            Heard::Notification(xml) => self.carry(&agent, epoch, xml),
            Heard::FinessePresent(present) => {
                self.report(
                    &agent,
                    epoch,
                    News::Link(LinkEvent::FinessePresent(present)),
                );
            }
            Heard::Closed("conflict") => {
                self.seen.see("F8 another gateway takes the link");
                if let Some(wire) = self.wires.get_mut(&agent) {
                    wire.ended = true;
                    wire.link = None;
                }
                self.report(&agent, epoch, News::Link(LinkEvent::Conflict));
            }
            Heard::Closed(_) | Heard::Cut => self.link_lost(&agent),
        }
    }

    fn carry(&mut self, agent: &str, epoch: Epoch, xml: String) {
        if xml.contains("/Dialogs") && xml.contains(">POST<") {
            self.ledger.listed(agent, &xml);
        }
        let bad = self.dice.permille(self.weather.notifications);
        let news = News::Notification(xml, self.now());
        match self.dice.below(5) {
            0 if bad => {
                self.seen.see("a notification is lost for good");
                self.tainted.insert(agent.to_owned());
            }
            1 if bad => {
                self.seen.see("a notification cannot be read");
                self.report(agent, epoch, News::Link(LinkEvent::Undecodable));
            }
            2 if bad => {
                self.seen.see("F28 notifications change places");
                self.tainted.insert(agent.to_owned());
                let at = self.now() + self.dice.between(50, 2000);
                let until = self.disordered.entry(agent.to_owned()).or_default();
                *until = at.max(*until);
                self.at(at, Happening::Report(agent.to_owned(), epoch, news));
            }
            3 | 4 if bad => {
                self.seen.see("F27 a notification comes twice");
                self.report(agent, epoch, news.clone());
                self.report(agent, epoch, news);
            }
            _ => {
                let slow = self.dice.permille(50);
                let millis = self.dice.between(1, if slow { 1200 } else { 20 });
                self.report_after(millis, agent, epoch, news);
            }
        }
    }

    pub(super) fn report_arrives(&mut self, agent: &str, epoch: Epoch, news: News) {
        match news {
            News::Link(event) => {
                self.history.line(|| format!("link of {agent}: {event:?}"));
                self.note_link(agent, epoch, &event);
                self.feed(Input::Link {
                    agent: agent.into(),
                    epoch,
                    event,
                });
            }
            News::Notification(xml, born) => match Update::parse(&xml) {
                Ok(update) => self.notify(agent, epoch, born, update),
                Err(error) => self.breach(|| format!("unreadable: {error}: {xml}")),
            },
        }
    }

    /// What the gateway is about to learn of a node.
    fn note_link(&mut self, agent: &str, epoch: Epoch, event: &LinkEvent) {
        if self.wires.get(agent).is_none_or(|wire| wire.epoch != epoch) {
            return;
        }
        if *event == LinkEvent::Down {
            // A sign-in that is on its way is tried once more when the link is there again.
            self.settle_sign_ins(agent);
        }
        match event {
            LinkEvent::Up => self.health.link_up(agent),
            LinkEvent::Down | LinkEvent::Unreachable | LinkEvent::Refused | LinkEvent::Conflict => {
                self.health.link_down(agent, self.now())
            }
            LinkEvent::FinessePresent(present) => self.health.finesse_present(agent, *present),
            LinkEvent::Undecodable | LinkEvent::Subscribed(_) | LinkEvent::NotSubscribed(_) => {}
        }
    }

    fn notify(&mut self, agent: &str, epoch: Epoch, born: u64, update: Update) {
        let reads =
            |request: &Request| matches!(request, Request::User { .. } | Request::Dialogs { .. });
        let of_agent = self.flights.values_mut();
        let of_agent = of_agent.filter(|flight| flight.agent == agent);
        let (mut races, mut early) = (false, false);
        for flight in of_agent {
            races |= flight.acted && reads(&flight.request);
            let echoes = flight.acted && update.request_id == flight.header;
            // What Finesse says of the agent afterwards tells how the sign-in stands, too.
            flight.settled |= echoes || flight.acted && matches!(&update.data, Data::User(_));
            early |= echoes;
        }
        if races {
            self.seen.see("F26 a notification races a snapshot");
        }
        if early {
            self.seen.see("F13 the notification comes before the 202");
        }
        self.see_late_force(agent, &update);
        self.history
            .line(|| format!("notification of {agent}: {}", in_short(&update)));
        if let (Data::SystemInfo(info), Some(wire)) = (&update.data, self.wires.get(agent))
            && wire.epoch == epoch
        {
            let in_service = info.status == ServiceStatus::InService;
            let (node, now) = (wire.node.index(), self.now());
            self.health.polled(node, in_service, now);
        }
        let expected = self.expect(agent, epoch, born, &update);
        let plain = expected.is_some();
        self.expected = expected.map(|expected| (expected, update.clone()));
        self.feed(Input::Notification {
            agent: agent.into(),
            epoch,
            update: Box::new(update.clone()),
        });
        self.took(agent, plain, &update);
    }
}

/// Enough to see what it is about.
fn in_short(update: &Update) -> String {
    let event = &update.event;
    match &update.data {
        Data::User(user) => format!("{event:?} {} {:?}", user.login_id, user.state),
        Data::Dialog(dialog) => format!("{event:?} {}", call_in_short(dialog)),
        Data::Dialogs(dialogs) => {
            let calls: Vec<String> = dialogs.iter().map(call_in_short).collect();
            format!("{event:?} {}", calls.join("; "))
        }
        other => {
            let text = format!("{event:?} {other:?}");
            text.chars().take(120).collect()
        }
    }
}

fn call_in_short(dialog: &Dialog) -> String {
    let parties = dialog.participants.iter();
    let parties: Vec<String> = parties
        .map(|party| format!("{} {:?}", party.media_address, party.state))
        .collect();
    let call_type = &dialog.media_properties.call_type;
    format!("{} {call_type:?} [{}]", dialog.id, parties.join(", "))
}
