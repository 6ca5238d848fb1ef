//! 5.7 direct transfer, to an agent and to the queue.

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};

use super::over_every_transport;

over_every_transport!(to_an_agent, to_the_queue);

async fn talking(world: &World, transport: Transport, names: &mut Names) -> Result<Actor> {
    let mut layla = Actor::ready(world, transport, Actor::LAYLA).await?;
    layla.take_call(world, names).await?;
    Ok(layla)
}

async fn to_an_agent(transport: Transport) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = talking(&world, transport, &mut names).await?;
    let mut omar = Actor::logged_in(&world, transport, Actor::OMAR).await?;
    let main = names.id('A').to_owned();
    layla
        .send("Transfer_sst", &format!("{},{main}", omar.extension()))
        .await?;
    // The leg that rings is replaced by the call itself; the caller of the leg is no agent.
    omar.expect(
        &mut names,
        &[],
        &[
            "NewInboundCall B PREROUTE_ACD_IN",
            "NewInboundCall A TRANSFER <- B",
            "InboundCall B DROPPED TRANSFER 2",
            "InboundCall A ALERTING TRANSFER 2 <- B",
        ],
    )
    .await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &[
                "InboundCall A HELD PREROUTE_ACD_IN 2",
                "InboundCall A DROPPED PREROUTE_ACD_IN 2 <- B",
            ],
        )
        .await?;
    // An answer to the replaced leg answers the call that took its place.
    let leg = names.id('B').to_owned();
    omar.send("AnswerCall", &leg).await?;
    omar.expect(
        &mut names,
        &["State TALKING"],
        &["InboundCall A ACTIVE TRANSFER 2 <- B"],
    )
    .await?;
    omar.send("ReleaseCall", &main).await?;
    omar.expect(
        &mut names,
        &["State NOT_READY"],
        &["InboundCall A DROPPED TRANSFER 2 <- B"],
    )
    .await?;
    omar.log_out(&mut names).await?;
    layla.finish(&mut names).await
}

async fn to_the_queue(transport: Transport) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = talking(&world, transport, &mut names).await?;
    let mut omar = Actor::ready(&world, transport, Actor::OMAR).await?;
    let main = names.id('A').to_owned();
    layla.send("Transfer_sst", &format!("7800,{main}")).await?;
    omar.expect(
        &mut names,
        &["State RESERVED"],
        &["NewInboundCall B PREROUTE_ACD_IN"],
    )
    .await?;
    let routed = names.id('B').to_owned();
    omar.send("AnswerCall", &routed).await?;
    omar.expect(
        &mut names,
        &["State TALKING"],
        &["InboundCall B ACTIVE PREROUTE_ACD_IN 2"],
    )
    .await?;
    omar.send("ReleaseCall", &routed).await?;
    omar.expect(
        &mut names,
        &["State READY"],
        &["InboundCall B DROPPED PREROUTE_ACD_IN 2"],
    )
    .await?;
    Ok(())
}
