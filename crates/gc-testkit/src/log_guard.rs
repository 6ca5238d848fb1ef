//! A log layer that remembers what tests forbid: ERROR lines, and secrets anywhere.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// What the log held that it must not.
#[derive(Debug, Clone, Default)]
pub struct LogGuard {
    offences: Arc<Mutex<Vec<String>>>,
}

struct GuardLayer {
    offences: Arc<Mutex<Vec<String>>>,
}

/// Whatever password or token a test makes up for the purpose begins with this; no log line may hold it.
pub const CANARY: &str = "c4nary";

impl LogGuard {
    /// The guard of this process, which watches every log line from the first call on.
    pub fn global() -> &'static Self {
        static GUARD: OnceLock<LogGuard> = OnceLock::new();
        GUARD.get_or_init(|| {
            let guard = Self::default();
            let layer = GuardLayer {
                offences: guard.offences.clone(),
            };
            // As talkative as the gateway's own binary can be made.
            let filtered = layer.with_filter(gc_server::logs::filter("trace"));
            let _ = tracing_subscriber::registry().with(filtered).try_init();
            guard
        })
    }

    /// Lines that must not be there.
    pub fn offences(&self) -> Vec<String> {
        self.offences
            .lock()
            .map(|lines| lines.clone())
            .unwrap_or_default()
    }
}

impl<S: Subscriber> Layer<S> for GuardLayer {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let offends = *event.metadata().level() == Level::ERROR || line.0.contains(CANARY);
        if offends && let Ok(mut offences) = self.offences.lock() {
            offences.push(format!(
                "{} {}:{}",
                event.metadata().level(),
                event.metadata().target(),
                line.0
            ));
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}
