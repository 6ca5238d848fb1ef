//! What is wrong with the store of sessions.

use super::{Config, Findings};
use crate::store::KeyRing;

impl Config {
    pub(super) fn check_store(&self, found: &mut Findings) {
        if !self.store.is_configured() {
            return;
        }
        if let Err(error) = KeyRing::read(&self.store) {
            found.add(
                error.setting(),
                error.to_string(),
                "make a key: gc-server key store --file FILE",
            );
        }
    }
}
