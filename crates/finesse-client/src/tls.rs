//! Whom a connection may be made to: authorities and pinned certificates.

mod expiry;
mod pin;

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::config::{ConfigError, TlsConfig};
use expiry::Watching;
use pin::PinnedOrVerified;

pub(crate) fn client_config(settings: &TlsConfig) -> Result<Arc<ClientConfig>, ConfigError> {
    let roots = roots(settings)?;
    let pinned = pinned(settings)?;
    if roots.is_empty() && pinned.is_empty() {
        return Err(ConfigError::NoTrust);
    }
    // Explicit, so that another crate's choice of provider cannot make this one panic.
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let verified = verifier(roots, &provider)?;
    let verifier: Arc<dyn ServerCertVerifier> = match verified {
        Some(verified) if pinned.is_empty() => verified,
        verified => Arc::new(PinnedOrVerified::new(pinned, verified, provider)),
    };
    let config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Watching::new(verifier)))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Whether something failed because of TLS.
pub(crate) fn is_behind(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        let wrapped = cause.downcast_ref().and_then(io::Error::get_ref);
        if cause.is::<rustls::Error>() || wrapped.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        next = cause.source();
    }
    false
}

fn verifier(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<WebPkiServerVerifier>>, ConfigError> {
    if roots.is_empty() {
        return Ok(None);
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map(Some)
        .map_err(|error| ConfigError::Certificate {
            origin: "authorities".into(),
            reason: error.to_string(),
        })
}

fn roots(settings: &TlsConfig) -> Result<RootCertStore, ConfigError> {
    let mut roots = RootCertStore::empty();
    if settings.system_roots {
        roots.extend(system_roots().roots.iter().cloned());
    }
    for file in &settings.ca_files {
        add(&mut roots, &file.display().to_string(), read_file(file)?)?;
    }
    for pem in &settings.ca_pem {
        let certificates = collect("ca_pem", CertificateDer::pem_slice_iter(pem.as_bytes()))?;
        add(&mut roots, "ca_pem", certificates)?;
    }
    Ok(roots)
}

fn add(
    roots: &mut RootCertStore,
    origin: &str,
    certificates: Vec<CertificateDer<'static>>,
) -> Result<(), ConfigError> {
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|error| refused(origin, &error))?;
    }
    Ok(())
}

fn pinned(settings: &TlsConfig) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let mut pinned = Vec::new();
    for file in &settings.pinned_certificates {
        pinned.extend(read_file(file)?);
    }
    Ok(pinned)
}

fn read_file(file: &Path) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let origin = file.display().to_string();
    let certificates =
        CertificateDer::pem_file_iter(file).map_err(|error| refused(&origin, &error))?;
    collect(&origin, certificates)
}

fn collect<E: std::fmt::Display>(
    origin: &str,
    certificates: impl Iterator<Item = Result<CertificateDer<'static>, E>>,
) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates = certificates
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| refused(origin, &error))?;
    if certificates.is_empty() {
        return Err(refused(origin, &"no certificate inside"));
    }
    Ok(certificates)
}

fn refused(origin: &str, reason: &dyn std::fmt::Display) -> ConfigError {
    ConfigError::Certificate {
        origin: origin.into(),
        reason: reason.to_string(),
    }
}

// Reading them takes tens of milliseconds, and they do not change while we run.
fn system_roots() -> &'static RootCertStore {
    static ROOTS: OnceLock<RootCertStore> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "a certificate of this machine cannot be read");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        roots
    })
}
