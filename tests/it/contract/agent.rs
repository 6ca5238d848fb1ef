//! Connecting, signing in and out, states and their reasons.

use anyhow::Result;
use finesse_sim::{Product, WrapUpMode};
use gc_testkit::World;

use super::{Desk, LAYLA, profile, text, with_each_product, world};

with_each_product!(
    heartbeats_are_answered,
    an_agent_works_a_morning,
    reasons_are_listed_and_used,
    a_forced_logout_ends_at_once,
);

async fn heartbeats_are_answered(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut desk = Desk::open(&world, LAYLA).await?;
    let name = desk.client.destination().to_owned();
    for beat in ["Hello", "Beat"] {
        assert_eq!(desk.ask_for(&name, beat, "null").await?, "done");
        assert_eq!(desk.event("System").await?["status"], "IN_SERVICE");
    }
    Ok(())
}

async fn an_agent_works_a_morning(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut desk = Desk::open(&world, LAYLA).await?;
    let connect = format!("{},c4nary", desk.client.destination());
    desk.done("Connect", &connect).await?;
    assert_eq!(
        desk.event("ConnectStatus").await?["status"],
        "ConnectSuccess"
    );
    desk.done("Login", "c4nary,6127").await?;
    desk.state("NOT_READY").await?;
    assert_eq!(desk.event("AgentInfo").await?["firstName"], "Layla");
    assert_eq!(desk.event("DialogState").await?["state"], "NOT_FOUND");
    desk.done("MakeReady", "null").await?;
    desk.state("READY").await?;
    desk.done("MakeNotReady", "null").await?;
    desk.state("NOT_READY").await?;
    desk.done("GetState", "null").await?;
    desk.state("NOT_READY").await?;
    desk.event("DialogState").await?;
    desk.done("Logout", "null").await?;
    desk.state("LOGOUT").await?;
    Ok(())
}

async fn reasons_are_listed_and_used(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    for (command, category) in [
        ("reasoncodenotready", "NOT_READY"),
        ("reasoncodelogout", "LOGOUT"),
        ("wrapupreasoncode", "WrapUp"),
    ] {
        desk.done(command, "null").await?;
        let reasons = desk.event("ReasonCodes").await?;
        assert_eq!(reasons["category"], category);
        assert!(
            reasons["reasonCodes"]
                .as_array()
                .is_some_and(|list| !list.is_empty())
        );
    }
    desk.done("MakeNotReadyWithReason", "14").await?;
    let state = desk.state("NOT_READY").await?;
    assert_eq!(
        (text(&state, "reasonCode"), text(&state, "label")),
        ("14", "Lunch")
    );
    desk.done("logoutwithreason", "28").await?;
    assert_eq!(text(&desk.state("LOGOUT").await?, "reasonCode"), "28");
    Ok(())
}

async fn a_forced_logout_ends_at_once(product: Product) -> Result<()> {
    let world = world(product).await?;
    let (mut desk, _) = Desk::talking(&world, LAYLA).await?;
    desk.done("force_logout", "null").await?;
    desk.state("LOGOUT").await?;
    desk.fails("GetState", "null", "SUBSCRIPTION_FAILED").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrap_up_work_is_asked_for_in_either_form() -> Result<()> {
    for (command, work) in [
        ("MakeWorkReady", "WORK_READY"),
        ("MakeWorkNotReady", "WORK"),
    ] {
        let world = World::with(
            |site| {
                *site = site.clone().profile(profile(Product::Ucce));
                site.settings.wrap_up_incoming = WrapUpMode::Optional;
            },
            |_| {},
        )
        .await?;
        let (mut desk, dialog) = Desk::talking(&world, LAYLA).await?;
        desk.done(command, "null").await?;
        assert_eq!(text(&desk.state("TALKING").await?, "pendingState"), work);
        desk.done("ReleaseCall", &dialog).await?;
        desk.state(work).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mobile_agent_signs_in_in_both_modes() -> Result<()> {
    for mode in ["true", "false"] {
        let world = world(Product::Ucce).await?;
        let mut desk = Desk::open(&world, LAYLA).await?;
        let connect = format!("{},c4nary", desk.client.destination());
        desk.done("Connect", &connect).await?;
        desk.done(
            "MobileAgentLogin",
            &format!("c4nary,6127,03215550100,{mode}"),
        )
        .await?;
        desk.state("NOT_READY").await?;
        desk.event("AgentInfo").await?;
        desk.event("DialogState").await?;
        let user = world.simulator().state();
        let shown = serde_json::to_string(&user)?;
        let word = match mode {
            "true" => "CALL_BY_CALL",
            _ => "NAILED_CONNECTION",
        };
        assert!(shown.contains(word) || shown.contains("41027"), "{shown}");
    }
    Ok(())
}
