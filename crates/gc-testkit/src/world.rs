//! A gateway and a simulator in this process, connected by real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use finesse_sim::{
    CallId, Node, Profile, ServiceStatus, SignIns, SimConfig, Simulator, WrapUpMode,
};
use gc_server::Config;
use gc_server::config::{Cluster, Node as FinesseNode};
use hyper::Method;
use serde_json::{Value, json};

use crate::client::request;
use crate::evidence::{Fact, Product, Scene};
use crate::log_guard::LogGuard;
use crate::secrets;

/// Everything a test needs around it; ends with the value.
#[derive(Debug)]
pub struct World {
    simulator: Simulator,
    gateway: gc_server::Handle,
    config: Config,
    scene: Scene,
}

impl World {
    /// The demo site; agents let a call ring for a second.
    pub async fn start() -> Result<Self> {
        Self::with(|_| {}, |_| {}).await
    }

    /// As [`World::start`], in front of another product or release.
    pub async fn imitating(profile: Profile) -> Result<Self> {
        Self::with(|site| *site = site.clone().profile(profile), |_| {}).await
    }

    /// As [`World::start`], with wrap-up after each inbound call.
    pub async fn with_wrap_up() -> Result<Self> {
        Self::with(
            |site| site.settings.wrap_up_incoming = WrapUpMode::Required,
            |_| {},
        )
        .await
    }

    /// As [`World::start`], but a request has only half a second for its outcome.
    pub async fn impatient() -> Result<Self> {
        Self::with(
            |_| {},
            |gateway| gateway.session.request_deadline = Duration::from_millis(500),
        )
        .await
    }

    /// As [`World::start`], but a failed node is left after a third of a second.
    pub async fn failing_over() -> Result<Self> {
        Self::with(
            |_| {},
            |gateway| gateway.finesse.failover_after = Duration::from_millis(300),
        )
        .await
    }

    /// As [`World::start`], with other settings.
    pub async fn with(
        site: impl FnOnce(&mut SimConfig),
        gateway: impl FnOnce(&mut Config),
    ) -> Result<Self> {
        Self::serve(Self::simulate(site).await?, gateway).await
    }

    /// The simulator alone.
    pub(crate) async fn simulate(site: impl FnOnce(&mut SimConfig)) -> Result<Simulator> {
        LogGuard::global();
        let mut config = SimConfig::test();
        site(&mut config);
        secrets::plant_at(&mut config);
        Simulator::start(config)
            .await
            .context("starting the simulator")
    }

    /// A gateway in front of it.
    pub(crate) async fn serve(
        simulator: Simulator,
        gateway: impl FnOnce(&mut Config),
    ) -> Result<Self> {
        let mut config = config_for(&simulator);
        gateway(&mut config);
        let service = config.service();
        secrets::plant_of(&config);
        let (handle, served) = gc_server::serve(config.clone())
            .await
            .context("starting the gateway")?;
        tokio::spawn(served);
        let world = Self {
            scene: Scene::begin(handle.client_addr(), product_of(&simulator), &service),
            simulator,
            gateway: handle,
            config,
        };
        world.wait_until_in_service().await?;
        Ok(world)
    }

    /// Address of the client API.
    pub fn gateway(&self) -> SocketAddr {
        self.gateway.client_addr()
    }

    /// Address of the admin listener.
    pub fn admin(&self) -> SocketAddr {
        self.gateway.admin_addr()
    }

    /// Has the gateway read its settings again, which are those of its start but for this change.
    pub fn reload(&self, change: impl FnOnce(&mut Config)) -> Result<()> {
        let mut config = self.config.clone();
        change(&mut config);
        Ok(self.gateway.reload(&config)?)
    }

    /// The simulator.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// A customer calls; gives the call's id.
    pub async fn call(&self, from: &str, to: &str) -> Result<String> {
        Ok(self.simulator.call(from, to, &[])?.0.to_string())
    }

    /// A campaign calls a customer for an agent, in a mode of the simulator's control API; gives what that answers.
    pub async fn campaign(&self, mode: &str, agent: &str, customer: &str) -> Result<Value> {
        let wish = json!({"mode": mode, "agentId": agent, "customer": customer});
        let control = self.simulator.control_addr();
        let answer = request(control, Method::POST, "/sim/campaigns", wish.to_string()).await?;
        ensure!(answer.status == 200, "campaign {mode}: {answer:?}");
        self.scene.record(Fact::Campaign { mode });
        Ok(answer.json())
    }

    /// An access token of an agent's, as the identity service would give it.
    pub fn token(&self, agent: &str, life: Duration) -> Result<String> {
        let token = self.simulator.issue_token(agent, life)?;
        secrets::plant(&token);
        Ok(token)
    }

    /// The customer hangs up.
    pub async fn hang_up(&self, dialog: &str) -> Result<()> {
        let id = CallId(
            dialog
                .parse()
                .with_context(|| format!("{dialog} is no call id"))?,
        );
        Ok(self.simulator.hangup(id)?)
    }

    /// Arms a fault, written as for the control API.
    pub fn fault(&self, fault: Value) -> Result<()> {
        self.simulator.add_fault(serde_json::from_value(fault)?);
        Ok(())
    }

