//! What a product does not have: a clear error, whether the gateway knows the product or Finesse has to say it.

use anyhow::Result;
use finesse_sim::Product;
use gc_protocol::command::table::{self, COMMANDS};
use gc_testkit::World;

use super::{Desk, LAYLA, profile};

/// A body that a command can be read with.
fn body(command: &str) -> &'static str {
    match command {
        "MobileAgentLogin" => "c4nary,6127,03215550100,true",
        "GETSKILLGROUP" => "ALL,0,0",
        "GetAgentExtension" => "F1001",
        "dropparticipant" => "6133,207",
        _ => "null",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_of_unified_cce_are_not_supported_in_front_of_uccx() -> Result<()> {
    let world = super::world(Product::Uccx).await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    let foreign = COMMANDS
        .iter()
        .filter(|command| command.product == table::Product::Ucce);
    let mut seen = 0;
    for command in foreign {
        desk.fails(command.name, body(command.name), "NOT_SUPPORTED")
            .await?;
        seen += 1;
    }
    assert!(seen >= 7, "{seen}");
    desk.done("MakeReady", "null").await
}

/// What Unified CCX itself says to each, when the gateway does not know which product it is.
const REFUSALS: &[(&str, &str)] = &[
    ("MobileAgentLogin", "INVALID_INPUT"),
    ("MakeWorkReady", "INVALID_INPUT"),
    ("MakeWorkNotReady", "INVALID_INPUT"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_product_in_the_settings_leaves_the_answer_to_finesse() -> Result<()> {
    let world = World::with(
        |site| *site = site.clone().profile(profile(Product::Uccx)),
        |config| config.finesse.product = gc_server::config::Product::Ucce,
    )
    .await?;
    for (command, code) in REFUSALS {
        let mut desk = Desk::logged_in(&world, LAYLA).await?;
        let outcome = desk.ask(command, body(command)).await?;
        assert_eq!(outcome, format!("failed {code}"), "{command}");
    }
    let (mut layla, dialog) = Desk::talking(&world, LAYLA).await?;
    let drop = format!("{},{dialog}", super::CUSTOMER);
    layla.fails("dropparticipant", &drop, "NOT_SUPPORTED").await
}
