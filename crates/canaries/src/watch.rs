//! A log layer that ends the process as soon as a line or a span shows a secret.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Libraries that print what they carry below INFO, credentials and all; the gateway's log never takes that from them.
const CARRIERS: [&str; 3] = ["tokio_xmpp", "tungstenite", "tokio_tungstenite"];

/// From the first call on, a log line of this process that shows a secret is the last, at whatever level: a panic would end
/// one task, and the test that it belongs to might never ask.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = Targets::new()
            .with_default(LevelFilter::TRACE)
            .with_targets(CARRIERS.map(|carrier| (carrier, LevelFilter::INFO)));
        let _ = tracing_subscriber::registry()
            .with(Watch(end).with_filter(lines))
            .try_init();
    });
}

/// What happens to a place and a text with a secret in it.
struct Watch(fn(&str, &str));

fn end(place: &str, line: &str) {
    // Not a macro, which the test harness would keep for a report that never comes.
    let _ = writeln!(std::io::stderr(), "a secret in {place}:{line}");
    std::process::abort();
}

impl Watch {
    fn inspect(&self, place: &str, line: &str) {
        if crate::is_in(line) {
            (self.0)(place, line);
        }
    }
}

impl<S: Subscriber> Layer<S> for Watch {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.inspect(span.metadata().name(), &fields(|line| span.record(line)));
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.inspect("a span", &fields(|line| values.record(line)));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let target = event.metadata().target();
        self.inspect(target, &fields(|line| event.record(line)));
    }
}

/// Fields as text, each after a blank, of what records itself.
pub fn fields(record: impl FnOnce(&mut dyn Visit)) -> String {
    let mut line = Line::default();
    record(&mut line);
    line.0
}

#[derive(Debug, Default)]
struct Line(String);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {field}={value}");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static SEEN: Cell<usize> = const { Cell::new(0) };
    }

    /// How often a secret was seen while something was logged.
    fn seen(work: impl FnOnce()) -> usize {
        SEEN.set(0);
        let count: fn(&str, &str) = |_, _| SEEN.set(SEEN.get() + 1);
        let subscriber = tracing_subscriber::registry().with(Watch(count));
        tracing::subscriber::with_default(subscriber, work);
        SEEN.get()
    }

    #[test]
    fn a_secret_in_a_line_a_field_or_a_span_is_seen_however_it_is_spelled() {
        assert_eq!(seen(|| tracing::info!(agent = "41027", "all is well")), 0);
        for work in [
            || tracing::trace!("c4nary-7 was wrong"),
            || tracing::debug!(password = "c4nary"),
            || tracing::info!(password = ?Some("c4nary")),
            || tracing::info!(header = "Basic NDEwMjc6YzRuYXJ5"),
            || tracing::info!(bytes = ?b"c4nary"),
            || drop(tracing::info_span!("sign_in", password = "c4nary")),
            || {
                let span = tracing::info_span!("sign_in", password = tracing::field::Empty);
                span.record("password", "c4nary");
            },
        ] as [fn(); 7]
        {
            assert_eq!(seen(work), 1);
        }
    }
}
