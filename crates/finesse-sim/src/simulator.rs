//! The running simulator.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::clock::Clock;
use crate::config::{NodePorts, SimConfig};
use crate::core::Core;
use crate::counters::Counters;
use crate::engine::{CallId, CampaignMode, Engine, Node, ServiceStatus};
use crate::error::SimError;
use crate::faults::Fault;
use crate::power::{listen, local};
use crate::profile::Profile;
use crate::state::State;
use crate::tls::Authority;
use crate::{control, power};

/// Where a node listens.
#[derive(Debug, Clone, Serialize)]
pub struct NodeAddrs {
    /// Its host name, which is also its XMPP domain.
    pub host: String,
    /// REST, and WebSocket at `/ws`.
    pub https: SocketAddr,
    /// The notification service's own web port: WebSocket at `/ws/`, BOSH at `/http-bind/`.
    pub legacy: SocketAddr,
    /// XMPP over TLS.
    pub xmpp: SocketAddr,
}

impl NodeAddrs {
    fn new(host: String, ports: NodePorts) -> Self {
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            host,
            https: at(ports.https),
            legacy: at(ports.legacy),
            xmpp: at(ports.xmpp),
        }
    }
}

/// A running simulator; everything ends with [`Simulator::shutdown`] or when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    core: Arc<Core>,
    nodes: [NodeAddrs; 2],
    control: SocketAddr,
    ca_pem: String,
}

impl Simulator {
    /// Opens the ports and starts serving, as tasks of the current runtime.
    pub async fn start(config: SimConfig) -> Result<Self, SimError> {
        let authority = Authority::new()?;
        let hosts = config.site.hosts.clone();
        let tls = [
            authority.acceptor(&hosts[0])?,
            authority.acceptor(&hosts[1])?,
        ];
        let engine = Engine::new(config.site, config.settings, config.seed);
        let core = Arc::new(Core::new(
            engine,
            Clock::machine(),
            config.seed,
            config.transports,
        ));
        let mut ports = [NodePorts::default(); 2];
        for (node, tls) in Node::ALL.into_iter().zip(tls) {
            let asked = config.nodes[node.index()];
            ports[node.index()] = power::open(&core, node, asked, tls).await?;
        }
        core.command(|engine, _| engine.set_ports(ports));
        let [a, b] = hosts;
        let nodes = [NodeAddrs::new(a, ports[0]), NodeAddrs::new(b, ports[1])];
        let listener = listen(config.control_port).await?;
        let control = local(&listener)?;
        control::spawn(&core, listener);
        let driven = Arc::clone(&core);
        core.tasks.spawn(async move { driven.drive().await });
        Ok(Self {
            core,
            nodes,
            control,
            ca_pem: authority.pem(),
        })
    }

    /// Product and release.
    pub fn profile(&self) -> Profile {
        self.core.profile
    }

    /// The two nodes.
    pub fn nodes(&self) -> &[NodeAddrs; 2] {
        &self.nodes
    }

    /// Where the control API listens.
    pub fn control_addr(&self) -> SocketAddr {
        self.control
    }

    /// The authority that signed the nodes' certificates.
    pub fn ca_pem(&self) -> String {
        self.ca_pem.clone()
    }

    /// A customer calls a route point or an extension.
    pub fn call(
        &self,
        from: &str,
        to: &str,
        variables: &[(String, String)],
    ) -> Result<CallId, SimError> {
        Ok(self
            .core
            .command(|engine, now| engine.inbound(now, from, to, variables))?)
    }

    /// The customer of a call hangs up.
    pub fn hangup(&self, call: CallId) -> Result<(), SimError> {
        Ok(self.core.command(|engine, now| engine.hang_up(now, call))?)
    }

    /// The dialer takes a READY agent for a customer; gives the reservation's dialog where the
    /// mode has one, else the dialog of the customer's call.
    pub fn campaign(
        &self,
        mode: CampaignMode,
        agent: &str,
        customer: &str,
    ) -> Result<CallId, SimError> {
        Ok(self
            .core
            .command(|engine, now| engine.campaign(now, mode, agent, customer))?)
    }

