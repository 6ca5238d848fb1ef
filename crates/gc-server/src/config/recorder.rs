//! `[recorder]`: the call recorder that is told to pause and to resume.

use std::time::Duration;

use gc_protocol::Secret;
use serde::Deserialize;

use super::duration;
use super::secret::{self, SecretError};

/// A call recorder with an HTTP interface.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recorder {
    /// Asked to pause a recording.
    pub pause: RecorderCall,
    /// Asked to go on.
    pub resume: RecorderCall,
    /// User whose password `secret` is (Basic); empty makes `secret` a token (Bearer).
    pub user: String,
    /// Password or token; empty sends none.
    #[serde(with = "secret")]
    pub secret: Secret,
    /// File that holds the secret instead.
    pub secret_file: String,
    /// Limit of one call, connecting included.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// PEM files of the authorities that sign the recorder's certificate.
    pub ca_files: Vec<String>,
    /// Whether the machine's own authorities are trusted too.
    pub system_roots: bool,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            pause: RecorderCall::default(),
            resume: RecorderCall::default(),
            user: String::new(),
            secret: secret::none(),
            secret_file: String::new(),
            timeout: Duration::from_secs(5),
            ca_files: Vec::new(),
            system_roots: true,
        }
    }
}

impl Recorder {
    /// Whether there is a recorder at all.
    pub fn is_configured(&self) -> bool {
        !self.pause.url.is_empty() || !self.resume.url.is_empty()
    }

    /// The secret, from where it is kept.
    pub fn secret(&self) -> Result<Secret, SecretError> {
        secret::read(&self.secret, &self.secret_file)
    }
}

/// One request to the recorder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecorderCall {
    /// Method.
    pub method: RecorderMethod,
    /// Address, with `{agentId}`, `{extension}` and `{dialogId}` in its path or query.
    pub url: String,
}

/// Method of a request to the recorder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)] // the words of HTTP
pub enum RecorderMethod {
    Get,
    #[default]
    Post,
    Put,
    Patch,
}
