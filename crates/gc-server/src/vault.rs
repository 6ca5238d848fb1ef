//! Agents' secrets: the core sees handles only, the vault keeps what they stand for.

use std::collections::BTreeMap;

use gc_core::SecretHandle;
use gc_protocol::{AgentId, Secret};
use subtle::ConstantTimeEq;

/// Secrets by handle; dropping an entry wipes it.
#[derive(Debug, Default)]
pub(crate) struct Vault {
    next: u64,
    kept: BTreeMap<SecretHandle, Secret>,
    by_agent: BTreeMap<AgentId, Vec<SecretHandle>>,
    owners: BTreeMap<SecretHandle, AgentId>,
}

impl Vault {
    /// The handle of a secret: the same one for an equal secret of the same agent.
    pub(crate) fn intern(&mut self, agent: &AgentId, secret: Secret) -> SecretHandle {
        self.find(agent, &secret)
            .unwrap_or_else(|| self.keep(agent, secret))
    }

    /// What a handle stands for, until it is forgotten.
    pub(crate) fn get(&self, handle: SecretHandle) -> Option<&Secret> {
        self.kept.get(&handle)
    }

    /// Wipes a secret.
    pub(crate) fn forget(&mut self, handle: SecretHandle) {
        self.kept.remove(&handle);
        let Some(agent) = self.owners.remove(&handle) else {
            return;
        };
        if let Some(handles) = self.by_agent.get_mut(&agent) {
            handles.retain(|other| *other != handle);
            if handles.is_empty() {
                self.by_agent.remove(&agent);
            }
        }
    }

    /// How many secrets are kept.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    fn find(&self, agent: &AgentId, secret: &Secret) -> Option<SecretHandle> {
        let handles = self.by_agent.get(agent)?;
        handles
            .iter()
            .copied()
            .find(|handle| self.get(*handle).is_some_and(|kept| same(kept, secret)))
    }

    fn keep(&mut self, agent: &AgentId, secret: Secret) -> SecretHandle {
        let handle = SecretHandle(self.next);
        self.next += 1;
        self.kept.insert(handle, secret);
        self.owners.insert(handle, agent.clone());
        self.by_agent.entry(agent.clone()).or_default().push(handle);
        handle
    }
}

fn same(one: &Secret, other: &Secret) -> bool {
    one.expose()
        .as_bytes()
        .ct_eq(other.expose().as_bytes())
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layla() -> AgentId {
        AgentId::from("41027")
    }

    #[test]
    fn an_equal_secret_of_the_same_agent_has_the_same_handle() {
        let mut vault = Vault::default();
        let first = vault.intern(&layla(), Secret::new("demo"));
        assert_eq!(vault.intern(&layla(), Secret::new("demo")), first);
        assert_ne!(vault.intern(&layla(), Secret::new("Demo")), first);
        assert_eq!(vault.len(), 2);
    }

    #[test]
    fn agents_never_share_a_handle() {
        let mut vault = Vault::default();
        let layla = vault.intern(&layla(), Secret::new("demo"));
        let omar = vault.intern(&AgentId::from("41033"), Secret::new("demo"));
        assert_ne!(layla, omar);
    }

    #[test]
    fn a_forgotten_secret_is_gone_and_its_handle_is_not_given_again() {
        let mut vault = Vault::default();
        let first = vault.intern(&layla(), Secret::new("demo"));
        vault.forget(first);
        assert!(vault.get(first).is_none());
        assert_eq!(vault.len(), 0);
        assert!(vault.by_agent.is_empty() && vault.owners.is_empty());
        assert_ne!(vault.intern(&layla(), Secret::new("demo")), first);
    }

    #[test]
    fn nothing_kept_is_printed() {
        let mut vault = Vault::default();
        vault.intern(&layla(), Secret::new("canary-7c1f"));
        assert!(!format!("{vault:?}").contains("canary"));
    }
}
