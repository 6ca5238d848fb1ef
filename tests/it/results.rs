//! `gc.v2`: the envelope, and exactly one result a command.

use anyhow::Result;
use gc_testkit::client::event_of;
use gc_testkit::{Actor, Client, Transport, World};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_ends_in_one_result_after_its_events() -> Result<()> {
    let world = World::start().await?;
    let mut client = Client::open(world.gateway(), Transport::WebSocketV2, "desk").await?;
    client.drain();
    let commands = [
        json!({"command": "Connect", "agentId": "41027", "params": {"destination": "desk", "password": "c4nary"}, "commandId": "c-1"}),
        json!({"command": "Login", "agentId": "41027", "params": {"password": "c4nary", "extension": "6127"}, "commandId": "c-2"}),
        json!({"command": "MakeReady", "agentId": "41027", "commandId": "c-3"}),
        json!({"command": "AnswerCall", "agentId": "41027", "params": {"dialogId": "1"}, "commandId": "c-4"}),
    ];
    let wanted = [
        ("c-1", "done", 1),
        ("c-2", "done", 3),
        ("c-3", "done", 1),
        ("c-4", "failed", 1),
    ];
    for (command, (id, outcome, events)) in commands.iter().zip(wanted) {
        client.send_raw(&command.to_string()).await?;
        for _ in 0..events {
            let frame = client.next().await?;
            assert_ne!(event_of(&frame)["type"], "CommandResult", "{frame}");
            assert!(
                frame["id"].as_str().is_some_and(|id| id.contains(':')),
                "{frame}"
            );
            assert_eq!(frame["origin"], "live");
        }
        let result = client.next().await?;
        assert!(result.get("id").is_none(), "{result}");
        let result = event_of(&result);
        assert_eq!(result["type"], "CommandResult");
        assert_eq!(result["commandId"], id);
        assert_eq!(result["agentId"], "41027");
        assert_eq!(result["outcome"], outcome, "{result}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_command_id_is_answered_again_and_not_executed_again() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    layla.client.drain();
    let command = json!({"command": "MakeCall", "agentId": "41027", "params": {"number": "6133"}, "commandId": "once"});
    for _ in 0..2 {
        layla.client.send_raw(&command.to_string()).await?;
        let result = layla
            .client
            .next_of(|event| {
                event_of(event)["commandId"] == "once" && event_of(event)["type"] == "CommandResult"
            })
            .await?;
        assert_eq!(event_of(&result)["outcome"], "done");
    }
    assert_eq!(world.calls_placed(), 1);
    Ok(())
}
