//! Many agents whose links are cut at once, whose node dies, and who wait for a node.

mod watch;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use finesse_sim::{Node, ServiceStatus, SignIns, Simulator};
use serde_json::Value;

use crate::Transport;
use crate::client::{Agent, Client, log_in_by_and_by};
use crate::table::{Table, Target};
use crate::usage;
use crate::world::World;
use watch::{Watch, Watched};

/// One agent of so many has a call while everything else goes on.
const IN_CALLS: usize = 10;
/// The second node comes so long after the first one died.
const AWAY_FOR: Duration = Duration::from_secs(20);
/// A node is waited for this long before its agents leave it; the gateway's default.
const FAILOVER_AFTER: f64 = 15.0;
/// What the target allows.
const BACK_WITHIN: f64 = 60.0;

/// Measures and adds the rows.
pub(crate) async fn measure(table: &mut Table, agents: usize, by: Transport) -> Result<()> {
    let world = World::of_two_nodes(agents, by).await?;
    world.gateway.until_serve(2).await?;
    let mut clients = log_in_by_and_by(world.gateway.port, agents).await?;
    let calls = begin_calls(&world.simulator, &mut clients).await?;
    let watch = Watch::over(clients);
    let floor = Floor {
        world,
        agents,
        calls,
    };
    floor.cut_all_links(table).await?;
    floor.kill_the_first(table, &watch).await?;
    floor.kill_the_second(table, &watch).await?;
    floor.world.simulator.shutdown().await;
    Ok(())
}

/// Agents at work, some of them in calls.
struct Floor {
    world: World,
    agents: usize,
    calls: usize,
}

/// What was used and done before it is measured.
struct Before {
    gateway: Duration,
    own: Duration,
    sign_ins: BTreeMap<String, SignIns>,
}

/// How agents have signed in.
struct Pace {
    /// Links that came within a second, at most.
    most: usize,
    /// Sign-ins of each agent.
    tries: Vec<u64>,
}

impl Floor {
    async fn cut_all_links(&self, table: &mut Table) -> Result<()> {
        let before = self.before()?;
        let began = Instant::now();
        let cut: usize = (1..=self.agents)
            .map(|number| self.world.simulator.drop_link(&Agent(number).id()))
            .sum();
        ensure!(cut == self.agents, "{cut} links were cut");
        let pace = self.until_links(Node::A, &before).await?;
        let what = format!("{} links cut at once: every presence back", self.agents);
        let took = began.elapsed().as_secs_f64();
        table.add(what, took, "s", Target::AtMost(BACK_WITHIN));
        self.add_details(table, &before, &pace)?;
        self.check(1)
    }

    async fn kill_the_first(&self, table: &mut Table, watch: &Watch) -> Result<()> {
        let before = self.before()?;
        let began = Instant::now();
        watch.begin();
        self.world.simulator.kill_node(Node::A).await;
        let pace = self.until_links(Node::B, &before).await?;
        let linked = began.elapsed().as_secs_f64();
        let told = watch.until_all_told().await?;
        let what = format!("{} agents, their node dies: every presence", self.agents);
        let target = Target::AtMost(FAILOVER_AFTER + BACK_WITHIN);
        table.add(format!("{what} at the other one"), linked, "s", target);
        let out = told.out.saturating_duration_since(began).as_secs_f64();
        let what = "  the last client is told OUT_OF_SERVICE";
        table.add(what, out, "s", Target::None);
        add_told(table, &told, began, target);
        self.add_details(table, &before, &pace)?;
        self.check(2)
    }

    /// The first one is there again when the second dies, but comes into service later.
    async fn kill_the_second(&self, table: &mut Table, watch: &Watch) -> Result<()> {
        let simulator = &self.world.simulator;
        simulator.start_node(Node::A).await?;
        simulator.set_service(Node::A, ServiceStatus::OutOfService);
        watch.begin();
        simulator.kill_node(Node::B).await;
        tokio::time::sleep(AWAY_FOR).await;
        let before = self.before()?;
        let began = Instant::now();
        simulator.set_service(Node::A, ServiceStatus::InService);
        let pace = self.until_links(Node::A, &before).await?;
        let linked = began.elapsed().as_secs_f64();
        let told = watch.until_all_told().await?;
        let what = format!(
            "{} agents, a node serves 20 s after theirs died: every presence there",
            self.agents
        );
        let target = Target::AtMost(BACK_WITHIN);
        table.add(what, linked, "s", target);
        add_told(table, &told, began, target);
        self.add_details(table, &before, &pace)?;
        self.check(3)
    }

