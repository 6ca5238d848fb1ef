//! Notification in, WebSocket event out: latency, rate, CPU.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use hdrhistogram::Histogram;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::client::{Agent, Client, log_in_all};
use crate::documents::{self, Side};
use crate::table::{Table, Target};
use crate::world::World;
use crate::{baseline, usage};

const AGENTS: usize = 100;
const STEADY: u64 = 1_000;
const RATES: [u64; 10] = [
    1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_000, 15_000,
];

/// Measures and adds the rows.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let world = World::start(AGENTS).await?;
    let mut traffic = Traffic::start(world).await?;
    traffic.run(STEADY, 1_000, Duration::from_secs(2)).await?;
    for (name, bytes, target) in [("1 kB", 1_000, 10_000.0), ("10 kB", 10_000, 3_000.0)] {
        let steady = traffic.run(STEADY, bytes, Duration::from_secs(10)).await?;
        report_steady(table, name, bytes, &steady)?;
        let highest = highest_rate(&mut traffic, bytes).await?;
        #[allow(clippy::cast_precision_loss)] // some thousands
        let rate = highest as f64;
        let what =
            format!("highest rate held for 4 s, {name}, simulator and clients on the same cores");
        table.add(what, rate, "/s", Target::AtLeast(target));
    }
    traffic.stop().await;
    Ok(())
}

fn report_steady(table: &mut Table, name: &str, bytes: usize, run: &Run) -> Result<()> {
    let at = |quantile: f64| {
        Duration::from_nanos(run.latency.value_at_quantile(quantile)).as_secs_f64() * 1e3
    };
    let what = |quantile: &str| format!("in to out at 1,000/s, {name}, {quantile}");
    table.add(what("p50"), at(0.5), "ms", Target::None);
    table.add(what("p99"), at(0.99), "ms", Target::AtMost(5.0));
    table.add(what("p99.9"), at(0.999), "ms", Target::None);
    let each = run.gateway_cpu.as_secs_f64() * 1e6 / f64::from(run.received);
    let alone = baseline::micros(bytes)?;
    table.add(
        format!("gateway CPU per event, {name}"),
        each,
        "µs",
        Target::AtMost(2.0 * alone),
    );
    let share = |cpu: Duration| 100.0 * cpu.as_secs_f64() / run.took.as_secs_f64();
    let what = |who: &str| format!("CPU at 1,000/s, {name}, {who}");
    table.add(
        what("gateway"),
        share(run.gateway_cpu),
        "% of a core",
        Target::None,
    );
    table.add(
        what("simulator and clients"),
        share(run.own_cpu),
        "% of a core",
        Target::None,
    );
    Ok(())
}

/// The highest of the rates at which nothing was lost, the sender kept pace and p99 stayed below 100 ms.
async fn highest_rate(traffic: &mut Traffic, bytes: usize) -> Result<u64> {
    let mut highest = 0;
    for rate in RATES {
        let run = traffic.run(rate, bytes, Duration::from_secs(4)).await?;
        if !run.held() {
            break;
        }
        highest = rate;
    }
    Ok(highest)
}

/// A gateway with agents logged in, and what is under way.
struct Traffic {
    world: World,
    shared: Arc<Shared>,
    readers: Vec<JoinHandle<()>>,
    mark: u64,
}

struct Shared {
    started: Instant,
    /// When a mark was sent, in ns since the start; a ring, because old ones are no longer asked for.
    sent: Box<[AtomicU64]>,
    latency: Mutex<Histogram<u64>>,
}

const RING: u64 = 1 << 17;

/// What came of a run.
struct Run {
    sent: u32,
    received: u32,
    late: bool,
    took: Duration,
    gateway_cpu: Duration,
    own_cpu: Duration,
    latency: Histogram<u64>,
}

impl Run {
    fn held(&self) -> bool {
        let p99 = Duration::from_nanos(self.latency.value_at_quantile(0.99));
        self.received == self.sent && !self.late && p99 < Duration::from_millis(100)
    }
}

impl Traffic {
    async fn start(world: World) -> Result<Self> {
        let shared = Arc::new(Shared {
            started: Instant::now(),
            sent: (0..RING).map(|_| AtomicU64::new(0)).collect(),
            latency: Mutex::new(Histogram::new(3)?),
        });
        let clients = log_in_all(world.gateway.port, AGENTS).await?;
        let readers = clients
            .into_iter()
            .map(|client| tokio::spawn(read(client, Arc::clone(&shared))))
            .collect();
        Ok(Self {
            world,
            shared,
            readers,
            mark: 0,
        })
    }

    /// Sends at a rate whatever comes back, then waits for what is still under way.
    async fn run(&mut self, rate: u64, bytes: usize, length: Duration) -> Result<Run> {
        self.shared.latency.lock().await.reset();
        let process = self.world.gateway.process();
        let (gateway, own) = (usage::cpu(process)?, usage::cpu(std::process::id())?);
        let began = Instant::now();
        let sent = self.send(rate, bytes, length).await;
        let late = began.elapsed() > length.mul_f64(1.02);
        let received = self.settled(sent).await;
        Ok(Run {
            sent,
            received,
            late,
            took: began.elapsed(),
            gateway_cpu: usage::cpu(process)?.saturating_sub(gateway),
            own_cpu: usage::cpu(std::process::id())?.saturating_sub(own),
            latency: self.shared.latency.lock().await.clone(),
        })
    }

    async fn send(&mut self, rate: u64, bytes: usize, length: Duration) -> u32 {
        let began = Instant::now();
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        let mut sent = 0_u32;
        let all = (length.as_secs_f64() * rate_of(rate)) as u32;
        while sent < all {
            ticks.tick().await;
            let due = (began.elapsed().as_secs_f64() * rate_of(rate)) as u32;
            while sent < due.min(all) {
                self.publish(bytes);
                sent += 1;
            }
        }
        sent
    }

    fn publish(&mut self, bytes: usize) {
        self.mark += 1;
        let number = self.mark as usize % AGENTS + 1;
        let agent = Agent(number);
        let side = Side::of(self.mark / AGENTS as u64);
        let xml = documents::dialog(&agent.extension(), number as u64, side, self.mark, bytes);
        let now = self.shared.started.elapsed().as_nanos() as u64;
        self.shared.sent[(self.mark % RING) as usize].store(now, Ordering::Relaxed);
        self.world
            .simulator
            .publish_raw(&agent.id(), "/Dialogs", &xml);
    }

    /// Events that came, once all are there or nothing has come for a second.
    async fn settled(&self, sent: u32) -> u32 {
        let (mut received, mut quiet) = (0, 0);
        while quiet < 20 {
            let now = u32::try_from(self.shared.latency.lock().await.len()).unwrap_or(u32::MAX);
            if now >= sent {
                return now;
            }
            quiet = if now == received { quiet + 1 } else { 0 };
            received = now;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        received
    }

    async fn stop(self) {
        for reader in self.readers {
            reader.abort();
        }
        self.world.simulator.shutdown().await;
    }
}

#[allow(clippy::cast_precision_loss)] // some thousands
fn rate_of(rate: u64) -> f64 {
    rate as f64
}

async fn read(mut client: Client, shared: Arc<Shared>) {
    while let Ok(Some(event)) = client.next().await {
        let Some(mark) = documents::mark(&event) else {
            continue;
        };
        let now = shared.started.elapsed().as_nanos() as u64;
        let sent = shared.sent[(mark % RING) as usize].load(Ordering::Relaxed);
        let _ = shared
            .latency
            .lock()
            .await
            .record(now.saturating_sub(sent).max(1));
    }
}
