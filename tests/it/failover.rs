//! Nodes that fail, seen by clients over sockets (faults F18 to F25 of the reliability table).

mod silent;

use std::time::Duration;

use anyhow::{Context, Result};
use finesse_sim::{OnDisconnect, Site};
use gc_testkit::client::{Client, event_of};
use gc_testkit::{Actor, Names, Transport, World};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

/// Agents of the whole floor, and how many of them log in at once.
const AGENTS: usize = 100;
const AT_ONCE: usize = 8;

/// Waits for `System` without an agent: what every client is told.
async fn system(client: &mut Client, status: &str) -> Result<Value> {
    client
        .next_of(|event| {
            event["type"] == "System" && event["agentId"].is_null() && event["status"] == status
        })
        .await
}

async fn state(client: &mut Client, agent: &str, state: &str) -> Result<Value> {
    client
        .next_of(|event| {
            event["type"] == "State" && event["agentId"] == agent && event["state"] == state
        })
        .await
}

fn is_node_change(event: &Value) -> bool {
    let message = event["message"].as_str().unwrap_or_default();
    event["type"] == "status" && message.starts_with("node changed")
}

/// What was told as happening, of some types and not asked for.
fn told(client: &mut Client, types: &[&str]) -> Vec<Value> {
    let mut all = client.drain();
    all.retain(|frame| types.contains(&event_of(frame)["type"].as_str().unwrap_or_default()));
    all
}

/// F21.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_begun_on_a_node_that_is_killed_goes_on_and_ends_through_the_other() -> Result<()> {
    let world = World::failing_over().await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let call = layla.take_call(&world, &mut names).await?;
    world.kill("a").await;
    system(&mut layla.client, "OUT_OF_SERVICE").await?;
    layla.client.next_of(is_node_change).await?;
    system(&mut layla.client, "IN_SERVICE").await?;
    assert_eq!(
        told(&mut layla.client, &["State", "InboundCall"]),
        Vec::<Value>::new()
    );
    assert_eq!((world.links_at("a"), world.links_at("b")), (0, 1));
    layla.send("ReleaseCall", &call).await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &["InboundCall A DROPPED PREROUTE_ACD_IN 2"],
        )
        .await?;
    assert_eq!(world.calls_placed(), 0);
    let counts = world.sign_ins_of("41027");
    assert_eq!(
        (counts.logins, counts.on_both_nodes, counts.refused),
        (2, 0, 0)
    );
    Ok(())
}

/// F21: no way back by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_stay_where_they_went_and_newcomers_go_to_the_first_node_again() -> Result<()> {
    let world = World::failing_over().await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    world.kill("a").await;
    system(&mut layla.client, "OUT_OF_SERVICE").await?;
    layla.client.next_of(is_node_change).await?;
    system(&mut layla.client, "IN_SERVICE").await?;
    world.revive("a").await?;
    loop {
        // The next one who connects goes there, once the gateway has seen it.
        let mut omar = Actor::logged_in(&world, Transport::WebSocketV2, Actor::OMAR).await?;
        if world.links_at("a") == 1 {
            break;
        }
        omar.log_out(&mut Names::default()).await?;
    }
    assert_eq!(world.links_at("b"), 1);
    let mut news = told(&mut layla.client, &["System"]);
    news.retain(|frame| event_of(frame)["agentId"].is_null());
    assert_eq!(news, Vec::<Value>::new());
    Ok(())
}

/// F22: the first node signs the agent out when it is back, a minute too late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_forced_logout_is_told_and_undone_once() -> Result<()> {
    let world = World::with(
        |site| {
            site.settings.presence_grace = Duration::from_millis(1);
            site.settings.on_disconnect = OnDisconnect::Logout;
        },
        |gateway| gateway.finesse.failover_after = Duration::from_millis(300),
    )
    .await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    world.service("a", "OUT_OF_SERVICE")?;
    layla.client.next_of(is_node_change).await?;
    system(&mut layla.client, "IN_SERVICE").await?;
    world.service("a", "IN_SERVICE")?;
    let out = state(&mut layla.client, "41027", "LOGOUT").await?;
    assert_eq!(event_of(&out)["reasonCode"], "255");
    state(&mut layla.client, "41027", "NOT_READY").await?;
    let counts = world.sign_ins_of("41027");
    assert_eq!((counts.logins, counts.on_both_nodes), (3, 0));
    layla.send("MakeReady", "null").await?;
    state_after_busy(&mut layla).await
}

