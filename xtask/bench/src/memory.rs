//! Memory of an idle agent, and how fast many log in.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::Transport;
use crate::client::{Agent, log_in_all};
use crate::documents::{self, Side};
use crate::table::{Table, Target};
use crate::usage;
use crate::world::World;

/// Sign-ins that the target wants in a second: 2,000 in 30 s.
const STORM: f64 = 2000.0 / 30.0;

/// Measures and adds the rows.
pub(crate) async fn measure(table: &mut Table, agents: usize, by: Transport) -> Result<()> {
    let world = World::start(agents, by).await?;
    let process = world.gateway.process();
    let empty = usage::resident(process)?;
    let started = Instant::now();
    let clients = log_in_all(world.gateway.port, agents).await?;
    let took = started.elapsed().as_secs_f64();
    // Buffers of the sign-ins are given back while the agents idle.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let grown = usage::resident(process)? - empty;
    #[allow(clippy::cast_precision_loss)] // some thousands
    let count = agents as f64;
    let by = by.as_str();
    let what = format!(
        "resident memory per agent, {agents} agents idle, links by {by}, a client's WebSocket each"
    );
    table.add(what, grown / count, "KiB", Target::AtMost(40.0));
    let what = format!("logins a second, {agents} at once");
    table.add(what, count / took, "/s", Target::AtLeast(STORM));
    call_everybody(&world, agents).await;
    let grown = usage::resident(process)? - empty;
    let what = format!("the same once each has had a notification of 10 kB, links by {by}");
    table.add(what, grown / count, "KiB", Target::None);
    drop(clients);
    world.simulator.shutdown().await;
    Ok(())
}

/// One call each, slowly, and some time to forget it.
async fn call_everybody(world: &World, agents: usize) {
    for agent in (1..=agents).map(Agent) {
        let (extension, dialog) = (agent.extension(), agent.0 as u64);
        let document = documents::dialog(&extension, dialog, Side::Active, 0, 10_000);
        world
            .simulator
            .publish_raw(&agent.id(), "/Dialogs", &document);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
}
