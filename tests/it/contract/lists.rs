//! Lists: phone books, contacts, queues, people.

use anyhow::Result;
use finesse_sim::Product;

use super::{Desk, LAYLA, NADIA, with_each_product, world};

with_each_product!(
    phone_books_and_contacts_are_listed,
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

async fn queues_are_listed(product: Product) -> Result<()> {
    let world = world(product).await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    desk.done("getqueuelist", "null").await?;
    let queues = desk.event("Queue Stats").await?;
    assert_eq!(queues["queue"][0]["name"], "Retail_Voice");
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
