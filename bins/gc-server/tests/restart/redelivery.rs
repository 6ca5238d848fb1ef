//! A broker delivers again what it does not know to be done, and whoever is killed: no call is made twice.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use finesse_sim::CallId;
use gc_testkit::client::PATIENCE;
use serde_json::Value;
use tokio::time::timeout;

use crate::gateway::Gateway;
use crate::queue::{Heard, Queue};
use crate::site::{Site, agent, password};
use crate::{Chance, GRACE, extension};

/// Agents of the queue.
const AGENTS: usize = 6;
/// Commands that the broker has to deliver again in a run, at least.
const REDELIVERIES: usize = 100;

/// What goes wrong while a command is on its way.
#[derive(Debug, Clone, Copy)]
enum Mishap {
    /// The connection breaks, and the broker has not heard that the command was taken.
    LineBefore,
    /// The connection breaks after it has, but the gateway does not know.
    LineAfter,
    /// The broker is killed before it has heard.
    Broker,
    /// The gateway is killed before the broker has heard.
    GatewayBefore,
    /// The gateway is killed as soon as it may know that the broker has heard.
    GatewayAfter,
    /// Both are killed, and the broker does not know any more whom it gave what.
    Both,
}

const MISHAPS: [Mishap; 6] = [
    Mishap::LineBefore,
    Mishap::LineAfter,
    Mishap::Broker,
    Mishap::GatewayBefore,
    Mishap::GatewayAfter,
    Mishap::Both,
];

struct Stage {
    site: Site,
    settings: PathBuf,
    queue: Queue,
    gateway: Gateway,
    /// Numbers that were dialled, with the calls that came of it.
    calls: BTreeMap<String, Vec<String>>,
    dialled: u64,
    kills: usize,
}

impl Stage {
    /// Everybody is logged in through the queue.
    async fn set() -> Result<Self> {
        let site = Site::start(AGENTS, GRACE).await?;
        let mut queue = Queue::start().await?;
        let settings = site.settings_with_broker(&queue.url()?)?;
        let gateway = Gateway::start(&settings).await?;
        queue.welcome().await?;
        let mut stage = Self {
            site,
            settings,
            queue,
            gateway,
            calls: BTreeMap::new(),
            dialled: 0,
            kills: 0,
        };
        for number in 1..=AGENTS {
            let (id, password) = (agent(number), password(&agent(number)));
            let connect = format!("desk-{number},{password}");
            stage.put(&format!("Connect#{id}"), &connect).await?;
            let login = format!("{password},{}", extension(number));
            stage.put(&format!("Login#{id}"), &login).await?;
        }
        let at_work = |stage: &Self| (1..=AGENTS).all(|number| stage.is_in(number, "NOT_READY"));
        stage.until("everybody at work", at_work).await?;
        stage.gateway.until("gc_store_records", 2 * AGENTS).await?;
        Ok(stage)
    }

    async fn put(&mut self, kind: &str, body: &str) -> Result<()> {
        self.queue.put(kind, body).await
    }

    fn is_in(&self, number: usize, state: &str) -> bool {
        let is = self.site.state_of(&agent(number));
        is.is_ok_and(|is| is == state)
    }

    /// Notes every call, and has the other party hang up, so that nothing keeps the agent from a second one.
    fn watch_calls(&mut self) {
        let dialogs = self.site.simulator.state().dialogs;
        // One that is only being made does not say yet to whom.
        for dialog in dialogs.into_iter().filter(|dialog| !dialog.to.is_empty()) {
            let of_number = self.calls.entry(dialog.to).or_default();
            if !of_number.contains(&dialog.dialog_id) {
                of_number.push(dialog.dialog_id.clone());
            }
            if let Ok(id) = dialog.dialog_id.parse() {
                // It may be over, or not have begun to ring.
                let _ = self.site.simulator.hangup(CallId(id));
            }
        }
    }

    /// Takes what the gateway sends, as a broker that works.
    async fn until(&mut self, what: &str, come: impl Fn(&Self) -> bool) -> Result<()> {
        let wait = async {
            while !come(self) {
                self.watch_calls();
                let heard = timeout(Duration::from_millis(20), self.queue.hear()).await;
                if let Ok(heard) = heard {
                    self.queue.take(heard?).await?;
                }
            }
            anyhow::Ok(())
        };
        match timeout(PATIENCE, wait).await {
            Ok(done) => done,
            Err(_) => anyhow::bail!("{what} did not come"),
        }
    }

    /// Some agents make a call and some change their state.
    async fn put_some(&mut self, chance: &mut Chance) -> Result<()> {
        for number in 1..=AGENTS {
            let id = agent(number);
            match chance.below(4) {
                0 => self.put(&format!("MakeNotReady#{id}"), "null").await?,
                _ => {
                    self.dialled += 1;
                    let to = format!("0300{:07}", self.dialled);
                    self.put(&format!("MakeCall#{id}"), &to).await?;
                }
            }
        }
        Ok(())
    }

