//! 5.5 consult and transfer, 5.6 consult and conference.

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};

use super::over_every_transport;

over_every_transport!(transferred, conferenced);

/// Layla talks to the customer, holds the call and consults Omar, who answers.
async fn consulting(
    world: &World,
    transport: Transport,
    names: &mut Names,
) -> Result<(Actor, Actor)> {
    let mut layla = Actor::ready(world, transport, Actor::LAYLA).await?;
    let dialog = layla.take_call(world, names).await?;
    let mut omar = Actor::logged_in(world, transport, Actor::OMAR).await?;
    layla
        .send("ConsultCall", &format!("{},{dialog}", omar.extension()))
        .await?;
    layla
        .expect(
            names,
            &[],
            &[
                "InboundCall A HELD PREROUTE_ACD_IN 2",
                "ConsultCall B INITIATING CONSULT 1 <- A",
                "ConsultCall B INITIATED CONSULT 1 <- A",
                "ConsultCall B INITIATED CONSULT 2 <- A",
                // TRANSFER is allowed from here on.
                "InboundCall A HELD PREROUTE_ACD_IN 2",
            ],
        )
        .await?;
    omar.expect(names, &[], &["NewInboundCall B CONSULT <- A"])
        .await?;
    let consult = names.id('B').to_owned();
    omar.send("AnswerCall", &consult).await?;
    omar.expect(
        names,
        &["State TALKING"],
        &["InboundCall B ACTIVE CONSULT 2 <- A"],
    )
    .await?;
    // And CONFERENCE from here on.
    layla
        .expect(
            names,
            &[],
            &[
                "ConsultCall B ACTIVE CONSULT 2 <- A",
                "InboundCall A HELD PREROUTE_ACD_IN 2",
            ],
        )
        .await?;
    Ok((layla, omar))
}

async fn transferred(transport: Transport) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let (mut layla, mut omar) = consulting(&world, transport, &mut names).await?;
    let main = names.id('A').to_owned();
    layla
        .send("TransferCall", &format!("{},{main}", omar.extension()))
        .await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &[
                "InboundCall A DROPPED PREROUTE_ACD_IN 2 <- B",
                "ConsultCall B DROPPED CONSULT 2 <- A",
            ],
        )
        .await?;
    omar.expect(
        &mut names,
        &[],
        &[
            "InboundCall B DROPPED CONSULT 2 <- A",
            "InboundCall A ACTIVE TRANSFER 2 <- B",
        ],
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

async fn conferenced(transport: Transport) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let (mut layla, mut omar) = consulting(&world, transport, &mut names).await?;
    let main = names.id('A').to_owned();
    layla
        .send("ConferenceCall", &format!("{},{main}", omar.extension()))
        .await?;
    layla
        .expect(
            &mut names,
            &[],
            &[
                "ConsultCall B DROPPED CONSULT 2 <- A",
                "InboundCall A ACTIVE CONFERENCE 3 <- B",
            ],
        )
        .await?;
    omar.expect(
        &mut names,
        &[],
        &[
            "InboundCall B DROPPED CONSULT 2 <- A",
            "InboundCall A ACTIVE CONFERENCE 3 <- B",
        ],
    )
    .await?;
    layla.send("ReleaseCall", &main).await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &["InboundCall A DROPPED CONFERENCE 3 <- B"],
        )
        .await?;
    omar.expect(
        &mut names,
        &[],
        &[
            "InboundCall A ACTIVE CONFERENCE 3 <- B",
            "InboundCall A ACTIVE CONFERENCE 2 <- B",
        ],
    )
    .await?;
    omar.send("ReleaseCall", &main).await?;
    omar.expect(
        &mut names,
        &["State NOT_READY"],
        &["InboundCall A DROPPED CONFERENCE 2 <- B"],
    )
    .await?;
    omar.log_out(&mut names).await?;
    layla.finish(&mut names).await
}
