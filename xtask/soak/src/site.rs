//! A simulated Finesse on threads of its own, a gateway in front of it, and a network between them that can be spoilt.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use finesse_sim::{Node, SimConfig, Simulator, State};
use gc_testkit::network::{Lines, Network};
use gc_testkit::proxy::Toxics;
use tempfile::TempDir;
use tokio::runtime::Handle;

use crate::Options;
use crate::gateway::Gateway;
use crate::ledger::Ledger;

/// All of them, running.
pub(crate) struct Site {
    pub(crate) simulator: Arc<Simulator>,
    pub(crate) gateway: Gateway,
    network: Network,
    threads: Handle,
    _folder: TempDir,
}

impl Site {
    /// Starts them; the simulator works on these threads.
    pub(crate) async fn start(
        options: &Options,
        threads: Handle,
        ledger: &Arc<Ledger>,
    ) -> Result<Self> {
        let mut config = SimConfig {
            seed: options.seed,
            ..SimConfig::bench(options.agents)
        };
        for agent in &mut config.site.agents {
            canaries::CANARY.clone_into(&mut agent.password);
        }
        let simulator = threads.spawn(Simulator::start(config)).await??;
        let folder = tempfile::tempdir()?;
        let network = Network::before(&simulator)?;
        let file = write_settings(&simulator, &network, &folder, options.every)?;
        let gateway = Gateway::start(&options.program, &file, ledger).await?;
        let site = Self {
            simulator: Arc::new(simulator),
            gateway,
            network,
            threads,
            _folder: folder,
        };
        site.until_ready().await?;
        Ok(site)
    }

    /// The lines to a node.
    pub(crate) fn lines(&self, node: Node) -> &Lines {
        match node {
            Node::A => &self.network.a,
            Node::B => &self.network.b,
        }
    }

    /// Spoils all lines to a node, both ways.
    pub(crate) fn spoil(&self, node: Node, toxics: Toxics) {
        for line in self.lines(node).all() {
            line.spoil_both(toxics);
        }
    }

    /// Lines to a node are as they should be again.
    pub(crate) async fn mend_lines(&self, node: Node) -> Result<()> {
        for line in self.lines(node).all() {
            line.heal().await?;
        }
        Ok(())
    }

    /// Does something with the simulator on its own threads, where its tasks belong.
    pub(crate) async fn at_simulator<T: Send + 'static>(
        &self,
        what: impl AsyncFnOnce(&Simulator) -> T + Send + 'static,
    ) -> Result<T> {
        let simulator = Arc::clone(&self.simulator);
        let threads = self.threads.clone();
        let done = self
            .threads
            .spawn_blocking(move || threads.block_on(what(&simulator)));
        Ok(done.await?)
    }

    /// How an agent's phone takes part in its calls, as a client should see it.
    pub(crate) fn calls_of<'a>(
        state: &'a State,
        extension: &str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        state.dialogs.iter().filter_map(move |dialog| {
            let mut parties = dialog.participants.iter();
            let own = parties.find(|party| party.address == extension)?;
            let over = matches!(own.state, "DROPPED" | "WRAP_UP");
            (!over).then_some((dialog.dialog_id.as_str(), own.state))
        })
    }

    async fn until_ready(&self) -> Result<()> {
        let ready = async {
            while !self.gateway.ask("/readyz").await?.contains(" 200 ") {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            anyhow::Ok(())
        };
        let ready = tokio::time::timeout(Duration::from_secs(30), ready).await;
        ready.context("the gateway never finds Finesse in service")?
    }
}

/// Times follow the pace of the faults, so that each is noticed before it ends.
fn write_settings(
    simulator: &Simulator,
    network: &Network,
    folder: &TempDir,
    every: Duration,
) -> Result<PathBuf> {
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, simulator.ca_pem())?;
    let millis = |part: u32, most: Duration| (every / part).min(most).as_millis();
    let mut text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n\
         [log]\nlevel = \"info\"\nformat = \"json\"\n[session]\nmax_sessions = 0\n\
         [finesse]\nsystem_roots = false\nca_files = [{:?}]\nhealth_interval = \"{}ms\"\n\
         failover_after = \"{}ms\"\n\
         [finesse.link]\nping_interval = \"{}ms\"\nping_timeout = \"{}ms\"\n\
         reconnect_min = \"50ms\"\nreconnect_max = \"{}ms\"\n",
        authority.display().to_string(),
        millis(10, Duration::from_secs(1)),
        millis(8, Duration::from_secs(3)),
        millis(6, Duration::from_secs(3)),
        millis(3, Duration::from_secs(6)),
        millis(4, Duration::from_secs(5)),
    );
    for (node, lines) in simulator.nodes().iter().zip([&network.a, &network.b]) {
        write!(
            text,
            "[[finesse.nodes]]\nhost = {:?}\naddress = \"127.0.0.1\"\nhttps_port = {}\n\
             legacy_websocket_port = {}\nxmpp_port = {}\n",
            node.host,
            lines.https.address().port(),
            lines.legacy.address().port(),
            lines.xmpp.address().port(),
        )?;
    }
    let file = folder.path().join("gc.toml");
    std::fs::write(&file, text)?;
    Ok(file)
}
