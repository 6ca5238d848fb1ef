//! What goes wrong between the gateway and those around it, over real sockets; `tests/data/faults.toml` is the table.

mod clients;
mod links;
mod notifications;
mod rest;
mod sessions;

use std::future::Future;
use std::time::Duration;

use anyhow::{Context, Result};
use gc_server::config::{Config, Transport as Way};
use gc_testkit::client::{PATIENCE, event_of, request};
use gc_testkit::proxy::Toxics;
use gc_testkit::{Client, Network, Proxy, World};
use hyper::Method;
use serde_json::Value;

/// Nothing gets through.
pub(crate) const SILENT: Toxics = Toxics {
    latency: Duration::ZERO,
    jitter: Duration::ZERO,
    bandwidth: None,
    slice: None,
    limit: None,
    silent: true,
    slow_close: Duration::ZERO,
};

/// How notifications come, each with a port of its own, so that REST goes on while it is spoilt.
#[derive(Debug, Clone, Copy)]
enum Link {
    Tcp,
    WebSocket,
}

impl Link {
    const ALL: [Self; 2] = [Self::Tcp, Self::WebSocket];

    /// A gateway whose agents' links take this way, and find a dead one in 0.6 s instead of 20.
    async fn world(self, gateway: impl FnOnce(&mut Config)) -> Result<(World, Network)> {
        let (world, network) = World::behind(
            |site| {
                *site = site.clone().profile(self.profile());
                site.settings.ring_no_answer = PATIENCE;
            },
            |config| {
                for node in &mut config.finesse.nodes {
                    node.transport = self.way();
                }
                config.finesse.link.ping_interval = Duration::from_millis(200);
                config.finesse.link.ping_timeout = Duration::from_millis(600);
                config.finesse.link.login_timeout = Duration::from_secs(1);
                config.finesse.link.reconnect_max = Duration::from_millis(200);
                gateway(config);
            },
        )
        .await?;
        until_both_serve(&world).await?;
        Ok((world, network))
    }

    /// Release 12.5 has both.
    fn profile(self) -> finesse_sim::Profile {
        finesse_sim::Profile::new(finesse_sim::Product::Ucce, finesse_sim::Release::V12_5)
    }

    fn way(self) -> Way {
        match self {
            Self::Tcp => Way::Tcp,
            Self::WebSocket => Way::LegacyWebSocket,
        }
    }

    /// The line that links of the first node take.
    fn line(self, network: &Network) -> &Proxy {
        match self {
            Self::Tcp => &network.a.xmpp,
            Self::WebSocket => &network.a.legacy,
        }
    }
}

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = Result<bool>>>(
    what: &str,
    mut is_so: impl FnMut() -> F,
) -> Result<()> {
    let come = async {
        while !is_so().await? {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, come)
        .await
        .with_context(|| format!("never: {what}"))?
}

/// Waits for both nodes: who connects before goes to the one that was found first.
pub(crate) async fn until_both_serve(world: &World) -> Result<()> {
    until("both nodes serve", || async {
        let answer = request(world.admin(), Method::GET, "/readyz", String::new()).await?;
        let readiness: Value = serde_json::from_str(&answer.body)?;
        let nodes = readiness["nodes"].as_array().into_iter().flatten();
        Ok(nodes.filter(|node| node["status"] == "IN_SERVICE").count() == 2)
    })
    .await
}

/// The next frame that is no command's result.
async fn next_event(client: &mut Client) -> Result<Value> {
    loop {
        let frame = client.next().await?;
        if event_of(&frame)["type"] != "CommandResult" {
            return Ok(frame);
        }
    }
}

/// A figure of `/metrics`.
async fn metric(world: &World, name: &str) -> Result<u64> {
    let answer = request(world.admin(), Method::GET, "/metrics", String::new()).await?;
    let line = answer.body.lines().find_map(|line| line.strip_prefix(name));
    Ok(line.unwrap_or("0").trim().parse()?)
}

/// The lines of `/sessions`.
pub(crate) async fn sessions(world: &World) -> Result<Vec<Value>> {
    let answer = request(world.admin(), Method::GET, "/sessions", String::new()).await?;
    Ok(serde_json::from_str(&answer.body)?)
}

/// Waits until an agent's link is `up` or whatever else.
async fn until_link(world: &World, agent: &str, wanted: &str) -> Result<()> {
    until(&format!("the link of {agent} is {wanted}"), || async {
        let sessions = sessions(world).await?;
        let mut of_agent = sessions.iter().filter(|line| line["agentId"] == agent);
        Ok(of_agent.any(|line| line["link"] == wanted))
    })
    .await
}

/// What Finesse says of an agent.
fn state_at_finesse(world: &World, agent: &str) -> &'static str {
    let state = world.simulator().state();
    let found = state.agents.iter().find(|dump| dump.agent_id == agent);
    found.map_or("", |dump| dump.state)
}
