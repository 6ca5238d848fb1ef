//! 5.4 hold and retrieve.

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};

use super::over_every_transport;

over_every_transport!(held_and_retrieved);

async fn held_and_retrieved(transport: Transport) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::ready(&world, transport, Actor::LAYLA).await?;
    let dialog = layla.take_call(&world, &mut names).await?;
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
    layla.finish(&mut names).await
}
