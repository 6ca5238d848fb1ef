//! Seats: how many sessions there may be at once, and that each seat is counted once.

use std::collections::BTreeSet;

use gc_core::{Config, Input, LinkEvent, Ticket};
use pretty_assertions::assert_eq;

use crate::docs::user;
use crate::harness::Bench;

const REFUSED: &str = "failed LICENSES_EXCEEDED";

/// With so many seats, and so many agents who may want one.
fn licensed(seats: usize, agents: usize) -> Bench {
    let mut bench = Bench::with(Config {
        max_sessions: Some(seats),
        ..Config::default()
    });
    for agent in numbered(agents) {
        bench.users.insert(agent.clone(), user(&agent));
        bench.client_up(&desk_of(&agent));
    }
    bench
}

fn numbered(agents: usize) -> impl Iterator<Item = String> {
    (0..agents).map(|number| (50_000 + number).to_string())
}

fn desk_of(agent: &str) -> String {
    format!("desk-{agent}")
}

fn wants(bench: &mut Bench, agent: &str) -> Ticket {
    let desk = desk_of(agent);
    let body = format!("{desk},demo");
    bench.send(&desk, &format!("Connect#{agent}"), &body)
}

fn leaves(bench: &mut Bench, agent: &str) -> Ticket {
    bench.send(&desk_of(agent), &format!("Logout#{agent}"), "")
}

fn seats_are(bench: &mut Bench, max_sessions: Option<usize>) {
    bench.feed(Input::Licence { max_sessions });
}

fn connected(bench: &mut Bench, agent: &str) {
    bench.connect(&desk_of(agent), agent);
}

#[test]
fn a_licence_below_what_is_in_use_cuts_nobody_and_lets_nobody_in_until_there_is_room() {
    let mut bench = licensed(4, 5);
    let agents: Vec<String> = numbered(5).collect();
    for agent in &agents[..4] {
        connected(&mut bench, agent);
    }
    seats_are(&mut bench, Some(2));
    bench.pass_seconds(3600);
    assert_eq!(bench.open_links(), agents[..4]);
    let refresh = bench.send(&desk_of(&agents[0]), "refresh#50000", "");
    bench.answer_reads();
    assert_eq!(bench.result(refresh), "done");
    // Who has a seat may prove again who it is.
    connected(&mut bench, &agents[1]);
    for agent in &agents[..2] {
        let refused = wants(&mut bench, &agents[4]);
        assert_eq!(bench.result(refused), REFUSED);
        leaves(&mut bench, agent);
    }
    let refused = wants(&mut bench, &agents[4]);
    assert_eq!(bench.result(refused), REFUSED, "two of two are in use");
    leaves(&mut bench, &agents[2]);
    connected(&mut bench, &agents[4]);
}

#[test]
fn a_larger_licence_and_none_let_the_next_in_at_once() {
    let mut bench = licensed(1, 4);
    let agents: Vec<String> = numbered(4).collect();
    connected(&mut bench, &agents[0]);
    let refused = wants(&mut bench, &agents[1]);
    assert_eq!(bench.result(refused), REFUSED);
    seats_are(&mut bench, Some(2));
    connected(&mut bench, &agents[1]);
    let refused = wants(&mut bench, &agents[2]);
    assert_eq!(bench.result(refused), REFUSED);
    seats_are(&mut bench, None);
    connected(&mut bench, &agents[2]);
    connected(&mut bench, &agents[3]);
}

#[test]
fn of_a_hundred_who_want_the_last_seat_at_once_one_gets_it() {
    let mut bench = licensed(3, 102);
    let agents: Vec<String> = numbered(102).collect();
    connected(&mut bench, &agents[100]);
    connected(&mut bench, &agents[101]);
    // Finesse has answered none of them when the last one comes.
    let wanted: Vec<Ticket> = agents[..100]
        .iter()
        .map(|agent| wants(&mut bench, agent))
        .collect();
    bench.answer_reads();
    bench.link(&agents[0], LinkEvent::Up);
    bench.answer_reads();
    let got = |result: &str| {
        let results = wanted.iter().map(|ticket| bench.result(*ticket));
        results.filter(|other| other == result).count()
    };
    assert_eq!((got("done"), got(REFUSED)), (1, 99));
    assert_eq!(bench.gateway.counters().sessions, 3);
}

