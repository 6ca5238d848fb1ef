//! Clients that are cut off at random while many calls come and go: in the end each has every event, once, in order.
//!
//! `GC_RESUME_SECONDS` sets how long it goes on (3 unless set), `GC_RESUME_SEED` which cuts are made.
#![allow(clippy::print_stdout)] // a failed run is repeated with the seed that it prints

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use finesse_sim::Site;
use gc_testkit::client::Feed;
use gc_testkit::{Client, Transport, World};
use serde_json::Value;
use tokio::sync::watch;

use super::number;
use super::truth::Truth;
use super::unlucky::{Unlucky, Window};

const DESK: &str = "floor-1";
const AGENTS: usize = 12;
/// It goes on at least until so many have been told, however slow the machine is.
const EVENTS: u64 = 800;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_are_cut_off_at_random_under_load_have_every_event_once_and_in_order()
-> Result<()> {
    cut_off_at_random(Window::Wide).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_miss_more_than_is_kept_are_told_so_and_have_the_rest_once_and_in_order()
-> Result<()> {
    cut_off_at_random(Window::Narrow).await
}

async fn cut_off_at_random(window: Window) -> Result<()> {
    let seconds = setting("GC_RESUME_SECONDS", 3);
    let seed = setting("GC_RESUME_SEED", 1);
    println!("GC_RESUME_SECONDS={seconds} GC_RESUME_SEED={seed}");
    let world = World::with(
        |site| site.site = Site::with_agents(AGENTS),
        |gateway| {
            gateway.replay.bytes = 4 * 1024 * 1024;
            gateway.replay.events = match window {
                Window::Wide => 1_000,
                Window::Narrow => 30,
            };
        },
    )
    .await?;
    let mut floor = Floor::open(&world).await?;
    let (mut truth, reading) = Truth::begin(&world, DESK).await?;
    let (tell_end, end) = watch::channel(None);
    let feeds = [Feed::WebSocket, Feed::Events, Feed::WebSocket, Feed::Events];
    let unlucky = (1..).zip(feeds).map(|(n, feed)| {
        let seed = seed.wrapping_mul(1_000) + n;
        let client = Unlucky::new(DESK, feed, window, seed, truth.clone());
        tokio::spawn(client.follow(world.gateway(), end.clone()))
    });
    let unlucky: Vec<_> = unlucky.collect();
    let until = Instant::now() + Duration::from_secs(seconds);
    floor.work(&world, &truth, until).await?;
    let (last, calls) = floor.close().await?;
    truth.wait_for(last).await?;
    tell_end.send_replace(Some(last));
    for client in unlucky {
        println!("{}", client.await??.check(&mut truth, last).await?);
    }
    reading.abort();
    println!("{calls} calls");
    Ok(())
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
                .send(&format!("Connect#{agent}"), &format!("{DESK},c4nary"))
                .await?;
            client
                .next_of(|event| event["command"] == "Connect")
                .await?;
            client
                .send(&format!("Login#{agent}"), &format!("c4nary,{extension}"))
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
