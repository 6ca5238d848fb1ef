//! By which transport notifications come, at each release and with each transport switched off.

use anyhow::Result;
use finesse_sim::{Product, Profile, Release, SimConfig};
use gc_testkit::client::{PATIENCE, request};
use gc_testkit::{Actor, Names, Transport, World};
use hyper::Method;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_release_is_reached_by_the_newest_transport_it_has() -> Result<()> {
    for (release, transport, failed_before) in [
        (Release::V11_6, "tcp", 2),
        (Release::V12_5, "websocket-7443", 1),
        (Release::V12_6, "websocket", 0),
        (Release::V15_0, "websocket", 0),
    ] {
        let node =
            served_by(|site| *site = site.clone().profile(Profile::new(Product::Ucce, release)))
                .await?;
        assert_eq!(node["transport"], transport, "{release:?}");
        let reason = node["transportReason"].as_str().unwrap_or_default();
        let refusals = reason.matches(": the server refused the WebSocket with 404; ");
        assert_eq!(refusals.count(), failed_before, "{reason}");
        assert!(reason.ends_with(" answers"), "{reason}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transport_that_is_not_served_is_passed_over() -> Result<()> {
    let node = served_by(|site| site.transports.websocket = false).await?;
    assert_eq!(node["transport"], "tcp");
    let node = served_by(|site| site.transports.tcp = false).await?;
    assert_eq!(node["transport"], "websocket");
    Ok(())
}

/// Has an agent work at such a site, lose the link and get it back; gives the node as readiness shows it.
async fn served_by(site: impl FnOnce(&mut SimConfig)) -> Result<Value> {
    let world = World::with(site, |_| {}).await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    assert_eq!(world.drop_link("41027").await, 1);
    until_signed_in_twice(&world).await?;
    layla.send("MakeNotReady", "null").await?;
    layla.expect(&mut names, &["State NOT_READY"], &[]).await?;
    let readiness = request(world.admin(), Method::GET, "/readyz", String::new()).await?;
    let readiness: Value = serde_json::from_str(&readiness.body)?;
    Ok(readiness["nodes"][0].clone())
}

async fn until_signed_in_twice(world: &World) -> Result<()> {
    let signed_in = async {
        while world.links_of("41027") < 2 {
            tokio::task::yield_now().await;
        }
    };
    Ok(tokio::time::timeout(PATIENCE, signed_in).await?)
}
