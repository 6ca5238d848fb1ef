//! Anything in any order: what must hold whatever clients, Finesse and the network do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use finesse_protocol::{Answer, Request};
use gc_core::{Config, LinkEvent, Reply, Ticket};
use serde_json::Value;

use crate::docs::{DialogDoc, dialog, errors};
use crate::harness::{Bench, Logged, Sent, extension_of, is_read};

const AGENTS: [&str; 3] = ["41027", "41033", "41900"];
const DESKS: [&str; 3] = ["desk-1", "desk-2", "desk-3"];
const STATES: [&str; 8] = [
    "READY",
    "NOT_READY",
    "RESERVED",
    "TALKING",
    "HOLD",
    "WORK",
    "LOGOUT",
    "UNKNOWN",
];
const PARTY_STATES: [&str; 9] = [
    "INITIATING",
    "INITIATED",
    "ALERTING",
    "ACTIVE",
    "HELD",
    "FAILED",
    "DROPPED",
    "WRAP_UP",
    "ACCEPTED",
];
const CALL_TYPES: [&str; 8] = [
    "PREROUTE_ACD_IN",
    "OUT",
    "CONSULT",
    "TRANSFER",
    "CONFERENCE",
    "OUTBOUND_PREVIEW",
    "OUTBOUND",
    "SUPERVISOR_MONITOR",
];
const CALLS: [&str; 5] = ["207", "208", "209", "240", "241"];

#[test]
fn whatever_happens_every_promise_holds_and_nothing_is_left() {
    let number = |name| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().unwrap())
    };
    let first = number("GC_SOAK_SEED");
    let count = number("GC_SOAK_COUNT").unwrap_or(if first.is_some() { 1 } else { 120 });
    let first = first.unwrap_or(1);
    for seed in first..first + count {
        println!("GC_SOAK_SEED={seed}");
        let mut soak = Soak::new(seed);
        for _ in 0..400 {
            soak.step();
            soak.check();
        }
        soak.come_to_rest();
    }
}

struct Soak {
    bench: Bench,
    random: Random,
    /// Requests that Finesse has not answered.
    out: Vec<Sent>,
    commands: BTreeMap<Ticket, Sending>,
    started: BTreeSet<Ticket>,
    resolved: BTreeSet<Ticket>,
    /// Destinations that an agent has left, with the number of commands at that time.
    lost: BTreeMap<(String, String), u64>,
    /// Calls whose end was told.
    ended: BTreeSet<(String, String)>,
    calls: Vec<DialogDoc>,
    read_log: usize,
}

/// A command as it was sent.
struct Sending {
    /// `None` for a client whose events go where its Connect pointed.
    desk: Option<&'static str>,
    agent: String,
    word: &'static str,
}

impl Soak {
    fn new(seed: u64) -> Self {
        let config = Config {
            nodes: 1,
            queue_limit: 4,
            gone_logout_after: Duration::from_secs(120),
            ..Config::default()
        };
        Self {
            bench: Bench::with(config),
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            out: Vec::new(),
            commands: BTreeMap::new(),
            started: BTreeSet::new(),
            resolved: BTreeSet::new(),
            lost: BTreeMap::new(),
            ended: BTreeSet::new(),
            calls: Vec::new(),
            read_log: 0,
        }
    }

    fn step(&mut self) {
        match self.random.below(20) {
            0..=5 => self.send_command(),
            6..=11 => self.answer_something(),
            12..=15 => self.notify_something(),
            16 => self.change_link(),
            17 => self.change_client(),
            18 => {
                let up = self.random.below(4) > 0;
                self.bench.node(0, up);
            }
            _ => {
                let time = Duration::from_millis(self.random.below(9000));
                self.bench.pass(time);
            }
        }
        self.out.extend(self.bench.drop_requests());
    }

