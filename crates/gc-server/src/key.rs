//! Clients' keys: made here, given away once, and known by their digests only.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gc_protocol::Secret;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// Tells people, and programs that look for leaked secrets, what it is.
const PREFIX: &str = "gck_";

/// A key that no client has yet.
#[derive(Debug)]
pub struct NewKey {
    /// The key itself: 256 random bits, in letters that may stand in a header or a WebSocket subprotocol.
    pub secret: Secret,
    /// What the settings keep of it.
    pub sha256: String,
}

/// The system gave no random bits.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bits")]
pub struct NoRandomBits;

impl NewKey {
    /// Makes one.
    pub fn generate() -> Result<Self, NoRandomBits> {
        let mut bits = [0; 32];
        random(&mut bits)?;
        let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits));
        Ok(Self {
            sha256: KeyDigest::of(&key).hex(),
            secret: Secret::new(key),
        })
    }
}

/// Fills with random bits that nobody can guess.
pub(crate) fn random(bits: &mut [u8]) -> Result<(), NoRandomBits> {
    let source = rustls::crypto::ring::default_provider().secure_random;
    source.fill(bits).map_err(|_| NoRandomBits)
}

/// SHA-256 of a client's key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// Reads 64 hex digits.
    pub(crate) fn parse(hex: &str) -> Option<Self> {
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut digest = [0; 32];
        for (index, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(digest))
    }

    pub(crate) fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// Whether it is another one, in a time that tells nothing.
    pub(crate) fn is(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }

    fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDigest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_is_256_bits_that_no_other_has_and_its_digest_is_sha_256() {
        let (one, other) = (NewKey::generate().unwrap(), NewKey::generate().unwrap());
        let bits = one.secret.expose().strip_prefix("gck_").unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(bits).unwrap().len(), 32);
        assert_ne!(one.secret.expose(), other.secret.expose());
        let known = KeyDigest::parse(&one.sha256).unwrap();
        assert!(bool::from(known.is(&KeyDigest::of(one.secret.expose()))));
        assert!(!bool::from(known.is(&KeyDigest::of(other.secret.expose()))));
    }

    #[test]
    fn the_digest_is_what_sha256sum_prints() {
        let digest = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
        assert_eq!(KeyDigest::of("key").hex(), digest);
    }
}
