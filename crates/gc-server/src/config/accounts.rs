//! `[finesse.administrator]`, `[ucce_config]` and `[agent_extensions]`: what agents cannot ask Finesse themselves.

use gc_protocol::Secret;
use serde::Deserialize;

use super::secret::{self, SecretError};

/// Finesse's administrator, for reads that no agent may make.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Administrator {
    /// Name to sign in with; empty means that there is none.
    pub name: String,
    /// Password.
    #[serde(with = "secret")]
    pub password: Secret,
    /// File that holds the password instead.
    pub password_file: String,
}

impl Default for Administrator {
    fn default() -> Self {
        Self {
            name: String::new(),
            password: secret::none(),
            password_file: String::new(),
        }
    }
}

impl Administrator {
    /// The password, from where it is kept.
    pub fn password(&self) -> Result<Secret, SecretError> {
        secret::read(&self.password, &self.password_file)
    }
}

/// The configuration API of Unified CCE.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UcceConfig {
    /// Name that the certificate of its host bears; empty means that there is none.
    pub host: String,
    /// Where to connect to, when that is not `host`.
    pub address: String,
    /// Its port.
    pub port: u16,
    /// Administrator or supervisor, as `user@domain`.
    pub user: String,
    /// Password.
    #[serde(with = "secret")]
    pub password: Secret,
    /// File that holds the password instead.
    pub password_file: String,
    /// Items of one answer.
    pub page_size: u32,
}

impl Default for UcceConfig {
    fn default() -> Self {
        Self {
            host: String::new(),
            address: String::new(),
            port: 443,
            user: String::new(),
            password: secret::none(),
            password_file: String::new(),
            page_size: 25,
        }
    }
}

impl UcceConfig {
    /// The password, from where it is kept.
    pub fn password(&self) -> Result<Secret, SecretError> {
        secret::read(&self.password, &self.password_file)
    }
}

/// A mobile agent's port and number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentExtension {
    /// CTI port.
    pub port: String,
    /// Number dialled to reach the agent.
    pub dial_number: String,
}
