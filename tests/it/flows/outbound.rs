//! 5.3 manual outbound: to a colleague, busy, to a number nobody has.

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};

use super::over_every_transport;

over_every_transport!(to_a_colleague, to_a_busy_number, to_a_bad_number);

async fn to_a_colleague(transport: Transport) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::logged_in(&world, transport, Actor::LAYLA).await?;
    let mut omar = Actor::logged_in(&world, transport, Actor::OMAR).await?;
    layla.send("MakeCall", omar.extension()).await?;
    layla
        .expect(
            &mut names,
            &["State TALKING"],
            &[
                "InboundCall A INITIATING AGENT_INSIDE 1",
                "InboundCall A INITIATED AGENT_INSIDE 1",
                "InboundCall A INITIATED AGENT_INSIDE 2",
            ],
        )
        .await?;
    omar.expect(&mut names, &[], &["NewInboundCall A AGENT_INSIDE"])
        .await?;
    let dialog = names.id('A').to_owned();
    omar.send("AnswerCall", &dialog).await?;
    omar.expect(
        &mut names,
        &["State TALKING"],
        &["InboundCall A ACTIVE AGENT_INSIDE 2"],
    )
    .await?;
    layla
        .expect(&mut names, &[], &["InboundCall A ACTIVE AGENT_INSIDE 2"])
        .await?;
    layla.send("ReleaseCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State NOT_READY"],
            &["InboundCall A DROPPED AGENT_INSIDE 2"],
        )
        .await?;
    omar.expect(
        &mut names,
        &["State NOT_READY"],
        &["InboundCall A DROPPED AGENT_INSIDE 2"],
    )
    .await?;
    layla.log_out(&mut names).await?;
    omar.log_out(&mut names).await
}

async fn to_a_busy_number(transport: Transport) -> Result<()> {
    fails(transport, "9998", "AGENT_INSIDE", &[]).await
}

async fn to_a_bad_number(transport: Transport) -> Result<()> {
    fails(transport, "9999", "OUT", &["Error BAD_DESTINATION"]).await
}

async fn fails(transport: Transport, number: &str, call_type: &str, errors: &[&str]) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::logged_in(&world, transport, Actor::LAYLA).await?;
    layla.send("MakeCall", number).await?;
    let initiated = format!("InboundCall A INITIATED {call_type} 1");
    let failed = format!("InboundCall A FAILED {call_type} 1");
    let calls = [
        "InboundCall A INITIATING AGENT_INSIDE 1",
        &initiated,
        &failed,
    ];
    let user = [&["State TALKING"], errors].concat();
    layla.expect(&mut names, &user, &calls).await?;
    // It clears by itself, and the agent is back in the earlier state.
    layla
        .expect(
            &mut names,
            &["State NOT_READY"],
            &[&format!("InboundCall A DROPPED {call_type} 1")],
        )
        .await?;
    layla.log_out(&mut names).await
}
