//! One run, from the start of both sides to what is left at the end.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::runtime::Handle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::faults::{Faults, Struck};
use crate::floor::{Floor, Work};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::report::Report;
use crate::site::Site;
use crate::view::ONCE;
use crate::{Options, SIMULATOR, usage};

const TICK: Duration = Duration::from_millis(20);
const SECOND: Duration = Duration::from_secs(1);
/// Levels that are back at their start when everybody has left.
const LEVELS: [&str; 9] = [
    "gc_sessions",
    "gc_links_up",
    "gc_finesse_requests_pending",
    "gc_subscribers",
    "gc_frames_waiting",
    "gc_commands_waiting",
    "gc_link_reports_waiting",
    "gc_secrets_kept",
    "gc_impossible_states_total",
];
/// Time after the warm-up.
const SHORTEST: Duration = Duration::from_secs(10);
/// How long that may take.
const LAST: Duration = Duration::from_secs(30);
/// Connections to Finesse that are kept open for later, and some more.
const KEPT_OPEN: usize = 160;

pub(crate) async fn run(options: &Options, simulator: Handle) -> Result<Report> {
    ensure!(options.agents > 0, "no agents");
    ensure!(
        options.length >= SHORTEST,
        "too short to see whether memory grows"
    );
    let ledger = Arc::new(Ledger::default());
    let mut site = Site::start(options, simulator, &ledger).await?;
    let before = Before::of(&site).await?;
    let floor = Floor::open(options, &site, &ledger).await?;
    let marks = Marks::of(&site)?;
    let mut shift = Shift::begin(options, marks.notifications);
    shift.work(options, &mut site, &floor, &ledger).await?;
    let length = shift.began.elapsed();
    let used = marks.until(&Marks::of(&site)?);
    floor.rest(&site).await;
    floor.close().await?;
    let descriptors = before.check(&site, &ledger).await?;
    let executions = check_counts(&site, &ledger);
    if let Some(growth) = shift.memory.growth() {
        ledger.breach(format!("memory grows, in KiB: {growth:?}"));
    }
    Ok(Report {
        agents: options.agents,
        seed: options.seed,
        length,
        wanted_rate: options.rate,
        notifications: used.notifications,
        faults: shift.faults.by_name(),
        executions,
        memory: shift.memory,
        gateway_cpu: used.gateway_cpu,
        simulator_cpu: used.simulator_cpu,
        descriptors,
        breaches: ledger.breaches(),
        told: ledger.told(),
    })
}

/// Nothing was carried out twice, and every command has its outcome; gives how many requests were carried out.
fn check_counts(site: &Site, ledger: &Ledger) -> usize {
    let executions = site.simulator.counters().executions;
    for (id, times) in executions.iter().filter(|(_, times)| **times > 1) {
        ledger.breach(format!("Finesse carried {id} out {times} times"));
    }
    let told = ledger.told();
    let outcomes: u64 = told.outcomes.values().sum();
    if outcomes != told.commands {
        ledger.breach(format!("{} commands, {outcomes} outcomes", told.commands));
    }
    executions.len()
}

/// What has been used, or was sent, so far.
struct Marks {
    notifications: u64,
    gateway_cpu: Duration,
    simulator_cpu: Duration,
}

impl Marks {
    fn of(site: &Site) -> Result<Self> {
        Ok(Self {
            notifications: site.simulator.counters().notifications,
            gateway_cpu: usage::cpu(site.gateway.process())?,
            simulator_cpu: usage::cpu_of_threads(SIMULATOR)?,
        })
    }

    fn until(&self, later: &Self) -> Self {
        Self {
            notifications: later.notifications - self.notifications,
            gateway_cpu: later.gateway_cpu.saturating_sub(self.gateway_cpu),
            simulator_cpu: later.simulator_cpu.saturating_sub(self.simulator_cpu),
        }
    }
}

/// How the gateway was before anybody came.
struct Before {
    levels: Vec<f64>,
    descriptors: usize,
}

impl Before {
    async fn of(site: &Site) -> Result<Self> {
        Ok(Self {
            levels: levels(site).await?,
            descriptors: site.gateway.descriptors().await?,
        })
    }

