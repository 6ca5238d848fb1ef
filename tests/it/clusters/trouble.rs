//! One cluster in trouble: the other's agents work on and hear nothing of it.

use anyhow::Result;
use finesse_sim::{Node, ServiceStatus, SimConfig};
use gc_server::config::{Cluster, Node as FinesseNode};
use gc_testkit::{Actor, Names, Transport, World};
use tokio::net::TcpListener;

use super::{LENA, NORA, OLAF, SOON, Towns, ask, is_system, one_call, readiness, system, watcher};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_out_of_service_is_told_to_its_own_agents_only() -> Result<()> {
    let towns = Towns::start().await?;
    let mut watcher = watcher(&towns.world, "desk-41027").await?;
    let mut layla = Actor::ready(&towns.world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut lena = Actor::ready(&towns.world, Transport::WebSocketV2, LENA).await?;
    watcher.drain();
    lena.client.drain();
    for node in [Node::A, Node::B] {
        towns.berlin.set_service(node, ServiceStatus::OutOfService);
    }
    assert_eq!(system(&mut lena.client).await?.0, "OUT_OF_SERVICE");
    let readiness = towns.until_berlin(false).await?;
    assert_eq!(readiness["ready"], true);
    one_call(&towns.world, &mut layla).await?;
    lena.send("MakeNotReady", "null").await?;
    lena.expect(&mut Names::default(), &["Error PLEASE_RETRY"], &[])
        .await?;
    for node in [Node::A, Node::B] {
        towns.berlin.set_service(node, ServiceStatus::InService);
    }
    assert_eq!(system(&mut lena.client).await?.0, "IN_SERVICE");
    one_call(&towns.world, &mut layla).await?;
    assert!(!watcher.has(is_system), "{:?}", watcher.drain());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_is_gone_leaves_the_other_at_work() -> Result<()> {
    let towns = Towns::start().await?;
    let mut watcher = watcher(&towns.world, "desk-41027").await?;
    let mut layla = Actor::ready(&towns.world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut lena = Actor::ready(&towns.world, Transport::WebSocketV2, LENA).await?;
    watcher.drain();
    lena.client.drain();
    let Towns { world, berlin } = towns;
    berlin.shutdown().await;
    assert_eq!(system(&mut lena.client).await?.0, "OUT_OF_SERVICE");
    for _ in 0..3 {
        one_call(&world, &mut layla).await?;
    }
    let mut omar = Actor::ready(&world, Transport::WebSocketV2, Actor::OMAR).await?;
    omar.finish(&mut Names::default()).await?;
    assert!(!watcher.has(is_system), "{:?}", watcher.drain());
    let readiness = readiness(&world).await?;
    assert_eq!(readiness["ready"], true);
    assert_eq!(
        readiness["degraded"][0],
        "no node of cluster berlin is in service"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_takes_half_a_minute_for_everything_slows_down_nobody_else() -> Result<()> {
    // More commands than Berlin's node takes at once, so that they queue up there.
    let few = |config: &mut gc_server::Config| config.finesse.max_requests = 4;
    let towns = Towns::with(SimConfig::test(), few).await?;
    let mut watcher = watcher(&towns.world, "desk-41027").await?;
    let mut layla = Actor::ready(&towns.world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut berliners = Vec::new();
    for who in [LENA, OLAF, NORA] {
        berliners.push(Actor::logged_in(&towns.world, Transport::WebSocketV2, who).await?);
    }
    watcher.drain();
    towns.slow_down_berlin()?;
    for berliner in &mut berliners {
        for command in [
            "MakeReady",
            "NotReadyReasonCodes",
            "WrapUpReasonCodes",
            "refresh",
        ] {
            berliner.send(command, "null").await?;
        }
    }
    towns.until_berlin(false).await?;
    for _ in 0..3 {
        one_call(&towns.world, &mut layla).await?;
    }
    let omar = Actor::ready(&towns.world, Transport::WebSocketV2, Actor::OMAR);
    let mut omar = tokio::time::timeout(SOON, omar).await??;
    omar.finish(&mut Names::default()).await?;
    assert!(!watcher.has(is_system), "{:?}", watcher.drain());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_answers_nothing_from_the_start_keeps_nobody_out() -> Result<()> {
    // Connections are made, by the machine, and nobody ever reads from them.
    let hole = TcpListener::bind("127.0.0.1:0").await?;
    let port = hole.local_addr()?.port();
    let world = World::with(
        |_| {},
        |config| {
            let node = FinesseNode {
                address: "127.0.0.1".to_owned(),
                https_port: port,
                legacy_websocket_port: port,
                xmpp_port: port,
                ..FinesseNode::new("finesse-z.example.org")
            };
            let cluster = Cluster {
                agents: vec!["42*".to_owned()],
                nodes: vec![node],
                ..Cluster::default()
            };
            config.clusters.insert("hole".to_owned(), cluster);
        },
    )
    .await?;
    let mut lost = watcher(&world, "desk-lost").await?;
    for agent in 0..100 {
        lost.send(&format!("Connect#42{agent:03}"), "desk-lost,c4nary")
            .await?;
    }
    let layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA);
    let mut layla = tokio::time::timeout(SOON, layla).await??;
    one_call(&world, &mut layla).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_of_no_cluster_is_told_so_and_no_finesse_is_asked() -> Result<()> {
    let world = World::with(
        |_| {},
        |config| {
            let nodes = std::mem::take(&mut config.finesse.nodes);
            let cluster = Cluster {
                agents: vec!["410*".to_owned()],
                nodes,
                ..Cluster::default()
            };
            config.clusters.insert("here".to_owned(), cluster);
        },
    )
    .await?;
    let mut desk = watcher(&world, "desk-1").await?;
    let outcome = ask(&mut desk, "Connect#41900", "desk-1,wrong").await?;
    assert_eq!(outcome, "failed USER_NOT_FOUND");
    assert_eq!(world.failed_sign_ins("41900"), 0);
    let outcome = ask(&mut desk, "Connect#41027", "desk-1,c4nary").await?;
    assert_eq!(outcome, "done");
    Ok(())
}
