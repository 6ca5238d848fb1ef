//! What the loser of a takeover hears, by each way to it: the agent has left, why, and nothing after that.

use anyhow::{Context, Result, ensure};
use gc_server::config::BrokerQueue;
use gc_testkit::broker::{Broker, Line};
use gc_testkit::client::{Feed, Follower, post_command};
use gc_testkit::{Actor, Client, Names, Transport, World};
use serde_json::{Value, json};

/// Another client connects Layla and works with her, which a loser that still listens would hear.
async fn take_over(world: &World) -> Result<Client> {
    let mut winner = Client::open(world.gateway(), Transport::WebSocketV2, "other-desk").await?;
    winner.send("Connect#41027", "other-desk,c4nary").await?;
    for (command, body) in [("MakeReady", "null"), ("MakeNotReady", "null")] {
        winner.send(&format!("{command}#41027"), body).await?;
        let ends = |event: &Value| event["command"] == command && event["outcome"] == "done";
        winner.next_of(ends).await?;
    }
    winner
        .next_of(|event| event["state"] == "NOT_READY")
        .await?;
    Ok(winner)
}

/// Everything up to the end of what the loser is told, of which these are the last two.
fn ensure_end(told: &[Value]) -> Result<()> {
    let [.., left, why] = told else {
        anyhow::bail!("too little: {told:?}")
    };
    ensure!(
        left["type"] == "State" && left["state"] == "LOGOUT" && left["agentId"] == "41027",
        "{told:?}"
    );
    ensure!(why["errorType"] == "SESSION_INVALIDATED", "{told:?}");
    let again = told.iter().filter(|event| event["state"] == "LOGOUT");
    ensure!(again.count() == 1, "{told:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_hears_of_its_loss_and_then_nothing() -> Result<()> {
    let world = World::start().await?;
    let mut loser = Actor::logged_in(&world, Transport::Rest, Actor::LAYLA).await?;
    let _winner = take_over(&world).await?;
    let wanted = ["State LOGOUT", "Error SESSION_INVALIDATED"];
    loser.expect(&mut Names::default(), &wanted, &[]).await?;
    loser.client.send("Hello#desk-41027", "null").await?;
    let next = loser.client.next().await?;
    assert_eq!(next["type"], "System", "{next}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_events_hears_of_its_loss_and_then_nothing() -> Result<()> {
    let world = World::start().await?;
    let mut loser = Follower::open(world.gateway(), Feed::Events, "desk-41027", None).await?;
    post(&world, "Connect#41027", "desk-41027,c4nary").await?;
    post(&world, "Login#41027", "c4nary,6127").await?;
    heard_until(&mut loser, |event| event["state"] == "NOT_READY").await?;
    let _winner = take_over(&world).await?;
    let lost = |event: &Value| event["errorType"] == "SESSION_INVALIDATED";
    ensure_end(&heard_until(&mut loser, lost).await?)?;
    post(&world, "Hello#desk-41027", "null").await?;
    let next = loser.next().await?;
    assert_eq!(next["event"]["type"], "System", "{next}");
    Ok(())
}

async fn post(world: &World, kind: &str, body: &str) -> Result<()> {
    let command = json!({"data": {"type": kind, "body": body, "sessionUrl": "s-1"}});
    let answer = post_command(world.gateway(), &command).await?;
    ensure!(answer.status == 202, "{kind}: {answer:?}");
    Ok(())
}

async fn heard_until(loser: &mut Follower, last: impl Fn(&Value) -> bool) -> Result<Vec<Value>> {
    let mut heard = Vec::new();
    loop {
        let event = loser.next().await?["event"].take();
        let is_last = last(&event);
        heard.push(event);
        if is_last {
            return Ok(heard);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_hears_of_its_loss_and_then_nothing() -> Result<()> {
    let broker = Broker::start().await?;
    let url = broker.url()?;
    let world = World::with(
        |_| {},
        |config| {
            config.broker.brokers = vec![url];
            config.broker.user = "gc".into();
            config.broker.password = gc_protocol::Secret::new("c4nary-broker");
            config.broker.queues = [("her".to_owned(), BrokerQueue::default())].into();
        },
    )
    .await?;
    let mut line = broker.welcome(1).await?;
    line.command(1, "Connect#41027", "desk-41027,c4nary")
        .await?;
    line.event(|event| event["type"] == "ConnectStatus").await?;
    line.command(1, "Login#41027", "c4nary,6127").await?;
    line.event(|event| event["state"] == "NOT_READY").await?;
    let _winner = take_over(&world).await?;
    let mut told = Vec::new();
    while told
        .last()
        .is_none_or(|event: &Value| event["errorType"] != "SESSION_INVALIDATED")
    {
        told.push(next_of_topic(&mut line).await?);
    }
    ensure_end(&told)?;
    line.command(1, "Hello#desk-41027", "null").await?;
    let next = next_of_topic(&mut line).await?;
    assert_eq!(next["type"], "System", "{next}");
    Ok(())
}

async fn next_of_topic(line: &mut Line) -> Result<Value> {
    let published = line.event(|_| true).await.context("the loser's topic")?;
    ensure!(published.topic == "desk-41027", "{published:?}");
    Ok(published.event)
}
