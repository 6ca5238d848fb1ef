//! A client of the string dialect: a call from the customer to the end of it, element by element.

use anyhow::{Context, Result};
use gc_protocol::style::Dialect;
use gc_testkit::{Actor, Client, Transport, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_rest_with_the_text_under_data() -> Result<()> {
    a_call(&world().await?, Transport::Rest).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_rest_with_the_bare_text() -> Result<()> {
    let world = World::with(
        |_| {},
        |gateway| {
            gateway.compat.dialect = Dialect::String;
            gateway.callbacks.bare = true;
        },
    )
    .await?;
    a_call(&world, Transport::Rest).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_websocket_v1() -> Result<()> {
    a_call(&world().await?, Transport::WebSocketV1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_websocket_v2_client_gets_json_all_the_same() -> Result<()> {
    let world = world().await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    layla.finish(&mut gc_testkit::Names::default()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_an_element_an_item_and_say_when_there_is_none() -> Result<()> {
    let world = world().await?;
    let mut layla = Actor::open(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    layla.connect().await?;
    heard(&mut layla.client, "41027#ConnectStatus#ConnectSuccess").await?;
    layla.login().await?;
    heard(&mut layla.client, "41027#DialogStatus#NOT_FOUND#dialogId:").await?;
    layla.send("reasoncodenotready", "null").await?;
    heard(&mut layla.client, "41027#ReasonCodes#NOT_READY#*#*").await?;
    layla.send("GetPhonebooks", "null").await?;
    let books = heard(&mut layla.client, "41027#Phonebooks#*").await?;
    let book = books.rsplit(":").next().unwrap_or_default().to_owned();
    layla.send("GetPhonebookContacts", &book).await?;
    heard_list(&mut layla.client, "41027#PhonebookContacts#description:").await?;
    layla.send("GetTeamPhonebooks", "5107").await?;
    heard(
        &mut layla.client,
        "41027#TeamPhoneBooks#NoTeamPhoneBookFound",
    )
    .await?;
    Ok(())
}

/// Waits for a text that begins so, however many items it has.
async fn heard_list(client: &mut Client, beginning: &str) -> Result<()> {
    let fits = |text: &str| text.starts_with(beginning);
    client
        .next_of(|event| event.as_str().is_some_and(fits))
        .await?;
    Ok(())
}

async fn world() -> Result<World> {
    World::with(|_| {}, |gateway| gateway.compat.dialect = Dialect::String).await
}

async fn a_call(world: &World, transport: Transport) -> Result<()> {
    let mut layla = Actor::open(world, transport, Actor::LAYLA).await?;
    layla.connect().await?;
    heard(&mut layla.client, "41027#ConnectStatus#ConnectSuccess").await?;
    layla.login().await?;
    heard(
        &mut layla.client,
        "41027#State#NOT_READY#*#*#*#*#Layla Haddad#41027#6127",
    )
    .await?;
    heard(
        &mut layla.client,
        "41027#AgentInfo#Layla#Haddad#false#*#totalNumberOfTeams:0##Layla Haddad",
    )
    .await?;
    heard(&mut layla.client, "41027#DialogStatus#NOT_FOUND#dialogId:").await?;
    layla.send("MakeReady", "null").await?;
    heard(&mut layla.client, "41027#State#READY#*#*#*#*#*#41027#6127").await?;
    let dialog = world.call("03005550142", "7800").await?;
    let ringing = format!("41027#NewInboundCall#03005550142#*#dialogId:{dialog}");
    heard(&mut layla.client, &ringing).await?;
    layla.send("AnswerCall", &dialog).await?;
    let call = |state: &str| {
        format!(
            "41027#InboundCall#{state}#dialogId:{dialog}#03005550142#*#*#callType:PREROUTE_ACD_IN#associatedDialogId:#*"
        )
    };
    let active = heard(&mut layla.client, &call("ACTIVE")).await?;
    let parties = active.rsplit('#').next().unwrap_or_default();
    assert!(
        parties.starts_with("participants:") && parties.contains("6127,ACTIVE,AGENT_DEVICE,"),
        "{active}"
    );
    layla.send("ReleaseCall", &dialog).await?;
    heard(&mut layla.client, &call("DROPPED")).await?;
    layla.client.try_send("AnswerCall#41027", &dialog).await?;
    heard(&mut layla.client, "41027#Error#NO_DIALOG_ID#*").await?;
    Ok(())
}

/// Waits for a text whose elements are these; `*` stands for any.
async fn heard(client: &mut Client, wanted: &str) -> Result<String> {
    let fits = |text: &str| {
        let (elements, wanted) = (text.split('#'), wanted.split('#'));
        elements.clone().count() == wanted.clone().count()
            && elements
                .zip(wanted)
                .all(|(element, wanted)| wanted == "*" || element == wanted)
    };
    let event = client
        .next_of(|event| event.as_str().is_some_and(fits))
        .await
        .with_context(|| format!("wanted {wanted}"))?;
    Ok(event.as_str().unwrap_or_default().to_owned())
}
