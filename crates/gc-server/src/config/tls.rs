//! `[server.tls]`: how the client API proves who it is, and asks clients to.

use serde::Deserialize;

/// TLS of the client API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM file of the certificate and those that it hangs on; empty: no TLS.
    pub cert_file: String,
    /// PEM file of its private key.
    pub key_file: String,
    /// PEM files of the authorities that sign clients' certificates; none: clients are asked for none.
    pub client_ca_files: Vec<String>,
    /// Whether a client without a certificate gets no connection.
    pub client_certificate_required: bool,
}

impl Tls {
    /// Whether the client API speaks TLS.
    pub fn is_configured(&self) -> bool {
        !self.cert_file.is_empty()
    }

    /// Every file that is read.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let own = [&self.cert_file, &self.key_file];
        let all = own.into_iter().chain(&self.client_ca_files);
        all.map(String::as_str).filter(|file| !file.is_empty())
    }
}
