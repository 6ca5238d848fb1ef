//! A client that is cut off at random.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use gc_testkit::client::{Feed, Follower};
use serde_json::Value;
use tokio::sync::watch;

use super::number;
use super::truth::{Truth, digest};

/// What the gateway keeps for those who come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// More than anybody here ever misses.
    Wide,
    /// Less than some miss.
    Narrow,
}

/// One client that is cut off at random, and what it has got.
pub(super) struct Unlucky {
    desk: &'static str,
    feed: Feed,
    window: Window,
    chance: Chance,
    truth: Truth,
    /// Where it stands in the numbering, as number and as id.
    at: Option<(u64, String)>,
    stage: Stage,
    got: Vec<(u64, u64)>,
    cuts: usize,
    gaps: usize,
    replayed: usize,
}

/// What the frames of a connection must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// What was missed, or new.
    Replay,
    /// A snapshot, until it says where the numbering stands.
    Snapshot,
    /// New.
    Live,
}

impl Unlucky {
    pub(super) fn new(
        desk: &'static str,
        feed: Feed,
        window: Window,
        seed: u64,
        truth: Truth,
    ) -> Self {
        Self {
            desk,
            feed,
            window,
            chance: Chance(seed),
            truth,
            at: None,
            stage: Stage::Replay,
            got: Vec::new(),
            cuts: 0,
            gaps: 0,
            replayed: 0,
        }
    }

    /// Comes and goes until it is told which event is the last one, and has that.
    pub(super) async fn follow(
        mut self,
        gateway: SocketAddr,
        end: watch::Receiver<Option<u64>>,
    ) -> Result<Self> {
        loop {
            self.stage = Stage::Replay;
            let last = self.at.as_ref().map(|(_, id)| id.as_str());
            let mut follower = Follower::open(gateway, self.feed, self.desk, last).await?;
            let stay = self.chance.below(150);
            if self.stay(&mut follower, stay, &end).await? {
                return Ok(self);
            }
            drop(follower);
            self.cuts += 1;
            self.stay_away(end.clone()).await?;
        }
    }

    async fn stay_away(&mut self, end: watch::Receiver<Option<u64>>) -> Result<()> {
        let until = self.truth.last() + self.chance.below(60);
        // There may be no more so many.
        tokio::select! {
            come = self.truth.wait_for(until) => come,
            () = is_over(end) => Ok(()),
        }
    }

    /// Takes so many events; whether the last one of all was among them.
    async fn stay(
        &mut self,
        follower: &mut Follower,
        events: u64,
        end: &watch::Receiver<Option<u64>>,
    ) -> Result<bool> {
        for _ in 0..events {
            let known_end = *end.borrow();
            if known_end.is_some_and(|end| self.number() >= Some(end)) {
                return Ok(true);
            }
            let frame = match known_end {
                Some(_) => follower.next().await?,
                None => tokio::select! {
                    frame = follower.next() => frame?,
                    () = is_over(end.clone()) => continue,
                },
            };
            self.take(&frame)?;
        }
        Ok(false)
    }

    fn number(&self) -> Option<u64> {
        self.at.as_ref().map(|(number, _)| *number)
    }

    fn take(&mut self, frame: &Value) -> Result<()> {
        if frame["event"]["type"] == "Gap" {
            ensure!(self.window == Window::Narrow, "a gap after {:?}", self.at);
            ensure!(self.stage == Stage::Replay, "a gap in the middle: {frame}");
            self.gaps += 1;
            self.stage = Stage::Snapshot;
            return Ok(());
        }
        match self.stage {
            Stage::Snapshot => self.take_snapshot(frame),
            Stage::Replay | Stage::Live => self.take_next(frame),
        }
    }

    fn take_snapshot(&mut self, frame: &Value) -> Result<()> {
        ensure!(frame["origin"] == "snapshot", "no snapshot: {frame}");
        if let Some(number) = number(frame) {
            ensure!(self.number() <= Some(number), "back to {number}");
            self.stage = Stage::Live;
            self.stand_at(number, frame);
        }
        Ok(())
    }

    fn take_next(&mut self, frame: &Value) -> Result<()> {
        let number = number(frame).with_context(|| format!("no number: {frame}"))?;
        let before = self.number();
        ensure!(
            before.is_none_or(|before| before + 1 == number),
            "{number} after {before:?}"
        );
        if frame["origin"] == "replay" {
            ensure!(self.stage == Stage::Replay, "{number} is replayed too late");
            self.replayed += 1;
        } else {
            self.stage = Stage::Live;
        }
        self.got.push((number, digest(frame)));
        self.stand_at(number, frame);
        Ok(())
    }

    fn stand_at(&mut self, number: u64, frame: &Value) {
        let id = frame["id"].as_str().unwrap_or_default();
        self.at = Some((number, id.to_owned()));
    }

    /// It has the last event, and what it has is what was told; without a gap that is everything since its first one.
    pub(super) async fn check(&self, truth: &mut Truth, last: u64) -> Result<String> {
        let has = self.number().unwrap_or_default();
        ensure!(has >= last, "the last one is missing: {has} of {last}");
        truth.wait_for(has).await?;
        for (number, digest) in &self.got {
            let told = truth.digest_of(*number);
            ensure!(told == Some(*digest), "{number} is another event");
        }
        let (events, cuts, gaps, replayed) = (self.got.len(), self.cuts, self.gaps, self.replayed);
        let line = format!(
            "{:?}: {events} events, {cuts} cuts, {replayed} replayed, {gaps} gaps",
            self.feed
        );
        let was_away = match self.window {
            Window::Wide => replayed >= 20 && gaps == 0,
            Window::Narrow => gaps > 0,
        };
        ensure!(cuts >= 3 && was_away, "that proves nothing: {line}");
        Ok(line)
    }
}

async fn is_over(mut end: watch::Receiver<Option<u64>>) {
    let _ = end.wait_for(Option::is_some).await;
}

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
