//! Clients that are cut off at random while many calls come and go: in the end each has every event, once, in order.
//!
//! `GC_RESUME_SECONDS` sets how long it goes on (3 unless set), `GC_RESUME_SEED` which cuts are made.
#![allow(clippy::print_stdout)] // a failed run is repeated with the seed that it prints

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use finesse_sim::Site;
use gc_testkit::client::{Feed, Follower, PATIENCE};
use gc_testkit::{Client, Transport, World};
use serde_json::Value;
use tokio::sync::watch;

use super::number;

const DESK: &str = "floor-1";
const AGENTS: usize = 12;
/// It goes on at least until so many have been told, however slow the machine is.
const EVENTS: u64 = 800;

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

type Digests = Arc<Mutex<BTreeMap<u64, u64>>>;

/// What the client that is never cut off has seen: a digest of each event by its number.
#[derive(Clone)]
struct Truth {
    digests: Digests,
    last: watch::Receiver<u64>,
}

impl Truth {
    /// Follows the destination until the sender of the last number is dropped.
    async fn begin(world: &World) -> Result<(Self, tokio::task::JoinHandle<()>)> {
        let mut follower = Follower::open(world.gateway(), Feed::WebSocket, DESK, None).await?;
        let (sender, last) = watch::channel(0);
        let digests = Digests::default();
        let seen = Arc::clone(&digests);
        let reading = tokio::spawn(async move {
            while let Ok(frame) = follower.next().await {
                if let Some(number) = number(&frame) {
                    held(&seen).insert(number, digest(&frame));
                    let _ = sender.send(number);
                }
            }
        });
        Ok((Self { digests, last }, reading))
    }

    fn last(&self) -> u64 {
        *self.last.borrow()
    }

    async fn wait_for(&mut self, number: u64) -> Result<()> {
        let come = self.last.wait_for(|last| *last >= number);
        tokio::time::timeout(PATIENCE, come)
            .await
            .context("nothing happens any more")??;
        Ok(())
    }

    fn digest_of(&self, number: u64) -> Option<u64> {
        held(&self.digests).get(&number).copied()
    }
}

fn held(digests: &Digests) -> MutexGuard<'_, BTreeMap<u64, u64>> {
    digests.lock().unwrap_or_else(|held| held.into_inner())
}

/// Everything but the origin, which says how it came.
fn digest(frame: &Value) -> u64 {
    let mut frame = frame.clone();
    frame["origin"] = Value::Null;
    let mut hasher = DefaultHasher::new();
    frame.to_string().hash(&mut hasher);
    hasher.finish()
}

/// One client that is cut off at random, and what it has got.
struct Unlucky {
    feed: Feed,
    chance: Chance,
    truth: Truth,
    last: Option<String>,
    got: Vec<(u64, u64)>,
    cuts: usize,
    replayed: usize,
}

impl Unlucky {
    fn new(feed: Feed, seed: u64, truth: Truth) -> Self {
        Self {
            feed,
            chance: Chance(seed),
            truth,
            last: None,
            got: Vec::new(),
            cuts: 0,
            replayed: 0,
        }
    }

    /// Comes and goes until it is told which event is the last one, and has that.
    async fn follow(
        mut self,
        gateway: std::net::SocketAddr,
        end: watch::Receiver<Option<u64>>,
    ) -> Result<Self> {
        loop {
            let mut follower =
                Follower::open(gateway, self.feed, DESK, self.last.as_deref()).await?;
            let stay = self.chance.below(150);
            if self.stay(&mut follower, stay, &end).await? {
                return Ok(self);
            }
            drop(follower);
            self.cuts += 1;
            let away = self.chance.below(60);
            if end.borrow().is_none() {
                let until = self.truth.last() + away;
                // There may be no more so many.
                let ended = end.clone();
                tokio::select! {
                    come = self.truth.wait_for(until) => come?,
                    () = is_over(ended) => {}
                }
            }
        }
    }

    /// Takes so many events; whether the last one of all was among them.
    async fn stay(
        &mut self,
        follower: &mut Follower,
        events: u64,
        end: &watch::Receiver<Option<u64>>,
    ) -> Result<bool> {
        let mut live = false;
        for _ in 0..events {
            let known_end = *end.borrow();
            let last = self.got.last().map(|(number, _)| *number);
            if known_end.is_some_and(|end| Some(end) <= last) {
                return Ok(true);
            }
            let frame = match known_end {
                Some(_) => follower.next().await?,
                None => tokio::select! {
                    frame = follower.next() => frame?,
                    () = is_over(end.clone()) => continue,
                },
            };
            self.take(&frame, &mut live)?;
        }
        Ok(false)
    }

    fn take(&mut self, frame: &Value, live: &mut bool) -> Result<()> {
        ensure!(
            frame["event"]["type"] != "Gap",
            "a gap after {:?}",
            self.last
        );
        let number = number(frame).with_context(|| format!("no number: {frame}"))?;
        let before = self.got.last().map(|(number, _)| *number);
        ensure!(
            before.is_none_or(|before| before + 1 == number),
            "{number} after {before:?}"
        );
        match frame["origin"].as_str() {
            Some("replay") => {
                ensure!(!*live, "{number} is replayed after a live event");
                self.replayed += 1;
            }
            _ => *live = true,
        }
        self.got.push((number, digest(frame)));
        self.last = frame["id"].as_str().map(str::to_owned);
        Ok(())
    }

