//! `[clients]`, `[callbacks]` and `[compat]`: who the clients are and what they expect.

use std::time::Duration;

use gc_protocol::style::{CallVariables, Dialect, Profile, Scalars};
use gc_protocol::{Secret, Style};
use serde::{Deserialize, Deserializer};

use super::duration;

/// One client.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Client {
    /// SHA-256 of its key in hex; several while a key is replaced.
    #[serde(deserialize_with = "one_or_many")]
    pub key_sha256: Vec<String>,
    /// DNS names of certificates that stand for a key.
    pub certificates: Vec<String>,
    /// Destinations that it may have, as patterns with `*`.
    pub destinations: Vec<String>,
    /// Agents that it may act for, as patterns with `*`.
    pub agents: Vec<String>,
    /// Commands that it may give, by name or category; `*` is all.
    pub commands: Vec<String>,
    /// Whether it may use the administrator's lists.
    pub administrator: bool,
    /// Whether its supervisors may command members of their teams.
    pub supervise: bool,
    /// Secret that signs its callbacks, as `whsec_<base64>`.
    #[serde(deserialize_with = "optional_secret")]
    pub callback_secret: Option<Secret>,
    /// Overrides `compat.dialect`.
    pub dialect: Option<Dialect>,
    /// Overrides `compat.profile`.
    pub profile: Option<Profile>,
    /// Overrides `compat.scalars`.
    pub scalars: Option<Scalars>,
    /// Overrides `compat.call_variables`.
    pub call_variables: Option<CallVariables>,
    /// Overrides `compat.time_zone`.
    pub time_zone: Option<String>,
}

impl Default for Client {
    fn default() -> Self {
        let everything = || vec!["*".to_owned()];
        Self {
            key_sha256: Vec::new(),
            certificates: Vec::new(),
            destinations: everything(),
            agents: everything(),
            commands: everything(),
            administrator: false,
            supervise: true,
            callback_secret: None,
            dialect: None,
            profile: None,
            scalars: None,
            call_variables: None,
            time_zone: None,
        }
    }
}

pub(super) fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

fn optional_secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(Secret::new))
}

/// Where events may be posted to, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Callbacks {
    /// Receivers that are allowed, as `scheme://host[:port]`.
    pub allow: Vec<String>,
    /// PEM files of the authorities that sign the receivers' certificates.
    pub ca_files: Vec<String>,
    /// Whether the machine's own authorities are trusted too.
    pub system_roots: bool,
    /// Limit of one try.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// Tries for one event.
    pub tries: u32,
    /// Limit of all tries for one event.
    #[serde(with = "duration")]
    pub give_up_after: Duration,
    /// Whether the body is the event itself, without the `data` object around it.
    pub bare: bool,
}

impl Default for Callbacks {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            ca_files: Vec::new(),
            system_roots: true,
            timeout: Duration::from_secs(5),
            tries: 5,
            give_up_after: Duration::from_secs(30),
            bare: false,
        }
    }
}

/// What installed clients expect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compat {
    /// JSON or `#` text.
    pub dialect: Dialect,
    /// Which keys an event has.
    pub profile: Profile,
    /// How booleans and counts are printed.
    pub scalars: Scalars,
    /// Shape of call variables.
    pub call_variables: CallVariables,
    /// IANA time zone of printed times.
    pub time_zone: String,
    /// What an agent sees of being monitored.
    pub monitor_agent_event: MonitorAgentEvent,
    /// How the call type of a monitoring call is spelt.
    pub monitor_call_type: String,
}

impl Default for Compat {
    fn default() -> Self {
        let style = Style::default();
        Self {
            dialect: style.dialect,
            profile: style.profile,
            scalars: style.scalars,
            call_variables: style.call_variables,
            time_zone: style.time_zone,
            monitor_agent_event: MonitorAgentEvent::default(),
            monitor_call_type: "SUPERVISOR_MONITOR".to_owned(),
        }
    }
}

/// What an agent sees of being monitored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonitorAgentEvent {
    /// An `InboundCall` with the monitoring call type.
    #[default]
    InboundCall,
    /// Nothing.
    None,
}