    fn send_command(&mut self) {
        let desk = self.random.one(&DESKS);
        let agent = self.random.one(&AGENTS);
        let call = self.random.one(&CALLS);
        let password = if self.random.below(5) == 0 {
            "wrong"
        } else {
            "demo"
        };
        let (word, body) = match self.random.below(22) {
            0..=3 => ("Connect", format!("{desk},{password}")),
            4..=6 => ("Login", format!("{password},{}", extension_of(agent))),
            7 => ("Logout", String::new()),
            8 => ("force_logout", String::new()),
            9 => ("MakeReady", String::new()),
            10 => ("MakeNotReady", String::new()),
            11 => (
                "MakeNotReadyWithReason",
                self.random.one(&["12", "77"]).to_owned(),
            ),
            12 | 13 => ("MakeCall", "6133".to_owned()),
            14 => ("AnswerCall", call.to_owned()),
            15 => ("HoldCall", call.to_owned()),
            16 => ("ReleaseCall", call.to_owned()),
            17 => ("ConsultCall", format!("6133,{call}")),
            18 => ("TransferCall", format!("6133,{call}")),
            19 => ("GetState", String::new()),
            20 => ("GetDialogState", call.to_owned()),
            _ => ("Transfer_sst", format!("6133,{call}")),
        };
        let ticket = Ticket(self.bench.tickets() + 1);
        // Now and then a client that says only in Connect where its events go.
        let own = (self.random.below(4) > 0).then_some(desk);
        let sending = Sending {
            desk: own,
            agent: agent.to_owned(),
            word,
        };
        self.commands.insert(ticket, sending);
        let client = if own.is_some() { desk } else { "broker" };
        let sent = self
            .bench
            .send_as(client, own, &format!("{word}#{agent}"), &body);
        assert_eq!(sent, ticket);
    }

    fn answer_something(&mut self) {
        if self.out.is_empty() {
            return;
        }
        let at = self.random.below(self.out.len() as u64) as usize;
        let sent = self.out.remove(at);
        match self.random.below(12) {
            0 => self.bench.unknown(&sent),
            1 => self.bench.not_sent(&sent),
            2 => self.bench.reply(
                &sent,
                Reply::Garbage {
                    reason: "cut short".to_owned(),
                },
            ),
            3 => {
                let status = self.random.one(&[400, 400, 404, 404, 500, 500, 503, 401]);
                self.bench.fault(&sent, status);
            }
            4 => self
                .bench
                .fault_with(&sent, 400, "Invalid State", "CF_REASON_CODE_REQUIRED"),
            _ => self.answer_well(&sent),
        }
    }

    fn answer_well(&mut self, sent: &Sent) {
        match &sent.request {
            Request::Dialog { dialog } => match self.calls.iter().find(|call| call.id == *dialog) {
                Some(call) => {
                    let answer = Answer::Dialog(call.parsed().into());
                    self.bench.answer(sent, answer);
                }
                None => self.bench.fault(sent, 404),
            },
            request if is_read(request) => self.bench.answer_read(sent),
            Request::Login { extension, .. } => {
                self.bench.accept(sent);
                let user = self.bench.users.get_mut(&sent.agent).unwrap();
                user.extension.clone_from(extension);
                self.user_changes(&sent.agent, "NOT_READY", &sent.header);
            }
            Request::ChangeState { state, .. } => {
                self.bench.accept(sent);
                let state = state.as_str().to_owned();
                self.user_changes(&sent.agent, &state, &sent.header);
            }
            _ => self.bench.accept(sent),
        }
    }

    fn user_changes(&mut self, agent: &str, state: &str, request_id: &str) {
        let update = self
            .bench
            .users
            .get_mut(agent)
            .unwrap()
            .set(state)
            .update(request_id);
        self.notify(agent, &update);
    }

    /// Over the present link, if there is one; now and then twice.
    fn notify(&mut self, agent: &str, update: &str) {
        let Some(epoch) = self.bench.epoch(agent) else {
            return;
        };
        for _ in 0..1 + u64::from(self.random.below(6) == 0) {
            self.bench.notify_at(agent, epoch, update);
        }
    }

    fn notify_something(&mut self) {
        let agent = self.random.one(&AGENTS);
        match self.random.below(8) {
            0 | 1 => {
                let state = self.random.one(&STATES);
                self.user_changes(agent, state, "");
            }
            2 => {
                let header = self.out.first().map_or("", |sent| &sent.header).to_owned();
                let source = format!("User/{agent}/Dialogs");
                self.notify(
                    agent,
                    &errors(&source, &header, "Generic Error", "INVALID_ACTION", ""),
                );
            }
            _ => self.call_changes(agent),
        }
    }

