//! Clients that were away and come back, by WebSocket and by server-sent events.

mod load;
mod truth;
mod unlucky;

use anyhow::{Context, Result};
use gc_testkit::client::{Feed, Follower, PATIENCE, event_of};
use gc_testkit::{Actor, Names, Transport, World};
use pretty_assertions::assert_eq;
use serde_json::Value;

const DESK: &str = "desk-41027";

/// The kind of an event, and a call's or agent's state.
fn line(frame: &Value) -> String {
    let text = |key: &str| frame["event"][key].as_str().unwrap_or_default();
    let words = [text("type"), text("state")].join(" ");
    format!(
        "{} {}",
        frame["origin"].as_str().unwrap_or_default(),
        words.trim()
    )
}

fn number(frame: &Value) -> Option<u64> {
    number_in(frame["id"].as_str()?)
}

fn number_in(id: &str) -> Option<u64> {
    id.rsplit_once(':')?.1.parse().ok()
}

async fn lines(follower: &mut Follower, count: usize) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for _ in 0..count {
        lines.push(line(&follower.next().await?));
    }
    Ok(lines)
}

/// Reads on until an event has come that fits; gives its id.
async fn id_of(follower: &mut Follower, kind: &str, state: &str) -> Result<String> {
    loop {
        let frame = follower.next().await?;
        let event = event_of(&frame);
        if event["type"] == kind && (state.is_empty() || event["state"] == state) {
            return Ok(frame["id"].as_str().context("no id")?.to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_was_missed_is_told_in_order_to_who_comes_back_in_time() -> Result<()> {
    for feed in Feed::ALL {
        let world = World::start().await?;
        let mut names = Names::default();
        let mut follower = Follower::open(world.gateway(), feed, DESK, None).await?;
        let mut layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
        let last = id_of(&mut follower, "State", "READY").await?;
        drop(follower);
        let dialog = layla.take_call(&world, &mut names).await?;
        let mut back = Follower::open(world.gateway(), feed, DESK, Some(&last)).await?;
        let mut missed = lines(&mut back, 4).await?;
        // The agent's feed and that of the calls are two, and Finesse promises no order between them.
        missed.sort();
        assert_eq!(
            missed,
            [
                "replay InboundCall ACTIVE",
                "replay NewInboundCall",
                "replay State RESERVED",
                "replay State TALKING",
            ]
        );
        world.hang_up(&dialog).await?;
        assert!(line(&back.next().await?).starts_with("live "));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_for_too_long_is_told_of_the_gap_and_of_every_agent_and_call() -> Result<()> {
    for feed in Feed::ALL {
        let world = World::with(|_| {}, |gateway| gateway.replay.events = 3).await?;
        let mut names = Names::default();
        let mut follower = Follower::open(world.gateway(), feed, DESK, None).await?;
        let mut layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
        let last = id_of(&mut follower, "State", "READY").await?;
        drop(follower);
        layla.take_call(&world, &mut names).await?;
        let mut back = Follower::open(world.gateway(), feed, DESK, Some(&last)).await?;
        assert_eq!(
            lines(&mut back, 4).await?,
            [
                "live Gap",
                "snapshot AgentInfo",
                "snapshot State TALKING",
                "snapshot DialogState ACTIVE",
            ]
        );
        let call = back.next().await?;
        assert_eq!(line(&call), "snapshot InboundCall ACTIVE");
        let here = call["id"]
            .as_str()
            .context("the last one says where to resume")?;
        layla.client.send("Hello#desk-41027", "null").await?;
        assert_eq!(line(&back.next().await?), "live System");
        let mut again = Follower::open(world.gateway(), feed, DESK, Some(here)).await?;
        assert_eq!(line(&again.next().await?), "replay System");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_another_destination_or_of_nobody_gives_a_gap_and_tells_nothing_of_others()
-> Result<()> {
    let world = World::start().await?;
    let mut elsewhere = Follower::open(world.gateway(), Feed::Events, "desk-41033", None).await?;
    let _omar = Actor::ready(&world, Transport::WebSocketV1, Actor::OMAR).await?;
    let foreign = id_of(&mut elsewhere, "State", "READY").await?;
    let _layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    for feed in Feed::ALL {
        for id in [
            foreign.as_str(),
            "0197a0c2d6f87d3e9b1f2a3b4c5d6e7f.1:1",
            "nonsense",
        ] {
            let mut back = Follower::open(world.gateway(), feed, DESK, Some(id)).await?;
            assert_eq!(back.next().await?["event"]["type"], "Gap", "{id}");
            for kind in ["AgentInfo", "State", "DialogState"] {
                let frame = back.next().await?;
                assert_eq!(
                    (&frame["event"]["type"], &frame["agentId"]),
                    (&kind.into(), &"41027".into())
                );
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clients_of_one_destination_resume_each_from_its_own_place() -> Result<()> {
    let world = World::start().await?;
    let mut first = Follower::open(world.gateway(), Feed::WebSocket, DESK, None).await?;
    let mut second = Follower::open(world.gateway(), Feed::Events, DESK, None).await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let early = id_of(&mut first, "State", "NOT_READY").await?;
    drop(first);
    layla.send("MakeReady", "null").await?;
    let late = id_of(&mut second, "State", "READY").await?;
    drop(second);
    layla.send("MakeNotReady", "null").await?;
    layla
        .client
        .next_of(|event| event["state"] == "NOT_READY")
        .await?;
    let mut second = Follower::open(world.gateway(), Feed::Events, DESK, Some(&late)).await?;
    assert_eq!(line(&second.next().await?), "replay State NOT_READY");
    let mut first = Follower::open(world.gateway(), Feed::WebSocket, DESK, Some(&early)).await?;
    let mut numbers = Vec::new();
    let last = loop {
        let frame = first.next().await?;
        numbers.extend(number(&frame));
        if line(&frame) == "replay State NOT_READY" {
            break frame;
        }
    };
    let after = number_in(&early).context("no number")? + 1;
    let expected: Vec<u64> = (after..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
    assert!(number(&last) > number_in(&late));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_stays_signed_in_while_its_only_client_is_away() -> Result<()> {
    let world = World::start().await?;
    let layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut follower = Follower::open(world.gateway(), Feed::WebSocket, DESK, Some("x:1")).await?;
    let last = id_of(&mut follower, "DialogState", "").await?;
    drop((layla, follower));
    let dialog = world.call("03005550142", "7800").await?;
    until_reserved(&world).await?;
    let mut back = Follower::open(world.gateway(), Feed::WebSocket, DESK, Some(&last)).await?;
    let ringing = async {
        loop {
            let frame = back.next().await?;
            if frame["event"]["type"] == "NewInboundCall" {
                return anyhow::Ok(frame);
            }
        }
    };
    assert_eq!(ringing.await?["event"]["dialogId"], dialog.as_str());
    assert_eq!(world.links_of("41027"), 1);
    Ok(())
}

async fn until_reserved(world: &World) -> Result<()> {
    let reserved = async {
        while world.calls_placed() == 0 {
            tokio::task::yield_now().await;
        }
    };
    Ok(tokio::time::timeout(PATIENCE, reserved).await?)
}
