//! Calls: placing, answering, holding, consulting, transferring, conferencing, and what can be asked about them.

use anyhow::Result;
use finesse_sim::Product;

use super::{Desk, LAYLA, OMAR, with_each_product, world};

with_each_product!(
    an_agent_calls_a_colleague,
    a_call_is_held_retrieved_and_looked_at,
    a_call_is_transferred_after_a_consult,
    a_call_becomes_a_conference,
    a_call_is_transferred_directly,
    refresh_tells_everything_again,
);

async fn an_agent_calls_a_colleague(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut layla = Desk::logged_in(&world, LAYLA).await?;
    let mut omar = Desk::logged_in(&world, OMAR).await?;
    layla.done("MakeCall", OMAR.extension).await?;
    let (_, dialog) = layla.any_call("InboundCall", "INITIATED").await?;
    layla.done("GetState", "null").await?;
    omar.event("NewInboundCall").await?;
    omar.done("AnswerCall", &dialog).await?;
    omar.call("InboundCall", &dialog, "ACTIVE").await?;
    layla.call("InboundCall", &dialog, "ACTIVE").await?;
    layla.done("ReleaseCall", &dialog).await?;
    layla.call("InboundCall", &dialog, "DROPPED").await?;
    omar.call("InboundCall", &dialog, "DROPPED").await?;
    // The State that MakeCall promises: where the product has none of its own, the one asked for.
    layla.done("MakeCall", OMAR.extension).await?;
    layla.any_call("InboundCall", "INITIATED").await?;
    if product == Product::Ucce {
        layla.state("TALKING").await?;
    }
    Ok(())
}

async fn a_call_is_held_retrieved_and_looked_at(product: Product) -> Result<()> {
    let world = world(product).await?;
    let (mut desk, dialog) = Desk::talking(&world, LAYLA).await?;
    desk.done("HoldCall", &dialog).await?;
    desk.call("InboundCall", &dialog, "HELD").await?;
    desk.done("GetDialogState", &dialog).await?;
    assert_eq!(desk.event("DialogState").await?["state"], "HELD");
    desk.done("GetDialogStateControls", &dialog).await?;
    let controls = desk.event("DialogControls").await?;
    let listed = controls["controls"].as_array().cloned().unwrap_or_default();
    assert!(
        listed.iter().any(|control| control == "RETRIEVE"),
        "{controls}"
    );
    desk.done("RetrieveCall", &dialog).await?;
    desk.call("InboundCall", &dialog, "ACTIVE").await?;
    desk.done("GetDialogParticipants", &dialog).await?;
    let parties = desk.event("DialogParticipants").await?;
    assert_eq!(parties["participants"].as_array().map(Vec::len), Some(2));
    desk.done("ReleaseCall", &dialog).await?;
    desk.call("InboundCall", &dialog, "DROPPED").await?;
    desk.done("GetDialogState", &dialog).await?;
    assert_eq!(desk.event("DialogState").await?["state"], "NOT_FOUND");
    Ok(())
}

/// Layla talks to the customer and consults Omar, who has answered; the two calls.
async fn consulting(product: Product) -> Result<(gc_testkit::World, Desk, Desk, String, String)> {
    let world = world(product).await?;
    let (mut layla, dialog) = Desk::talking(&world, LAYLA).await?;
    let mut omar = Desk::logged_in(&world, OMAR).await?;
    let consult = consult(&mut layla, &mut omar, &dialog).await?;
    Ok((world, layla, omar, dialog, consult))
}

/// Layla consults Omar about a call, and he answers; the consult call.
pub(super) async fn consult(layla: &mut Desk, omar: &mut Desk, dialog: &str) -> Result<String> {
    layla
        .done("ConsultCall", &format!("{},{dialog}", OMAR.extension))
        .await?;
    let (_, consult) = layla.any_call("ConsultCall", "INITIATED").await?;
    omar.event("NewInboundCall").await?;
    omar.done("AnswerCall", &consult).await?;
    layla.call("ConsultCall", &consult, "ACTIVE").await?;
    Ok(consult)
}

async fn a_call_is_transferred_after_a_consult(product: Product) -> Result<()> {
    let (_world, mut layla, mut omar, dialog, consult) = consulting(product).await?;
    layla
        .done("TransferCall", &format!("{},{dialog}", OMAR.extension))
        .await?;
    layla.call("InboundCall", &dialog, "DROPPED").await?;
    layla.call("ConsultCall", &consult, "DROPPED").await?;
    let call = omar.call("InboundCall", &dialog, "ACTIVE").await?;
    assert_eq!(call["callType"], "TRANSFER");
    assert_eq!(call["associatedDialogId"], consult.as_str());
    // Unified CCX lists no variable without a value.
    let variables = call["callVariables"].as_object().map(|all| all.len());
    let expected = match product {
        Product::Ucce => 10,
        Product::Uccx => 0,
    };
    assert_eq!(variables, Some(expected));
    Ok(())
}

async fn a_call_becomes_a_conference(product: Product) -> Result<()> {
    let (_world, mut layla, mut omar, dialog, _consult) = consulting(product).await?;
    layla
        .done("ConferenceCall", &format!("{},{dialog}", OMAR.extension))
        .await?;
    let (call, _) = layla.any_call("InboundCall", "ACTIVE").await?;
    assert_eq!(call["callType"], "CONFERENCE");
    let call = omar.call("InboundCall", &dialog, "ACTIVE").await?;
    assert_eq!(call["participants"].as_array().map(Vec::len), Some(3));
    Ok(())
}

async fn a_call_is_transferred_directly(product: Product) -> Result<()> {
    let world = world(product).await?;
    let (mut layla, dialog) = Desk::talking(&world, LAYLA).await?;
    let mut omar = Desk::logged_in(&world, OMAR).await?;
    layla
        .done("Transfer_sst", &format!("{},{dialog}", OMAR.extension))
        .await?;
    layla.call("InboundCall", &dialog, "DROPPED").await?;
    omar.event("NewInboundCall").await?;
    Ok(())
}

async fn refresh_tells_everything_again(product: Product) -> Result<()> {
    let (_world, mut layla, _omar, dialog, consult) = consulting(product).await?;
    layla.client.drain();
    layla.done("refresh", "null").await?;
    layla.event("AgentInfo").await?;
    layla.event("State").await?;
    layla.event("DialogState").await?;
    layla.call("InboundCall", &dialog, "HELD").await?;
    layla.call("ConsultCall", &consult, "ACTIVE").await?;
    Ok(())
}