    fn call_changes(&mut self, agent: &str) {
        let id = self.random.one(&CALLS);
        let extension = extension_of(agent);
        let at = match self.calls.iter().position(|call| call.id == id) {
            Some(at) => at,
            None => {
                let call_type = self.random.one(&CALL_TYPES);
                let mut call = dialog(id, "ACTIVE", call_type);
                call.from = self.random.one(&["6127", "03005550142"]).to_owned();
                self.calls.push(call);
                self.calls.len() - 1
            }
        };
        let state = self.random.one(&PARTY_STATES);
        let call = &mut self.calls[at];
        let older = call.clone();
        call.set(extension, state).set("03005550142", "ACTIVE");
        if self.random.below(5) == 0 {
            call.call_type = self.random.one(&CALL_TYPES).to_owned();
        }
        if self.random.below(6) == 0 {
            call.secondary = self.random.one(&CALLS).to_owned();
        }
        if self.random.below(6) == 0 {
            call.cause(extension, "BAD_DESTINATION");
        }
        let call = call.clone();
        let late = self.random.below(10) == 0;
        let shown = if late { &older } else { &call };
        let update = match self.random.below(4) {
            0 => shown.in_collection("POST", agent),
            1 => shown.in_collection("DELETE", agent),
            _ => shown.changed(""),
        };
        let held = self.bench.calls.entry(agent.to_owned()).or_default();
        held.retain(|known| known.id != id);
        if !matches!(state, "DROPPED") {
            held.push(call);
        }
        self.notify(agent, &update);
    }

    fn change_link(&mut self) {
        let agent = self.random.one(&AGENTS);
        if self.bench.epoch(agent).is_none() {
            return;
        }
        let event = match self.random.below(12) {
            0 | 1 => LinkEvent::Down,
            2 => LinkEvent::Unreachable,
            3 => LinkEvent::Refused,
            4 => LinkEvent::Conflict,
            5 => LinkEvent::Undecodable,
            6 => LinkEvent::FinessePresent(false),
            7 => LinkEvent::FinessePresent(true),
            _ => LinkEvent::Up,
        };
        self.bench.link(agent, event);
    }

    fn change_client(&mut self) {
        let desk = self.random.one(&DESKS);
        match self.random.below(3) {
            0 => self.bench.client_gone(desk),
            1 => self.bench.client_up(desk),
            _ => {
                let ticket = self.bench.send(desk, &format!("Beat#{desk}"), "");
                assert_eq!(self.bench.result(ticket), "done");
            }
        }
    }

    fn check(&mut self) {
        if let Some((at, why)) = self.bench.gateway.poll_timeout() {
            if at <= self.bench.now {
                self.bench.pass(Duration::ZERO);
            }
            let next = self.bench.gateway.poll_timeout();
            assert!(
                next.is_none_or(|(at, _)| at > self.bench.now),
                "no progress: {why}"
            );
        }
        let log: Vec<Logged> = self.bench.log[self.read_log..].to_vec();
        self.read_log = self.bench.log.len();
        for entry in log {
            match entry {
                Logged::Told(desk, told) => {
                    let event = serde_json::from_str(&told.union()).unwrap();
                    // Not every event prints its agent.
                    if let Some(agent) = told.event.agent_id() {
                        self.check_parted(&desk, agent.as_str(), &event);
                    }
                    self.check_end(&event);
                }
                Logged::Result(ticket) => {
                    self.resolved.insert(ticket);
                }
                Logged::Request(sent) => self.check_lane(&sent),
                Logged::Opened(agent) => self.ended.retain(|(ended, _)| *ended != agent),
            }
        }
        for desk in DESKS {
            self.bench.taken(desk);
        }
    }

    /// Who has lost an agent hears of it again only by asking.
    fn check_parted(&mut self, desk: &str, agent: &str, event: &Value) {
        let key = (agent.to_owned(), desk.to_owned());
        if let Some(before) = self.lost.get(&key) {
            let asked = self.commands.iter().any(|(ticket, sending)| {
                let enters = matches!(sending.word, "Connect" | "Login");
                let pending = enters && !self.resolved.contains(ticket);
                let mine = sending.agent == agent && sending.desk.is_none_or(|from| from == desk);
                mine && (ticket.0 > *before || pending)
            });
            assert!(
                asked,
                "{desk} has lost {agent} and is told {event}\n{}",
                self.recently()
            );
            // A Login has the agent from its credential on, whatever becomes of the extension.
            if event["type"] != "Error" || event["command"] == "Login" {
                self.lost.remove(&key);
            }
        }
        if event["errorType"] == "SESSION_INVALIDATED" {
            self.lost.insert(key, self.bench.tickets());
        }
    }

