//! Campaigns: previews, calls that simply arrive, callbacks, classification.

use anyhow::Result;
use finesse_sim::Product;
use gc_testkit::World;

use super::{CUSTOMER, Desk, LAYLA, text, world};

/// Layla READY, then reserved by a campaign; the reservation.
async fn reserved(world: &World, mode: &str) -> Result<(Desk, String)> {
    let mut desk = Desk::ready(world, LAYLA).await?;
    world.campaign(mode, LAYLA.id, CUSTOMER).await?;
    desk.state("RESERVED_OUTBOUND_PREVIEW").await?;
    let (_, reservation) = desk.any_call("OutboundCall", "ALERTING").await?;
    Ok((desk, reservation))
}

/// A reservation that was accepted and has become the customer's call.
async fn accepted(world: &World, mode: &str) -> Result<(Desk, String)> {
    let (mut desk, reservation) = reserved(world, mode).await?;
    desk.done("AcceptOutboundPreview", &format!("{reservation},ACCEPT"))
        .await?;
    let (call, dialog) = desk.any_call("OutboundCall", "ACTIVE").await?;
    assert_eq!(text(&call, "prevDialogId"), reservation);
    desk.state("TALKING").await?;
    Ok((desk, dialog))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_is_accepted() -> Result<()> {
    let world = world(Product::Ucce).await?;
    let (mut desk, dialog) = accepted(&world, "preview").await?;
    desk.done("ReleaseCall", &dialog).await?;
    desk.call("OutboundCall", &dialog, "DROPPED").await?;
    desk.state("READY").await?;
    Ok(())
}

async fn a_reservation_is_skipped(product: Product) -> Result<()> {
    for command in ["RejectOutboundPreview", "CloseOutboundPreview"] {
        let world = world(product).await?;
        let (mut desk, reservation) = reserved(&world, "direct_preview").await?;
        desk.done(command, &reservation).await?;
        desk.call("OutboundCall", &reservation, "DROPPED").await?;
        desk.state("READY").await?;
    }
    Ok(())
}

async fn a_direct_preview_is_worked_to_its_end(product: Product) -> Result<()> {
    let world = world(product).await?;
    let (mut desk, dialog) = accepted(&world, "direct_preview").await?;
    let own = LAYLA.extension;
    desk.done(
        "SHCEDULECALLBACK",
        &format!("{own},{dialog},2026-12-03T10:30,{CUSTOMER}"),
    )
    .await?;
    desk.call("OutboundCall", &dialog, "ACTIVE").await?;
    let message = desk.event("callback").await?;
    assert_eq!(message["callback"], "callback scheduled");
    desk.done(
        "UPDATECALLBACK",
        &format!("{own},{dialog},2026-12-04T11:00,{CUSTOMER}"),
    )
    .await?;
    desk.call("OutboundCall", &dialog, "ACTIVE").await?;
    desk.done("CANCELSHCEDULECALLBACK", &format!("{own},{dialog}"))
        .await?;
    desk.call("OutboundCall", &dialog, "ACTIVE").await?;
    desk.done("RECLASSIFYCALL", &format!("{own},{dialog},FAX"))
        .await?;
    let message = desk.event("callback").await?;
    assert_eq!(message["callback"], "reclassify");
    Ok(())
}

async fn calls_of_a_dialler_arrive(product: Product) -> Result<()> {
    for mode in ["progressive", "predictive"] {
        let world = world(product).await?;
        let mut desk = Desk::ready(&world, LAYLA).await?;
        world.campaign(mode, LAYLA.id, CUSTOMER).await?;
        desk.state("RESERVED_OUTBOUND").await?;
        let (call, dialog) = desk.any_call("OutboundCall", "ACTIVE").await?;
        assert_eq!(call["callType"], "OUTBOUND");
        desk.done("ReleaseCall", &dialog).await?;
        desk.call("OutboundCall", &dialog, "DROPPED").await?;
    }
    Ok(())
}

super::with_each_product!(
    a_reservation_is_skipped,
    a_direct_preview_is_worked_to_its_end,
    calls_of_a_dialler_arrive,
    refresh_tells_a_campaigns_call,
);

async fn refresh_tells_a_campaigns_call(product: Product) -> Result<()> {
    let world = world(product).await?;
    let (mut desk, dialog) = accepted(&world, "direct_preview").await?;
    desk.done("refresh", "null").await?;
    desk.call("OutboundCall", &dialog, "ACTIVE").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_personal_callback_is_accepted_and_another_rejected() -> Result<()> {
    let world = world(Product::Ucce).await?;
    let (mut desk, dialog) = accepted(&world, "personal_callback").await?;
    desk.done("ReleaseCall", &dialog).await?;
    desk.state("READY").await?;
    world
        .campaign("personal_callback", LAYLA.id, CUSTOMER)
        .await?;
    let (_, reservation) = desk.any_call("OutboundCall", "ALERTING").await?;
    desk.done("RejectOutboundPreview", &format!("{reservation},<REJECT>"))
        .await
}
