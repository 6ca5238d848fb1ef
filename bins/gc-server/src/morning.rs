//! `gc-server demo --play`: a morning of Layla, Omar and their supervisor Nadia, as one client of the gateway sees it.

mod desk;

use std::net::SocketAddr;

use anyhow::{Context, Result};
use finesse_sim::{CampaignMode, Simulator};

use desk::{Desk, is_call};

const LAYLA: &str = "41027";
const LAYLAS_EXTENSION: &str = "6127";
const OMAR: &str = "41033";
const OMARS_EXTENSION: &str = "6133";
const NADIA: &str = "41900";
const TEAM: &str = "5107";
const CUSTOMER: &str = "03005550142";
const ROUTE_POINT: &str = "7800";

/// Plays it all and ends with the agents logged out.
pub(crate) async fn play(gateway: SocketAddr, simulator: &Simulator) -> Result<()> {
    let mut desk = Desk::open(gateway).await?;
    desk.in_service().await?;
    desk.log_in(LAYLA, LAYLAS_EXTENSION).await?;
    desk.log_in(OMAR, OMARS_EXTENSION).await?;
    hold_and_transfer(&mut desk, simulator).await?;
    conference(&mut desk, simulator).await?;
    supervision(&mut desk, simulator).await?;
    preview(&mut desk, simulator).await?;
    desk.title("The morning ends");
    for agent in [LAYLA, OMAR, NADIA] {
        desk.not_ready(agent).await?;
        desk.command("Logout", agent, "").await?;
        desk.state(agent, "LOGOUT").await?;
    }
    desk.title("Done");
    Ok(())
}

async fn hold_and_transfer(desk: &mut Desk, simulator: &Simulator) -> Result<()> {
    let call =
        customer_at_layla(desk, simulator, "A customer calls the queue; Layla answers").await?;
    desk.title("Hold and retrieve");
    desk.command("HoldCall", LAYLA, &call).await?;
    desk.call(LAYLA, &call, "HELD").await?;
    desk.command("RetrieveCall", LAYLA, &call).await?;
    desk.call(LAYLA, &call, "ACTIVE").await?;
    desk.title("Layla consults Omar and transfers the customer to him");
    consult(desk, &call).await?;
    desk.command("TransferCall", LAYLA, &format!("{OMARS_EXTENSION},{call}"))
        .await?;
    desk.call(LAYLA, &call, "DROPPED").await?;
    desk.call(OMAR, &call, "ACTIVE").await?;
    hang_up(desk, OMAR, &call, "NOT_READY").await
}

async fn conference(desk: &mut Desk, simulator: &Simulator) -> Result<()> {
    let call = customer_at_layla(desk, simulator, "Another customer calls").await?;
    desk.title("Layla consults Omar and joins all three");
    consult(desk, &call).await?;
    desk.command(
        "ConferenceCall",
        LAYLA,
        &format!("{OMARS_EXTENSION},{call}"),
    )
    .await?;
    desk.until("a conference", |event| {
        is_call(event, LAYLA, &call, "ACTIVE") && event["callType"] == "CONFERENCE"
    })
    .await?;
    desk.call(OMAR, &call, "ACTIVE").await?;
    hang_up(desk, LAYLA, &call, "READY").await?;
    hang_up(desk, OMAR, &call, "NOT_READY").await
}

async fn supervision(desk: &mut Desk, simulator: &Simulator) -> Result<()> {
    desk.log_in(NADIA, "6190").await?;
    desk.title("Nadia follows her team; a customer calls, and she listens to Layla");
    desk.command("getteamusers", NADIA, &format!("{TEAM},true"))
        .await?;
    let call = customer_at_layla(desk, simulator, "A difficult customer").await?;
    desk.command("silentmonitor", NADIA, LAYLAS_EXTENSION)
        .await?;
    let monitor = desk.any_call(NADIA, "InboundCall", "ACTIVE").await?;
    desk.title("Nadia joins the call, then takes it over");
    desk.command("bargein", NADIA, &format!("{LAYLAS_EXTENSION},{monitor}"))
        .await?;
    desk.call(NADIA, &call, "ACTIVE").await?;
    desk.command(
        "dropparticipant",
        NADIA,
        &format!("{LAYLAS_EXTENSION},{call}"),
    )
    .await?;
    desk.call(LAYLA, &call, "DROPPED").await?;
    hang_up(desk, NADIA, &call, "NOT_READY").await
}

async fn preview(desk: &mut Desk, simulator: &Simulator) -> Result<()> {
    desk.title("A campaign offers Layla a customer; she looks and accepts");
    desk.command("MakeReady", LAYLA, "").await?;
    simulator
        .campaign(CampaignMode::Preview, LAYLA, CUSTOMER)
        .context("the campaign cannot call")?;
    let reservation = desk.any_call(LAYLA, "OutboundCall", "ALERTING").await?;
    desk.command(
        "AcceptOutboundPreview",
        LAYLA,
        &format!("{reservation},ACCEPT"),
    )
    .await?;
    let call = desk.any_call(LAYLA, "OutboundCall", "ACTIVE").await?;
    hang_up(desk, LAYLA, &call, "READY").await
}

/// Leaves a call; the agent is back in the state from before it.
async fn hang_up(desk: &mut Desk, agent: &str, call: &str, back_in: &str) -> Result<()> {
    desk.command("ReleaseCall", agent, call).await?;
    desk.call(agent, call, "DROPPED").await?;
    desk.state(agent, back_in).await
}

/// Only Layla is READY, so that the queue gives her the call.
async fn customer_at_layla(desk: &mut Desk, simulator: &Simulator, title: &str) -> Result<String> {
    desk.title(title);
    desk.not_ready(OMAR).await?;
    desk.command("MakeReady", LAYLA, "").await?;
    simulator
        .call(CUSTOMER, ROUTE_POINT, &[])
        .context("the customer cannot call")?;
    let call = desk.rings(LAYLA).await?;
    desk.command("AnswerCall", LAYLA, &call).await?;
    desk.call(LAYLA, &call, "ACTIVE").await?;
    Ok(call)
}

async fn consult(desk: &mut Desk, call: &str) -> Result<()> {
    desk.command("ConsultCall", LAYLA, &format!("{OMARS_EXTENSION},{call}"))
        .await?;
    let consult = desk.rings(OMAR).await?;
    desk.command("AnswerCall", OMAR, &consult).await?;
    desk.until("the consult to be answered", |event| {
        event["type"] == "ConsultCall" && event["state"] == "ACTIVE"
    })
    .await?;
    Ok(())
}
