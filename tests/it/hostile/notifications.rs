//! Notifications and stanzas from Finesse (F29, F30, F31, F32).

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gc_server::Config;
use gc_testkit::client::{event_of, request};
use gc_testkit::hostile::{Damage, xml};
use gc_testkit::{Actor, Transport, World};
use hyper::Method;
use serde_json::Value;

use super::{Bystander, MANY, world};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f30_a_thousand_damaged_notifications_harm_nobody_and_the_agent_works_on() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut damage = Damage::seeded(29);
    for number in 0..MANY {
        let suffix = if number % 2 == 0 { "" } else { "/Dialogs" };
        let text = damage.to_text(xml::GOOD);
        world.simulator().publish_raw(layla.id(), suffix, &text);
        if number % 50 == 0 {
            bystander.works_on().await?;
        }
    }
    recovers(&mut layla).await?;
    bystander.works_on().await?;
    ensure!(
        undecodable(&world).await? > MANY / 4,
        "little of it was bad"
    );
    Ok(())
}

/// Notifications that could not be read, as the gateway counts them.
async fn undecodable(world: &World) -> Result<usize> {
    let answer = request(world.admin(), Method::GET, "/metrics", "").await?;
    let mut counts = answer
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("gc_decode_failures_total "));
    Ok(counts.next().context("not counted")?.parse()?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f31_f32_bombs_in_notifications_and_stanzas_cost_at_most_their_own_link() -> Result<()> {
    // Links that are cut so often wait longer and longer, but not here.
    let hasty = |config: &mut Config| config.finesse.link.reconnect_max = Duration::from_millis(50);
    let world = World::with(|_| {}, hasty).await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    for (name, bomb) in xml::bombs() {
        world.simulator().publish_raw(layla.id(), "", &bomb);
        let before = world.links_of(layla.id());
        world.simulator().say_raw(layla.id(), bomb.as_bytes());
        // Whether or not the link has survived it, there is a new one after this.
        world.drop_link(layla.id()).await;
        until_linked_again(&world, layla.id(), before).await?;
        recovers(&mut layla).await.with_context(|| name)?;
        bystander.works_on().await?;
        ensure!(
            world.links_of(Actor::OMAR.0) == 1,
            "{name}: another agent's link was lost"
        );
    }
    Ok(())
}

async fn until_linked_again(world: &World, agent: &str, before: u64) -> Result<()> {
    let come = async {
        while world.links_of(agent) == before {
            tokio::task::yield_now().await;
        }
    };
    Ok(tokio::time::timeout(gc_testkit::client::PATIENCE, come).await?)
}

/// A read of everything sets right whatever the notifications said; then the agent works as always.
async fn recovers(layla: &mut Actor) -> Result<()> {
    done(layla, "refresh").await?;
    for (command, state) in [("MakeReady", "READY"), ("MakeNotReady", "NOT_READY")] {
        layla.client.drain();
        layla.send(command, "null").await?;
        layla
            .client
            .next_of(|event| event_of(event)["state"] == state)
            .await?;
    }
    Ok(())
}

/// Waits for the end of a command; a link that is about to come back may be in its way at first.
async fn done(layla: &mut Actor, command: &str) -> Result<()> {
    loop {
        layla.send(command, "null").await?;
        let ends = |event: &Value| event["type"] == "CommandResult" && event["command"] == command;
        let result = layla.client.next_of(ends).await?;
        if event_of(&result)["outcome"] == "done" {
            return Ok(());
        }
    }
}