    /// It has the last event and, since its first one, all those that were told.
    async fn check(&self, truth: &mut Truth, last: u64) -> Result<()> {
        let has = self.got.last().map_or(0, |(number, _)| *number);
        ensure!(has >= last, "the last one is missing: {has} of {last}");
        truth.wait_for(has).await?;
        for (number, digest) in &self.got {
            let told = truth.digest_of(*number);
            ensure!(told == Some(*digest), "{number} is another event");
        }
        let (feed, cuts, replayed) = (self.feed, self.cuts, self.replayed);
        println!(
            "{feed:?}: {} events, {cuts} cuts, {replayed} replayed",
            self.got.len()
        );
        ensure!(cuts >= 3 && replayed >= 30, "it was hardly ever away");
        Ok(())
    }
}

async fn is_over(mut end: watch::Receiver<Option<u64>>) {
    let _ = end.wait_for(Option::is_some).await;
}

/// Answers every call and hangs up, and has as many calls as agents waiting.
struct Floor {
    client: Client,
    calls: usize,
}

impl Floor {
    async fn open(world: &World) -> Result<Self> {
        let mut client = Client::open(world.gateway(), Transport::WebSocketV2, DESK).await?;
        for n in 1..=AGENTS {
            let (agent, extension) = (100_000 + n, 200_000 + n);
            client
                .send(&format!("Connect#{agent}"), &format!("{DESK},demo"))
                .await?;
            client
                .next_of(|event| event["command"] == "Connect")
                .await?;
            client
                .send(&format!("Login#{agent}"), &format!("demo,{extension}"))
                .await?;
            client.next_of(|event| event["command"] == "Login").await?;
            client.send(&format!("MakeReady#{agent}"), "null").await?;
            client.next_of(|event| event["state"] == "READY").await?;
        }
        client.drain();
        Ok(Self { client, calls: 0 })
    }

    async fn work(&mut self, world: &World, truth: &Truth, until: Instant) -> Result<()> {
        for _ in 0..AGENTS {
            self.call(world).await?;
        }
        while Instant::now() < until || truth.last() < EVENTS {
            let frame = self.client.next().await?;
            self.react(world, &frame["event"]).await?;
        }
        Ok(())
    }

    async fn react(&mut self, world: &World, event: &Value) -> Result<()> {
        let text = |key: &str| event[key].as_str().unwrap_or_default();
        let dialog = text("dialogId");
        match (text("type"), text("state")) {
            ("NewInboundCall", _) => {
                let answer = format!("AnswerCall#{}", text("agentId"));
                self.client.send(&answer, dialog).await?;
            }
            ("InboundCall", "ACTIVE") => {
                // It may be told twice as active, and is over by then.
                let _ = world.hang_up(dialog).await;
            }
            ("InboundCall", "DROPPED") => self.call(world).await?,
            _ => {}
        }
        Ok(())
    }

    async fn call(&mut self, world: &World) -> Result<()> {
        self.calls += 1;
        let caller = format!("0300{:07}", self.calls);
        world.call(&caller, "7800").await?;
        Ok(())
    }

    /// One event more, which is the last: its number.
    async fn close(mut self) -> Result<(u64, usize)> {
        self.client.drain();
        self.client.send(&format!("Hello#{DESK}"), "null").await?;
        let last = self
            .client
            .next_of(|event| event["type"] == "System")
            .await?;
        Ok((number(&last).context("no number")?, self.calls))
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_are_cut_off_at_random_under_load_have_every_event_once_and_in_order()
-> Result<()> {
    let (seconds, seed) = (
        setting("GC_RESUME_SECONDS", 3),
        setting("GC_RESUME_SEED", 1),
    );
    println!("GC_RESUME_SECONDS={seconds} GC_RESUME_SEED={seed}");
    let world = World::with(
        |site| site.site = Site::with_agents(AGENTS),
        |gateway| {
            gateway.replay.events = 1_000;
            gateway.replay.bytes = 4 * 1024 * 1024;
        },
    )
    .await?;
    let mut floor = Floor::open(&world).await?;
    let (mut truth, reading) = Truth::begin(&world).await?;
    let (tell_end, end) = watch::channel(None);
    let unlucky = (1..)
        .zip([Feed::WebSocket, Feed::Events, Feed::WebSocket, Feed::Events])
        .map(|(n, feed)| {
            let client = Unlucky::new(feed, seed.wrapping_mul(1_000) + n, truth.clone());
            tokio::spawn(client.follow(world.gateway(), end.clone()))
        });
    let unlucky: Vec<_> = unlucky.collect();
    floor
        .work(
            &world,
            &truth,
            Instant::now() + Duration::from_secs(seconds),
        )
        .await?;
    let (last, calls) = floor.close().await?;
    truth.wait_for(last).await?;
    tell_end.send_replace(Some(last));
    for client in unlucky {
        let client = client.await??;
        client.check(&mut truth, last).await?;
    }
    reading.abort();
    println!("{calls} calls");
    Ok(())
}
