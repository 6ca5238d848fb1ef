//! Callers who hang up at once: so many that a client which reads nothing has more waiting than it may.

use std::time::Duration;

use anyhow::Result;
use finesse_sim::CallId;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::desk::{Order, extension};
use crate::floor::Floor;
use crate::ledger::Ledger;
use crate::site::Site;

/// Calls at once, each tick.
const AT_ONCE: usize = 20;
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// What the gateway may leave waiting, and what the system does, is full long before.
const LIMIT: Duration = Duration::from_secs(30);
const CUT_OFF: &str = "gc_slow_consumers_total";

/// They call one agent, whose client reads nothing meanwhile.
pub(crate) struct Callers {
    agent: usize,
    calls: u64,
    ringing: Option<CallId>,
    /// Clients that had been cut off before.
    cut_before: f64,
    began: Instant,
    looked: Instant,
    over: bool,
    /// When it is dropped the client reads again.
    _stuck: oneshot::Sender<()>,
}

impl Callers {
    /// The agent's client reads nothing from now on.
    pub(crate) async fn begin(site: &Site, floor: &Floor, agent: usize) -> Result<Self> {
        let cut_before = cut_off(site).await?;
        let (stuck, until) = oneshot::channel();
        floor.ask_one(agent, Order::Stuck(until)).await;
        let now = Instant::now();
        Ok(Self {
            agent,
            calls: 0,
            ringing: None,
            cut_before,
            began: now,
            looked: now,
            over: false,
            _stuck: stuck,
        })
    }

    /// Some more of them, unless the client has been cut off.
    pub(crate) async fn go_on(&mut self, site: &Site, ledger: &Ledger) -> Result<()> {
        if self.over {
            return Ok(());
        }
        let now = Instant::now();
        if now - self.looked >= LOOK_EVERY {
            self.looked = now;
            if cut_off(site).await? > self.cut_before {
                self.over = true;
                ledger.tell(|told| told.cut_off += 1);
            } else if now - self.began > LIMIT {
                self.over = true;
                let (agent, calls) = (self.agent, self.calls);
                ledger.breach(format!(
                    "desk-{agent} reads nothing of {calls} calls, and is not cut off"
                ));
            }
        }
        if !self.over {
            self.call(site);
        }
        Ok(())
    }

    /// Whether the client is still to be cut off.
    pub(crate) fn goes_on(&self) -> bool {
        !self.over
    }

    /// Nobody calls any more.
    pub(crate) fn end(mut self, site: &Site) {
        self.hang_up(site);
    }

    /// The last one lets it ring: an agent who has a call gets no other.
    fn call(&mut self, site: &Site) {
        let extension = extension(self.agent);
        for _ in 0..AT_ONCE {
            self.hang_up(site);
            self.calls += 1;
            let caller = format!("0400{:07}", self.calls);
            self.ringing = site.simulator.call(&caller, &extension, &[]).ok();
        }
        if self.ringing.is_none() {
            end_calls_of(site, &extension);
        }
    }

    fn hang_up(&mut self, site: &Site) {
        if let Some(call) = self.ringing.take() {
            // It may have ended by itself.
            let _ = site.simulator.hangup(call);
        }
    }
}

/// Whoever the agent still talks to hangs up.
fn end_calls_of(site: &Site, extension: &str) {
    let state = site.simulator.state();
    let numbers = Site::calls_of(&state, extension).filter_map(|(dialog, _)| dialog.parse().ok());
    for number in numbers {
        let _ = site.simulator.hangup(CallId(number));
    }
}

async fn cut_off(site: &Site) -> Result<f64> {
    let figures = site.gateway.figures().await?;
    Ok(figures.get(CUT_OFF).copied().unwrap_or_default())
}
