//! Error codes that no flow comes by: Finesse's own words, and a Finesse that cannot be reached.

use std::time::Duration;

use anyhow::{Context, Result};
use gc_server::config::Transport as Link;
use gc_testkit::{Actor, Names, Transport, World};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Constants that Finesse puts into the message of a fault; they reach the client as they are.
const CONSTANTS: &[&str] = &[
    "CF_INVALID_CALLED_DEVICE",
    "CF_INVALID_CALLING_DEVICE",
    "CF_INVALID_CONNECTION_ID_FOR_ACTIVE_CALL",
    "CF_INVALID_CONSULT_TYPE",
    "CF_AGENT_ACCOUNT_LOCKED_OUT",
    "CF_INVALID_CSTA_DEVICE_IDENTIFIER",
    "CF_RESOURCE_BUSY",
    "CF_GENERIC_UNSPECIFIED_REJECTION",
    "CF_INVALID_OBJECT_STATE",
    "CF_GENERIC_SYSTEM_RESOURCE_AVAILABILITY",
    "CF_GENERIC_OPERATION",
    "E_CTI_INVALID_CALLID",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_constant_of_finesse_reaches_the_client_as_it_is() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    for code in CONSTANTS {
        let body = format!(
            "<ApiErrors><ApiError><ErrorType>Generic Error</ErrorType><ErrorData></ErrorData>\
             <ErrorMessage>{code}</ErrorMessage></ApiError></ApiErrors>"
        );
        world.fault(json!({
            "where": "rest", "match": {"agentId": "41027", "method": "POST"},
            "effect": {"status": 400, "body": body}, "times": 1,
        }))?;
        layla.send("MakeCall", "6133").await?;
        layla
            .expect(&mut names, &[&format!("Error {code}")], &[])
            .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_refused_or_missing_is_told_so() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut nadia = Actor::logged_in(&world, Transport::WebSocketV1, Actor::NADIA).await?;
    for (status, code) in [(404, "NOT_FOUND"), (403, "AUTHORIZATION_FAILURE")] {
        world.fault(json!({
            "where": "rest", "match": {"agentId": "41900", "method": "GET", "path": "Team/"},
            "effect": {"status": status}, "times": 1,
        }))?;
        nadia.send("getteamusers", "5107").await?;
        nadia
            .expect(&mut names, &[&format!("Error {code}")], &[])
            .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_agent_more_than_licensed_is_refused() -> Result<()> {
    let world = World::with(|_| {}, |gateway| gateway.session.max_sessions = 1).await?;
    let _layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let mut omar = Actor::open(&world, Transport::WebSocketV1, Actor::OMAR).await?;
    omar.connect().await?;
    omar.expect(&mut Names::default(), &["Error LICENSES_EXCEEDED"], &[])
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_licence_below_what_is_in_use_ends_nobodys_work_and_refuses_the_next() -> Result<()> {
    let world = World::start().await?;
    let way = Transport::WebSocketV1;
    let (mut layla, mut omar) = (
        Actor::logged_in(&world, way, Actor::LAYLA).await?,
        Actor::logged_in(&world, way, Actor::OMAR).await?,
    );
    let mut nadia = Actor::open(&world, way, Actor::NADIA).await?;
    let mut names = Names::default();
    let licensed =
        |max_sessions| world.reload(|gateway| gateway.session.max_sessions = max_sessions);
    licensed(1)?;
    nadia.connect().await?;
    nadia
        .expect(&mut names, &["Error LICENSES_EXCEEDED"], &[])
        .await?;
    omar.log_out(&mut names).await?;
    nadia.connect().await?;
    nadia
        .expect(&mut names, &["Error LICENSES_EXCEEDED"], &[])
        .await?;
    layla.send("MakeReady", "null").await?;
    layla.expect(&mut names, &["State READY"], &[]).await?;
    licensed(2)?;
    nadia.connect().await?;
    nadia.expect(&mut names, &["ConnectStatus"], &[]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_password_without_a_link_is_told_apart_from_a_wrong_one() -> Result<()> {
    let nobody = free_port().await?;
    let world = World::with(
        |_| {},
        |gateway| {
            for node in &mut gateway.finesse.nodes {
                node.transport = Link::Tcp;
                node.xmpp_port = nobody;
            }
        },
    )
    .await?;
    let mut layla = Actor::open(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    layla.connect().await?;
    layla
        .expect(
            &mut Names::default(),
            &["Error UNABLE_TO_SUBSCRIBE_TO_FINESSE"],
            &[],
        )
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finesse_that_takes_no_connection_is_down() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let way_in = listener.local_addr()?;
    let mut open = None;
    let world = World::with(
        |_| {},
        |gateway| {
            gateway.finesse.nodes.truncate(1);
            // Nobody asks in between whether the way is still open.
            gateway.finesse.health_interval = Duration::from_secs(3600);
            let node = &mut gateway.finesse.nodes[0];
            open = Some(tokio::spawn(pass_on(listener, node.https_port)));
            node.https_port = way_in.port();
            node.transport = Link::Tcp;
        },
    )
    .await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let open = open.context("the only node")?;
    open.abort();
    assert!(open.await.is_err_and(|end| end.is_cancelled()));
    // A connection kept open may end under the first requests: then nobody knows whether Finesse has them.
    for _ in 0..10 {
        layla.send("MakeReady", "null").await?;
        let error = layla
            .client
            .next_of(|event| event["type"] == "Error")
            .await?;
        match error["errorType"].as_str() {
            Some("DOWN") => return Ok(()),
            _ => assert_eq!(error["errorType"], "NOT_REACHABLE", "{error}"),
        }
    }
    anyhow::bail!("it was never told that Finesse is down")
}

/// A way to a port of this machine, open as long as this runs.
async fn pass_on(listener: TcpListener, port: u16) {
    let mut connections = JoinSet::new();
    while let Ok((mut from, _)) = listener.accept().await {
        connections.spawn(async move {
            let mut to = TcpStream::connect(("127.0.0.1", port)).await?;
            tokio::io::copy_bidirectional(&mut from, &mut to).await
        });
    }
}

/// A port on which nobody listens.
async fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port())
}
