//! What Finesse may do to us: refuse, break, stay silent.

use anyhow::Result;
use gc_testkit::client::event_of;
use gc_testkit::{Actor, Names, Transport, World};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_answer_of_finesse_is_told_with_its_code() -> Result<()> {
    let cases = [
        (json!({"status": 401}), "Unauthorized"),
        (json!({"status": 404}), "USER_NOT_FOUND"),
        (
            json!({"status": 500, "body": "<html>broken</html>"}),
            "GENERAL_ERROR",
        ),
        (json!({"status": 503}), "PLEASE_RETRY"),
        (json!({"status": 501}), "NOT_SUPPORTED"),
    ];
    for (effect, wanted) in cases {
        let world = World::start().await?;
        let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
        world.fault(json!({
            "where": "rest", "match": {"agentId": "41027", "method": "PUT"}, "effect": effect, "times": 1,
        }))?;
        layla.send("MakeReady", "null").await?;
        layla
            .expect(&mut Names::default(), &[&format!("Error {wanted}")], &[])
            .await?;
        if wanted == "Unauthorized" {
            // Nothing is sent with a refused password, until somebody gives it again.
            layla.send("MakeReady", "null").await?;
            layla
                .expect(&mut Names::default(), &["Error Unauthorized"], &[])
                .await?;
            layla.send("Connect", "desk-41027,c4nary").await?;
            layla
                .expect(&mut Names::default(), &["ConnectStatus"], &[])
                .await?;
        }
        layla.send("MakeReady", "null").await?;
        layla
            .expect(&mut Names::default(), &["State READY"], &[])
            .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_answer_is_lost_is_placed_once_and_nobody_hears_of_trouble() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    world.fault(json!({
        "where": "rest", "match": {"agentId": "41027", "method": "POST"}, "effect": {"drop": "after"}, "times": 1,
    }))?;
    layla.send("MakeCall", "6133").await?;
    let result = layla
        .client
        .next_of(|event| {
            event_of(event)["type"] == "CommandResult" && event_of(event)["command"] == "MakeCall"
        })
        .await?;
    assert_eq!(event_of(&result)["outcome"], "done", "{result}");
    assert!(!layla.client.has(|event| event_of(event)["type"] == "Error"));
    assert_eq!(world.calls_placed(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_after_202_is_not_reachable_and_a_snapshot() -> Result<()> {
    let world = World::impatient().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    world.fault(json!({
        "where": "xmpp", "match": {"agentId": "41027", "method": "PUT"}, "effect": {"drop": "before"}, "times": 1,
    }))?;
    layla.send("MakeReady", "null").await?;
    let error = layla
        .client
        .next_of(|event| event_of(event)["type"] == "Error")
        .await?;
    assert_eq!(event_of(&error)["errorType"], "NOT_REACHABLE");
    let result = layla
        .client
        .next_of(|event| {
            event_of(event)["type"] == "CommandResult" && event_of(event)["command"] == "MakeReady"
        })
        .await?;
    assert_eq!(event_of(&result)["outcome"], "unknown");
    let state = layla
        .client
        .next_of(|event| event_of(event)["type"] == "State" && event_of(event)["state"] == "READY")
        .await?;
    assert_eq!(state["origin"], "snapshot");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn out_of_service_is_told_once_and_commands_are_refused() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    for node in ["a", "b"] {
        world.service(node, "OUT_OF_SERVICE")?;
    }
    layla
        .client
        .next_of(|event| event["type"] == "System" && event["status"] == "OUT_OF_SERVICE")
        .await?;
    layla.send("MakeReady", "null").await?;
    layla
        .expect(&mut names, &["Error PLEASE_RETRY"], &[])
        .await?;
    for node in ["a", "b"] {
        world.service(node, "IN_SERVICE")?;
    }
    layla
        .client
        .next_of(|event| event["type"] == "System" && event["status"] == "IN_SERVICE")
        .await?;
    assert!(
        !layla.client.has(|event| event["type"] == "System"),
        "told once"
    );
    // PLEASE_RETRY means what it says: the agent's own node may be a moment later than the first.
    loop {
        layla.send("MakeReady", "null").await?;
        let told = layla
            .client
            .next_of(|event| matches!(event["type"].as_str(), Some("State" | "Error")))
            .await?;
        match told["type"].as_str() {
            Some("State") => break assert_eq!(told["state"], "READY"),
            _ => assert_eq!(told["errorType"], "PLEASE_RETRY", "{told}"),
        }
    }
    Ok(())
}