    /// Works until something goes wrong.
    async fn go_wrong(&mut self, chance: &mut Chance) -> Result<()> {
        let mishap = MISHAPS[usize::try_from(chance.below(6))?];
        for _ in 0..chance.below(40) {
            let Ok(heard) = timeout(Duration::from_millis(200), self.queue.hear()).await else {
                break;
            };
            self.queue.take(heard?).await?;
            self.watch_calls();
        }
        let heard = timeout(Duration::from_millis(200), self.queue.hear()).await;
        let heard = heard.ok().transpose()?;
        // Time for what the gateway does without waiting for the broker.
        for _ in 0..chance.below(20) {
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.watch_calls();
        }
        match mishap {
            Mishap::LineBefore => self.queue.lose_line(),
            Mishap::LineAfter => {
                if let Some(Heard::Ack(frame)) = &heard {
                    self.queue.forget(frame);
                }
                self.queue.lose_line();
            }
            Mishap::Broker => self.queue.die(),
            Mishap::GatewayBefore => {
                self.kill()?;
                self.queue.lose_line();
            }
            Mishap::GatewayAfter => {
                if let Some(heard) = heard {
                    self.queue.take(heard).await?;
                }
                self.kill()?;
                self.queue.lose_line();
            }
            Mishap::Both => {
                self.kill()?;
                self.queue.die();
            }
        }
        self.watch_calls();
        Ok(())
    }

    fn kill(&mut self) -> Result<()> {
        self.kills += 1;
        self.gateway.kill()
    }

    /// The gateway is there again.
    async fn come_back(&mut self, killed_before: usize) -> Result<()> {
        if self.kills > killed_before {
            self.queue.forget_numbers();
            self.gateway = Gateway::start(&self.settings).await?;
            // Before that it would refuse whatever came.
            self.gateway.until("gc_links_up", AGENTS).await?;
        }
        self.queue.welcome().await
    }

    fn check_calls(&self) -> Result<()> {
        for (number, calls) in &self.calls {
            ensure!(calls.len() == 1, "{number} was called {calls:?}");
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_made_twice_and_no_other_command_is_lost_whoever_is_killed_before_it_is_acknowledged()
-> Result<()> {
    let mut stage = Stage::set().await?;
    let mut chance = Chance::new();
    while stage.queue.redelivered < REDELIVERIES {
        let killed = stage.kills;
        stage.put_some(&mut chance).await?;
        stage.go_wrong(&mut chance).await?;
        stage.come_back(killed).await?;
        let taken = |stage: &Stage| stage.queue.is_empty();
        stage.until("the end of the queue", taken).await?;
        let linked = |stage: &Stage| stage.site.links() == AGENTS;
        stage.until("every link", linked).await?;
        stage.check_calls()?;
    }
    for number in 1..=AGENTS {
        let ready = format!("MakeReady#{}", agent(number));
        stage.put(&ready, "null").await?;
    }
    stage.queue.lose_line();
    stage.kill()?;
    stage.come_back(stage.kills - 1).await?;
    let ready = |stage: &Stage| (1..=AGENTS).all(|number| stage.is_in(number, "READY"));
    stage.until("everybody ready", ready).await?;
    stage.check_calls()?;
    println!(
        "{} messages were delivered again and {} events sent again, the gateway was killed {} times; {} of {} numbers were called, each once",
        stage.queue.redelivered,
        stage.queue.repeated,
        stage.kills,
        stage.calls.len(),
        stage.dialled,
    );
    ensure!(stage.queue.repeated > 0, "no event was sent again");
    ensure!(
        stage.calls.len() > REDELIVERIES / 4,
        "hardly anybody was called"
    );
    stage.gateway.kill()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_command_comes_again_after_a_kill_is_not_made_again_and_how_it_stands_is_told()
-> Result<()> {
    let mut stage = Stage::set().await?;
    stage
        .put(&format!("MakeCall#{}", agent(1)), "03005550142")
        .await?;
    // Nobody hangs up here.
    let wait = async {
        while stage.site.simulator.state().dialogs.is_empty() {
            let heard = timeout(Duration::from_millis(20), stage.queue.hear()).await;
            if let Ok(heard) = heard {
                stage.queue.take(heard?).await?;
            }
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, wait).await.context("no call")??;
    stage.kill()?;
    stage.queue.lose_last_acknowledgement();
    stage.come_back(stage.kills - 1).await?;
    let (mut unknown, mut call) = (false, false);
    let wait = async {
        while !(unknown && call && stage.queue.is_empty()) {
            let heard = stage.queue.hear().await?;
            if let Heard::Event(frame) = &heard {
                let event: Value = serde_json::from_slice(&frame.body)?;
                unknown |= event["errorType"] == "NOT_REACHABLE" && event["command"] == "MakeCall";
                call |= event["type"] == "InboundCall" && event["agentId"] == agent(1);
            }
            stage.queue.take(heard).await?;
        }
        anyhow::Ok(())
    };
    let told = timeout(PATIENCE, wait).await;
    told.with_context(|| format!("unknown: {unknown}, call: {call}"))??;
    let dialogs = stage.site.simulator.state().dialogs;
    ensure!(dialogs.len() == 1, "{dialogs:?}");
    stage.gateway.kill()
}
