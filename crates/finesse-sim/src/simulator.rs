//! The running simulator.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{NodePorts, SimConfig};
use crate::core::Core;
use crate::counters::Counters;
use crate::engine::{CallId, CampaignMode, Engine, Node, ServiceStatus};
use crate::error::SimError;
use crate::faults::Fault;
use crate::profile::Profile;
use crate::state::State;
use crate::tls::Authority;
use crate::web::Port;
use crate::{control, xmpp};

/// Time for connections to end in order at shutdown.
const GOODBYE: Duration = Duration::from_millis(200);

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
        let engine = Engine::new(config.site, config.settings, config.seed);
        let core = Arc::new(Core::new(
            engine,
            Clock::machine(),
            config.seed,
            config.transports,
        ));
        let mut nodes = Vec::new();
        for (node, host) in Node::ALL.into_iter().zip(hosts) {
            let ports = config.nodes[node.index()];
            let https = listen(ports.https).await?;
            let legacy = listen(ports.legacy).await?;
            let links = listen(ports.xmpp).await?;
            nodes.push(NodeAddrs {
                https: local(&https)?,
                legacy: local(&legacy)?,
                xmpp: local(&links)?,
                host: host.clone(),
            });
            let tls = authority.acceptor(&host)?;
            spawn_web(&core, https, tls.clone(), Port::https(&core, node));
            spawn_web(&core, legacy, tls.clone(), Port::legacy(&core, node));
            spawn_xmpp(&core, node, links, tls);
        }
        let ports = [&nodes[0], &nodes[1]].map(|node| NodePorts {
            https: node.https.port(),
            legacy: node.legacy.port(),
            xmpp: node.xmpp.port(),
        });
        core.command(|engine, _| engine.set_ports(ports));
        let listener = listen(config.control_port).await?;
        let control = local(&listener)?;
        control::spawn(&core, listener);
        let driven = Arc::clone(&core);
        core.tasks.spawn(async move { driven.drive().await });
        Ok(Self {
            core,
            nodes: [nodes.remove(0), nodes.remove(0)],
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

async fn listen(port: u16) -> Result<TcpListener, SimError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address)
        .await
        .map_err(|source| SimError::Listen {
            address: address.to_string(),
            source,
        })
}

fn local(listener: &TcpListener) -> Result<SocketAddr, SimError> {
    listener.local_addr().map_err(|source| SimError::Listen {
        address: "a port that was just opened".to_owned(),
        source,
    })
}

fn spawn_web(core: &Arc<Core>, listener: TcpListener, tls: TlsAcceptor, port: Port) {
    let core = Arc::clone(core);
    core.tasks
        .clone()
        .spawn(accept(core, listener, move |socket| {
            let (tls, port) = (tls.clone(), port.clone());
            async move {
                if let Ok(stream) = tls.accept(socket).await {
                    port.serve(stream).await;
                }
            }
        }));
}

fn spawn_xmpp(core: &Arc<Core>, node: Node, listener: TcpListener, tls: TlsAcceptor) {
    let core = Arc::clone(core);
    let shared = Arc::clone(&core);
    core.tasks
        .clone()
        .spawn(accept(core, listener, move |socket| {
            let (tls, core) = (tls.clone(), Arc::clone(&shared));
            async move {
                if !core.transports.tcp {
                    return;
                }
                if let Ok(stream) = tls.accept(socket).await {
                    xmpp::serve_stream(core, node, stream).await;
                }
            }
        }));
}

/// Accepts until the end; every connection is a task of its own that ends with the simulator.
pub(crate) async fn accept<F>(
    core: Arc<Core>,
    listener: TcpListener,
    serve: impl Fn(TcpStream) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let socket = tokio::select! {
            () = core.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, _)) = socket else {
            // Out of descriptors: let some connections end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let (served, stop) = (serve(socket), core.stop.clone());
        core.tasks.spawn(async move {
            tokio::select! {
                () = served => {}
                () = past_goodbye(stop) => {}
            }
        });
    }
}

/// Clients that do not read their goodbye are not waited for.
pub(crate) async fn past_goodbye(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GOODBYE).await;
}
