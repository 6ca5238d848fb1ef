//! A certificate that will expire soon is complained of while it still works: once it has expired, no new connection
//! is made.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use x509_parser::prelude::{FromDer, X509Certificate};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long before the end the complaints begin.
const AHEAD: Duration = DAY.saturating_mul(14);

/// Verifies as another verifier does, and looks at the end of what it has accepted.
#[derive(Debug)]
pub(super) struct Watching {
    verifier: Arc<dyn ServerCertVerifier>,
    /// When each server's certificate was complained of last.
    told: Mutex<BTreeMap<String, Duration>>,
}

impl Watching {
    pub(super) fn new(verifier: Arc<dyn ServerCertVerifier>) -> Self {
        Self {
            verifier,
            told: Mutex::default(),
        }
    }

    /// The days that are left, if it is time to say so: once a day.
    fn complaint(&self, certificate: &[u8], server: &str, now: Duration) -> Option<u64> {
        let end = end_of(certificate)?;
        let left = end.saturating_sub(now);
        if left > AHEAD {
            return None;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told
            .get(server)
            .is_some_and(|last| now.saturating_sub(*last) < DAY)
        {
            return None;
        }
        told.insert(server.to_owned(), now);
        Some(left.as_secs() / DAY.as_secs())
    }
}

/// The last moment of a certificate, since 1970.
fn end_of(certificate: &[u8]) -> Option<Duration> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let end = certificate.validity().not_after.timestamp();
    Some(Duration::from_secs(u64::try_from(end).ok()?))
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )?;
        let server = server_name.to_str();
        let now = Duration::from_secs(now.as_secs());
        if let Some(days) = self.complaint(end_entity, &server, now) {
            tracing::warn!(%server, days, "the certificate expires in so many days; then no new connection is made");
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn the_last_two_weeks_of_a_certificate_are_told_once_a_day() {
        let mut params = CertificateParams::new(vec!["fin-a.acme.test".to_owned()]).unwrap();
        params.not_after = date_time_ymd(2030, 3, 31);
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let end = end_of(certificate.der()).unwrap();
        assert_eq!(end.as_secs(), 1_901_145_600);

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let nobody = super::super::pin::PinnedOrVerified::new(Vec::new(), None, provider);
        let watching = Watching::new(Arc::new(nobody));
        let told = |server, days_before| {
            watching.complaint(certificate.der(), server, end - DAY * days_before)
        };
        assert_eq!(told("a", 15), None);
        assert_eq!(told("a", 14), Some(14));
        assert_eq!(told("a", 14), None);
        assert_eq!(told("b", 13), Some(13));
        assert_eq!(told("a", 3), Some(3));
        assert_eq!(told("a", 0), Some(0));
        assert_eq!(watching.complaint(b"no certificate", "c", end), None);
    }
}
