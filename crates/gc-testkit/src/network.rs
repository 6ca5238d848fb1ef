//! The network between the gateway and the simulator, made of proxies that can be spoilt.

use std::io;

use finesse_sim::{NodeAddrs, SimConfig, Simulator};
use gc_server::Config;

use crate::proxy::Proxy;
use crate::world::World;

/// Lines to both nodes.
#[derive(Debug)]
pub struct Network {
    /// To the first node.
    pub a: Lines,
    /// To the second.
    pub b: Lines,
}

/// A line to each port of a node.
#[derive(Debug)]
pub struct Lines {
    /// REST, and WebSocket of newer releases.
    pub https: Proxy,
    /// WebSocket of older releases.
    pub legacy: Proxy,
    /// XMPP over TLS.
    pub xmpp: Proxy,
}

impl World {
    /// As [`World::with`], with proxies between the gateway and every port of the simulator.
    pub async fn behind(
        site: impl FnOnce(&mut SimConfig),
        gateway: impl FnOnce(&mut Config),
    ) -> anyhow::Result<(Self, Network)> {
        let simulator = Self::simulate(site).await?;
        let network = Network::before(&simulator)?;
        let world = Self::serve(simulator, |config| {
            network.lead_through(config);
            gateway(config);
        })
        .await?;
        Ok((world, network))
    }
}

impl Network {
    /// Lines to each port of a simulator that runs.
    pub fn before(simulator: &Simulator) -> io::Result<Self> {
        let [a, b] = simulator.nodes();
        Ok(Self {
            a: Lines::before(a)?,
            b: Lines::before(b)?,
        })
    }

    fn lead_through(&self, config: &mut Config) {
        for (node, lines) in config.finesse.nodes.iter_mut().zip([&self.a, &self.b]) {
            node.https_port = lines.https.address().port();
            node.legacy_websocket_port = lines.legacy.address().port();
            node.xmpp_port = lines.xmpp.address().port();
        }
    }
}

impl Lines {
    /// Every one of them.
    pub fn all(&self) -> [&Proxy; 3] {
        [&self.https, &self.legacy, &self.xmpp]
    }

    fn before(node: &NodeAddrs) -> io::Result<Self> {
        Ok(Self {
            https: Proxy::start(node.https)?,
            legacy: Proxy::start(node.legacy)?,
            xmpp: Proxy::start(node.xmpp)?,
        })
    }
}
