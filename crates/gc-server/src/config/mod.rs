//! Settings: one struct a section, each with the default that `gc.example.toml` documents.

mod accounts;
mod broker;
mod check;
mod clients;
pub(crate) mod clusters;
mod duration;
mod features;
mod finesse;
mod load;
mod product;
mod recorder;
mod replay;
mod secret;
mod server;
mod service;
mod store;
mod tls;

pub use accounts::{Administrator, AgentExtension, UcceConfig};
pub use broker::{Broker, BrokerQueue, BrokerUrl, BrokerUrlError};
pub use check::Problem;
pub use clients::{Callbacks, Client, Compat, MonitorAgentEvent};
pub use clusters::{Cluster, ClusterLink, Clusters, Site};
pub use features::{Calls, Queues, Sso, Team};
pub use finesse::{Finesse, Link, Node, Scheme, Transport, XmppSecurity};
pub use load::{ConfigError, Sources};
pub use product::{Product, Release};
pub use recorder::{Recorder, RecorderCall, RecorderMethod};
pub use replay::Replay;
pub use secret::SecretError;
pub use server::{Admin, Log, LogFormat, Server, Session};
pub use store::Store;
pub use tls::Tls;

use std::collections::BTreeMap;

use gc_protocol::Style;
use serde::Deserialize;

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Listeners and their limits.
    pub server: Server,
    /// Who may ask the second port.
    pub admin: Admin,
    /// The Finesse cluster; of several, that of all agents whom no other one has.
    pub finesse: Finesse,
    /// Further clusters.
    pub clusters: Clusters,
    /// Who may send commands, by name; empty means everybody, on loopback only.
    pub clients: BTreeMap<String, Client>,
    /// Where events may be posted to.
    pub callbacks: Callbacks,
    /// What is kept for connections that come back.
    pub replay: Replay,
    /// What survives the end of the process.
    pub store: Store,
    /// The broker transport.
    pub broker: Broker,
    /// Agents' sessions.
    pub session: Session,
    /// What installed clients expect.
    pub compat: Compat,
    /// The configuration API of Unified CCE, beside the cluster of `[finesse]`.
    pub ucce_config: UcceConfig,
    /// Mobile agents' ports and numbers, by F-number.
    pub agent_extensions: BTreeMap<String, AgentExtension>,
    /// The call recorder.
    pub recorder: Recorder,
    /// Lists of a team's agents.
    pub team: Team,
    /// Statistics of queues.
    pub queues: Queues,
    /// Single sign-on.
    pub sso: Sso,
    /// Data of calls.
    pub calls: Calls,
    /// Logging.
    pub log: Log,
}

impl Config {
    /// The style of clients without overrides.
    pub fn style(&self) -> Style {
        Style {
            dialect: self.compat.dialect,
            profile: self.compat.profile,
            scalars: self.compat.scalars,
            call_variables: self.compat.call_variables,
            time_zone: self.compat.time_zone.clone(),
        }
    }

    /// The style of one client.
    pub fn style_of(&self, client: &Client) -> Style {
        let usual = self.style();
        Style {
            dialect: client.dialect.unwrap_or(usual.dialect),
            profile: client.profile.unwrap_or(usual.profile),
            scalars: client.scalars.unwrap_or(usual.scalars),
            call_variables: client.call_variables.unwrap_or(usual.call_variables),
            time_zone: client.time_zone.clone().unwrap_or(usual.time_zone),
        }
    }

    /// The style of one command queue of the broker.
    pub fn style_of_queue(&self, queue: &BrokerQueue) -> Style {
        let usual = self.style();
        Style {
            dialect: queue.dialect.unwrap_or(usual.dialect),
            profile: queue.profile.unwrap_or(usual.profile),
            ..usual
        }
    }

    /// Sessions that are licensed at once; `None` is no limit.
    pub(crate) fn licence(&self) -> Option<usize> {
        Some(self.session.max_sessions).filter(|limit| *limit > 0)
    }

    /// The core's part of the settings.
    pub fn core(&self) -> gc_core::Config {
        let session = &self.session;
        gc_core::Config {
            clusters: self.sites().iter().map(Site::core).collect(),
            max_sessions: self.licence(),
            failover_after: self.finesse.failover_after,
            restore_ready: self.finesse.restore_ready,
            request_deadline: session.request_deadline,
            queue_limit: session.queue_limit,
            sign_in_failures: session.sign_in_failures,
            sign_in_window: session.sign_in_window,
            gone_not_ready_after: session.gone_not_ready_after,
            gone_logout_after: session.gone_logout_after,
            gone_reason_code: filled(&session.gone_reason_code),
            gone_logout_reason_code: filled(&session.gone_logout_reason_code),
            beat_period: session.beat_period,
            default_not_ready_reason: filled(&session.default_not_ready_reason),
            default_logout_reason: filled(&session.default_logout_reason),
            monitor_agent_event: match self.compat.monitor_agent_event {
                MonitorAgentEvent::InboundCall => gc_core::MonitorAgentEvent::InboundCall,
                MonitorAgentEvent::None => gc_core::MonitorAgentEvent::None,
            },
            monitor_call_type: self.compat.monitor_call_type.clone(),
            recorder: self.recorder.is_configured(),
            agent_extensions: self.mobile_ports(),
            include_logged_out_agents: self.team.include_logged_out_agents,
            queue_feed: self.queues.feed,
            queue_poll: self.queues.poll_interval,
            variable_bytes: self.calls.variable_bytes,
            ecc_bytes: self.calls.ecc_bytes,
            token_life: self.sso.token_life,
            token_warn_percent: percent(self.sso.warn_at),
            ..gc_core::Config::default()
        }
    }

    fn mobile_ports(&self) -> BTreeMap<String, gc_core::MobilePort> {
        let port = |extension: &AgentExtension| gc_core::MobilePort {
            port: extension.port.clone(),
            dial_number: extension.dial_number.clone(),
        };
        let table = self.agent_extensions.iter();
        table
            .map(|(number, extension)| (number.clone(), port(extension)))
            .collect()
    }
}

fn filled(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// A share as whole percent; the check of the settings keeps it between 0 and 1.
fn percent(share: f64) -> u32 {
    // Out of range or not a number, the cast gives a bound or 0.
    (share * 100.0).round() as u32
}
