//! What the owner of a link wants of it, told at any time and looked at when the link comes to it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::credential::Credential;

/// Subscriptions that one link may have.
const MAX_SUBSCRIPTIONS: usize = 256;

/// Longest name of a pubsub node.
const MAX_NODE_NAME: usize = 1024;

/// A subscription that is not even tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubscribeError {
    /// The link has as many as it may have.
    #[error("a link may have {MAX_SUBSCRIPTIONS} subscriptions")]
    TooMany,
    /// No pubsub node has such a name.
    #[error("the name of a pubsub node has 1 to {MAX_NODE_NAME} bytes")]
    BadName,
}

/// Shared by a link and its handle.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Each with the number of its wish: one that was taken back and made again is another.
    nodes: BTreeMap<String, u64>,
    wished: u64,
    credential: Option<Credential>,
}

impl Wishes {
    pub(super) fn subscribe(&self, node: String) -> Result<(), SubscribeError> {
        if node.is_empty() || node.len() > MAX_NODE_NAME {
            return Err(SubscribeError::BadName);
        }
        let mut state = self.state();
        if state.nodes.contains_key(&node) {
            return Ok(());
        }
        if state.nodes.len() == MAX_SUBSCRIPTIONS {
            return Err(SubscribeError::TooMany);
        }
        state.wished += 1;
        let wish = state.wished;
        state.nodes.insert(node, wish);
        self.changed.notify_one();
        Ok(())
    }

    pub(super) fn unsubscribe(&self, node: &str) {
        if self.state().nodes.remove(node).is_some() {
            self.changed.notify_one();
        }
    }

    /// Forgets a subscription that will not come, so that it can be wished for again.
    pub(super) fn forget(&self, node: &str, wish: u64) {
        let mut state = self.state();
        if state.nodes.get(node) == Some(&wish) {
            state.nodes.remove(node);
        }
    }

    pub(super) fn renew(&self, credential: Credential) {
        self.state().credential = Some(credential);
    }

    /// The credential that came since the last look.
    pub(super) fn take_credential(&self) -> Option<Credential> {
        self.state().credential.take()
    }

    pub(super) fn nodes(&self) -> BTreeMap<String, u64> {
        self.state().nodes.clone()
    }

    /// Waits for a change of the subscriptions since the last wait.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_are_bounded_in_number_and_in_length() {
        let wishes = Wishes::default();
        for number in 0..256 {
            assert_eq!(
                wishes.subscribe(format!("/finesse/api/Queue/{number}")),
                Ok(())
            );
        }
        let again = wishes.subscribe("/finesse/api/Queue/7".into());
        assert_eq!(again, Ok(()));
        let one_more = wishes.subscribe("/finesse/api/Queue/256".into());
        assert_eq!(one_more, Err(SubscribeError::TooMany));
        wishes.unsubscribe("/finesse/api/Queue/7");
        assert_eq!(wishes.subscribe("/finesse/api/Queue/256".into()), Ok(()));
        for name in [String::new(), "q".repeat(1025)] {
            assert_eq!(wishes.subscribe(name), Err(SubscribeError::BadName));
        }
    }
}
