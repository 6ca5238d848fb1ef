//! The machine of the gateway stands still, or its disk is full.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::task::JoinSet;

use crate::gateway::Gateway;
use crate::site::{Desk, Site, agent};
use crate::{AGENTS, GRACE, log_in_all};

/// How long nothing runs: longer than silence on a link may last here.
const STANDSTILL: Duration = Duration::from_secs(10);

/// Links made to any node since the start.
fn links_made(site: &Site) -> u64 {
    let counters = site.simulator.counters();
    counters.sign_ins.values().map(|counts| counts.xmpp).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_stands_still_for_ten_seconds_keeps_every_link_and_loses_no_command()
-> Result<()> {
    let site = Site::start(AGENTS, GRACE).await?;
    let gateway = Gateway::start(&site.settings_without_patience()?).await?;
    let desks = log_in_all(&gateway).await?;
    gateway.until("gc_links_up", AGENTS).await?;
    let made = links_made(&site);
    // A question for a node's health is on its way, most probably, when the gateway stops.
    site.simulator.add_fault(serde_json::from_value(json!({
        "where": "rest", "match": {"path": "SystemInfo"}, "effect": {"delayMs": 1500}
    }))?);
    tokio::time::sleep(Duration::from_millis(500)).await;

    gateway.pause()?;
    let mut working = JoinSet::new();
    for mut desk in desks {
        working.spawn(async move {
            desk.command("MakeReady", "null").await?;
            anyhow::Ok(desk)
        });
    }
    tokio::time::sleep(STANDSTILL).await;
    gateway.go_on()?;

    let mut desks = Vec::new();
    while let Some(desk) = working.join_next().await {
        desks.push(desk??);
    }
    for desk in &mut desks {
        desk.command("MakeNotReady", "null").await?;
        ensure!(!desk.was_out_of_service(), "{} was told", desk.number);
    }
    gateway.until("gc_links_up", AGENTS).await?;
    ensure!(links_made(&site) == made, "links were made again");
    site.check_agents(AGENTS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_the_store_stops_nobody_and_is_made_up_for_when_there_is_room()
-> Result<()> {
    const BEFORE: usize = 3;
    const ALL: usize = 6;
    let site = Site::start(ALL, GRACE).await?;
    let settings = site.settings()?;
    let mut gateway = Gateway::start_where_disks_fill(&settings).await?;
    let mut desks = Vec::new();
    for number in 1..=BEFORE {
        desks.push(Desk::log_in(&gateway, number).await?);
    }
    gateway.until("gc_store_records", BEFORE).await?;

    gateway.fill_disk()?;
    for number in BEFORE + 1..=ALL {
        desks.push(Desk::log_in(&gateway, number).await?);
    }
    gateway.until_any("gc_store_failures_total").await?;
    for desk in &mut desks {
        desk.command("MakeReady", "null").await?;
    }
    ensure!(gateway.figure("gc_store_records").await? == BEFORE);

    gateway.empty_disk()?;
    gateway.until("gc_store_records", ALL).await?;
    site.check_store()?;
    gateway.kill()?;
    site.until("the end of all links", |site| site.links() == 0)
        .await?;
    let gateway = Gateway::start(&settings).await?;
    site.until("every link", |site| site.links() == ALL).await?;
    gateway.until("gc_links_up", ALL).await?;
    site.check_agents(ALL)?;
    for number in 1..=ALL {
        let state = site.state_of(&agent(number))?;
        ensure!(state == "READY", "{number} is {state}");
    }
    Ok(())
}
