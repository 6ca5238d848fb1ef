//! Notifications at a given rate, and the events that come of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use hdrhistogram::Histogram;
use tokio::task::JoinHandle;

use crate::Transport;
use crate::client::{Agent, Client, log_in_all};
use crate::documents::{self, Side, Template};
use crate::usage;
use crate::world::World;

const AGENTS: usize = 100;
/// Marks in use at once at most.
const RING: u64 = 1 << 17;

/// A gateway with agents logged in, and what is under way.
pub(crate) struct Traffic {
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

/// What came of a run.
pub(crate) struct Run {
    pub(crate) sent: u32,
    pub(crate) received: u32,
    pub(crate) took: Duration,
    pub(crate) gateway_cpu: Duration,
    pub(crate) own_cpu: Duration,
    late: bool,
    latency: Histogram<u64>,
}

impl Run {
    /// Whether nothing was lost, the sender kept pace and p99 stayed below 100 ms.
    pub(crate) fn held(&self) -> bool {
        self.received == self.sent && !self.late && self.millis(0.99) < 100.0
    }

    /// A quantile of the time from notification to event.
    pub(crate) fn millis(&self, quantile: f64) -> f64 {
        Duration::from_nanos(self.latency.value_at_quantile(quantile)).as_secs_f64() * 1e3
    }
}

/// Documents of one size, made before the clock runs: what is measured is not the making of load.
pub(crate) struct Load(Vec<[Template; 2]>);

impl Load {
    /// Documents of about so many bytes, for every agent and side.
    pub(crate) fn of(bytes: usize) -> Self {
        let both = |number: usize| {
            [Side::Active, Side::Held]
                .map(|side| Template::new(&Agent(number).extension(), number as u64, side, bytes))
        };
        Self((1..=AGENTS).map(both).collect())
    }

    /// Agents take turns, and then sides, so that every notification changes something.
    fn document(&self, mark: u64) -> (Agent, String) {
        let turn = mark as usize;
        let number = turn % AGENTS;
        let side = turn / AGENTS % 2;
        (Agent(number + 1), self.0[number][side].marked(mark))
    }
}

impl Traffic {
    pub(crate) async fn start(by: Transport) -> Result<Self> {
        let world = World::start(AGENTS, by).await?;
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
    pub(crate) async fn run(&mut self, rate: u64, load: &Load, length: Duration) -> Result<Run> {
        self.shared.latency().reset();
        let process = self.world.gateway.process();
        let (gateway, own) = (usage::cpu(process)?, usage::cpu(std::process::id())?);
        let began = Instant::now();
        let sent = self.send(rate, load, length).await;
        let late = began.elapsed() > length.mul_f64(1.02);
        let received = self.settled(sent).await;
        Ok(Run {
            sent,
            received,
            late,
            took: began.elapsed(),
            gateway_cpu: usage::cpu(process)?.saturating_sub(gateway),
            own_cpu: usage::cpu(std::process::id())?.saturating_sub(own),
            latency: self.shared.latency().clone(),
        })
    }

    /// Ends the clients and the simulator; the gateway ends with them.
    pub(crate) async fn stop(self) {
        for reader in self.readers {
            reader.abort();
        }
        self.world.simulator.shutdown().await;
    }

    async fn send(&mut self, rate: u64, load: &Load, length: Duration) -> u32 {
        #[allow(clippy::cast_precision_loss)] // some thousands
        let rate = rate as f64;
        let began = Instant::now();
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        let mut sent = 0_u32;
        let all = (length.as_secs_f64() * rate) as u32;
        while sent < all {
            ticks.tick().await;
            let due = (began.elapsed().as_secs_f64() * rate) as u32;
            while sent < due.min(all) {
                self.publish(load);
                sent += 1;
            }
        }
        sent
    }

    fn publish(&mut self, load: &Load) {
        self.mark += 1;
        let (agent, xml) = load.document(self.mark);
        let now = self.shared.now();
        self.shared.sent[(self.mark % RING) as usize].store(now, Ordering::Relaxed);
        self.world
            .simulator
            .publish_raw(&agent.id(), "/Dialogs", &xml);
    }

    /// Events that came, once all are there or nothing has come for a second.
    async fn settled(&self, sent: u32) -> u32 {
        let (mut received, mut quiet) = (0, 0);
        while quiet < 100 {
            let now = u32::try_from(self.shared.latency().len()).unwrap_or(u32::MAX);
            if now >= sent {
                return now;
            }
            quiet = if now == received { quiet + 1 } else { 0 };
            received = now;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        received
    }
}

impl Shared {
    fn now(&self) -> u64 {
        self.started.elapsed().as_nanos() as u64
    }

    fn latency(&self) -> MutexGuard<'_, Histogram<u64>> {
        self.latency.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(mut client: Client, shared: Arc<Shared>) {
    while let Ok(Some(event)) = client.next().await {
        let Some(mark) = documents::mark(&event) else {
            continue;
        };
        let sent = shared.sent[(mark % RING) as usize].load(Ordering::Relaxed);
        let _ = shared
            .latency()
            .record(shared.now().saturating_sub(sent).max(1));
    }
}
