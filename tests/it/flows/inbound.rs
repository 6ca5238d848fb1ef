//! 5.1 routed inbound, 5.2 ring no answer.

use std::time::Duration;

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};

use super::over_every_transport;

over_every_transport!(
    answered_and_hung_up_by_the_caller,
    released_by_the_agent,
    with_wrap_up,
    rings_without_an_answer
);

async fn answered_and_hung_up_by_the_caller(transport: Transport) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, transport, Actor::LAYLA).await?;
    let dialog = world.call("03005550142", "7800").await?;
    let ringing = layla
        .expect(
            &mut names,
            &["State RESERVED"],
            &["NewInboundCall A PREROUTE_ACD_IN"],
        )
        .await?;
    assert_eq!(names.id('A'), dialog);
    let call = ringing
        .iter()
        .find(|event| event["type"] == "NewInboundCall")
        .cloned()
        .unwrap_or_default();
    assert_eq!(call["fromAddress"], "03005550142");
    assert_eq!(call["queueName"], "");
    layla.send("AnswerCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State TALKING"],
            &["InboundCall A ACTIVE PREROUTE_ACD_IN 2"],
        )
        .await?;
    world.hang_up(&dialog).await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &[
                "InboundCall A ACTIVE PREROUTE_ACD_IN 2",
                "InboundCall A DROPPED PREROUTE_ACD_IN 2",
            ],
        )
        .await?;
    layla.finish(&mut names).await
}

async fn released_by_the_agent(transport: Transport) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, transport, Actor::LAYLA).await?;
    let dialog = world.call("03005550142", "7800").await?;
    layla
        .expect(
            &mut names,
            &["State RESERVED"],
            &["NewInboundCall A PREROUTE_ACD_IN"],
        )
        .await?;
    layla.send("AnswerCall", &dialog).await?;
    let active = layla
        .expect(
            &mut names,
            &["State TALKING"],
            &["InboundCall A ACTIVE PREROUTE_ACD_IN 2"],
        )
        .await?;
    let call = active
        .iter()
        .find(|event| event["type"] == "InboundCall")
        .cloned()
        .unwrap_or_default();
    assert_eq!(call["queueName"], "Retail_Voice");
    layla.send("ReleaseCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &["InboundCall A DROPPED PREROUTE_ACD_IN 2"],
        )
        .await?;
    layla.send("MakeNotReadyWithReason", "14").await?;
    let states = layla
        .expect(&mut names, &["State NOT_READY 14"], &[])
        .await?;
    assert_eq!(
        states
            .iter()
            .find(|event| event["type"] == "State")
            .map(|state| &state["label"]),
        Some(&"Lunch".into())
    );
    layla.log_out(&mut names).await
}

async fn with_wrap_up(transport: Transport) -> Result<()> {
    let world = World::with_wrap_up().await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, transport, Actor::LAYLA).await?;
    let dialog = layla.take_call(&world, &mut names).await?;
    layla.send("ReleaseCall", &dialog).await?;
    // The call is over for the client when wrap-up begins, before the caller is gone.
    layla
        .expect(
            &mut names,
            &["State WORK_READY"],
            &["InboundCall A DROPPED PREROUTE_ACD_IN 2"],
        )
        .await?;
    layla.send("MakeReady", "null").await?;
    layla.expect(&mut names, &["State READY"], &[]).await?;
    layla.finish(&mut names).await
}

async fn rings_without_an_answer(transport: Transport) -> Result<()> {
    let world = World::with(
        |site| site.settings.ring_no_answer = Duration::from_millis(300),
        |_| {},
    )
    .await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, transport, Actor::LAYLA).await?;
    world.call("03005550142", "7800").await?;
    layla
        .expect(
            &mut names,
            &["State RESERVED"],
            &["NewInboundCall A PREROUTE_ACD_IN"],
        )
        .await?;
    layla
        .expect(
            &mut names,
            &["State NOT_READY 32767"],
            &["InboundCall A DROPPED PREROUTE_ACD_IN 2"],
        )
        .await?;
    layla.log_out(&mut names).await
}
