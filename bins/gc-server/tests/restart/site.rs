//! A simulated Finesse that outlives gateways, and the agents' desks.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use finesse_sim::{OnDisconnect, SimConfig, Simulator};
use gc_testkit::client::{Feed, Follower, PATIENCE, event_of};
use gc_testkit::secrets::{self, CANARY};
use gc_testkit::{Client, Transport};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::gateway::Gateway;

/// The simulator, and settings of a gateway for it.
pub(crate) struct Site {
    pub(crate) simulator: Simulator,
    folder: TempDir,
}

impl Site {
    /// With so many agents, who are signed out when nobody was present for so long.
    pub(crate) async fn start(agents: usize, grace: Duration) -> Result<Self> {
        let mut config = SimConfig::bench(agents);
        config.settings.presence_grace = grace;
        config.settings.on_disconnect = OnDisconnect::Logout;
        for agent in &mut config.site.agents {
            agent.password = password(&agent.id);
        }
        let simulator = Simulator::start(config).await?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("ca.pem"), simulator.ca_pem())?;
        let (key, file) = (
            gc_server::NewStoreKey::generate()?,
            folder.path().join("key"),
        );
        key.write(&file)?;
        secrets::plant(std::fs::read_to_string(file)?.trim());
        Ok(Self { simulator, folder })
    }

    /// A file of settings, with a store.
    pub(crate) fn settings(&self) -> Result<PathBuf> {
        self.write(&self.store_settings())
    }

    /// A file of settings, with a store and a broker.
    pub(crate) fn settings_with_broker(&self, url: &str) -> Result<PathBuf> {
        let store = self.store_settings();
        let broker =
            format!("[broker]\nbrokers = [{url:?}]\npersistent = true\nreconnect_min = \"10ms\"\n");
        self.write(&(store + &broker))
    }

    fn store_settings(&self) -> String {
        format!(
            "[store]\npath = {:?}\nkey_file = {:?}\n",
            self.store().display().to_string(),
            self.folder.path().join("key").display().to_string(),
        )
    }

    /// A file of settings, without a store.
    pub(crate) fn settings_without_store(&self) -> Result<PathBuf> {
        self.write("")
    }

    /// A file of settings, without a store: links may be silent for four seconds, answers take three at most.
    pub(crate) fn settings_without_patience(&self) -> Result<PathBuf> {
        let file = self.write("")?;
        let mut text = std::fs::read_to_string(&file)?;
        for (section, more) in [
            ("[finesse]\n", "request_timeout = \"3s\"\n"),
            (
                "[finesse.link]\n",
                "ping_interval = \"2s\"\nping_timeout = \"4s\"\n",
            ),
        ] {
            ensure!(text.contains(section), "{text}");
            text = text.replace(section, &format!("{section}{more}"));
        }
        std::fs::write(&file, text)?;
        Ok(file)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn write(&self, more: &str) -> Result<PathBuf> {
        let authority = self.folder.path().join("ca.pem").display().to_string();
        let mut text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n\
             [log]\nlevel = \"trace\"\nformat = \"json\"\n\
             [callbacks]\nallow = [\"http://127.0.0.1:*\"]\n{more}\
             [finesse]\nsystem_roots = false\nhealth_interval = \"200ms\"\nca_files = [{authority:?}]\n\
             [finesse.link]\nreconnect_min = \"20ms\"\n"
        );
        for node in self.simulator.nodes() {
            write!(
                text,
                "[[finesse.nodes]]\nhost = {:?}\naddress = \"127.0.0.1\"\nhttps_port = {}\n\
                 legacy_websocket_port = {}\nxmpp_port = {}\n",
                node.host,
                node.https.port(),
                node.legacy.port(),
                node.xmpp.port(),
            )?;
        }
        let file = self.folder.path().join("gc.toml");
        std::fs::write(&file, text)?;
        Ok(file)
    }

    /// Nobody was signed in twice, tried a wrong password, or is signed out.
    pub(crate) fn check_agents(&self, agents: usize) -> Result<()> {
        let counters = self.simulator.counters();
        for number in 1..=agents {
            let id = agent(number);
            let counts = counters.sign_ins.get(&id).context("nobody signed in")?;
            ensure!(counts.logins == 1, "{id}: {counts:?}");
            ensure!(counts.refused == 0, "{id}: {counts:?}");
            ensure!(self.state_of(&id)? != "LOGOUT", "{id} was signed out");
        }
        Ok(())
    }

    pub(crate) fn state_of(&self, agent: &str) -> Result<&'static str> {
        let state = self.simulator.state();
        let found = state.agents.iter().find(|found| found.agent_id == agent);
        Ok(found.context("no such agent")?.state)
    }

    /// Links to any node.
    pub(crate) fn links(&self) -> usize {
        let state = self.simulator.state();
        state.nodes.iter().map(|node| node.links).sum()
    }

    /// Waits for something at Finesse.
    pub(crate) async fn until(&self, what: &str, come: impl Fn(&Self) -> bool) -> Result<()> {
        let wait = async {
            while !come(self) {
                tokio::task::yield_now().await;
            }
        };
        let waited = timeout(PATIENCE, wait).await;
        waited.with_context(|| format!("{what} did not come; {} links", self.links()))
    }

    /// No file of the store shows a secret.
    pub(crate) fn check_store(&self) -> Result<()> {
        for entry in std::fs::read_dir(self.store())? {
            let path = entry?.path();
            // It may be gone by now.
            let bytes = std::fs::read(&path).unwrap_or_default();
            ensure!(
                !secrets::is_in(&String::from_utf8_lossy(&bytes)),
                "{path:?}"
            );
            let damaged = path.extension().is_some_and(|kind| kind == "damaged");
            ensure!(!damaged, "{path:?}");
        }
        Ok(())
    }
}

