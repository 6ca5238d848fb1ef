//! What can fail when a simulator is started or told something.

use crate::engine::Refusal;

/// Why the simulator did not start, or did not do as told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimError {
    /// A port could not be opened.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The certificates could not be made.
    #[error("cannot make certificates")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// The site refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
}