    /// Takes node `a` or `b` out of service, or back.
    pub fn service(&self, node: &str, status: &str) -> Result<()> {
        let node = node_of(node);
        let status = if status == "IN_SERVICE" {
            ServiceStatus::InService
        } else {
            ServiceStatus::OutOfService
        };
        self.simulator.set_service(node, status);
        Ok(())
    }

    /// Kills the process of node `a` or `b`.
    pub async fn kill(&self, node: &str) {
        self.simulator.kill_node(node_of(node)).await;
    }

    /// Starts it again.
    pub async fn revive(&self, node: &str) -> Result<()> {
        Ok(self.simulator.start_node(node_of(node)).await?)
    }

    /// The CTI server changes sides, which takes this long.
    pub fn cti_failover(&self, time: Duration) {
        self.simulator.fail_cti_over(time);
    }

    /// What Finesse has counted of an agent's sign-ins.
    pub fn sign_ins_of(&self, agent: &str) -> SignIns {
        let counters = self.simulator.counters();
        counters.sign_ins.get(agent).cloned().unwrap_or_default()
    }

    /// Links that are up at node `a` or `b`.
    pub fn links_at(&self, node: &str) -> usize {
        let nodes = self.simulator.state().nodes;
        let wanted = nodes.iter().find(|found| found.node == node);
        wanted.map_or(0, |found| found.links)
    }

    /// Cuts an agent's link.
    pub async fn drop_link(&self, agent: &str) -> usize {
        self.simulator.drop_link(agent)
    }

    /// Waits until an agent is subscribed to just these topics beside the agent's own, in alphabetical order.
    pub async fn until_topics_of(&self, agent: &str, wanted: &[&str]) -> Result<()> {
        let come = async {
            while self.simulator.subscriptions(agent) != wanted {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(crate::client::PATIENCE, come)
            .await
            .with_context(|| format!("subscribed: {:?}", self.simulator.subscriptions(agent)))
    }

    /// Sign-ins of an agent that Finesse refused.
    pub fn failed_sign_ins(&self, agent: &str) -> u64 {
        self.simulator
            .counters()
            .sign_ins
            .get(agent)
            .map_or(0, |counts| counts.refused)
    }

    /// XMPP sign-ins of an agent.
    pub fn links_of(&self, agent: &str) -> u64 {
        self.simulator
            .counters()
            .sign_ins
            .get(agent)
            .map_or(0, |counts| counts.xmpp)
    }

    /// Calls that exist at Finesse now.
    pub fn calls_placed(&self) -> usize {
        self.simulator.state().dialogs.len()
    }

    async fn wait_until_in_service(&self) -> Result<()> {
        let ready = async {
            loop {
                let answer = request(self.admin(), Method::GET, "/readyz", String::new()).await?;
                if answer.status == 200 {
                    return anyhow::Ok(());
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(crate::client::PATIENCE, ready)
            .await
            .context("the gateway never found Finesse in service")?
    }
}

impl Drop for World {
    fn drop(&mut self) {
        Scene::end(self.gateway());
        for page in secrets::shown(self.admin()) {
            LogGuard::global().inspect("a page of the second port", &page);
        }
        let offences = LogGuard::global().offences();
        if !std::thread::panicking() {
            assert!(offences.is_empty(), "what must not be: {offences:#?}");
            let misfits = self.scene.misfits();
            assert!(misfits.is_empty(), "{misfits:#?}");
        }
    }
}

fn node_of(name: &str) -> Node {
    if name == "a" { Node::A } else { Node::B }
}

fn product_of(simulator: &Simulator) -> Product {
    match simulator.profile().product {
        finesse_sim::Product::Ucce => Product::Ucce,
        finesse_sim::Product::Uccx => Product::Uccx,
    }
}

/// Settings of a gateway on any ports, for a simulator on loopback, with loopback callbacks allowed.
pub fn config_for(simulator: &Simulator) -> Config {
    let mut config = Config::default();
    config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    config.server.admin_listen = SocketAddr::from(([127, 0, 0, 1], 0));
    config.finesse.ca_pem = simulator.ca_pem();
    config.finesse.system_roots = false;
    config.finesse.health_interval = Duration::from_millis(200);
    config.finesse.link.reconnect_min = Duration::from_millis(20);
    config.finesse.nodes = nodes_of(simulator);
    config.callbacks.allow = vec!["http://127.0.0.1:*".to_owned()];
    config
}

/// A simulator as one more cluster of a gateway, whose agents are written with a domain.
pub fn cluster_for(simulator: &Simulator, domain: &str) -> Cluster {
    Cluster {
        domain: domain.to_owned(),
        nodes: nodes_of(simulator),
        ca_pem: Some(simulator.ca_pem()),
        ..Cluster::default()
    }
}

fn nodes_of(simulator: &Simulator) -> Vec<FinesseNode> {
    let nodes = simulator.nodes().iter();
    nodes
        .map(|node| FinesseNode {
            address: node.https.ip().to_string(),
            https_port: node.https.port(),
            legacy_websocket_port: node.legacy.port(),
            xmpp_port: node.xmpp.port(),
            ..FinesseNode::new(node.host.clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_pages_that_are_searched_for_secrets_are_there() -> Result<()> {
        let world = World::start().await?;
        let pages = secrets::shown(world.admin());
        assert_eq!(pages.len(), 3);
        assert!(pages[0].contains("gc_sessions 0"), "{}", pages[0]);
        Ok(())
    }
}
