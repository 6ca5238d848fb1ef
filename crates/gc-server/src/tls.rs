//! TLS of the client API; certificates can be replaced while connections live on.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls as Settings;

/// Why the certificates cannot be used; what a key file holds is not told.
#[derive(Debug, thiserror::Error)]
#[error("server.tls: {what}: {reason}")]
pub struct TlsError {
    what: String,
    reason: String,
}

/// What new connections are secured with.
#[derive(Debug)]
pub(crate) struct Tls(RwLock<Arc<ServerConfig>>);

impl Tls {
    /// Reads the files; `None` when there is to be no TLS.
    pub(crate) fn new(settings: &Settings) -> Result<Option<Self>, TlsError> {
        if !settings.is_configured() {
            return Ok(None);
        }
        let config = server_config(settings)?;
        Ok(Some(Self(RwLock::new(Arc::new(config)))))
    }

    /// Takes over files read again; connections that live keep what they have.
    pub(crate) fn replace(&self, by: Self) {
        let new = by.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = new;
    }

    /// For the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(
            &self.0.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

/// The DNS names that a certificate bears.
pub(crate) fn names(certificate: &CertificateDer<'_>) -> Vec<String> {
    let read = webpki::EndEntityCert::try_from(certificate);
    read.map_or_else(
        |_| Vec::new(),
        |read| {
            read.valid_dns_names()
                .map(str::to_ascii_lowercase)
                .collect()
        },
    )
}

fn server_config(settings: &Settings) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = certificates(&settings.cert_file)?;
    let key = PrivateKeyDer::from_pem_file(Path::new(&settings.key_file))
        .map_err(|error| wrong(&settings.key_file, &error))?;
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong("TLS", &error))?;
    let builder = match verifier(settings)? {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| wrong(&settings.cert_file, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn verifier(settings: &Settings) -> Result<Option<Arc<dyn ClientCertVerifier>>, TlsError> {
    if settings.client_ca_files.is_empty() {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    for file in &settings.client_ca_files {
        for certificate in certificates(file)? {
            roots
                .add(certificate)
                .map_err(|error| wrong(file, &error))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = match settings.client_certificate_required {
        true => builder,
        false => builder.allow_unauthenticated(),
    };
    let verifier = builder.build();
    verifier
        .map(Some)
        .map_err(|error| wrong("client_ca_files", &error))
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read =
        CertificateDer::pem_file_iter(Path::new(file)).map_err(|error| wrong(file, &error))?;
    let all: Result<Vec<_>, _> = read.collect();
    let all = all.map_err(|error| wrong(file, &error))?;
    if all.is_empty() {
        return Err(wrong(file, &"there is no certificate in it"));
    }
    Ok(all)
}

fn wrong(what: &str, reason: &dyn std::fmt::Display) -> TlsError {
    TlsError {
        what: what.to_owned(),
        reason: reason.to_string(),
    }
}
