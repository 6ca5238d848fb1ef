//! Anything in any order: what must hold whatever clients, Finesse and the network do.

mod clients;
mod promises;
mod site;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use gc_core::{ClientId, Cluster, Config, MobilePort, RequestId, SecretHandle, Ticket};

use crate::docs::{DialogDoc, user};
use crate::harness::{Bench, Logged, Sent};

/// Of the one cluster; its agents go from one to the other.
const NODES: usize = 2;
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
    let (mut moves, mut returns) = (0, 0);
    for seed in first..first + count {
        println!("GC_SOAK_SEED={seed}");
        let mut soak = Soak::new(seed);
        for _ in 0..400 {
            soak.step();
            soak.check();
        }
        soak.come_to_rest();
        let counters = soak.bench.gateway.counters();
        moves += counters.moves;
        returns += counters.returns;
    }
    println!("{moves} moves, {returns} returns");
    // Rare ways must have been gone, or the run proves little.
    assert!(count < 100 || moves > 100 && returns > 0);
}

struct Soak {
    bench: Bench,
    random: Random,
    /// Agents are at work from the start, clients know whose they are, and little fails.
    fair: bool,
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
    /// Clients and destinations of the agents before the last step.
    owners: BTreeMap<String, Owner>,
    /// Agents, and the destinations that lost them in this step; one may have had its agent for a part of it only.
    parted: BTreeSet<(String, String)>,
    /// Agents, and the destinations that may be told of them in this step.
    may_hear: BTreeSet<(String, String)>,
    /// Secrets that Finesse has refused since it took them last, by agent.
    refused: BTreeSet<(String, SecretHandle)>,
    /// The last request that proved a secret good.
    proved: BTreeMap<(String, SecretHandle), RequestId>,
    read_log: usize,
}

/// Whose an agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    client: ClientId,
    desk: String,
}

/// A command as it was sent.
struct Sending {
    /// `None` for a client whose events go where its Connect pointed.
    desk: Option<&'static str>,
    agent: String,
    word: &'static str,
    body: String,
}

impl Soak {
    fn new(seed: u64) -> Self {
        let config = Config {
            queue_limit: 4,
            gone_logout_after: Duration::from_secs(120),
            clusters: vec![Cluster {
                administrator: Some("administrator".into()),
                config_api: true,
                ..Cluster::of_nodes(NODES)
            }],
            failover_after: Duration::from_secs(5),
            restore_ready: seed.is_multiple_of(5),
            recorder: true,
            agent_extensions: [(
                "F-17".to_owned(),
                MobilePort {
                    port: "LCP_7".to_owned(),
                    dial_number: "03215550100".to_owned(),
                },
            )]
            .into(),
            ..Config::default()
        };
        let mut bench = Bench::with(config);
        bench.users.insert("41999".to_owned(), user("41999"));
        // Two supervisors of one team now and then.
        bench.users.get_mut("41033").unwrap().supervises = seed.is_multiple_of(2);
        bench.token_life = Some(Duration::from_secs(40 + seed % 100));
        let fair = !seed.is_multiple_of(4);
        if fair {
            for (desk, agent) in DESKS.into_iter().zip(AGENTS) {
                bench.login(
                    if seed.is_multiple_of(3) {
                        "desk-1"
                    } else {
                        desk
                    },
                    agent,
                );
            }
        }
        let mut soak = Self {
            read_log: bench.log.len(),
            bench,
            fair,
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            out: Vec::new(),
            commands: BTreeMap::new(),
            started: BTreeSet::new(),
            resolved: BTreeSet::new(),
            lost: BTreeMap::new(),
            ended: BTreeSet::new(),
            calls: Vec::new(),
            owners: BTreeMap::new(),
            parted: BTreeSet::new(),
            may_hear: BTreeSet::new(),
            refused: BTreeSet::new(),
            proved: BTreeMap::new(),
        };
        soak.owners = soak.present_owners();
        soak
    }

    fn step(&mut self) {
        match self.random.below(25) {
            0..=6 => self.send_command(),
            7..=13 => self.answer_something(),
            14..=17 => self.notify_something(),
            18 => self.change_link(),
            19 => self.change_client(),
            20 => self.answer_recorder(false),
            21 | 22 => self.answer_topic(false),
            23 if self.random.below(8) == 0 => self.change_site(),
            23 => {
                let up = self.random.below(if self.fair { 20 } else { 4 }) > 0;
                let node = self.random.below(NODES as u64) as usize;
                self.bench.node(node, up);
            }
            _ => {
                let time = Duration::from_millis(self.random.below(9000));
                self.bench.pass(time);
            }
        }
        self.out.extend(self.bench.drop_requests());
    }

    /// Everything is answered, everybody is signed out: nothing may be left.
    fn come_to_rest(&mut self) {
        for desk in DESKS {
            self.bench.client_up(desk);
        }
        for node in 0..NODES {
            self.bench.node(node, true);
        }
        for _ in 0..20 {
            self.out.extend(self.bench.drop_requests());
            for sent in std::mem::take(&mut self.out) {
                self.answer_well(&sent);
                self.check();
            }
            self.answer_recorder(true);
            self.answer_topic(true);
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
        let undecided = |ticket: &Ticket| self.bench.gateway.is_undecided(*ticket);
        let undecided: Vec<_> = (1..=self.bench.tickets())
            .map(Ticket)
            .filter(undecided)
            .collect();
        assert!(undecided.is_empty(), "undecided at rest: {undecided:?}");
        self.check_topics();
        for view in self.bench.gateway.agents() {
            let (client, agent) = (
                view.client.as_str().to_owned(),
                view.agent_id.as_str().to_owned(),
            );
            let desk = view.destination.as_str().to_owned();
            self.bench
                .send_as(&client, Some(&desk), &format!("force_logout#{agent}"), "");
        }
        // Who is READY at this Finesse stays so, and is given up.
        for _ in 0..32 {
            self.bench.answer_reads();
            for sent in self.bench.drop_requests() {
                self.bench.accept(&sent);
            }
            self.bench.pass(Duration::from_millis(500));
        }
        self.bench.assert_empty();
        for agent in AGENTS {
            assert_eq!(self.bench.topics(agent), Vec::<&str>::new());
        }
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
