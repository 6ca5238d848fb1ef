//! The client's session, as callbacks give it back.

use std::sync::{Arc, Mutex};

/// `sessionUrl` of a registration, which may change while its events are posted; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session(Arc<Mutex<String>>);

impl Session {
    pub(crate) fn new(url: Option<&str>) -> Self {
        let session = Self::default();
        session.change(url);
        session
    }

    /// From now on this one.
    pub(crate) fn change(&self, url: Option<&str>) {
        url.unwrap_or_default().clone_into(&mut self.held());
    }

    pub(crate) fn url(&self) -> String {
        self.held().clone()
    }

    fn held(&self) -> std::sync::MutexGuard<'_, String> {
        // A text is whole whoever panicked.
        self.0.lock().unwrap_or_else(|held| held.into_inner())
    }
}
