//! A log layer that remembers what tests forbid, ERROR lines and secrets anywhere; and the audit log, for tests to read.

use std::sync::{Arc, Mutex, OnceLock};

use canaries::fields;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::secrets;

/// What the log held that it must not.
#[derive(Debug, Clone, Default)]
pub struct LogGuard {
    offences: Lines,
    audit: Lines,
}

type Lines = Arc<Mutex<Vec<String>>>;

struct GuardLayer(LogGuard);

/// The target of the audit log's entries.
const AUDIT: &str = "gc_audit";

pub use crate::secrets::CANARY;

impl LogGuard {
    /// The guard of this process, which watches every log line from the first call on.
    pub fn global() -> &'static Self {
        static GUARD: OnceLock<LogGuard> = OnceLock::new();
        GUARD.get_or_init(|| {
            let guard = Self::default();
            // As talkative as the gateway's own binary can be made.
            let everything = gc_server::logs::filter("trace,gc_audit=info");
            let filtered = GuardLayer(guard.clone()).with_filter(everything);
            let _ = tracing_subscriber::registry().with(filtered).try_init();
            guard
        })
    }

    /// Lines that must not be there.
    pub fn offences(&self) -> Vec<String> {
        read(&self.offences)
    }

    /// Looks for secrets in what came out of a gateway elsewhere.
    pub fn inspect(&self, place: &str, text: &str) {
        if secrets::is_in(text) {
            keep(&self.offences, format!("a secret in {place}: {text}"));
        }
    }

    /// Entries of the audit log, each as its fields in their order; those of every gateway in this process.
    pub fn audit(&self) -> Vec<String> {
        read(&self.audit)
    }
}

fn read(lines: &Lines) -> Vec<String> {
    lines.lock().map(|lines| lines.clone()).unwrap_or_default()
}

fn keep(lines: &Lines, line: String) {
    if let Ok(mut lines) = lines.lock() {
        lines.push(line);
    }
}

impl<S: Subscriber> Layer<S> for GuardLayer {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let line = fields(|line| span.record(line));
        self.0.inspect(span.metadata().name(), &line);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.0
            .inspect("a span", &fields(|line| values.record(line)));
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let line = fields(|line| event.record(line));
        let (level, target) = (event.metadata().level(), event.metadata().target());
        if *level == Level::ERROR {
            keep(&self.0.offences, format!("{level} {target}:{line}"));
        }
        self.0.inspect(&format!("{level} {target}"), &line);
        if target == AUDIT {
            keep(&self.0.audit, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a log that does this.
    fn offences(work: impl FnOnce()) -> Vec<String> {
        let guard = LogGuard::default();
        let subscriber = tracing_subscriber::registry().with(GuardLayer(guard.clone()));
        tracing::subscriber::with_default(subscriber, work);
        guard.offences()
    }

    #[test]
    fn a_secret_in_a_line_a_field_or_a_span_is_an_offence() {
        secrets::plant("eyJ-a-token");
        assert_eq!(offences(|| tracing::info!("all is well")), [""; 0]);
        for work in [
            || tracing::trace!("c4nary-7 was wrong"),
            || tracing::debug!(password = "c4nary"),
            || tracing::info!(request = ?("PUT", "eyJ-a-token")),
            || drop(tracing::info_span!("sign_in", password = "c4nary")),
            || {
                let span = tracing::info_span!("sign_in", password = tracing::field::Empty);
                span.record("password", "c4nary");
            },
        ] as [fn(); 5]
        {
            assert_eq!(offences(work).len(), 1);
        }
    }

    #[test]
    fn an_error_is_an_offence_and_a_warning_is_none() {
        assert_eq!(offences(|| tracing::error!("broken")).len(), 1);
        assert_eq!(offences(|| tracing::warn!("odd")), [""; 0]);
    }
}
