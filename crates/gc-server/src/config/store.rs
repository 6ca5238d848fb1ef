//! `[store]`: sessions that survive the end of the process.

use gc_protocol::Secret;
use serde::Deserialize;

use super::secret;

/// Where sessions are kept, sealed, so that the next process goes on with them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Folder of its own; empty means that nothing is kept.
    pub path: String,
    /// The key, as `gc-server key store` makes it; from the environment, not from a file that others may read.
    #[serde(with = "secret")]
    pub key: Secret,
    /// File that holds the key instead; only its owner may read it.
    pub key_file: String,
    /// Files of keys that were used before: what they have sealed is read, and sealed again with the present key.
    pub old_key_files: Vec<String>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            path: String::new(),
            key: secret::none(),
            key_file: String::new(),
            old_key_files: Vec::new(),
        }
    }
}

impl Store {
    /// Whether anything is kept.
    pub fn is_configured(&self) -> bool {
        !self.path.is_empty()
    }
}
