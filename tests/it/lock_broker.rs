//! The lock on the broker: a queue is a client, and has no say over agents that were connected through another queue.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use finesse_sim::{Counters, Product, Profile};
use gc_server::config::BrokerQueue;
use gc_testkit::broker::{Broker, Line};
use gc_testkit::client::PATIENCE;
use gc_testkit::log_guard::LogGuard;
use gc_testkit::{Actor, World};

use crate::lock::{foreign_commands, growth, refusal, string_form, typed_form};

/// The queue of Layla's client, and the other one.
const QUEUES: [usize; 2] = [1, 2];

/// Every command of the table with an agent of another queue, in both forms, from a queue that has an agent of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_of_one_queue_reaches_an_agent_of_another_and_none_leaves_a_trace() -> Result<()>
{
    for product in [Product::Ucce, Product::Uccx] {
        let (world, mut line, names) = two_queues(product).await?;
        sign_in(&mut line, QUEUES[0], Actor::LAYLA).await?;
        sign_in(&mut line, QUEUES[1], Actor::OMAR).await?;
        let start = quiet(&world, &mut line, &names).await?;
        let before = quiet(&world, &mut line, &names).await?;
        let mut wanted = BTreeMap::new();
        for spec in foreign_commands() {
            let (kind, body) = string_form(spec);
            let typed = typed_form(spec).to_string();
            for (kind, body) in [(kind.as_str(), body.as_str()), ("", typed.as_str())] {
                let id = line.command(QUEUES[1], kind, body).await?;
                let events = line.acknowledged(&id).await?;
                ensure!(events.is_empty(), "{kind} {body}: {events:?}");
            }
            wanted.insert(
                spec.name.to_owned(),
                vec![refusal(spec, product).to_owned(); 2],
            );
        }
        let after = quiet(&world, &mut line, &names).await?;
        assert_eq!(
            growth(&before, &after),
            growth(&start, &before),
            "a trace at Finesse"
        );
        assert_eq!(refused(&names[1]), wanted);
    }
    Ok(())
}

/// A world whose gateway takes commands from two queues, with the names of the clients that they are.
async fn two_queues(product: Product) -> Result<(World, Line, [String; 2])> {
    let broker = Broker::start().await?;
    let url = broker.url()?;
    let queues = ["her", "other"].map(|whose| format!("{whose}-{product:?}"));
    let settings = queues.clone();
    let world = World::with(
        |site| {
            *site = site.clone().profile(Profile {
                product,
                ..Profile::default()
            });
        },
        |config| {
            config.broker.brokers = vec![url];
            config.broker.queues = settings.map(|name| (name, BrokerQueue::default())).into();
            // As fast as the test sends.
            config.server.command_burst = 10_000;
        },
    )
    .await?;
    let line = broker.welcome(2).await?;
    Ok((world, line, queues.map(|name| format!("queue/{name}"))))
}

async fn sign_in(line: &mut Line, queue: usize, (agent, extension): (&str, &str)) -> Result<()> {
    let connect = format!("Connect#{agent}");
    line.command(queue, &connect, &format!("desk-{agent},c4nary"))
        .await?;
    line.event(|event| event["type"] == "ConnectStatus").await?;
    let login = format!("Login#{agent}");
    line.command(queue, &login, &format!("c4nary,{extension}"))
        .await?;
    let ready_to_work = line.event(|event| event["state"] == "NOT_READY").await?;
    ensure!(
        ready_to_work.topic == format!("desk-{agent}"),
        "{ready_to_work:?}"
    );
    Ok(())
}

/// What Finesse has seen, once everything on its way has arrived; asking for that is a read of each agent.
async fn quiet(world: &World, line: &mut Line, clients: &[String; 2]) -> Result<Counters> {
    for (queue, agent) in QUEUES.into_iter().zip([Actor::LAYLA.0, Actor::OMAR.0]) {
        let client = &clients[queue - 1];
        let before = refreshed(client);
        let id = line
            .command(queue, &format!("refresh#{agent}"), "null")
            .await?;
        line.acknowledged(&id).await?;
        let done = async {
            while refreshed(client) == before {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, done).await?;
        // Nothing that belongs to it comes after this.
        line.command(queue, &format!("Hello#desk-{agent}"), "null")
            .await?;
        line.event(|event| event["type"] == "System").await?;
    }
    Ok(world.simulator().counters())
}

/// How often a client's refresh has come to a good end.
fn refreshed(client: &str) -> usize {
    entries(client)
        .filter(|entry| field(entry, "command") == "refresh" && field(entry, "outcome") == "done")
        .count()
}

/// The errors that a client's commands for Layla ended with, by command.
fn refused(client: &str) -> BTreeMap<String, Vec<String>> {
    let mut refused = BTreeMap::<String, Vec<String>>::new();
    for entry in entries(client).filter(|entry| field(entry, "agent") == Actor::LAYLA.0) {
        let errors = refused.entry(field(&entry, "command")).or_default();
        errors.push(field(&entry, "error"));
    }
    refused
}

fn entries(client: &str) -> impl Iterator<Item = String> {
    let client = client.to_owned();
    let audit = LogGuard::global().audit().into_iter();
    audit.filter(move |entry| field(entry, "client") == client)
}

/// The value of a field of an entry; empty where it has none.
fn field(entry: &str, name: &str) -> String {
    let begin = format!(" {name}=");
    let value = entry.split_once(&begin).map(|(_, rest)| rest);
    let value = value.and_then(|rest| rest.split(' ').next());
    value.unwrap_or_default().trim_matches('"').to_owned()
}
