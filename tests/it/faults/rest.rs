//! REST that fails: no connection, no answer, nonsense, slowness.

use std::time::Duration;

use anyhow::Result;
use gc_testkit::client::event_of;
use gc_testkit::proxy::{Cut, Direction, Limit, Toxics};
use gc_testkit::{Actor, Client, Transport, World};
use serde_json::{Value, json};

use super::{Link, SILENT};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_finds_no_connection_is_down_and_was_not_sent() -> Result<()> {
    let (world, network) = Link::Tcp
        .world(|config| config.finesse.health_interval = NEVER)
        .await?;
    let line = &network.a.https;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let placed = world.simulator().counters().requests["41027"];

    line.down().await?;
    // Reads find out, one by one, that the connections which were kept are gone.
    loop {
        layla.send("GetState", "null").await?;
        match error_of(&mut layla.client).await?.as_str() {
            "DOWN" => break,
            other => assert_eq!(other, "NOT_REACHABLE"),
        }
    }
    layla.send("MakeCall", "6133").await?;
    assert_eq!(error_of(&mut layla.client).await?, "DOWN");
    assert_eq!(outcome(&mut layla.client, "MakeCall").await?, "failed");

    line.heal().await?;
    // The handshake of TLS breaks off.
    line.spoil(
        Direction::ToClient,
        Toxics {
            limit: Some(Limit {
                bytes: 100,
                cut: Cut::Close,
            }),
            ..Toxics::default()
        },
    );
    layla.send("MakeCall", "6133").await?;
    assert_eq!(error_of(&mut layla.client).await?, "DOWN");
    assert_eq!(outcome(&mut layla.client, "MakeCall").await?, "failed");

    assert_eq!(world.calls_placed(), 0);
    assert_eq!(world.simulator().counters().requests["41027"], placed);
    line.heal().await?;
    layla.send("MakeCall", "6133").await?;
    assert_eq!(outcome(&mut layla.client, "MakeCall").await?, "done");
    assert_eq!(world.calls_placed(), 1);
    Ok(())
}