/// A command in the midst of a sign-in is told to be sent again.
async fn state_after_busy(layla: &mut Actor) -> Result<()> {
    loop {
        let told = layla
            .client
            .next_of(|event| matches!(event["type"].as_str(), Some("State" | "Error")))
            .await?;
        match event_of(&told)["type"].as_str() {
            Some("State") => break assert_eq!(event_of(&told)["state"], "READY"),
            _ => assert_eq!(event_of(&told)["errorType"], "PLEASE_RETRY", "{told}"),
        }
        layla.send("MakeReady", "null").await?;
    }
    Ok(())
}

/// F23.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_both_nodes_dead_clients_are_told_once_and_all_is_well_when_either_is_back()
-> Result<()> {
    for back in ["a", "b"] {
        let world = World::failing_over().await?;
        let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
        world.kill("a").await;
        world.kill("b").await;
        system(&mut layla.client, "OUT_OF_SERVICE").await?;
        layla.send("MakeNotReady", "null").await?;
        let refused = layla
            .client
            .next_of(|event| event["type"] == "Error")
            .await?;
        assert_eq!(event_of(&refused)["errorType"], "PLEASE_RETRY");
        world.revive(back).await?;
        system(&mut layla.client, "IN_SERVICE").await?;
        let is_up = |event: &Value| event["type"] == "System" && event["status"] == "IN_SERVICE";
        if layla.client.has(|event| {
            event["type"] == "System"
                && !event["agentId"].is_null()
                && event["status"] == "OUT_OF_SERVICE"
        }) {
            layla.client.next_of(is_up).await?;
        }
        ready_again(&mut layla).await?;
        assert_eq!(world.links_at(back), 1);
        let clients_were_told = told(&mut layla.client, &["System"]);
        let of_all = clients_were_told
            .iter()
            .filter(|frame| event_of(frame)["agentId"].is_null());
        assert_eq!(of_all.count(), 0, "{clients_were_told:?}");
        let counts = world.sign_ins_of("41027");
        assert_eq!((counts.on_both_nodes, counts.refused), (0, 0));
    }
    Ok(())
}

async fn ready_again(layla: &mut Actor) -> Result<()> {
    layla.send("MakeReady", "null").await?;
    state_after_busy(layla).await
}

/// F18: a node that only stumbles.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_back_in_time_keeps_its_agents() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    for _ in 0..3 {
        world.service("a", "OUT_OF_SERVICE")?;
        system(&mut layla.client, "OUT_OF_SERVICE").await?;
        world.service("a", "IN_SERVICE")?;
        system(&mut layla.client, "IN_SERVICE").await?;
    }
    assert_eq!(world.links_of("41027"), 1);
    assert_eq!(world.sign_ins_of("41027").logins, 1);
    assert!(!layla.client.has(is_node_change));
    ready_again(&mut layla).await
}

/// F20.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cti_failover_costs_ready_and_nothing_else() -> Result<()> {
    let world = World::failing_over().await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    world.cti_failover(Duration::from_millis(900));
    system(&mut layla.client, "OUT_OF_SERVICE").await?;
    system(&mut layla.client, "IN_SERVICE").await?;
    let lost = state(&mut layla.client, "41027", "NOT_READY").await?;
    assert_eq!(event_of(&lost)["label"], "Connection Failure");
    assert_eq!(
        told(&mut layla.client, &["State", "System", "status"]),
        Vec::<Value>::new()
    );
    let counts = world.sign_ins_of("41027");
    assert_eq!((counts.xmpp, counts.logins), (1, 1));
    Ok(())
}

/// F20.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ready_comes_back_after_a_cti_failover_where_that_is_configured() -> Result<()> {
    let world = World::with(|_| {}, |gateway| gateway.finesse.restore_ready = true).await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    world.cti_failover(Duration::from_millis(500));
    system(&mut layla.client, "OUT_OF_SERVICE").await?;
    state(&mut layla.client, "41027", "NOT_READY").await?;
    state(&mut layla.client, "41027", "READY").await?;
    Ok(())
}

