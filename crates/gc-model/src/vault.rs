//! What the driver would keep: secrets by number, until the core lets go of them.

use std::collections::BTreeMap;

use gc_core::SecretHandle;

#[derive(Debug, Default)]
pub(crate) struct Vault {
    last: u64,
    kept: BTreeMap<SecretHandle, (String, String)>,
}

impl Vault {
    /// The number of a secret: the same for an equal one of the same agent.
    pub(crate) fn intern(&mut self, agent: &str, secret: &str) -> SecretHandle {
        let known = self
            .kept
            .iter()
            .find(|(_, (whose, text))| whose == agent && text == secret);
        if let Some((handle, _)) = known {
            return *handle;
        }
        self.last += 1;
        let handle = SecretHandle(self.last);
        self.kept
            .insert(handle, (agent.to_owned(), secret.to_owned()));
        handle
    }

    pub(crate) fn get(&self, handle: SecretHandle) -> Option<&str> {
        self.kept.get(&handle).map(|(_, text)| text.as_str())
    }

    pub(crate) fn forget(&mut self, handle: SecretHandle) -> bool {
        self.kept.remove(&handle).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }
}
