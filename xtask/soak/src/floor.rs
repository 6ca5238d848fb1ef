//! All desks, and the work that they are given.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::Options;
use crate::desk::{Desk, Order, agent, extension};
use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::site::Site;
use crate::view::{ONCE, View};

/// Sign-ins at once.
const AT_ONCE: usize = 50;
/// How long everybody may take to sign in, to agree with Finesse, or to leave.
const PATIENCE: Duration = Duration::from_secs(90);

/// The desks.
pub(crate) struct Floor {
    orders: Vec<mpsc::Sender<Order>>,
    desks: Vec<JoinHandle<Result<()>>>,
    ledger: Arc<Ledger>,
}

impl Floor {
    /// Opens a desk for each agent, and waits until all are signed in.
    pub(crate) async fn open(options: &Options, site: &Site, ledger: &Arc<Ledger>) -> Result<Self> {
        let mut floor = Self {
            orders: Vec::new(),
            desks: Vec::new(),
            ledger: Arc::clone(ledger),
        };
        for number in 1..=options.agents {
            let (sender, orders) = mpsc::channel(8);
            let gateway = site.gateway.clients;
            let desk = Desk::new(number, gateway, options.seed, Arc::clone(ledger), orders);
            floor.desks.push(tokio::spawn(desk.run()));
            floor.orders.push(sender);
            if number % AT_ONCE == 0 || number == options.agents {
                floor.until_signed_in(site, number).await?;
            }
        }
        Ok(floor)
    }

    async fn until_signed_in(&self, site: &Site, wanted: usize) -> Result<()> {
        let come = async {
            let signed_in = || {
                let state = site.simulator.state();
                let agents = state.agents.iter();
                agents.filter(|agent| agent.state != "LOGOUT").count()
            };
            while signed_in() < wanted {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, come)
            .await
            .context("not everybody signs in")
    }

    pub(crate) fn count(&self) -> usize {
        self.orders.len()
    }

    /// Gives some desks an order, which they get when they look next.
    pub(crate) async fn ask(&self, numbers: &[usize], order: impl Fn() -> Order) {
        for number in numbers {
            self.ask_one(*number, order()).await;
        }
    }

    /// As [`Floor::ask`], for one desk.
    pub(crate) async fn ask_one(&self, number: usize, order: Order) {
        if let Some(desk) = self.orders.get(number - 1) {
            let _ = desk.send(order).await;
        }
    }

    /// Asks a desk to work, unless it has too much to do.
    pub(crate) fn ask_to_work(&self, number: usize, order: Order) {
        if let Some(desk) = self.orders.get(number - 1) {
            let _ = desk.try_send(order);
        }
    }

    /// Nobody begins anything more; waits until clients and Finesse agree on everything.
    pub(crate) async fn rest(&self, site: &Site) {
        let all: Vec<usize> = (1..=self.count()).collect();
        self.ask(&all, || Order::Rest).await;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let differences = self.differences(site).await;
            if differences.is_empty() {
                return;
            }
            if Instant::now() > deadline {
                for difference in differences {
                    self.ledger.breach(format!("at rest: {difference}"));
                }
                return;
            }
            sleep(Duration::from_millis(300)).await;
        }
    }

    async fn differences(&self, site: &Site) -> Vec<String> {
        let mut shown = Vec::new();
        for number in 1..=self.count() {
            shown.push(self.view_of(number).await);
        }
        let state = site.simulator.state();
        let real: BTreeMap<&str, View> = state
            .agents
            .iter()
            .map(|of| {
                let calls = Site::calls_of(&state, &of.extension);
                let view = View {
                    state: of.state.to_owned(),
                    reason: of
                        .reason_code
                        .map(|code| code.to_string())
                        .unwrap_or_default(),
                    calls: calls
                        .map(|(id, state)| (id.to_owned(), state.to_owned()))
                        .collect(),
                };
                (of.agent_id.as_str(), view)
            })
            .collect();
        let differs = |(number, mut seen): (usize, Option<View>)| {
            let real = real.get(agent(number).as_str())?;
            // A state without a reason of its own may still show the one before.
            if let Some(seen) = seen.as_mut().filter(|_| real.reason.is_empty()) {
                seen.reason.clear();
            }
            (seen.as_ref() != Some(real))
                .then(|| format!("{} is {real:?}, not {seen:?}", agent(number)))
        };
        (1..).zip(shown).filter_map(differs).collect()
    }

    /// Everybody hangs up and signs out.
    pub(crate) async fn close(mut self) -> Result<()> {
        let all: Vec<usize> = (1..=self.count()).collect();
        self.ask(&all, || Order::Leave).await;
        let deadline = Instant::now() + PATIENCE;
        for (number, mut desk) in (1..).zip(std::mem::take(&mut self.desks)) {
            match timeout_at(deadline, &mut desk).await {
                Ok(left) => left?.with_context(|| format!("desk-{number}"))?,
                Err(_) => {
                    let view = self.view_of(number).await;
                    self.ledger
                        .breach(format!("desk-{number} cannot leave: {view:?}"));
                    desk.abort();
                }
            }
        }
        Ok(())
    }

    async fn view_of(&self, number: usize) -> Option<View> {
        let (show, view) = oneshot::channel();
        self.orders
            .get(number - 1)?
            .send(Order::Show(show))
            .await
            .ok()?;
        view.await.ok().flatten()
    }
}

/// Gives out work at such a pace that Finesse sends notifications at the wanted rate.
pub(crate) struct Work {
    dice: Dice,
    rate: f64,
    /// Pieces of work a second.
    pace: f64,
    due: f64,
    notified: u64,
    calls: u64,
}

impl Work {
    pub(crate) fn new(options: &Options, notified: u64) -> Self {
        let rate = f64::from(options.rate);
        Self {
            dice: Dice::new(options.seed ^ 0x5eed),
            rate,
            pace: rate / 3.0,
            due: 0.0,
            notified,
            calls: 0,
        }
    }

    /// Gives out what is due after such a time.
    pub(crate) fn go_on(&mut self, site: &Site, floor: &Floor, time: Duration) {
        self.due += self.pace * time.as_secs_f64();
        while self.due >= 1.0 {
            self.due -= 1.0;
            self.one(site, floor);
        }
    }

    fn one(&mut self, site: &Site, floor: &Floor) {
        let number = self.dice.one_of(floor.count());
        self.calls += 1;
        match self.dice.below(4) {
            0 => {
                let caller = format!("0300{:07}", self.calls);
                // Who is busy is not called.
                let _ = site.simulator.call(&caller, &extension(number), &[]);
            }
            1 => {
                let callee = format!("{ONCE}{:07}", self.calls);
                floor.ask_to_work(number, Order::Dial(callee));
            }
            _ => floor.ask_to_work(number, Order::Toggle),
        }
    }

    /// After a second: faster or slower, by what came of the last one.
    pub(crate) fn adjust(&mut self, notified: u64, time: Duration) {
        #[allow(clippy::cast_precision_loss)] // some thousands
        let came = (notified - self.notified) as f64 / time.as_secs_f64();
        self.notified = notified;
        let change = if came < self.rate { 1.05 } else { 0.95 };
        self.pace = (self.pace * change).clamp(1.0, self.rate * 2.0);
    }
}
