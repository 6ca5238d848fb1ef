//! No ERROR in the log and no secret anywhere in it, watched while a run is played.

use std::sync::{Arc, Mutex};

use canaries::fields;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::Breach;

/// What the log held that it must not.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogGuard(Arc<Mutex<Option<String>>>);

impl LogGuard {
    /// Does something under watch.
    pub(crate) fn watch<R>(&self, work: impl FnOnce() -> R) -> R {
        tracing::subscriber::with_default(self.clone(), work)
    }

    /// Nothing that must not be in the log was in it.
    pub(crate) fn check(&self) -> Result<(), Breach> {
        match self.0.lock().map(|first| first.clone()) {
            Ok(Some(offence)) => Err(offence),
            Ok(None) => Ok(()),
            Err(_) => Err("the log guard has broken down".to_owned()),
        }
    }

    fn keep(&self, offence: String) {
        if let Ok(mut first) = self.0.lock() {
            first.get_or_insert(offence);
        }
    }

    fn inspect(&self, place: &str, line: &str) {
        if canaries::is_in(line) {
            self.keep(format!("a secret in the log, {place}:{line}"));
        }
    }
}

impl Subscriber for LogGuard {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.inspect(span.metadata().name(), &fields(|line| span.record(line)));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.inspect("a span", &fields(|line| values.record(line)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let line = fields(|line| event.record(line));
        let (level, target) = (event.metadata().level(), event.metadata().target());
        if *level == Level::ERROR {
            self.keep(format!("{level} {target}:{line}"));
        }
        self.inspect(target, &line);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(work: impl FnOnce()) -> Result<(), Breach> {
        let guard = LogGuard::default();
        guard.watch(work);
        guard.check()
    }

    #[test]
    fn an_error_and_a_secret_are_offences_and_nothing_else_is() {
        assert_eq!(watched(|| tracing::warn!("odd")), Ok(()));
        assert!(watched(|| tracing::error!("broken")).is_err());
        assert!(watched(|| tracing::debug!(password = "c4nary-1")).is_err());
        assert!(watched(|| drop(tracing::info_span!("sign_in", secret = "c4nary-2"))).is_err());
    }
}
