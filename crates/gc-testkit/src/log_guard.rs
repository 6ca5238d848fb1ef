//! A log layer that remembers what tests forbid, ERROR lines and secrets anywhere; and the audit log, for tests to read.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

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

/// Whatever password or token a test makes up for the purpose begins with this; no log line may hold it.
pub const CANARY: &str = "c4nary";

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
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        if *level == Level::ERROR || line.0.contains(CANARY) {
            keep(&self.0.offences, format!("{level} {target}:{}", line.0));
        }
        if target == AUDIT {
            keep(&self.0.audit, line.0);
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}
