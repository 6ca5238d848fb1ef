//! Every command of the table, end to end, in front of both products.

mod administration;
mod agent;
mod calls;
mod data;
mod lists;
mod other_product;
mod outbound;
mod sso;
mod supervision;

use anyhow::{Context, Result, ensure};
use finesse_sim::{Product, Profile};
use gc_testkit::client::event_of;
use gc_testkit::{Client, Transport, World};
use serde_json::Value;

/// Runs the same test in front of each product.
macro_rules! with_each_product {
    ($($name:ident),+ $(,)?) => {
        mod ucce {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() -> anyhow::Result<()> {
                super::$name(finesse_sim::Product::Ucce).await
            })+
        }
        mod uccx {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() -> anyhow::Result<()> {
                super::$name(finesse_sim::Product::Uccx).await
            })+
        }
    };
}
pub(crate) use with_each_product;

const CUSTOMER: &str = "03005550142";
const ROUTE_POINT: &str = "7800";

/// An agent of the demo site.
#[derive(Debug, Clone, Copy)]
struct Who {
    id: &'static str,
    extension: &'static str,
}

const LAYLA: Who = Who {
    id: "41027",
    extension: "6127",
};
const OMAR: Who = Who {
    id: "41033",
    extension: "6133",
};
const NADIA: Who = Who {
    id: "41900",
    extension: "6190",
};

fn profile(product: Product) -> Profile {
    Profile {
        product,
        ..Profile::default()
    }
}

/// The demo site of a product.
async fn world(product: Product) -> Result<World> {
    World::imitating(profile(product)).await
}

/// An agent's desktop over `gc.v2`: it is told how each command ends.
#[derive(Debug)]
struct Desk {
    client: Client,
    who: Who,
}

impl Desk {
    /// A desktop that has said Hello.
    async fn open(world: &World, who: Who) -> Result<Self> {
        let name = format!("desk-{}", who.id);
        let client = Client::open(world.gateway(), Transport::WebSocketV2, &name).await?;
        Ok(Self { client, who })
    }

    /// A desktop whose agent is logged in.
    async fn logged_in(world: &World, who: Who) -> Result<Self> {
        let mut desk = Self::open(world, who).await?;
        let connect = format!("{},c4nary", desk.client.destination());
        desk.done("Connect", &connect).await?;
        desk.done("Login", &format!("c4nary,{}", who.extension))
            .await?;
        desk.client.drain();
        Ok(desk)
    }

    /// A desktop whose agent waits for calls.
    async fn ready(world: &World, who: Who) -> Result<Self> {
        let mut desk = Self::logged_in(world, who).await?;
        desk.done("MakeReady", "null").await?;
        desk.state("READY").await?;
        Ok(desk)
    }

    /// A desktop whose agent talks to a customer whom the route point sent; and the call.
    async fn talking(world: &World, who: Who) -> Result<(Self, String)> {
        let mut desk = Self::ready(world, who).await?;
        let dialog = world.call(CUSTOMER, ROUTE_POINT).await?;
        desk.event("NewInboundCall").await?;
        desk.done("AnswerCall", &dialog).await?;
        desk.call("InboundCall", &dialog, "ACTIVE").await?;
        desk.state("TALKING").await?;
        Ok((desk, dialog))
    }

    /// Sends a command of the desk's agent and waits for its end: `done`, or `failed CODE`.
    async fn ask(&mut self, command: &str, body: &str) -> Result<String> {
        self.ask_for(self.who.id, command, body).await
    }

    /// As [`Desk::ask`], for any agent.
    async fn ask_for(&mut self, agent: &str, command: &str, body: &str) -> Result<String> {
        let name = gc_protocol::command::table::find(command)
            .with_context(|| format!("{command} is no command"))?
            .name;
        self.client
            .send(&format!("{command}#{agent}"), body)
            .await?;
        let result = self
            .client
            .next_of(|event| event["type"] == "CommandResult" && event["command"] == name)
            .await
            .with_context(|| format!("{command} {body}"))?;
        let result = event_of(&result);
        Ok(match result["errorType"].as_str() {
            None => result["outcome"].as_str().unwrap_or_default().to_owned(),
            Some(code) => format!("{} {code}", result["outcome"].as_str().unwrap_or_default()),
        })
    }

    /// Sends a command that must take effect.
    async fn done(&mut self, command: &str, body: &str) -> Result<()> {
        let outcome = self.ask(command, body).await?;
        ensure!(outcome == "done", "{command} {body}: {outcome}");
        Ok(())
    }

    /// Sends a command that must fail, with its Error told.
    async fn fails(&mut self, command: &str, body: &str, code: &str) -> Result<()> {
        let outcome = self.ask(command, body).await?;
        ensure!(
            outcome == format!("failed {code}"),
            "{command} {body}: {outcome}"
        );
        self.client
            .next_of(|event| event["type"] == "Error" && event["errorType"] == code)
            .await?;
        Ok(())
    }

    /// The next event of a type.
    async fn event(&mut self, kind: &str) -> Result<Value> {
        let frame = self
            .client
            .next_of(|event| event["type"] == kind)
            .await
            .with_context(|| format!("waiting for {kind}"))?;
        Ok(event_of(&frame).clone())
    }

    /// The next State of the desk's own agent that names a state.
    async fn state(&mut self, state: &str) -> Result<Value> {
        self.state_of(self.who.id, state).await
    }

    /// The next State of an agent that names a state.
    async fn state_of(&mut self, agent: &str, state: &str) -> Result<Value> {
        let fits = |event: &Value| {
            event["type"] == "State" && event["agentId"] == agent && event["state"] == state
        };
        let frame = self
            .client
            .next_of(fits)
            .await
            .with_context(|| format!("waiting for State {state} of {agent}"))?;
        Ok(event_of(&frame).clone())
    }

    /// The next event of a call that has a state.
    async fn call(&mut self, kind: &str, dialog: &str, state: &str) -> Result<Value> {
        let fits = |event: &Value| {
            let id = event.get("dialogId").or_else(|| event.get("assDialogId"));
            event["type"] == kind && event["state"] == state && id.is_some_and(|id| id == dialog)
        };
        let frame = self
            .client
            .next_of(fits)
            .await
            .with_context(|| format!("waiting for {kind} {dialog} {state}"))?;
        Ok(event_of(&frame).clone())
    }

    /// The next event of a type and state, whichever call it is about; and the call.
    async fn any_call(&mut self, kind: &str, state: &str) -> Result<(Value, String)> {
        let frame = self
            .client
            .next_of(|event| event["type"] == kind && event["state"] == state)
            .await
            .with_context(|| format!("waiting for {kind} {state}"))?;
        let event = event_of(&frame).clone();
        let id = ["dialogId", "assDialogId"]
            .iter()
            .find_map(|key| event[*key].as_str())
            .context("a call without an id")?
            .to_owned();
        Ok((event, id))
    }
}

/// A text value of an event.
fn text<'e>(event: &'e Value, key: &str) -> &'e str {
    event[key].as_str().unwrap_or_default()
}