    /// It must be so again; gives the open descriptors before and now.
    async fn check(&self, site: &Site, ledger: &Ledger) -> Result<(usize, usize)> {
        for left in until_left(site, &self.levels).await? {
            ledger.breach(left);
        }
        let now = site.gateway.descriptors().await?;
        if now > self.descriptors + KEPT_OPEN {
            ledger.breach(format!("{now} descriptors are open"));
        }
        Ok((self.descriptors, now))
    }
}

/// The time under load.
struct Shift {
    began: Instant,
    work: Work,
    faults: Faults,
    memory: Memory,
    /// The fault that is on.
    struck: Option<Struck>,
    next_fault: Instant,
    end: Instant,
}

impl Shift {
    fn begin(options: &Options, notified: u64) -> Self {
        let began = Instant::now();
        Self {
            began,
            work: Work::new(options, notified),
            faults: Faults::new(options.seed, options.every),
            memory: Memory::new(options.warm_up),
            struck: None,
            next_fault: began + options.every,
            end: began + options.warm_up + options.length,
        }
    }

    async fn work(
        &mut self,
        options: &Options,
        site: &mut Site,
        floor: &Floor,
        ledger: &Ledger,
    ) -> Result<()> {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut ticked, mut looked) = (self.began, self.began);
        // The last fault is seen through.
        while Instant::now() < self.end || self.struck.is_some() {
            let now = ticks.tick().await;
            self.work.go_on(site, floor, now - ticked);
            ticked = now;
            if now - looked >= SECOND {
                self.look(site, ledger, now - looked)?;
                looked = now;
            }
            self.go_on_with_trouble(site, floor, ledger).await?;
            if self.struck.is_none() && now >= self.next_fault && now < self.end {
                self.struck = Some(self.faults.strike(site, floor).await?);
                self.next_fault += options.every;
            }
        }
        Ok(())
    }

    /// What is looked at each second.
    fn look(&mut self, site: &mut Site, ledger: &Ledger, time: Duration) -> Result<()> {
        ensure!(site.gateway.runs()?, "the gateway has ended");
        let resident = usage::resident(site.gateway.process())?;
        self.memory
            .sample(self.began.elapsed().as_secs_f64(), resident);
        self.work
            .adjust(site.simulator.counters().notifications, time);
        for dialog in site.simulator.state().dialogs {
            if dialog.to.starts_with(ONCE) {
                ledger.saw_call(&dialog.to, &dialog.dialog_id);
            }
        }
        Ok(())
    }

    async fn go_on_with_trouble(
        &mut self,
        site: &Site,
        floor: &Floor,
        ledger: &Ledger,
    ) -> Result<()> {
        if let Some(struck) = &mut self.struck {
            struck.go_on(site, ledger).await?;
        }
        let Some(late) = self.struck.as_ref().and_then(Struck::over) else {
            return Ok(());
        };
        // Every fault that was to come still comes.
        self.next_fault += late;
        self.end += late;
        match self.struck.take() {
            Some(struck) => struck.heal(site, floor).await,
            None => Ok(()),
        }
    }
}

async fn levels(site: &Site) -> Result<Vec<f64>> {
    let figures = site.gateway.figures().await?;
    let level = |name: &&str| figures.get(*name).copied().unwrap_or_default();
    Ok(LEVELS.iter().map(level).collect())
}

/// Waits until nobody is there any more; tells what is left otherwise.
async fn until_left(site: &Site, before: &[f64]) -> Result<Vec<String>> {
    let deadline = Instant::now() + LAST;
    loop {
        let now = levels(site).await?;
        let differs = |at: &usize| now.get(*at) != before.get(*at);
        let mut left: Vec<String> = (0..LEVELS.len())
            .filter(differs)
            .map(|at| {
                format!(
                    "left: {} is {:?}, not {:?}",
                    LEVELS[at], now[at], before[at]
                )
            })
            .collect();
        let links: usize = site.simulator.state().nodes.iter().map(|of| of.links).sum();
        if links > 0 {
            left.push(format!("left: {links} links at Finesse"));
        }
        if left.is_empty() || Instant::now() > deadline {
            return Ok(left);
        }
        sleep(Duration::from_millis(100)).await;
    }
}
