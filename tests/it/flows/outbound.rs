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
    omar.expect(&mut names, &[], &["NewInboundCall A ALERTING AGENT_INSIDE 2"]).await?;
    let dialog = names.id('A').to_owned();
    omar.send("AnswerCall", &dialog).await?;
    omar.expect(&mut names, &["State TALKING"], &["InboundCall A ACTIVE AGENT_INSIDE 2"]).await?;
    layla.expect(&mut names, &[], &["InboundCall A ACTIVE AGENT_INSIDE 2"]).await?;
    layla.send("ReleaseCall", &dialog).await?;
    layla.expect(&mut names, &["State NOT_READY"], &["InboundCall A DROPPED AGENT_INSIDE 2"]).await?;
    omar.expect(&mut names, &["State NOT_READY"], &["InboundCall A DROPPED AGENT_INSIDE 2"]).await?;
    layla.log_out(&mut names).await?;
    omar.log_out(&mut names).await
}

async fn to_a_busy_number(transport: Transport) -> Result<()> {
    fails(transport, "9998", &["InboundCall A FAILED OUT 1"]).await
}

async fn to_a_bad_number(transport: Transport) -> Result<()> {
    fails(transport, "9999", &["InboundCall A FAILED OUT 1", "Error BAD_DESTINATION"]).await
}

async fn fails(transport: Transport, number: &str, failure: &[&str]) -> Result<()> {
    let world = World::start().await?;
    let mut names = Names::default();
    let mut layla = Actor::logged_in(&world, transport, Actor::LAYLA).await?;
    layla.send("MakeCall", number).await?;
    let mut calls = vec!["InboundCall A INITIATING AGENT_INSIDE 1", "InboundCall A INITIATED OUT 1"];
    calls.extend(failure);
    let errors: Vec<&str> = failure.iter().copied().filter(|line| line.starts_with("Error")).collect();
    let mut user = vec!["State TALKING"];
    user.extend(errors);
    layla.expect(&mut names, &user, &calls).await?;
    // It clears by itself, and the agent is back in the earlier state.
    layla.expect(&mut names, &["State NOT_READY"], &["InboundCall A DROPPED OUT 1"]).await?;
    layla.log_out(&mut names).await
}
