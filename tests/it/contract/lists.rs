//! Lists: phone books, contacts, queues, people.

use std::time::Duration;

use anyhow::Result;
use finesse_sim::Product;
use finesse_sim::site::PhoneBook;
use gc_testkit::World;
use gc_testkit::client::event_of;
use serde_json::{Value, json};

use super::{CUSTOMER, Desk, LAYLA, NADIA, ROUTE_POINT, profile, with_each_product, world};

with_each_product!(
    phone_books_and_contacts_are_listed,
    a_teams_own_book_is_listed_though_it_is_empty,
    six_thousand_contacts_arrive_whole,
    queues_are_listed,
    logged_in_agents_are_listed_for_a_supervisor,
);

async fn phone_books_and_contacts_are_listed(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    desk.done("GetPhonebooks", "null").await?;
    let books = desk.event("PhoneBook").await?;
    assert_eq!(books["phoneBooks"][0]["name"], "Branches");
    desk.done("GetPhonebookContacts", "2").await?;
    let contacts = desk.event("phoneBook_contacts").await?;
    assert_eq!(contacts["contacts"][0]["phoneNumber"], "6400");
    desk.fails("GetPhonebookContacts", "99", "NOT_FOUND")
        .await?;
    // The demo site has no book of the team's own.
    desk.done("GetTeamPhonebooks", "5107").await?;
    assert_eq!(desk.event("callback").await?["message"], "No data found");
    Ok(())
}

async fn a_teams_own_book_is_listed_though_it_is_empty(product: Product) -> Result<()> {
    let world = World::with(
        |site| {
            *site = site.clone().profile(profile(product));
            site.site.phone_books.push(PhoneBook {
                id: 7,
                name: "Blue".to_owned(),
                team: Some("5107".to_owned()),
                contacts: Vec::new(),
            });
        },
        |_| {},
    )
    .await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    desk.done("GetTeamPhonebooks", "5107").await?;
    let books = desk.event("Team PhoneBook").await?;
    assert_eq!(
        books["phoneBooks"],
        json!([{"name": "Blue", "type": "TEAM", "id": "7"}])
    );
    desk.done("GetPhonebookContacts", "7").await?;
    assert_eq!(desk.event("callback").await?["message"], "No data found");
    Ok(())
}

async fn six_thousand_contacts_arrive_whole(product: Product) -> Result<()> {
    let world = World::with(
        |site| {
            *site = site.clone().profile(profile(product));
            site.site = site.site.clone().with_contacts(6_000);
        },
        |gateway| {
            gateway.finesse.administrator.name = "administrator".to_owned();
            gateway.finesse.administrator.password = gc_protocol::Secret::new("c4nary");
        },
    )
    .await?;
    // With the three of the other book they are more than Finesse gives an agent.
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    desk.done("GetPhonebookContacts", "3").await?;
    let contacts = desk.event("phoneBook_contacts").await?;
    assert_eq!(contacts["contacts"].as_array().map(Vec::len), Some(6_000));
    Ok(())
}

async fn queues_are_listed(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    desk.done("getqueuelist", "null").await?;
    let queues = desk.event("Queue Stats").await?;
    assert_eq!(queues["queue"][0]["name"], "Retail_Voice");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queues_figures_follow_a_customer_who_waits() -> Result<()> {
    let world = World::with(
        |site| site.settings.queue_interval = Duration::from_millis(50),
        |_| {},
    )
    .await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    desk.done("getqueuelist", "null").await?;
    let waiting = |event: &Value| event["queue"][0]["callsInQueue"].as_i64();
    assert_eq!(waiting(&desk.event("Queue Stats").await?), Some(0));
    world.call(CUSTOMER, ROUTE_POINT).await?;
    let frame = desk
        .client
        .next_of(|event| event["type"] == "Queue Stats" && waiting(event) == Some(1))
        .await?;
    let since = &event_of(&frame)["queue"][0]["startTimeOfLongestCallInQueue"];
    assert!(
        since.as_str().is_some_and(|time| !time.is_empty()),
        "{frame}"
    );
    Ok(())
}

async fn logged_in_agents_are_listed_for_a_supervisor(product: Product) -> Result<()> {
    let world = world(product).await?;
    let _layla = Desk::logged_in(&world, LAYLA).await?;
    let mut nadia = Desk::logged_in(&world, NADIA).await?;
    nadia.done("GetLoggedInAgents", "null").await?;
    let agents = nadia.event("Agents").await?;
    let ids: Vec<_> = agents["users"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|user| user["loginId"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(ids, ["41027", "41900"]);
    Ok(())
}