    /// Gives an agent another name.
    pub fn rename_agent(
        &self,
        agent: &str,
        first_name: &str,
        last_name: &str,
    ) -> Result<(), SimError> {
        Ok(self
            .core
            .command(|engine, now| engine.rename_agent(now, agent, first_name, last_name))?)
    }

    /// A team begins to serve a queue.
    pub fn assign_queue(&self, queue: &str, team: &str) -> Result<(), SimError> {
        Ok(self
            .core
            .command(|engine, now| engine.assign_queue(now, queue, team))?)
    }

    /// A team no longer serves a queue.
    pub fn withdraw_queue(&self, queue: &str, team: &str) -> Result<(), SimError> {
        Ok(self
            .core
            .command(|engine, now| engine.withdraw_queue(now, queue, team))?)
    }

    /// Takes a node out of service, or back.
    pub fn set_service(&self, node: Node, status: ServiceStatus) {
        self.core.set_service(node, status);
    }

    /// Kills a node's process: its connections break, its ports refuse. The other one and all calls go on.
    pub async fn kill_node(&self, node: Node) {
        power::kill(&self.core, node).await;
    }

    /// Starts a node that was killed, on the ports that it had.
    pub async fn start_node(&self, node: Node) -> Result<(), SimError> {
        power::start(&self.core, node).await
    }

    /// The CTI server changes sides: both nodes answer 503 and tell nothing for this long, then states
    /// come back, without READY.
    pub fn fail_cti_over(&self, time: Duration) {
        self.core.fail_cti_over(time);
    }

    /// Arms a fault.
    pub fn add_fault(&self, fault: Fault) {
        self.core.faults.add(fault);
    }

    /// Disarms all faults; silenced links speak again.
    pub fn clear_faults(&self) {
        self.core.faults.clear();
        self.core.hub.unsilence();
    }

    /// Cuts the XMPP links of an agent; tells how many there were.
    pub fn drop_link(&self, agent: &str) -> usize {
        self.core.hub.cut(agent)
    }

    /// Sends bytes as they are on the XMPP links of an agent, as if they were a stanza; tells how many links there were.
    pub fn say_raw(&self, agent: &str, bytes: &[u8]) -> usize {
        self.core.hub.say_raw(agent, bytes)
    }

    /// Topics that an agent has subscribed to, on either node, in alphabetical order.
    pub fn subscriptions(&self, agent: &str) -> Vec<String> {
        let of_node = |node: &Node| {
            let bare = format!("{agent}@{}", self.core.hub.domain(*node));
            self.core.hub.subscribed_by(*node, &bare)
        };
        let all = Node::ALL.iter().flat_map(of_node);
        let paths: BTreeSet<String> = all.map(|(path, _)| path).collect();
        paths.into_iter().collect()
    }

    /// Issues an access token to an agent who signs on with one.
    pub fn issue_token(&self, agent: &str, life: Duration) -> Result<String, SimError> {
        Ok(self
            .core
            .command(|engine, now| engine.issue_token(now, agent, life))?)
    }

    /// Ends a token before its time; tells whether it was one.
    pub fn revoke_token(&self, token: &str) -> bool {
        self.core.command(|engine, _| engine.revoke_token(token))
    }

    /// Changes a user's password; tells whether there is such a user.
    pub fn change_password(&self, agent: &str, password: &str) -> bool {
        self.core
            .command(|engine, _| engine.change_password(agent, password))
    }

    /// Counts since the start.
    pub fn counters(&self) -> Counters {
        self.core.tally.snapshot()
    }

    /// The whole state of the site.
    pub fn state(&self) -> State {
        State::of(&self.core)
    }

    /// Publishes any text on a node of an agent: `suffix` is empty for the User node, `/Dialogs`
    /// for the dialogs node.
    pub fn publish_raw(&self, agent: &str, suffix: &str, xml: &str) {
        let path = format!("/finesse/api/User/{agent}{suffix}");
        self.core.hub.publish_raw(&self.core, agent, &path, xml);
    }

    /// Ends everything and waits for it.
    pub async fn shutdown(self) {
        self.core.stop.cancel();
        self.core.tasks.close();
        self.core.tasks.wait().await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.core.stop.cancel();
    }
}
