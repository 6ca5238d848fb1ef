//! Single sign-on: a token instead of the password, replaced before it ends.

use std::time::Duration;

use anyhow::Result;
use finesse_sim::Product;

use super::{Desk, LAYLA, with_each_product, world};

with_each_product!(a_token_signs_in_and_is_replaced);

async fn a_token_signs_in_and_is_replaced(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut desk = Desk::open(&world, LAYLA).await?;
    let token = world.token(LAYLA.id, Duration::from_secs(3600))?;
    let connect = format!("{},{token},SSO", desk.client.destination());
    desk.done("Connect", &connect).await?;
    desk.event("ConnectStatus").await?;
    desk.done("Login", &format!("{token},{}", LAYLA.extension))
        .await?;
    let next = world.token(LAYLA.id, Duration::from_secs(3600))?;
    let update = serde_json::json!({"command": "UpdateToken", "agentId": LAYLA.id, "params": {"token": next}});
    desk.client.send_raw(&update.to_string()).await?;
    desk.event("ConnectStatus").await?;
    desk.client
        .next_of(|event| event["command"] == "UpdateToken" && event["outcome"] == "done")
        .await?;
    assert_eq!(world.links_of(LAYLA.id), 1, "the link was not made anew");
    // The link comes back with the new token.
    world.drop_link(LAYLA.id).await;
    desk.done("MakeReady", "null").await?;
    desk.state("READY").await?;
    Ok(())
}
