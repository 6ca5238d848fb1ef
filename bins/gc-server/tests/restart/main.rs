//! The gateway is ended and started again, in front of a Finesse that goes on.
// Helpers of tests may fail a test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod gateway;
mod ids;
mod queue;
mod redelivery;
mod site;
mod trouble;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use gc_testkit::client::{Feed, Follower};
use gc_testkit::secrets;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use gateway::Gateway;
use site::{Desk, Site, agent};

/// Desks of one gateway.
const AGENTS: usize = 24;
/// Much longer than a restart may take here, and shorter than the test.
const GRACE: Duration = Duration::from_secs(15);

/// Numbers of a seed: xorshift.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let seed = std::env::var("GC_RESTART_SEED").ok();
        let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(7);
        println!("GC_RESTART_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn rounds() -> usize {
    let rounds = std::env::var("GC_RESTART_ROUNDS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(3)
}

async fn log_in_all(gateway: &Gateway) -> Result<Vec<Desk>> {
    log_in(gateway, AGENTS).await
}

async fn log_in(gateway: &Gateway, agents: usize) -> Result<Vec<Desk>> {
    let logins = (1..=agents).map(|number| Desk::log_in(gateway, number));
    let mut desks = Vec::new();
    for login in logins.map(Box::pin) {
        desks.push(login.await?);
    }
    Ok(desks)
}

/// Agents go to and fro between READY and NOT_READY until the gateway is gone; then each tells the last event that it has
/// seen.
fn work(desks: Vec<Desk>) -> JoinSet<(usize, Option<String>)> {
    let mut working = JoinSet::new();
    for mut desk in desks {
        working.spawn(async move {
            let commands = ["MakeReady", "MakeNotReady"].into_iter().cycle();
            for command in commands {
                if desk.command(command, "null").await.is_err() {
                    break;
                }
            }
            (desk.number, desk.leave())
        });
    }
    working
}

async fn sessions(gateway: &Gateway) -> Result<Vec<Value>> {
    let (_, sessions) = gateway.ask("/sessions").await?;
    Ok(serde_json::from_str(&sessions)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_gateway_goes_on_at_any_point_of_the_work_and_nobody_is_signed_out() -> Result<()>
{
    let site = Site::start(AGENTS, GRACE).await?;
    let settings = site.settings()?;
    let mut chance = Chance::new();
    let mut gateway = Gateway::start(&settings).await?;
    let mut desks = log_in_all(&gateway).await?;
    gateway.until("gc_store_records", AGENTS).await?;
    for round in 1..=rounds() {
        let working = work(std::mem::take(&mut desks));
        tokio::time::sleep(Duration::from_millis(chance.below(400))).await;
        gateway.kill()?;
        let killed = Instant::now();
        let seen = working.join_all().await;
        site.until("the end of all links", |site| site.links() == 0)
            .await?;
        site.check_store()?;
        gateway = Gateway::start(&settings).await?;
        site.until("every link", |site| site.links() == AGENTS)
            .await?;
        println!(
            "round {round}: all presences back after {:?}",
            killed.elapsed()
        );
        gateway.until("gc_links_up", AGENTS).await?;
        ensure!(
            sessions(&gateway).await?.len() == AGENTS,
            "seats and sessions differ"
        );
        ensure!(seen.len() == AGENTS, "not everybody was at work");
        for (number, last) in seen {
            let last = last.context("no event had an id")?;
            Desk::come_back(&gateway, number, &last).await?;
            let mut desk = Desk::open(&gateway, number).await?;
            desk.command("GetState", "null").await?;
            desks.push(desk);
        }
        site.check_agents(AGENTS)?;
    }
    let figure = "gc_store_sessions_total{outcome=\"restored\"}";
    ensure!(gateway.figure(figure).await? == AGENTS);
    gateway.kill()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_is_told_how_the_agent_stands_now() -> Result<()> {
    let site = Site::start(2, GRACE).await?;
    let settings = site.settings()?;
    let mut gateway = Gateway::start(&settings).await?;
    let mut lasts = Vec::new();
    for number in 1..=2 {
        let mut desk = Desk::log_in(&gateway, number).await?;
        desk.command("MakeReady", "null").await?;
        lasts.push(desk.leave().context("no event had an id")?);
    }
    gateway.until("gc_store_records", 2).await?;
    gateway.kill()?;
    site.simulator.call("03005550142", &extension(1), &[])?;
    gateway = Gateway::start(&settings).await?;
    site.until("both links", |site| site.links() == 2).await?;
    gateway.until("gc_links_up", 2).await?;
    for (number, last) in (1..=2).zip(&lasts) {
        let state = Desk::come_back(&gateway, number, last).await?;
        ensure!(state == site.state_of(&agent(number))?, "{number}: {state}");
    }
    gateway.kill()
}

fn extension(number: usize) -> String {
    (200_000 + number).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_sign_ins_it_leaves_nothing_half_done() -> Result<()> {
    let site = Site::start(AGENTS, GRACE).await?;
    let settings = site.settings()?;
    let mut chance = Chance::new();
    for _ in 0..rounds() {
        let mut gateway = Gateway::start(&settings).await?;
        let mut coming = JoinSet::new();
        for number in 1..=AGENTS {
            let desk = Desk::open(&gateway, number).await?;
            coming.spawn(async move {
                let mut desk = desk;
                let parameters =
                    format!("{},{}", site::password(&agent(number)), extension(number));
                desk.command("Login", &parameters).await.is_ok()
            });
        }
        tokio::time::sleep(Duration::from_millis(chance.below(300))).await;
        gateway.kill()?;
        coming.join_all().await;
        site.check_store()?;
    }
    let mut gateway = Gateway::start(&settings).await?;
    ensure!(gateway.figure("gc_store_damaged_total").await? == 0);
    log_in_all(&gateway).await?;
    ensure!(sessions(&gateway).await?.len() == AGENTS);
    gateway.until("gc_store_records", AGENTS).await?;
    let counters = site.simulator.counters();
    ensure!(counters.sign_ins.values().all(|counts| counts.refused == 0));
    gateway.kill()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_who_logs_out_is_wiped_from_the_store() -> Result<()> {
    let site = Site::start(2, GRACE).await?;
    let settings = site.settings()?;
    let mut gateway = Gateway::start(&settings).await?;
    let mut first = Desk::log_in(&gateway, 1).await?;
    let _second = Desk::log_in(&gateway, 2).await?;
    gateway.until("gc_store_records", 2).await?;
    first.command("Logout", "null").await?;
    gateway.until("gc_store_records", 1).await?;
    gateway.kill()?;
    let mut gateway = Gateway::start(&settings).await?;
    let known = sessions(&gateway).await?;
    ensure!(
        known.len() == 1 && known[0]["agentId"] == agent(2),
        "{known:?}"
    );
    gateway.kill()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_memory_is_dumped_nowhere_and_the_system_shows_no_password() -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let site = Site::start(2, GRACE).await?;
    let mut gateway = Gateway::start(&site.settings()?).await?;
    log_in(&gateway, 2).await?;
    let limits = gateway.proc("limits")?.context("nobody may read them")?;
    let core = limits.lines().find(|line| line.starts_with("Max core"));
    let core: Vec<&str> = core.context("no limit")?.split_whitespace().collect();
    ensure!(core[4..6] == ["0", "0"], "{core:?}");
    for name in ["cmdline", "environ", "status"] {
        let shown = gateway.proc(name)?.unwrap_or_default();
        ensure!(!secrets::is_in(&shown), "{name}: {shown}");
        // What is not dumpable belongs to root, whoever has started it.
        let owner = std::fs::metadata(gateway.proc_path(name))?.uid();
        ensure!(owner == 0, "{name} belongs to {owner}");
    }
    gateway.kill()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_store_agents_are_signed_out_and_log_in_again() -> Result<()> {
    let site = Site::start(1, Duration::from_millis(300)).await?;
    let settings = site.settings_without_store()?;
    let mut gateway = Gateway::start(&settings).await?;
    let mut desk = Desk::log_in(&gateway, 1).await?;
    gateway.kill()?;
    let dropped = desk.command("GetState", "null").await;
    ensure!(dropped.is_err(), "the client sees the drop");
    gateway = Gateway::start(&settings).await?;
    ensure!(sessions(&gateway).await?.is_empty());
    let signed_out = |site: &Site| {
        site.state_of(&agent(1))
            .is_ok_and(|state| state == "LOGOUT")
    };
    site.until("the forced sign-out", signed_out).await?;
    Desk::log_in(&gateway, 1).await?;
    ensure!(site.state_of(&agent(1))? != "LOGOUT");
    gateway.kill()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_tells_clients_first_then_closes_links_and_keeps_sessions() -> Result<()> {
    let site = Site::start(1, GRACE).await?;
    let settings = site.settings()?;
    let mut gateway = Gateway::start(&settings).await?;
    let desk = Desk::log_in(&gateway, 1).await?;
    gateway.until("gc_store_records", 1).await?;
    drop(desk);
    // A connection that does not say goodbye holds the stop up for a while.
    let mut follower = Follower::open(gateway.clients, Feed::WebSocket, "desk-1", None).await?;
    gateway.ask_to_stop()?;
    let readiness = gateway.until_not_ready().await?;
    ensure!(readiness.contains("the gateway is stopping"), "{readiness}");
    ensure!(
        TcpStream::connect(gateway.clients).await.is_err(),
        "new clients are let in"
    );
    ensure!(site.links() == 1, "agents stay present meanwhile");
    let goodbye = loop {
        if let Err(goodbye) = follower.next().await {
            break goodbye.to_string();
        }
    };
    let reason = "code: Away, reason: Utf8Bytes(b\"the gateway is stopping\")";
    ensure!(goodbye.contains(reason), "{goodbye}");
    drop(follower);
    let status = gateway.ended().await?;
    ensure!(status.success(), "{status}");
    site.until("the end of the link", |site| site.links() == 0)
        .await?;
    gateway = Gateway::start(&settings).await?;
    site.until("the link", |site| site.links() == 1).await?;
    site.check_agents(1)?;
    gateway.kill()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_key_and_a_second_gateway_are_refused() -> Result<()> {
    let site = Site::start(1, GRACE).await?;
    let settings = site.settings()?;
    let mut gateway = Gateway::start(&settings).await?;
    Desk::log_in(&gateway, 1).await?;
    gateway.until("gc_store_records", 1).await?;
    let second = Gateway::start(&settings).await.err().context("it runs")?;
    ensure!(
        second.to_string().contains("is used by another gateway"),
        "{second}"
    );
    gateway.kill()?;
    let key = settings.with_file_name("key");
    let right = std::fs::read(&key)?;
    std::fs::remove_file(&key)?;
    gc_server::NewStoreKey::generate()?.write(&key)?;
    let wrong = Gateway::start(&settings).await.err().context("it runs")?;
    ensure!(
        wrong.to_string().contains("was sealed with another key"),
        "{wrong}"
    );
    std::fs::write(&key, right)?;
    gateway = Gateway::start(&settings).await?;
    site.until("the link", |site| site.links() == 1).await?;
    gateway.kill()
}
