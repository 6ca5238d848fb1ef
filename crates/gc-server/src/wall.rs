//! The clock of the wall, which may jump: only what other clocks and other processes must understand goes by it.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// A clock of the wall: ends of access tokens go by it, as identity services and the store tell them.
#[derive(Clone)]
pub struct Wall(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Wall {
    /// The machine's.
    pub fn system() -> Self {
        Self::new(SystemTime::now)
    }

    /// Any other.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl fmt::Debug for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wall").field(&self.now()).finish()
    }
}
