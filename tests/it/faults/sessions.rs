//! Owners that are stuck, other desktops, credentials that change.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use finesse_client::{
    Cluster, ClusterConfig, Credential, LinkConfig, LinkEvent, LinkReport, LinkSpec, NodeConfig,
    TlsConfig,
};
use finesse_sim::AuthMode;
use gc_testkit::client::{PATIENCE, connect_websocket, post_command};
use gc_testkit::{Actor, Client, Names, Transport, World};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{sessions, state_at_finesse, until, until_link};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_that_does_not_read_holds_up_no_takeover() -> Result<()> {
    let world = World::start().await?;
    // One event fits, and nobody takes it.
    let (stuck, _events) = mpsc::channel(1);
    let mut socket = connect_websocket(world.gateway(), "desk-41027", "gc.v1", stuck).await?;
    socket.send("Login#41027\nc4nary,6127").await?;
    until("she is signed in", || async {
        Ok(state_at_finesse(&world, "41027") == "NOT_READY")
    })
    .await?;
    until_link(&world, "41027", "up").await?;
    for _ in 0..50 {
        socket.send("refresh#41027\nnull").await?;
    }
    takes_over(&world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_whose_callback_is_silent_holds_up_no_takeover() -> Result<()> {
    let world = World::start().await?;
    let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    let envelope = json!({"data": {
        "type": "Login#41027", "body": "c4nary,6127", "sessionUrl": "s-1",
        "callbackFqdn": format!("http://{}", silent.local_addr()?), "callbackEndpoint": "/",
    }});
    post_command(world.gateway(), &hello(&envelope)).await?;
    let answer = post_command(world.gateway(), &envelope).await?;
    assert_eq!(answer.status, 202, "{}", answer.body);
    until_link(&world, "41027", "up").await?;
    takes_over(&world).await
}

fn hello(envelope: &Value) -> Value {
    let mut hello = envelope.clone();
    hello["data"]["type"] = "Hello#desk-41027".into();
    hello["data"]["body"] = "null".into();
    hello
}

/// Another client takes Layla over in good time, and works.
async fn takes_over(world: &World) -> Result<()> {
    let mut second = Client::open(world.gateway(), Transport::WebSocketV2, "other-desk").await?;
    let begun = Instant::now();
    second.send("Connect#41027", "other-desk,c4nary").await?;
    second
        .next_of(|event| event["command"] == "Connect" && event["outcome"] == "done")
        .await?;
    assert!(begun.elapsed() < Duration::from_secs(5));
    second.send("MakeReady#41027", "null").await?;
    second.next_of(|event| event["state"] == "READY").await?;
    let sessions = sessions(world).await?;
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0]["destination"], "other-desk");
    assert_eq!(world.links_of("41027"), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ciscos_desktop_beside_us_hears_the_same_and_leaves_without_signing_anybody_out()
-> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let (desktop, mut heard) = desktop(&world)?;
    next(&mut heard, |event| *event == LinkEvent::Up).await?;
    layla.send("MakeReady", "null").await?;
    layla
        .expect(&mut Names::default(), &["State READY"], &[])
        .await?;
    next(&mut heard, |event| {
        matches!(event, LinkEvent::Notification(_))
    })
    .await?;
    desktop.close();
    while heard.recv().await.is_some() {}
    // The desktop says unavailable before it goes.
    layla.send("GetState", "null").await?;
    layla
        .expect(
            &mut Names::default(),
            &["State READY", "DialogState NOT_FOUND"],
            &[],
        )
        .await?;
    assert_eq!(state_at_finesse(&world, "41027"), "READY");
    layla.finish(&mut Names::default()).await
}

/// Layla's link as Cisco's desktop would have it.
fn desktop(world: &World) -> Result<(finesse_client::LinkHandle, mpsc::Receiver<LinkReport>)> {
    let node = &world.simulator().nodes()[0];
    let cluster = Cluster::new(ClusterConfig {
        nodes: vec![NodeConfig {
            address: Some(node.https.ip().to_string()),
            https_port: node.https.port(),
            legacy_websocket_port: node.legacy.port(),
            xmpp_port: node.xmpp.port(),
            ..NodeConfig::new("a", node.host.clone())
        }],
        tls: TlsConfig {
            ca_pem: vec![world.simulator().ca_pem()],
            system_roots: false,
            ..TlsConfig::default()
        },
        link: LinkConfig {
            resource: "desktop".to_owned(),
            ..LinkConfig::default()
        },
        ..ClusterConfig::default()
    })?;
    let (reports, heard) = mpsc::channel(64);
    let spec = LinkSpec {
        agent: "41027".to_owned(),
        user: "41027".to_owned(),
        epoch: 1,
        node: 0,
        credential: Credential::basic("41027", "c4nary"),
    };
    let (handle, work) = cluster.link(spec, reports);
    tokio::spawn(work);
    Ok((handle, heard))
}

async fn next(
    heard: &mut mpsc::Receiver<LinkReport>,
    wanted: impl Fn(&LinkEvent) -> bool,
) -> Result<()> {
    let come = async {
        while let Some(report) = heard.recv().await {
            if wanted(&report.event) {
                return Ok(());
            }
        }
        anyhow::bail!("the link has ended")
    };
    tokio::time::timeout(PATIENCE, come)
        .await
        .context("nothing heard")?
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_changes_in_mid_session_is_tried_once_and_never_locks_the_account()
-> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    assert!(world.simulator().change_password("41027", "changed"));
    // The session lives until Finesse asks for the password again.
    assert_eq!(world.failed_sign_ins("41027"), 0);
    world.drop_link("41027").await;
    let refused = layla
        .client
        .next_of(|event| event["type"] == "Error")
        .await?;
    assert_eq!(refused["event"]["errorType"], "SUBSCRIPTION_FAILED");
    for _ in 0..10 {
        layla.send("MakeReady", "null").await?;
        let ended = layla
            .client
            .next_of(|event| event["command"] == "MakeReady" && event["type"] == "CommandResult")
            .await?;
        assert_eq!(ended["event"]["outcome"], "failed");
    }
    assert_eq!(world.failed_sign_ins("41027"), 1);
    assert_eq!(state_at_finesse(&world, "41027"), "NOT_READY");
    layla
        .client
        .send("Connect#41027", "desk-41027,changed")
        .await?;
    layla
        .client
        .next_of(|event| event["command"] == "Connect" && event["outcome"] == "done")
        .await?;
    layla.send("MakeReady", "null").await?;
    layla
        .client
        .next_of(|event| event["state"] == "READY")
        .await?;
    assert_eq!(world.failed_sign_ins("41027"), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_revoked_signs_nobody_out_and_a_new_one_puts_it_right() -> Result<()> {
    let world = World::with(
        |site| *site = site.clone().signing_on(AuthMode::Hybrid, &["41027"]),
        |_| {},
    )
    .await?;
    let mut desk = Client::open(world.gateway(), Transport::WebSocketV2, "desk-1").await?;
    let token = world.token("41027", Duration::from_secs(3600))?;
    done(&mut desk, "Connect", &format!("desk-1,{token},SSO")).await?;
    done(&mut desk, "Login", &format!("{token},6127")).await?;
    assert!(world.simulator().revoke_token(&token));
    desk.send("MakeReady#41027", "null").await?;
    let error = desk.next_of(|event| event["type"] == "Error").await?;
    assert_eq!(error["event"]["errorType"], "Unauthorized");
    assert_eq!(state_at_finesse(&world, "41027"), "NOT_READY");
    let refused = world.failed_sign_ins("41027");
    assert!(refused <= 1, "{refused}");
    let token = world.token("41027", Duration::from_secs(3600))?;
    let update = json!({"command": "UpdateToken", "agentId": "41027", "params": {"token": token}});
    desk.send_raw(&update.to_string()).await?;
    desk.next_of(|event| event["command"] == "UpdateToken" && event["outcome"] == "done")
        .await?;
    done(&mut desk, "MakeReady", "null").await?;
    assert_eq!(state_at_finesse(&world, "41027"), "READY");
    assert_eq!(world.failed_sign_ins("41027"), refused);
    assert_eq!(world.links_of("41027"), 1);
    Ok(())
}

async fn done(client: &mut Client, command: &str, body: &str) -> Result<()> {
    client.send(&format!("{command}#41027"), body).await?;
    client
        .next_of(|event| event["command"] == command && event["outcome"] == "done")
        .await?;
    Ok(())
}

/// Finesse refuses to sign out who is READY, and the client does not wait for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ready_agent_who_is_logged_out_by_force_is_signed_out_at_finesse_and_may_come_back()
-> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    layla.send("force_logout", "null").await?;
    layla.expect(&mut names, &["State LOGOUT"], &[]).await?;
    until("Finesse has signed the agent out", || async {
        Ok(state_at_finesse(&world, "41027") == "LOGOUT")
    })
    .await?;
    layla.login().await?;
    layla
        .expect(
            &mut names,
            &["State NOT_READY", "AgentInfo", "DialogState NOT_FOUND"],
            &[],
        )
        .await?;
    Ok(())
}
