//! What supervisors do: teams, members' states, listening, joining, taking parties out.

use anyhow::{Context, Result};
use finesse_sim::Product;
use gc_testkit::{Actor, Transport};

use super::{Desk, LAYLA, NADIA, OMAR, text, with_each_product, world};

with_each_product!(
    a_team_is_listed_and_followed,
    a_member_is_made_ready_not_ready_and_logged_out,
    a_call_is_listened_to_and_joined,
    a_foreign_agent_is_refused,
);

async fn a_team_is_listed_and_followed(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut layla = Desk::logged_in(&world, LAYLA).await?;
    let mut nadia = Desk::logged_in(&world, NADIA).await?;
    nadia.done("getteamusers", "5107,true").await?;
    let team = nadia.event("Team Agents").await?;
    let ids = team["users"].as_array().into_iter().flatten();
    let ids: Vec<_> = ids.map(|user| text(user, "loginId")).collect();
    assert_eq!(ids, ["41027", "41900"], "{team}");
    layla.done("MakeReady", "null").await?;
    let state = nadia.state_of(LAYLA.id, "READY").await?;
    assert_eq!(state["supervisorId"], NADIA.id);
    assert_eq!(state["fullName"], "Layla Haddad");
    // After her link was lost the supervisor is told what she missed.
    world.drop_link(NADIA.id).await;
    layla.done("MakeNotReady", "null").await?;
    nadia.state_of(LAYLA.id, "NOT_READY").await?;
    layla.done("MakeReady", "null").await?;
    nadia.state_of(LAYLA.id, "READY").await?;
    nadia.done("GetTeamUsersState", "5107").await?;
    nadia.state_of(LAYLA.id, "READY").await?;
    nadia.state_of(NADIA.id, "NOT_READY").await?;
    Ok(())
}

async fn a_member_is_made_ready_not_ready_and_logged_out(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut layla = Desk::logged_in(&world, LAYLA).await?;
    let mut nadia = Desk::logged_in(&world, NADIA).await?;
    for (command, state) in [
        ("MakeReady", "READY"),
        ("MakeNotReady", "NOT_READY"),
        ("Logout", "LOGOUT"),
    ] {
        assert_eq!(nadia.ask_for(LAYLA.id, command, "null").await?, "done");
        nadia.state_of(LAYLA.id, state).await?;
        layla.state(state).await?;
    }
    Ok(())
}

async fn a_call_is_listened_to_and_joined(product: Product) -> Result<()> {
    let world = world(product).await?;
    let (mut layla, dialog) = Desk::talking(&world, LAYLA).await?;
    let mut nadia = Desk::logged_in(&world, NADIA).await?;
    nadia.done("silentmonitor", LAYLA.extension).await?;
    let (call, monitor) = nadia.any_call("InboundCall", "ACTIVE").await?;
    assert_eq!(call["callType"], "SUPERVISOR_MONITOR");
    let heard = layla.call("InboundCall", &monitor, "ACTIVE").await?;
    assert_eq!(heard["callType"], "SUPERVISOR_MONITOR");
    nadia.done("endsilentmonitor", &monitor).await?;
    nadia.call("InboundCall", &monitor, "DROPPED").await?;
    if product == Product::Ucce {
        // In front of Unified CCX the supervisor's state never changed.
        nadia.state("NOT_READY").await?;
    }
    nadia.done("silentmonitor", LAYLA.extension).await?;
    let (_, monitor) = nadia.any_call("InboundCall", "ACTIVE").await?;
    nadia
        .done("bargein", &format!("{},{monitor}", LAYLA.extension))
        .await?;
    let joined = nadia.call("InboundCall", &dialog, "ACTIVE").await?;
    assert_eq!(role_of(&joined, NADIA.extension), "SUPERVISOR_BARGE_IN");
    if product == Product::Ucce {
        nadia
            .done("dropparticipant", &format!("{},{dialog}", LAYLA.extension))
            .await?;
        let control = nadia.event("control").await?;
        assert_eq!(control["message"], "6127 was dropped from the call");
        layla.call("InboundCall", &dialog, "DROPPED").await?;
        nadia.call("InboundCall", &dialog, "ACTIVE").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_rest_the_status_says_whether_a_member_may_be_commanded() -> Result<()> {
    let world = world(Product::Ucce).await?;
    let _layla = Desk::logged_in(&world, LAYLA).await?;
    let mut nadia = Actor::logged_in(&world, Transport::Rest, Actor::NADIA).await?;
    let client = &mut nadia.client;
    for (agent, status) in [(LAYLA.id, 202), (OMAR.id, 202), ("41999", 403)] {
        let message_type = format!("MakeNotReady#{agent}");
        let answer = client.try_send(&message_type, "null").await?;
        let answer = answer.context("REST answers")?;
        assert_eq!(answer.status, status, "{agent}: {}", answer.body);
    }
    client
        .next_of(|event| event["type"] == "Error" && event["errorType"] == "INVALID_SUPERVISOR")
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stays_subscribed_after_a_logout() -> Result<()> {
    let world = world(Product::Ucce).await?;
    let mut nadia = Desk::logged_in(&world, NADIA).await?;
    nadia.done("getteamusers", "5107,true").await?;
    nadia.done("getqueuelist", "null").await?;
    world
        .until_topics_of(
            NADIA.id,
            &[
                "/finesse/api/Queue/5240",
                "/finesse/api/Team/5107/Users",
                "/finesse/api/User/41900/Queues",
            ],
        )
        .await?;
    nadia.done("Logout", "null").await?;
    nadia.state("LOGOUT").await?;
    world.until_topics_of(NADIA.id, &[]).await
}

fn role_of<'e>(call: &'e serde_json::Value, address: &str) -> &'e str {
    let parties = call["participants"].as_array().into_iter().flatten();
    parties
        .filter(|party| party["mediaAddress"] == address)
        .map(|party| text(party, "role"))
        .next()
        .unwrap_or("nobody")
}

async fn a_foreign_agent_is_refused(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut layla = Desk::logged_in(&world, LAYLA).await?;
    let mut nadia = Desk::logged_in(&world, NADIA).await?;
    // A colleague is no supervisor; and nobody supervises whom Finesse's lists do not name.
    let outcome = layla.ask_for(NADIA.id, "MakeReady", "null").await?;
    assert_eq!(outcome, "failed INVALID_SUPERVISOR");
    let outcome = nadia.ask_for("41999", "MakeReady", "null").await?;
    assert_eq!(outcome, "failed INVALID_SUPERVISOR");
    // Listening to somebody who has no call.
    let outcome = nadia.ask("silentmonitor", LAYLA.extension).await?;
    assert!(outcome.starts_with("failed "), "{outcome}");
    Ok(())
}
