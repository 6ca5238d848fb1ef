//! Data of a call: variables, wrap-up.

use anyhow::Result;
use finesse_sim::{Product, WrapUpMode};
use gc_testkit::World;
use serde_json::Value;

use super::calls::consult;
use super::{Desk, LAYLA, OMAR, profile, text, with_each_product, world};

with_each_product!(
    variables_are_set_and_kept_through_consult_and_transfer,
    variables_are_kept_in_a_conference,
    a_wrap_up_label_may_hold_commas,
);

/// Layla has put a reference into her call's data and consulted Omar; the two calls.
async fn consulting_with_data(product: Product) -> Result<(World, Desk, Desk, String, String)> {
    let world = world(product).await?;
    let (mut layla, dialog) = Desk::talking(&world, LAYLA).await?;
    let body = format!("{dialog},callVariable4=ref 8812|user.acct.ref=PK-7731");
    layla.done("UpdateDialogVariable", &body).await?;
    has_data(&layla.call("InboundCall", &dialog, "ACTIVE").await?);
    let mut omar = Desk::logged_in(&world, OMAR).await?;
    let consult = consult(&mut layla, &mut omar, &dialog).await?;
    Ok((world, layla, omar, dialog, consult))
}

fn has_data(call: &Value) {
    assert_eq!(text(&call["callVariables"], "callVariable4"), "ref 8812");
    assert_eq!(text(&call["callVariables"], "user.acct.ref"), "PK-7731");
}

async fn variables_are_set_and_kept_through_consult_and_transfer(product: Product) -> Result<()> {
    let (_world, mut layla, mut omar, dialog, consult) = consulting_with_data(product).await?;
    has_data(&omar.any_call("InboundCall", "ACTIVE").await?.0);
    layla
        .done("TransferCall", &format!("{},{dialog}", OMAR.extension))
        .await?;
    layla.call("ConsultCall", &consult, "DROPPED").await?;
    has_data(&omar.call("InboundCall", &dialog, "ACTIVE").await?);
    Ok(())
}

async fn variables_are_kept_in_a_conference(product: Product) -> Result<()> {
    let (_world, mut layla, mut omar, dialog, _consult) = consulting_with_data(product).await?;
    layla
        .done("ConferenceCall", &format!("{},{dialog}", OMAR.extension))
        .await?;
    has_data(&layla.any_call("InboundCall", "ACTIVE").await?.0);
    has_data(&omar.call("InboundCall", &dialog, "ACTIVE").await?);
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