/// Longer than any test: the health of a node is asked for once.
const NEVER: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn call_control_without_an_answer_is_done_by_its_notification_and_executed_once() -> Result<()>
{
    let (world, network) = Link::Tcp
        .world(|config| config.finesse.health_interval = NEVER)
        .await?;
    let line = &network.a.https;
    let _omar = Actor::logged_in(&world, Transport::WebSocketV2, Actor::OMAR).await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let dialog = world.call("03005550142", "7800").await?;
    layla
        .client
        .next_of(|event| event["type"] == "NewInboundCall")
        .await?;
    let commands = [
        ("AnswerCall", dialog.clone()),
        ("Transfer_sst", format!("6133,{dialog}")),
        ("MakeCall", "6133".to_owned()),
        ("ReleaseCall", String::new()),
    ];
    for (command, body) in commands {
        let body = match body.is_empty() {
            true => own_call(&world),
            false => body,
        };
        line.spoil(Direction::ToClient, SILENT);
        layla.send(command, &body).await?;
        assert_eq!(
            outcome(&mut layla.client, command).await?,
            "done",
            "{command}"
        );
        // The answer comes at last, and says nothing new.
        line.heal().await?;
        layla.send("GetState", "null").await?;
        assert_eq!(outcome(&mut layla.client, "GetState").await?, "done");
    }
    assert!(!layla.client.has(|event| event["type"] == "Error"));
    assert!(
        world
            .simulator()
            .counters()
            .executions
            .values()
            .all(|times| *times == 1)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn call_control_without_answer_and_notification_is_unknown_and_then_a_snapshot() -> Result<()>
{
    let impatient = |config: &mut gc_server::Config| {
        config.finesse.health_interval = NEVER;
        config.finesse.request_timeout = Duration::from_millis(300);
        config.session.request_deadline = Duration::from_millis(600);
        config.finesse.link.ping_timeout = Duration::from_secs(10);
    };
    let (world, network) = Link::Tcp.world(impatient).await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    network.a.https.spoil(Direction::ToClient, SILENT);
    network.a.xmpp.spoil(Direction::ToClient, SILENT);
    layla.send("MakeCall", "6133").await?;
    assert_eq!(error_of(&mut layla.client).await?, "NOT_REACHABLE");
    assert_eq!(outcome(&mut layla.client, "MakeCall").await?, "unknown");
    network.a.https.cut(Cut::Reset);
    network.a.https.heal().await?;
    let call = layla
        .client
        .next_of(|event| event["type"] == "InboundCall")
        .await?;
    assert_eq!(call["origin"], "snapshot");
    network.a.xmpp.heal().await?;
    layla.send("ReleaseCall", &own_call(&world)).await?;
    assert_eq!(outcome(&mut layla.client, "ReleaseCall").await?, "done");
    assert!(!layla.client.has(|event| event["type"] == "Error"));
    assert!(
        world
            .simulator()
            .counters()
            .executions
            .values()
            .all(|times| *times == 1)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_instead_of_a_list_is_told_to_who_asked_and_harms_nothing() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let huge = format!("<PhoneBooks>{}</PhoneBooks>", " ".repeat(50 * 1024 * 1024));
    let bodies = [
        "<PhoneBooks><PhoneBook><name>Retail",
        "<html><body>Please log in</body></html>",
        "{\"phoneBooks\":[]}",
        "\u{0}\u{1}",
        &huge,
    ];
    for body in bodies {
        world.fault(json!({
            "where": "rest", "match": {"agentId": "41027", "path": "PhoneBooks"},
            "effect": {"status": 200, "body": body}, "times": 1,
        }))?;
        layla.send("getphonebooks", "null").await?;
        let shown: String = body.chars().take(40).collect();
        assert_eq!(
            error_of(&mut layla.client).await?,
            "GENERAL_ERROR",
            "{shown}"
        );
    }
    layla.send("MakeReady", "null").await?;
    layla
        .client
        .next_of(|event| event["state"] == "READY")
        .await?;
    assert!(!layla.client.has(|event| event["type"] == "Error"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_answers_for_one_agent_are_no_ones_else_and_her_queue_says_when_it_is_full()
-> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut omar = Actor::logged_in(&world, Transport::WebSocketV2, Actor::OMAR).await?;
    world.fault(json!({
        "where": "rest", "match": {"agentId": "41027", "method": "POST"},
        "effect": {"silence": true, "delayMs": 30_000},
    }))?;
    for _ in 0..20 {
        layla.send("MakeCall", "6133").await?;
    }
    // One is out, 16 wait.
    for _ in 17..20 {
        assert_eq!(error_of(&mut layla.client).await?, "CF_RESOURCE_BUSY");
        assert_eq!(outcome(&mut layla.client, "MakeCall").await?, "failed");
    }
    for _ in 0..25 {
        for command in ["MakeReady", "MakeNotReady"] {
            omar.send(command, "null").await?;
            assert_eq!(outcome(&mut omar.client, command).await?, "done");
        }
    }
    // All that took less time than Layla's answer: nothing else came of her commands.
    assert!(!layla.client.has(|event| event["command"] == "MakeCall"));
    layla.send("GetState", "null").await?;
    assert_eq!(outcome(&mut layla.client, "GetState").await?, "done");
    Ok(())
}

async fn error_of(client: &mut Client) -> Result<String> {
    let error = client.next_of(|event| event["type"] == "Error").await?;
    Ok(event_of(&error)["errorType"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// How the next of these commands ended.
async fn outcome(client: &mut Client, command: &str) -> Result<String> {
    let of_command =
        |event: &Value| event["type"] == "CommandResult" && event["command"] == command;
    let result = client.next_of(of_command).await?;
    Ok(event_of(&result)["outcome"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// The call that Layla has placed.
fn own_call(world: &World) -> String {
    let state = world.simulator().state();
    let placed = state.dialogs.iter().find(|dialog| dialog.from == "6127");
    placed
        .map(|dialog| dialog.dialog_id.clone())
        .unwrap_or_default()
}
