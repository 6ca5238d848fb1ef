//! Whose certificates are believed where the gateway itself calls somebody other than Finesse.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// The authorities of one section of the settings.
pub(crate) struct Trust<'s> {
    pub(crate) section: &'static str,
    pub(crate) ca_files: &'s [String],
    pub(crate) system_roots: bool,
}

/// Why nobody could ever be verified.
#[derive(Debug, thiserror::Error)]
#[error("{section}: {what}: {reason}")]
pub struct NoTrust {
    section: &'static str,
    what: String,
    reason: String,
}

impl Trust<'_> {
    /// Reads the certificates.
    pub(crate) fn client_config(&self) -> Result<ClientConfig, NoTrust> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| self.wrong("TLS", &error))?;
        Ok(builder
            .with_root_certificates(self.roots()?)
            .with_no_client_auth())
    }

    fn roots(&self) -> Result<RootCertStore, NoTrust> {
        let mut roots = RootCertStore::empty();
        if self.system_roots {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        for file in self.ca_files {
            let certificates = CertificateDer::pem_file_iter(Path::new(file))
                .map_err(|error| self.wrong(file, &error))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| self.wrong(file, &error))?;
                roots
                    .add(certificate)
                    .map_err(|error| self.wrong(file, &error))?;
            }
        }
        Ok(roots)
    }

    fn wrong(&self, what: &str, reason: &dyn std::fmt::Display) -> NoTrust {
        NoTrust {
            section: self.section,
            what: what.to_owned(),
            reason: reason.to_string(),
        }
    }
}
