//! A thousand bad messages on each way in (faults F29 to F35): each gets a clear error or the documented close, and whoever else is
//! connected works on as if nothing had happened.

mod answers;
mod broker;
mod notifications;
mod rest;
mod slow;
mod websocket;

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};

/// Bad messages of each kind.
const MANY: usize = 1_000;

/// A world whose limits of speed stand in nobody's way.
async fn world() -> Result<World> {
    World::with(|_| {}, unhurried).await
}

fn unhurried(config: &mut gc_server::Config) {
    config.server.commands_per_second = 1_000_000;
    config.server.command_burst = 1_000_000;
    config.server.commands_per_second_per_source = 0;
}

/// Somebody else, who has nothing to do with it.
struct Bystander {
    omar: Actor,
    ready: bool,
}

impl Bystander {
    async fn at_work(world: &World) -> Result<Self> {
        let omar = Actor::logged_in(world, Transport::WebSocketV2, Actor::OMAR).await?;
        Ok(Self { omar, ready: false })
    }

    /// Changes state and hears of it, and of nothing else.
    async fn works_on(&mut self) -> Result<()> {
        self.ready = !self.ready;
        let (command, state) = match self.ready {
            true => ("MakeReady", "State READY"),
            false => ("MakeNotReady", "State NOT_READY"),
        };
        self.omar.send(command, "null").await?;
        self.omar
            .expect(&mut Names::default(), &[state], &[])
            .await?;
        Ok(())
    }
}
