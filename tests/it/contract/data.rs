//! Data of a call: variables, wrap-up.

use anyhow::Result;
use finesse_sim::{Product, WrapUpMode};
use gc_testkit::World;

use super::{Desk, LAYLA, OMAR, profile, text, with_each_product, world};

with_each_product!(
    variables_are_set_and_kept_through_a_transfer,
    a_wrap_up_label_may_hold_commas,
);

async fn variables_are_set_and_kept_through_a_transfer(product: Product) -> Result<()> {
    let world = world(product).await?;
    let (mut layla, dialog) = Desk::talking(&world, LAYLA).await?;
    let body = format!("{dialog},callVariable4=ref 8812|user.acct.ref=PK-7731");
    layla.done("UpdateDialogVariable", &body).await?;
    let call = layla.call("InboundCall", &dialog, "ACTIVE").await?;
    assert_eq!(text(&call["callVariables"], "callVariable4"), "ref 8812");
    assert_eq!(text(&call["callVariables"], "user.acct.ref"), "PK-7731");
    let mut omar = Desk::logged_in(&world, OMAR).await?;
    layla
        .done("ConsultCall", &format!("{},{dialog}", OMAR.extension))
        .await?;
    let (_, consult) = layla.any_call("ConsultCall", "INITIATED").await?;
    omar.event("NewInboundCall").await?;
    omar.done("AnswerCall", &consult).await?;
    layla
        .done("TransferCall", &format!("{},{dialog}", OMAR.extension))
        .await?;
    let call = omar.call("InboundCall", &dialog, "ACTIVE").await?;
    assert_eq!(text(&call["callVariables"], "callVariable4"), "ref 8812");
    Ok(())
}

async fn a_wrap_up_label_may_hold_commas(product: Product) -> Result<()> {
    let world = World::with(
        |site| {
            *site = site.clone().profile(profile(product));
            site.settings.wrap_up_incoming = WrapUpMode::Required;
        },
        |_| {},
    )
    .await?;
    let (mut desk, dialog) = Desk::talking(&world, LAYLA).await?;
    let label = format!("{dialog},Refund, partial");
    desk.done("UpdateWrapup", &label).await?;
    world.hang_up(&dialog).await?;
    desk.call("InboundCall", &dialog, "DROPPED").await?;
    // The call is over for the client, and may be wrapped up still.
    desk.done("UpdateWrapupData", &format!("{dialog},Order placed"))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_finesse_does_in_silence_is_reported() -> Result<()> {
    let world = world(Product::Ucce).await?;
    let (mut desk, dialog) = Desk::talking(&world, LAYLA).await?;
    // Longer than the 24 bytes that the site has configured for this variable.
    let long = "PK-7731-0123456789-0123456789";
    desk.done(
        "UpdateDialogVariable",
        &format!("{dialog},user.acct.ref={long}"),
    )
    .await?;
    let status = desk.event("status").await?;
    assert_eq!(
        status["message"],
        "user.acct.ref was cut short: Finesse kept 24 of 29 characters"
    );
    desk.fails(
        "UpdateDialogVariable",
        &format!("{dialog},user.nobody.knows=1"),
        "GENERAL_ERROR",
    )
    .await
}