pub(crate) fn agent(number: usize) -> String {
    (100_000 + number).to_string()
}

pub(crate) fn password(agent: &str) -> String {
    format!("{CANARY}-{agent}")
}

/// An agent's desk.
pub(crate) struct Desk {
    pub(crate) number: usize,
    client: Client,
}

impl Desk {
    /// Comes, and logs the agent in.
    pub(crate) async fn log_in(gateway: &Gateway, number: usize) -> Result<Self> {
        let mut desk = Self::open(gateway, number).await?;
        let parameters = format!("{},{}", password(&agent(number)), 200_000 + number);
        desk.command("Login", &parameters).await?;
        Ok(desk)
    }

    pub(crate) async fn open(gateway: &Gateway, number: usize) -> Result<Self> {
        let name = name(number);
        let client = Client::open(gateway.clients, Transport::WebSocketV2, &name).await?;
        Ok(Self { number, client })
    }

    /// Gives a command, which must end well.
    pub(crate) async fn command(&mut self, command: &str, parameters: &str) -> Result<()> {
        let command = format!("{command}#{}", agent(self.number));
        self.client.send(&command, parameters).await?;
        let is_result = |event: &Value| event["type"] == "CommandResult";
        let result = self.client.next_of(is_result).await?;
        let result = event_of(&result);
        ensure!(result["outcome"] == "done", "{command}: {result}");
        Ok(())
    }

    /// Whether it was told that Finesse, or its own link, does not work.
    pub(crate) fn was_out_of_service(&mut self) -> bool {
        self.client
            .has(|event| event["type"] == "System" && event["status"] == "OUT_OF_SERVICE")
    }

    /// Leaves; the id of the last event that it has seen.
    pub(crate) fn leave(mut self) -> Option<String> {
        let seen = self.client.drain();
        let mut ids = seen.iter().filter_map(|frame| frame["id"].as_str());
        ids.next_back().map(str::to_owned)
    }

    /// Comes back behind an event: it must be told that something is missing, and then how the agent stands.
    pub(crate) async fn come_back(gateway: &Gateway, number: usize, last: &str) -> Result<Value> {
        let feed = Feed::ALL[number % 2];
        let name = name(number);
        let mut follower = Follower::open(gateway.clients, feed, &name, Some(last)).await?;
        let gap = follower.next().await?;
        ensure!(gap["event"]["type"] == "Gap", "{gap}");
        loop {
            let frame = follower.next().await?;
            let event = &frame["event"];
            if event["type"] == "State" {
                ensure!(event["agentId"] == agent(number), "{frame}");
                ensure!(frame["origin"] == "snapshot", "{frame}");
                return Ok(event["state"].clone());
            }
        }
    }
}

fn name(number: usize) -> String {
    format!("desk-{number}")
}