    /// The last things that came out, for who reads a failure.
    fn recently(&self) -> String {
        let from = self.bench.log.len().saturating_sub(60);
        let lines = self.bench.log[from..].iter().map(|entry| match entry {
            Logged::Told(desk, told) => {
                format!("{desk}: {} {:?}", told.in_short(), told.event.agent_id())
            }
            Logged::Result(ticket) => {
                let sending = self.commands.get(ticket);
                let sending = sending.map(|it| format!("{:?} {} {}", it.desk, it.word, it.agent));
                format!("{ticket:?} {sending:?} {}", self.bench.result(*ticket))
            }
            Logged::Request(sent) => format!("{} of {}", sent.in_short(), sent.agent),
            Logged::Opened(agent) => format!("link of {agent}"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn check_end(&mut self, event: &Value) {
        let is_call = event["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("Call"));
        let (Some(agent), Some(call)) = (event["agentId"].as_str(), event["dialogId"].as_str())
        else {
            return;
        };
        let key = (agent.to_owned(), call.to_owned());
        if !is_call {
        } else if event["state"] == "DROPPED" {
            assert!(
                self.ended.insert(key),
                "told to have ended twice: {event}\n{}",
                self.recently()
            );
        } else {
            self.ended.remove(&key);
        }
    }

    /// One call-control request at a time on a device, until its call is placed.
    fn check_lane(&mut self, sent: &Sent) {
        if !matches!(sent.request, Request::MakeCall { .. } | Request::Act { .. }) {
            return;
        }
        let of_lane = |word: &str| {
            matches!(
                word,
                "MakeCall"
                    | "AnswerCall"
                    | "HoldCall"
                    | "ReleaseCall"
                    | "ConsultCall"
                    | "TransferCall"
                    | "Transfer_sst"
            )
        };
        let mut open = self.commands.iter().filter(|(ticket, sending)| {
            sending.agent == sent.agent && of_lane(sending.word) && !self.resolved.contains(ticket)
        });
        let still: Vec<&str> = open
            .clone()
            .filter(|(ticket, _)| self.started.contains(ticket))
            .map(|(_, sending)| sending.word)
            .filter(|word| !matches!(*word, "MakeCall" | "ConsultCall"))
            .collect();
        assert!(
            still.is_empty(),
            "{} while {still:?} is open",
            sent.in_short()
        );
        let starting = open.find(|(ticket, _)| !self.started.contains(ticket));
        let ticket = *starting
            .unwrap_or_else(|| panic!("{} for nobody", sent.in_short()))
            .0;
        self.started.insert(ticket);
    }

    /// Everything is answered, everybody is signed out: nothing may be left.
    fn come_to_rest(&mut self) {
        for desk in DESKS {
            self.bench.client_up(desk);
        }
        self.bench.node(0, true);
        for _ in 0..20 {
            self.out.extend(self.bench.drop_requests());
            for sent in std::mem::take(&mut self.out) {
                self.answer_well(&sent);
            }
            self.bench.pass_seconds(20);
            self.check();
        }
        let unresolved: Vec<_> = (1..=self.bench.tickets())
            .map(Ticket)
            .filter(|ticket| {
                !self
                    .bench
                    .log
                    .iter()
                    .any(|entry| matches!(entry, Logged::Result(done) if done == ticket))
            })
            .collect();
        assert!(
            unresolved.is_empty(),
            "without a result at rest: {unresolved:?}"
        );
        for view in self.bench.gateway.agents() {
            let (client, agent) = (
                view.client.as_str().to_owned(),
                view.agent_id.as_str().to_owned(),
            );
            let desk = view.destination.as_str().to_owned();
            self.bench
                .send_as(&client, Some(&desk), &format!("force_logout#{agent}"), "");
        }
        for sent in self.bench.drop_requests() {
            self.bench.accept(&sent);
        }
        self.bench.assert_empty();
        assert_eq!(self.bench.gateway.counters().requests_pending, 0);
        assert_eq!(self.bench.gateway.counters().impossible, 0);
    }
}

/// A small generator, the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}
