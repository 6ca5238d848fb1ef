//! Who owns an agent: connect, takeover, wrong passwords, leaving.

use anyhow::Result;
use gc_testkit::client::{PATIENCE, connect_websocket, event_of};
use gc_testkit::{Actor, Client, Names, Transport, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_password_is_tried_once_and_never_repeated() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::open(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    layla.send("Connect", "desk-41027,wrong").await?;
    let error = layla
        .client
        .next_of(|event| event_of(event)["type"] == "Error")
        .await?;
    let error = event_of(&error);
    assert_eq!(error["errorType"], "SUBSCRIPTION_FAILED");
    assert_eq!(error["errorMessage"], "Invalid Credentials");
    let result = layla
        .client
        .next_of(|event| event_of(event)["type"] == "CommandResult")
        .await?;
    assert_eq!(event_of(&result)["outcome"], "failed");
    assert_eq!(world.failed_sign_ins("41027"), 1);
    layla.connect().await?;
    layla
        .expect(&mut Names::default(), &["ConnectStatus"], &[])
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_password_from_another_destination_takes_the_agent_over() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut first = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let mut second = Client::open(world.gateway(), Transport::WebSocketV2, "other-desk").await?;
    second.send("Connect#41027", "other-desk,c4nary").await?;
    first
        .expect(
            &mut names,
            &["State LOGOUT", "Error SESSION_INVALIDATED"],
            &[],
        )
        .await?;
    for wanted in ["ConnectStatus", "AgentInfo", "State", "DialogState"] {
        let event = second
            .next_of(|event| event_of(event)["type"] != "CommandResult")
            .await?;
        assert_eq!(event_of(&event)["type"], wanted);
    }
    second.send("MakeNotReady#41027", "null").await?;
    second
        .next_of(|event| event_of(event)["state"] == "NOT_READY")
        .await?;
    first.client.send("Hello#desk-41027", "null").await?;
    let next = first.client.next().await?;
    assert_eq!(
        next["type"], "System",
        "nothing may follow SESSION_INVALIDATED: {next}"
    );
    assert_eq!(world.links_of("41027"), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn takeover_with_a_wrong_password_is_noticed_by_nobody_else() -> Result<()> {
    let world = World::start().await?;
    let mut first = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let mut second = Client::open(world.gateway(), Transport::WebSocketV1, "other-desk").await?;
    second.send("Connect#41027", "other-desk,guess").await?;
    let error = second.next_of(|event| event["type"] == "Error").await?;
    assert_eq!(error["errorType"], "SUBSCRIPTION_FAILED");
    first.send("MakeNotReady", "null").await?;
    first
        .expect(&mut Names::default(), &["State NOT_READY"], &[])
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_clients_agent_cannot_be_commanded() -> Result<()> {
    let world = World::start().await?;
    let _layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let mut stranger = Client::open(world.gateway(), Transport::WebSocketV1, "stranger").await?;
    stranger.send("MakeNotReady#41027", "null").await?;
    let error = stranger.next_of(|event| event["type"] == "Error").await?;
    assert_eq!(error["errorType"], "INVALID_SUPERVISOR");
    let mut caller = Client::open(world.gateway(), Transport::Rest, "caller").await?;
    let answer = caller
        .try_send("MakeNotReady#41027", "null")
        .await?
        .map(|answer| answer.status);
    assert_eq!(answer, Some(403));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn login_does_the_connect_itself() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::open(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    layla.login().await?;
    let mut names = Names::default();
    layla
        .expect(
            &mut names,
            &["State NOT_READY", "AgentInfo", "DialogState NOT_FOUND"],
            &[],
        )
        .await?;
    layla.log_out(&mut names).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn login_with_another_password_leaves_the_session_alone() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    layla.send("Login", "wrong,6127").await?;
    layla
        .expect(&mut names, &["Error CF_INVALID_PASSWORD_SPECIFIED"], &[])
        .await?;
    layla.send("MakeReady", "null").await?;
    layla.expect(&mut names, &["State READY"], &[]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_extension_is_told_with_finesses_code() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::open(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    layla.connect().await?;
    layla.expect(&mut names, &["ConnectStatus"], &[]).await?;
    layla.send("Login", "c4nary,1").await?;
    layla
        .expect(
            &mut names,
            &["Error CF_INVALID_LOGON_DEVICE_SPECIFIED"],
            &[],
        )
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn force_logout_closes_the_link_at_once() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    layla.send("force_logout", "null").await?;
    layla.expect(&mut names, &["State LOGOUT"], &[]).await?;
    layla.send("MakeReady", "null").await?;
    layla
        .expect(&mut names, &["Error SUBSCRIPTION_FAILED"], &[])
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refresh_tells_everything_again() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    layla.take_call(&world, &mut names).await?;
    layla.send("refresh", "null").await?;
    layla
        .expect(
            &mut names,
            &["AgentInfo", "State TALKING", "DialogState ACTIVE"],
            &["InboundCall A ACTIVE PREROUTE_ACD_IN 2"],
        )
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_link_comes_back_and_nothing_is_missed() -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    world.drop_link("41027").await;
    let dialog = world.call("03005550142", "7800").await?;
    layla
        .client
        .next_of(|event| {
            event_of(event)["type"] == "NewInboundCall"
                && event_of(event)["dialogId"] == dialog.as_str()
        })
        .await?;
    layla.send("AnswerCall", &dialog).await?;
    layla
        .client
        .next_of(|event| {
            event_of(event)["type"] == "InboundCall" && event_of(event)["state"] == "ACTIVE"
        })
        .await?;
    names.of(&dialog);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_named_no_destination_gets_its_agents_events() -> Result<()> {
    let world = World::start().await?;
    let (sender, mut events) = tokio::sync::mpsc::channel(64);
    let mut socket = connect_websocket(world.gateway(), "", "gc.v1", sender).await?;
    socket.send("Connect#41027\nwhatever,c4nary").await?;
    let event = tokio::time::timeout(PATIENCE, events.recv()).await?;
    assert_eq!(
        event.map(|event| event["type"].clone()),
        Some("ConnectStatus".into())
    );
    Ok(())
}
