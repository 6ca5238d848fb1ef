//! Single sign-on: a token instead of the password, replaced before it ends.

use std::time::Duration;

use anyhow::Result;
use finesse_sim::{AuthMode, Product};
use gc_testkit::World;

use super::{Desk, LAYLA, profile, with_each_product};

with_each_product!(a_token_signs_in_and_is_replaced);

async fn a_token_signs_in_and_is_replaced(product: Product) -> Result<()> {
    let world = World::with(
        |site| {
            let of_product = site.clone().profile(profile(product));
            *site = of_product.signing_on(AuthMode::Sso, &[]);
        },
        |_| {},
    )
    .await?;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_token_is_warned_about_and_logs_nobody_out() -> Result<()> {
    let world = World::with(
        |site| *site = site.clone().signing_on(AuthMode::Hybrid, &[LAYLA.id]),
        |_| {},
    )
    .await?;
    let mut desk = Desk::open(&world, LAYLA).await?;
    let token = world.token(LAYLA.id, Duration::from_secs(4))?;
    let connect = format!("{},{token},SSO", desk.client.destination());
    desk.done("Connect", &connect).await?;
    desk.done("Login", &format!("{token},{}", LAYLA.extension))
        .await?;
    let warning = desk.event("status").await?;
    let message = super::text(&warning, "message");
    assert!(
        message.starts_with("the access token expires in"),
        "{message}"
    );
    let end = desk.event("status").await?;
    assert_eq!(
        end["message"],
        "the access token has expired: send UpdateToken"
    );
    // Finesse takes the old token no more; the agent is as before, and a new token puts it right.
    desk.fails("MakeReady", "null", "Unauthorized").await?;
    let next = world.token(LAYLA.id, Duration::from_secs(3600))?;
    let update = serde_json::json!({"command": "UpdateToken", "agentId": LAYLA.id, "params": {"token": next}});
    desk.client.send_raw(&update.to_string()).await?;
    desk.client
        .next_of(|event| event["command"] == "UpdateToken" && event["outcome"] == "done")
        .await?;
    desk.done("MakeReady", "null").await?;
    desk.state("READY").await?;
    assert_eq!(world.links_of(LAYLA.id), 1);
    Ok(())
}
