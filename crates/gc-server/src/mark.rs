//! Short stand-ins for names that clients and brokers make up, of which very many are remembered.

use sha2::{Digest, Sha256};

/// Stands for a name.
pub(crate) type Mark = [u8; 16];

/// What stands for a name, however long that is.
pub(crate) fn mark(name: &str) -> Mark {
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    let mut mark = Mark::default();
    mark.copy_from_slice(&digest[..16]);
    mark
}