/// F21: feeds are of each node.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_supervisor_follows_comes_from_the_other_node() -> Result<()> {
    let world = World::failing_over().await?;
    let mut nadia = Actor::logged_in(&world, Transport::WebSocketV2, Actor::NADIA).await?;
    nadia.send("getteamusers", "5107,true").await?;
    nadia
        .client
        .next_of(|event| event["type"] == "Team Agents")
        .await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    state(&mut nadia.client, "41027", "NOT_READY").await?;
    world.kill("a").await;
    nadia.client.next_of(is_node_change).await?;
    layla.client.next_of(is_node_change).await?;
    world
        .until_topics_of("41900", &["/finesse/api/Team/5107/Users"])
        .await?;
    ready_again(&mut layla).await?;
    let told = state(&mut nadia.client, "41027", "READY").await?;
    assert_eq!(event_of(&told)["supervisorId"], "41900");
    Ok(())
}

/// F11, F21: the call was placed, and its node died before it could say so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_node_dies_over_it_is_not_placed_again() -> Result<()> {
    let world = World::failing_over().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    world.fault(json!({
        "where": "rest", "match": {"agentId": "41027", "method": "POST"},
        "effect": {"delayMs": 60_000}, "times": 1,
    }))?;
    world.fault(json!({
        "where": "xmpp", "match": {"agentId": "41027", "path": "/finesse/api/User/41027/Dialogs"},
        "effect": {"drop": "before"}, "times": 100,
    }))?;
    layla.send("MakeCall", "6133").await?;
    while world.calls_placed() == 0 {
        tokio::task::yield_now().await;
    }
    world.kill("a").await;
    world.simulator().clear_faults();
    let result = layla
        .client
        .next_of(|event| event["type"] == "CommandResult" && event["command"] == "MakeCall")
        .await?;
    assert_eq!(event_of(&result)["outcome"], "unknown");
    let found = layla
        .client
        .next_of(|event| event["type"] == "InboundCall")
        .await?;
    assert_eq!(found["origin"], "snapshot");
    layla.client.next_of(is_node_change).await?;
    assert_eq!(world.calls_placed(), 1);
    Ok(())
}

/// F6, F21: a whole floor at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_agents_of_a_node_that_dies_are_at_work_on_the_other_one() -> Result<()> {
    let world = World::with(
        |site| site.site = Site::with_agents(AGENTS),
        |gateway| gateway.finesse.failover_after = Duration::from_millis(300),
    )
    .await?;
    let mut floor = Client::open(world.gateway(), Transport::WebSocketV2, "floor").await?;
    let agents: Vec<String> = (1..=AGENTS).map(|at| (100_000 + at).to_string()).collect();
    for (first, some) in agents.chunks(AT_ONCE).enumerate() {
        log_in(&mut floor, some, first * AT_ONCE).await?;
    }
    assert_eq!(world.links_at("a"), AGENTS);
    world.kill("a").await;
    for agent in &agents {
        floor
            .next_of(|event| is_node_change(event) && event["agentId"] == *agent)
            .await
            .with_context(|| format!("{agent} has not come: {:?}", world.sign_ins_of(agent)))?;
    }
    assert_eq!(world.links_at("b"), AGENTS);
    for agent in &agents {
        let counts = world.sign_ins_of(agent);
        assert_eq!(
            (counts.logins, counts.on_both_nodes, counts.refused),
            (2, 0, 0)
        );
    }
    let mut all = told(&mut floor, &["System"]);
    all.retain(|frame| event_of(frame)["agentId"].is_null());
    let statuses: Vec<&Value> = all.iter().map(|frame| &event_of(frame)["status"]).collect();
    assert_eq!(statuses, ["OUT_OF_SERVICE", "IN_SERVICE"]);
    Ok(())
}

/// Logs some agents in and waits for them: the commands of a client are limited, and so is the time that a login may
/// take, in which a loaded machine does not sign in everybody at once.
async fn log_in(floor: &mut Client, agents: &[String], before: usize) -> Result<()> {
    for (at, agent) in agents.iter().enumerate() {
        let extension = 200_001 + before + at;
        floor
            .send(&format!("Login#{agent}"), &format!("c4nary,{extension}"))
            .await?;
    }
    for agent in agents {
        floor
            .next_of(|event| event["type"] == "DialogState" && event["agentId"] == *agent)
            .await
            .with_context(|| format!("{agent} is not logged in"))?;
    }
    Ok(())
}
