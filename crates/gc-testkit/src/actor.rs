//! An agent with a client of its own: sends commands, and compares what comes with what a script says.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::client::{Client, Transport, event_of};
use crate::script::{Names, call_lines, has_line, user_lines};
use crate::secrets::CANARY;
use crate::world::World;

/// An agent of the demo site.
#[derive(Debug)]
pub struct Actor {
    /// The agent's client.
    pub client: Client,
    id: &'static str,
    extension: &'static str,
}

impl Actor {
    /// Layla Haddad.
    pub const LAYLA: (&'static str, &'static str) = ("41027", "6127");
    /// Omar Riaz.
    pub const OMAR: (&'static str, &'static str) = ("41033", "6133");
    /// Nadia Sethi, supervisor.
    pub const NADIA: (&'static str, &'static str) = ("41900", "6190");

    /// Opens a client for an agent; nothing is connected yet.
    pub async fn open(
        world: &World,
        transport: Transport,
        who: (&'static str, &'static str),
    ) -> Result<Self> {
        // A destination has no `@`, which an agent's id may have.
        let desk = format!("desk-{}", who.0.replace('@', "-"));
        let client = Client::open(world.gateway(), transport, &desk).await?;
        Ok(Self {
            client,
            id: who.0,
            extension: who.1,
        })
    }

    /// Opens a client, connects and logs in.
    pub async fn logged_in(
        world: &World,
        transport: Transport,
        who: (&'static str, &'static str),
    ) -> Result<Self> {
        let mut actor = Self::open(world, transport, who).await?;
        let mut names = Names::default();
        actor.connect().await?;
        actor.expect(&mut names, &["ConnectStatus"], &[]).await?;
        actor.login().await?;
        actor
            .expect(
                &mut names,
                &["State NOT_READY", "AgentInfo", "DialogState NOT_FOUND"],
                &[],
            )
            .await?;
        Ok(actor)
    }

    /// Opens a client, connects, logs in and makes the agent ready.
    pub async fn ready(
        world: &World,
        transport: Transport,
        who: (&'static str, &'static str),
    ) -> Result<Self> {
        let mut actor = Self::logged_in(world, transport, who).await?;
        actor.send("MakeReady", "null").await?;
        actor
            .expect(&mut Names::default(), &["State READY"], &[])
            .await?;
        Ok(actor)
    }

    /// Login id.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Extension.
    pub fn extension(&self) -> &'static str {
        self.extension
    }

    /// Sends `Connect` with the agent's password.
    pub async fn connect(&mut self) -> Result<()> {
        let body = format!("{},{CANARY}", self.client.destination());
        self.send("Connect", &body).await
    }

    /// Sends `Login` with the agent's password.
    pub async fn login(&mut self) -> Result<()> {
        let body = format!("{CANARY},{}", self.extension);
        self.send("Login", &body).await
    }

    /// Sends a command of this agent.
    pub async fn send(&mut self, command: &str, body: &str) -> Result<()> {
        self.client
            .send(&format!("{command}#{}", self.id), body)
            .await
    }

    /// Waits until as many lines of each feed have come as are expected, and compares them. Within a feed the order
    /// counts; between the feeds Finesse promises none.
    pub async fn expect(
        &mut self,
        names: &mut Names,
        user: &[&str],
        calls: &[&str],
    ) -> Result<Vec<Value>> {
        let mut events = Vec::new();
        loop {
            let got_user = user_lines(&events);
            let got_calls = call_lines(&events, names);
            let enough = got_user.len() >= user.len() && got_calls.len() >= calls.len();
            let wrong = !got_user.iter().zip(user).all(|(got, want)| got == want)
                || !got_calls.iter().zip(calls).all(|(got, want)| got == want);
            if enough || wrong {
                ensure!(
                    got_user == user && got_calls == calls,
                    "agent {}:\n user feed got  {got_user:#?}\n user feed want {user:#?}\n calls got  {got_calls:#?}\n calls want {calls:#?}\n frames: {events:?}",
                    self.id
                );
                for event in events.iter().filter(|event| has_line(event)) {
                    self.client.compared(event);
                }
                return Ok(events);
            }
            let event = self.client.next_unlooked().await.with_context(|| {
                format!(
                    "agent {} so far: {got_user:#?} {got_calls:#?}, wanted: {user:#?} {calls:#?}",
                    self.id
                )
            })?;
            events.push(event_of(&event).clone());
        }
    }

    /// Waits for a routed call from the demo customer and answers it.
    pub async fn take_call(&mut self, world: &World, names: &mut Names) -> Result<String> {
        let dialog = world.call("03005550142", "7800").await?;
        let name = names.of(&dialog);
        let ringing = format!("NewInboundCall {name} PREROUTE_ACD_IN");
        self.expect(names, &["State RESERVED"], &[&ringing]).await?;
        self.send("AnswerCall", &dialog).await?;
        let active = format!("InboundCall {name} ACTIVE PREROUTE_ACD_IN 2");
        self.expect(names, &["State TALKING"], &[&active]).await?;
        Ok(dialog)
    }

    /// From READY to logged out; anything that came unasked for since the last expectation shows here.
    pub async fn finish(&mut self, names: &mut Names) -> Result<()> {
        self.send("MakeNotReady", "null").await?;
        self.expect(names, &["State NOT_READY"], &[]).await?;
        self.log_out(names).await
    }

    /// Logs out from NOT_READY; anything that came unasked for since the last expectation shows here.
    pub async fn log_out(&mut self, names: &mut Names) -> Result<()> {
        self.send("Logout", "null").await?;
        self.expect(names, &["State LOGOUT"], &[]).await?;
        Ok(())
    }
}
