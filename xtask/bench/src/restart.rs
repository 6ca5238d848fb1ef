//! A gateway with a store that is killed and started again.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use finesse_sim::Simulator;

use crate::Transport;
use crate::client::log_in_by_and_by;
use crate::table::{Table, Target};
use crate::usage;
use crate::world::World;

/// Measures and adds the rows.
pub(crate) async fn measure(table: &mut Table, agents: usize, by: Transport) -> Result<()> {
    let mut world = World::with_store(agents, by).await?;
    let clients = log_in_by_and_by(world.gateway.port, agents).await?;
    let kept = format!("gc_store_records {agents}\n");
    world.gateway.until("/metrics", &kept).await?;
    world.gateway.kill()?;
    drop(clients);
    until_links(&world.simulator, 0).await?;
    let own_before = usage::cpu(std::process::id())?;
    let started = Instant::now();
    world.start_again().await?;
    world.gateway.until("/readyz", "HTTP/1.0 200").await?;
    let what = format!("restart with the store, {agents} agents: ready");
    table.add(
        what,
        started.elapsed().as_secs_f64(),
        "s",
        Target::AtMost(2.0),
    );
    until_links(&world.simulator, agents).await?;
    let what = format!("restart with the store, {agents} agents: every presence back");
    table.add(
        what,
        started.elapsed().as_secs_f64(),
        "s",
        Target::AtMost(45.0),
    );
    let linked = format!("\"linksUp\":{agents},");
    world.gateway.until("/readyz", &linked).await?;
    let gateway = usage::cpu(world.gateway.process())?;
    let own = usage::cpu(std::process::id())? - own_before;
    table.add(
        "  CPU of the gateway",
        gateway.as_secs_f64(),
        "s",
        Target::None,
    );
    table.add(
        "  CPU of the simulator",
        own.as_secs_f64(),
        "s",
        Target::None,
    );
    check(&world.simulator, agents)
}

async fn until_links(simulator: &Simulator, wanted: usize) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(120);
    let links = || -> usize { simulator.state().nodes.iter().map(|node| node.links).sum() };
    while links() != wanted {
        ensure!(Instant::now() < deadline, "{} links, not {wanted}", links());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Nobody was signed in twice or signed out.
fn check(simulator: &Simulator, agents: usize) -> Result<()> {
    let counters = simulator.counters();
    let once = counters
        .sign_ins
        .values()
        .filter(|counts| counts.logins == 1 && counts.refused == 0);
    ensure!(once.count() == agents, "somebody was signed in again");
    let state = simulator.state();
    let out = state.agents.iter().filter(|agent| agent.state == "LOGOUT");
    // The supervisor of the site was never signed in.
    ensure!(out.count() == 1, "somebody was signed out");
    Ok(())
}
