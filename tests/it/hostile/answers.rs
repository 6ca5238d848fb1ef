//! Answers of Finesse to requests (F14, F16, F30, F31, F32).

use anyhow::{Context, Result, ensure};
use gc_testkit::client::event_of;
use gc_testkit::hostile::{Damage, xml};
use gc_testkit::{Actor, Names, Transport, World};
use serde_json::{Value, json};

use super::{Bystander, MANY, world};

/// Commands, and the method of the request that each begins with.
const COMMANDS: [(&str, &str, &str); 3] = [
    ("refresh", "null", "GET"),
    ("MakeReady", "null", "PUT"),
    ("MakeCall", "9001", "POST"),
];

/// A refused password and a node out of service are told to others as well; those have tests of their own.
const STATUSES: [u16; 8] = [200, 202, 204, 302, 400, 404, 409, 500];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f30_a_thousand_damaged_answers_give_one_result_each() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut damage = Damage::seeded(16);
    for number in 0..MANY {
        let status = *damage.one_of(&STATUSES);
        let body = damage.to_text(xml::GOOD);
        // A call that seems to be placed waits for its notification; see below.
        let commands = if status < 300 {
            &COMMANDS[..1]
        } else {
            &COMMANDS[..]
        };
        let command = *damage.one_of(commands);
        one_result(&world, &mut layla, command, (status, &body)).await?;
        if number % 100 == 0 {
            bystander.works_on().await?;
        }
    }
    sets_right(&world, layla).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_f31_f32_bombs_in_answers_give_one_result_each() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    for (name, bomb) in xml::bombs() {
        for status in [200, 400] {
            let answer = (status, bomb.as_str());
            let result = one_result(&world, &mut layla, COMMANDS[0], answer).await;
            result.with_context(|| name)?;
        }
        bystander.works_on().await?;
    }
    sets_right(&world, layla).await
}

/// Sends a command whose first request is answered so; it comes to one end.
async fn one_result(
    world: &World,
    layla: &mut Actor,
    (command, body, method): (&str, &str, &str),
    (status, answer): (u16, &str),
) -> Result<()> {
    world.fault(json!({
        "where": "rest", "match": {"agentId": layla.id(), "method": method},
        "effect": {"status": status, "body": answer}, "times": 1,
    }))?;
    layla.send(command, body).await?;
    let ends = |event: &Value| event["type"] == "CommandResult" && event["command"] == command;
    let result = layla.client.next_of(ends).await;
    let result = result.with_context(|| format!("{command}: {status} {answer}"))?;
    world.simulator().clear_faults();
    let outcome = event_of(&result)["outcome"].as_str().unwrap_or_default();
    ensure!(matches!(outcome, "done" | "failed" | "unknown"), "{result}");
    ensure!(
        outcome != "failed" || event_of(&result)["errorType"].is_string(),
        "{result}"
    );
    ensure!(
        status < 300 || outcome != "done",
        "{status} {answer}: {result}"
    );
    Ok(())
}

async fn sets_right(world: &World, mut layla: Actor) -> Result<()> {
    world.simulator().clear_faults();
    layla.send("refresh", "null").await?;
    let done = |event: &Value| event["type"] == "CommandResult" && event["command"] == "refresh";
    let result = layla.client.next_of(done).await?;
    ensure!(event_of(&result)["outcome"] == "done", "{result}");
    layla.client.drain();
    layla.send("MakeReady", "null").await?;
    layla
        .expect(&mut Names::default(), &["State READY"], &[])
        .await?;
    Ok(())
}
