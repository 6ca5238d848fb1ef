//! How to run a simulator.

use std::time::Duration;

use crate::engine::Settings;
use crate::profile::Profile;
use crate::site::{AuthMode, Site};

/// How to run a simulator. Everything listens on loopback.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// The same seed replays the same jitter and ids.
    pub seed: u64,
    /// Agents, teams, queues and so on.
    pub site: Site,
    /// Switches and durations of the engine.
    pub settings: Settings,
    /// Ports of the two nodes.
    pub nodes: [NodePorts; 2],
    /// Port of the control API; 0 takes any.
    pub control_port: u16,
    /// Which of the transports that the release has are served.
    pub transports: Transports,
}

/// Transports of the notification service, each on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transports {
    /// WebSocket at `/ws` of the HTTPS port.
    pub websocket: bool,
    /// WebSocket at `/ws/` of the second web port.
    pub legacy_websocket: bool,
    /// BOSH at `/http-bind/` of the second web port.
    pub bosh: bool,
    /// XMPP over TLS.
    pub tcp: bool,
}

impl Default for Transports {
    fn default() -> Self {
        Self {
            websocket: true,
            legacy_websocket: true,
            bosh: true,
            tcp: true,
        }
    }
}

impl Transports {
    /// Those of them that a release has.
    pub(crate) fn of(self, profile: Profile) -> Self {
        Self {
            websocket: self.websocket && profile.websocket_on_https(),
            legacy_websocket: self.legacy_websocket && profile.websocket_on_legacy_port(),
            bosh: self.bosh && profile.bosh_on_legacy_port(),
            tcp: self.tcp && profile.tls_xmpp(),
        }
    }
}

/// Ports of a node; 0 takes any.
#[derive(Debug, Clone, Copy, Default)]
pub struct NodePorts {
    /// REST, and WebSocket at `/ws`.
    pub https: u16,
    /// The notification service's own web port: WebSocket at `/ws/`, BOSH at `/http-bind/`.
    pub legacy: u16,
    /// XMPP over TLS.
    pub xmpp: u16,
}

impl NodePorts {
    /// As on a real server.
    pub const fn of_cisco() -> Self {
        Self {
            https: 8445,
            legacy: 7443,
            xmpp: 5223,
        }
    }
}

impl SimConfig {
    /// The demo site on the demo ports.
    pub fn demo() -> Self {
        Self {
            seed: 1,
            site: Site::demo(),
            settings: Settings::default(),
            nodes: [
                NodePorts {
                    https: 18445,
                    legacy: 17443,
                    xmpp: 15223,
                },
                NodePorts {
                    https: 28445,
                    legacy: 27443,
                    xmpp: 25223,
                },
            ],
            control_port: 18080,
            transports: Transports::default(),
        }
    }

    /// The demo site on any ports, with latencies of 1 to 5 ms.
    pub fn test() -> Self {
        Self {
            settings: Settings::quick(),
            nodes: [NodePorts::default(); 2],
            control_port: 0,
            ..Self::demo()
        }
    }

    /// As [`Self::test`] with `count` agents for measuring.
    pub fn bench(count: usize) -> Self {
        Self {
            site: Site::with_agents(count),
            ..Self::test()
        }
    }

    /// Another product or release at the same site.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.site = self.site.of(profile);
        self
    }

    /// Another way to sign on; in a hybrid site these agents have tokens.
    #[must_use]
    pub fn signing_on(mut self, mode: AuthMode, with_token: &[&str]) -> Self {
        self.site = self.site.signing_on(mode, with_token);
        self
    }

    /// Latency of effects and steps.
    #[must_use]
    pub fn latency(mut self, from: Duration, to: Duration) -> Self {
        self.settings.latency = from..=to;
        self
    }
}
