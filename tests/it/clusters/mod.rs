//! Two clusters behind one gateway. The same people work at both, under the same numbers: Berlin's are written with a domain.

mod apart;
mod trouble;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use finesse_sim::{SimConfig, Simulator};
use gc_server::Config;
use gc_testkit::client::{PATIENCE, event_of, request};
use gc_testkit::secrets;
use gc_testkit::world::cluster_for;
use gc_testkit::{Actor, Client, Names, Transport, World};
use hyper::Method;
use serde_json::Value;

const DOMAIN: &str = "berlin.example";
const LENA: (&str, &str) = ("41027@berlin.example", "6127");
const OLAF: (&str, &str) = ("41033@berlin.example", "6133");
const NORA: (&str, &str) = ("41900@berlin.example", "6190");

/// Longest that anything at the cluster that works may take, while the other one takes half a minute for everything.
const SOON: Duration = Duration::from_secs(10);

/// The gateway with its first cluster, and the second one.
struct Towns {
    world: World,
    berlin: Simulator,
}

impl Towns {
    async fn start() -> Result<Self> {
        Self::with(SimConfig::test(), |_| {}).await
    }

    /// With another site in Berlin, and other settings.
    async fn with(mut site: SimConfig, settings: impl FnOnce(&mut Config)) -> Result<Self> {
        secrets::plant_at(&mut site);
        let berlin = Simulator::start(site).await?;
        let cluster = cluster_for(&berlin, DOMAIN);
        let change = |config: &mut Config| {
            config.clusters.insert("berlin".to_owned(), cluster);
            settings(config);
        };
        let world = World::with(|_| {}, change).await?;
        let towns = Self { world, berlin };
        towns.until_berlin(true).await?;
        Ok(towns)
    }

    /// Waits until the gateway knows whether Berlin serves.
    async fn until_berlin(&self, serves: bool) -> Result<Value> {
        let wait = async {
            loop {
                let readiness = readiness(&self.world).await?;
                if readiness["clusters"][1]["inService"] == serves {
                    return anyhow::Ok(readiness);
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await?
    }

    /// Half of the requests to Berlin are never answered in time, and its links say nothing.
    fn slow_down_berlin(&self) -> Result<()> {
        for fault in [
            serde_json::json!({"where": "rest", "effect": {"delayMs": 30_000}}),
            serde_json::json!({"where": "xmpp", "effect": {"silence": true}}),
        ] {
            self.berlin.add_fault(serde_json::from_value(fault)?);
        }
        Ok(())
    }
}

async fn readiness(world: &World) -> Result<Value> {
    let answer = request(world.admin(), Method::GET, "/readyz", String::new()).await?;
    Ok(answer.json())
}

/// Sees what a destination is told, beside the agent's own client.
async fn watcher(world: &World, destination: &str) -> Result<Client> {
    Client::open(world.gateway(), Transport::WebSocketV2, destination).await
}

fn is_system(event: &Value) -> bool {
    event["type"] == "System"
}

/// The next System event: its status, and the agent whom it is about.
async fn system(client: &mut Client) -> Result<(String, String)> {
    let frame = client.next_of(is_system).await?;
    let text = |key: &str| {
        event_of(&frame)[key]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    Ok((text("status"), text("agentId")))
}

/// A call from the queue, from ringing to its end, and a pause: everything an agent does all day.
async fn one_call(world: &World, agent: &mut Actor) -> Result<()> {
    let mut names = Names::default();
    let work = async {
        let dialog = agent.take_call(world, &mut names).await?;
        world.hang_up(&dialog).await?;
        let ends = [
            "InboundCall A ACTIVE PREROUTE_ACD_IN 2",
            "InboundCall A DROPPED PREROUTE_ACD_IN 2",
        ];
        agent.expect(&mut names, &["State READY"], &ends).await?;
        agent.send("MakeNotReady", "null").await?;
        agent.expect(&mut names, &["State NOT_READY"], &[]).await?;
        agent.send("MakeReady", "null").await?;
        agent.expect(&mut names, &["State READY"], &[]).await
    };
    tokio::time::timeout(SOON, work)
        .await
        .context("the other cluster's trouble was felt")??;
    Ok(())
}

/// How a command ends: `done`, or `failed CODE`.
async fn ask(client: &mut Client, command: &str, body: &str) -> Result<String> {
    let word = command.split('#').next().unwrap_or_default();
    let row = gc_protocol::command::table::find(word);
    let name = row.with_context(|| format!("{word} is no command"))?.name;
    client.send(command, body).await?;
    let frame = client
        .next_of(|event| event["type"] == "CommandResult" && event["command"] == name)
        .await
        .with_context(|| command.to_owned())?;
    let result = event_of(&frame);
    let outcome = result["outcome"].as_str().unwrap_or_default();
    Ok(match result["errorType"].as_str() {
        None => outcome.to_owned(),
        Some(code) => format!("{outcome} {code}"),
    })
}

/// Sends a command that must be done, and gives the event of a type that came of it.
async fn answer(client: &mut Client, command: &str, body: &str, kind: &str) -> Result<Value> {
    let outcome = ask(client, command, body).await?;
    ensure!(outcome == "done", "{command} {body}: {outcome}");
    let frame = client.next_of(|event| event["type"] == kind).await?;
    Ok(event_of(&frame).clone())
}
