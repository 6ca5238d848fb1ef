//! Secrets in settings: written down, or better in a file of their own.

use std::fs::File;
use std::io::{self, Read};

use gc_protocol::Secret;
use serde::{Deserialize, Deserializer};

/// Far more than any password or token has.
const MAX_FILE_BYTES: u64 = 16 * 1024;

/// Why a file holds no secret; what it holds is not told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The file cannot be read.
    #[error("cannot read {file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: io::Error,
    },
    /// The file is larger than a secret can be.
    #[error("{file} is larger than {MAX_FILE_BYTES} bytes")]
    TooLarge {
        /// The file.
        file: String,
    },
    /// The file has no text.
    #[error("{file} is empty")]
    Empty {
        /// The file.
        file: String,
    },
}

/// The secret itself, or what the file holds without the line break at its end; empty when neither is set.
pub(super) fn read(given: &Secret, file: &str) -> Result<Secret, SecretError> {
    if file.is_empty() {
        return Ok(given.clone());
    }
    let unreadable = |reason| SecretError::Unreadable {
        file: file.to_owned(),
        reason,
    };
    let mut text = String::new();
    File::open(file)
        .and_then(|opened| opened.take(MAX_FILE_BYTES + 1).read_to_string(&mut text))
        .map_err(unreadable)?;
    let whole = Secret::new(text);
    if whole.expose().len() as u64 > MAX_FILE_BYTES {
        return Err(SecretError::TooLarge {
            file: file.to_owned(),
        });
    }
    match whole.expose().trim_end_matches(['\r', '\n']) {
        "" => Err(SecretError::Empty {
            file: file.to_owned(),
        }),
        secret => Ok(Secret::new(secret)),
    }
}

pub(super) fn none() -> Secret {
    Secret::new("")
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    String::deserialize(from).map(Secret::new)
}
