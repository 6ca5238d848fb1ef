//! 5.4 hold and retrieve.

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};

use super::over_every_transport;

over_every_transport!(held_and_retrieved);

async fn held_and_retrieved(transport: Transport) -> Result<()> {
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
    layla
        .expect(
            &mut names,
            &["State TALKING"],
            &["InboundCall A ACTIVE PREROUTE_ACD_IN 2"],
        )
        .await?;
    layla.send("HoldCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State HOLD"],
            &["InboundCall A HELD PREROUTE_ACD_IN 2"],
        )
        .await?;
    layla.send("RetrieveCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State TALKING"],
            &["InboundCall A ACTIVE PREROUTE_ACD_IN 2"],
        )
        .await?;
    layla.send("ReleaseCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &["InboundCall A DROPPED PREROUTE_ACD_IN 2"],
        )
        .await?;
    layla.send("MakeNotReady", "null").await?;
    layla.expect(&mut names, &["State NOT_READY"], &[]).await?;
    layla.log_out(&mut names).await
}