    /// Waits until every agent has signed in at a node anew.
    async fn until_links(&self, node: Node, before: &Before) -> Result<Pace> {
        let deadline = Instant::now() + Duration::from_secs(180);
        let mut seen: Vec<(Instant, usize)> = Vec::new();
        let mut most = 0;
        loop {
            let now = Instant::now();
            let links = self.world.simulator.state().nodes[node.index()].links;
            seen.retain(|(at, _)| now.duration_since(*at) <= Duration::from_secs(1));
            let least = seen.iter().map(|(_, links)| *links).min();
            most = most.max(links.saturating_sub(least.unwrap_or(links)));
            seen.push((now, links));
            let tries = self.sign_ins_since(before);
            let all = tries.len() == self.agents && !tries.contains(&0);
            if links == self.agents && all {
                return Ok(Pace { most, tries });
            }
            ensure!(now < deadline, "{links} links of {}", self.agents);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// XMPP sign-ins of each agent since then.
    fn sign_ins_since(&self, before: &Before) -> Vec<u64> {
        let counters = self.world.simulator.counters();
        let since = |(agent, counts): (&String, &SignIns)| {
            counts.xmpp - before.sign_ins.get(agent).map_or(0, |counts| counts.xmpp)
        };
        counters.sign_ins.iter().map(since).collect()
    }

    /// Nobody was signed in too often, on both nodes or with a refused password; calls went on.
    fn check(&self, logins: u64) -> Result<()> {
        let counters = self.world.simulator.counters();
        let well = counters.sign_ins.values().filter(|counts| {
            (counts.logins, counts.refused, counts.on_both_nodes) == (logins, 0, 0)
        });
        let well = well.count();
        let agents = self.agents;
        ensure!(
            well == agents,
            "{well} of {agents} signed in {logins} times"
        );
        let state = self.world.simulator.state();
        let out = state.agents.iter().filter(|agent| agent.state == "LOGOUT");
        // The supervisor of the site was never signed in.
        ensure!(out.count() == 1, "somebody was signed out");
        ensure!(state.dialogs.len() == self.calls, "a call is lost, or new");
        Ok(())
    }

    fn before(&self) -> Result<Before> {
        Ok(Before {
            gateway: usage::cpu(self.world.gateway.process())?,
            own: usage::cpu(std::process::id())?,
            sign_ins: self.world.simulator.counters().sign_ins,
        })
    }

    #[allow(clippy::cast_precision_loss)] // some thousands
    fn add_details(&self, table: &mut Table, before: &Before, pace: &Pace) -> Result<()> {
        let now = self.before()?;
        let tries: u64 = pace.tries.iter().sum();
        let tries = tries as f64 / self.agents as f64;
        let (gateway, own) = (now.gateway - before.gateway, now.own - before.own);
        let rows = [
            ("  sign-ins within a second, at most", pace.most as f64, ""),
            ("  sign-ins of each agent", tries, ""),
            ("  CPU of the gateway", gateway.as_secs_f64(), "s"),
            (
                "  CPU of the simulator and the clients",
                own.as_secs_f64(),
                "s",
            ),
        ];
        for (what, value, unit) in rows {
            table.add(what, value, unit, Target::None);
        }
        Ok(())
    }
}

fn add_told(table: &mut Table, told: &Watched, began: Instant, target: Target) {
    let first = "  the first agent works there";
    let last = "  the last client is told so, and IN_SERVICE";
    for (what, at, target) in [(first, told.first, Target::None), (last, told.last, target)] {
        let took = at.saturating_duration_since(began);
        table.add(what, took.as_secs_f64(), "s", target);
    }
}

/// Calls some agents directly, and answers for them.
async fn begin_calls(simulator: &Simulator, clients: &mut [Client]) -> Result<usize> {
    let mut calls = 0;
    for (at, client) in clients.iter_mut().enumerate().step_by(IN_CALLS) {
        let agent = Agent(at + 1);
        simulator.call("03005550142", &agent.extension(), &[])?;
        let rings = client.until("\"type\":\"NewInboundCall\"").await?;
        let rings: Value = serde_json::from_str(&rings)?;
        let call = rings["event"]["dialogId"].as_str().context("no dialogId")?;
        let answer = format!("AnswerCall#{}\n{call}", agent.id());
        client.send(&answer).await?;
        client.until("\"state\":\"ACTIVE\"").await?;
        calls += 1;
    }
    Ok(calls)
}
