//! What stands beside Finesse: the administrator, the configuration API of Unified CCE, the recorder, the extension table.

use anyhow::Result;
use finesse_sim::{Product, SimConfig};
use gc_server::Config;
use gc_server::config::AgentExtension;
use gc_testkit::{Recorder, World};

use super::{Desk, LAYLA, profile};

/// The demo site with everything configured that can be.
async fn everything(product: Product, recorder: &Recorder) -> Result<World> {
    let recorder = recorder.base();
    World::with(
        |site: &mut SimConfig| *site = site.clone().profile(profile(product)),
        move |config: &mut Config| {
            config.finesse.administrator.name = "administrator".to_owned();
            config.finesse.administrator.password = gc_protocol::Secret::new("c4nary");
            let node = config.finesse.nodes[0].clone();
            config.ucce_config.host = node.host;
            config.ucce_config.address = node.address;
            config.ucce_config.port = node.https_port;
            config.ucce_config.user = "administrator@acme.test".to_owned();
            config.ucce_config.password = gc_protocol::Secret::new("c4nary");
            config.recorder.pause.url = format!("{recorder}/pause/{{agentId}}/{{extension}}");
            config.recorder.resume.url = format!("{recorder}/resume?call={{dialogId}}");
            config.agent_extensions.insert(
                "F1001".to_owned(),
                AgentExtension {
                    port: "LCP_7".to_owned(),
                    dial_number: "03215550100".to_owned(),
                },
            );
        },
    )
    .await
}

super::with_each_product!(
    a_recording_is_paused_and_resumed,
    the_administrator_lists_everything
);

async fn a_recording_is_paused_and_resumed(product: Product) -> Result<()> {
    let mut recorder = Recorder::start().await?;
    let world = everything(product, &recorder).await?;
    let (mut desk, dialog) = Desk::talking(&world, LAYLA).await?;
    desk.done("ZOOMPauseRecording", "null").await?;
    assert_eq!(recorder.told().await?, "POST /pause/41027/6127");
    desk.done("ZOOMResumeRecording", "null").await?;
    assert_eq!(
        recorder.told().await?,
        format!("POST /resume?call={dialog}")
    );
    recorder.answer(500);
    desk.fails("ZOOMPauseRecording", "null", "GENERAL_ERROR")
        .await
}

async fn the_administrator_lists_everything(product: Product) -> Result<()> {
    let recorder = Recorder::start().await?;
    let world = everything(product, &recorder).await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    // A plain agent lists all agents with the administrator's account.
    desk.done("GetAllAgents", "null").await?;
    assert_eq!(desk.event("Agents").await?["users"][0]["loginId"], LAYLA.id);
    let admin = "administrator";
    assert_eq!(desk.ask_for(admin, "GetPhonebooks", "null").await?, "done");
    assert_eq!(desk.event("PhoneBook").await?["agentId"], admin);
    assert_eq!(
        desk.ask_for(admin, "GetPhonebookContacts", "2").await?,
        "done"
    );
    let contacts = desk.event("phoneBook_contacts").await?;
    assert_eq!(contacts["contacts"].as_array().map(Vec::len), Some(3));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_configuration_api_lists_skill_groups_and_supervisors() -> Result<()> {
    let recorder = Recorder::start().await?;
    let world = everything(Product::Ucce, &recorder).await?;
    let mut desk = Desk::logged_in(&world, LAYLA).await?;
    desk.done("GETSKILLGROUP", "ALL,0,0").await?;
    let all = desk.event("skillGroup").await?;
    let all = all["skills"].as_array().cloned().unwrap_or_default();
    assert!(all.len() > 2, "{all:?}");
    desk.done("GETSKILLGROUP", "INDEXING,2,2").await?;
    let page = desk.event("skillGroup").await?;
    assert_eq!(
        page["skills"].as_array().map(Vec::as_slice),
        Some(&all[1..3])
    );
    desk.done("GETSUPERVISOR", "null").await?;
    let supervisors = desk.event("supervisors").await?;
    assert_eq!(supervisors["supervisors"][0]["loginId"], "41900");
    assert_eq!(supervisors["supervisors"][0]["name"], "Nadia Sethi");
    desk.done("GETAGENTEXTENSION", "f1001").await?;
    let extension = desk.event("agentExtension").await?;
    assert_eq!(extension["agentExtension"]["port"], "LCP_7");
    Ok(())
}