/// Whoever has a seat, counted apart from the gateway.
struct Hall {
    bench: Bench,
    agents: Vec<String>,
    seated: BTreeSet<String>,
    seats: usize,
    random: u64,
    /// Refused for want of a seat, let in, gone for any reason, processes ended.
    seen: [usize; 4],
}

impl Hall {
    fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from((self.random >> 11) % limit as u64).unwrap()
    }

    fn step(&mut self) {
        let at = self.below(self.agents.len());
        let agent = self.agents[at].clone();
        let seated = self.seated.contains(&agent);
        match self.below(40) {
            0 => self.other_licence(),
            1 => self.process_ends(),
            2 | 3 if seated => self.client_dies(&agent),
            4..=6 if seated => self.link_ends(&agent),
            7..=18 if seated => self.leaves(&agent),
            _ => self.comes(&agent),
        }
        let sessions = self.bench.gateway.counters().sessions;
        assert_eq!(sessions, self.seated.len(), "after {agent}");
        for agent in &self.agents {
            self.bench.taken(&desk_of(agent));
        }
    }

    fn comes(&mut self, agent: &str) {
        let room = self.seated.contains(agent) || self.seated.len() < self.seats;
        let ticket = wants(&mut self.bench, agent);
        assert_eq!(self.bench.result(ticket) == REFUSED, !room, "{agent}");
        if !room {
            self.seen[0] += 1;
            return;
        }
        self.seen[1] += 1;
        if self.seated.contains(agent) {
            return self.bench.answer_reads();
        }
        assert_eq!(self.bench.result(ticket), "open", "{agent}");
        let read = self.bench.expect_request();
        match self.below(8) {
            0 => self.bench.fault(&read, 401),
            1 => self.bench.fault(&read, 503),
            2 => self.bench.not_sent(&read),
            3 => self.bench.unknown(&read),
            // It is long over when the answer comes.
            4 => {
                self.bench.pass_seconds(60);
                self.bench.unknown(&read);
            }
            5 => {
                self.bench.answer_read(&read);
                self.bench.link(agent, LinkEvent::Refused);
            }
            _ => {
                self.bench.answer_read(&read);
                self.bench.answer_reads();
                self.bench.link(agent, LinkEvent::Up);
                self.bench.answer_reads();
                self.seated.insert(agent.to_owned());
            }
        }
        // Failed credentials of one agent are not to add up.
        self.bench.pass_seconds(301);
        self.bench.answer_reads();
    }

    fn leaves(&mut self, agent: &str) {
        let ticket = leaves(&mut self.bench, agent);
        assert_eq!(self.bench.result(ticket), "done");
        self.gone(agent);
    }

    fn link_ends(&mut self, agent: &str) {
        self.bench.link(agent, LinkEvent::Conflict);
        self.gone(agent);
    }

    fn client_dies(&mut self, agent: &str) {
        self.bench.client_gone(&desk_of(agent));
        self.bench.pass_seconds(16 * 60);
        self.bench.client_up(&desk_of(agent));
        self.gone(agent);
    }

    fn gone(&mut self, agent: &str) {
        self.seen[2] += 1;
        self.seated.remove(agent);
    }

    /// Another process goes on with the sessions, and has read the licence anew.
    fn process_ends(&mut self) {
        self.seen[3] += 1;
        let bench = std::mem::replace(&mut self.bench, Bench::new());
        self.bench = bench.restarted();
        seats_are(&mut self.bench, Some(self.seats));
        self.bench.node(0, true);
        for agent in self.agents.clone() {
            self.bench.client_up(&desk_of(&agent));
        }
        for agent in self.seated.clone() {
            self.bench.link(&agent, LinkEvent::Up);
        }
        self.bench.answer_reads();
    }

    fn other_licence(&mut self) {
        self.seats = 4 + self.below(8);
        seats_are(&mut self.bench, Some(self.seats));
    }
}

#[test]
fn after_ten_thousand_steps_of_coming_leaving_and_dying_every_seat_is_counted() {
    let mut hall = Hall {
        bench: licensed(8, 16),
        agents: numbered(16).collect(),
        seated: BTreeSet::new(),
        seats: 8,
        random: 0x5ea7,
        seen: [0; 4],
    };
    for _ in 0..10_000 {
        hall.step();
    }
    assert!(
        hall.seen.iter().all(|times| *times > 100),
        "{:?}",
        hall.seen
    );
    for agent in hall.seated.clone() {
        hall.leaves(&agent);
    }
    hall.bench.assert_empty();
}
