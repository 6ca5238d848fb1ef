//! Logging, for binaries: one line an event, nothing of what must never be written.

mod writing;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::NonBlocking;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, fmt, registry};

use crate::audit;
use crate::config::{Log, LogFormat};
pub use writing::Guard;
use writing::beside_the_work;
pub(crate) use writing::lost_lines;

/// Why this process cannot log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The file of the audit log cannot be written.
    #[error("cannot write {file}: {reason}")]
    File {
        /// The file.
        file: String,
        /// Why.
        reason: std::io::Error,
    },
    /// Something else logs already.
    #[error(transparent)]
    Taken(#[from] TryInitError),
}

/// Sends this process's log to standard error, and its audit log to the file of the settings; both until the guard is
/// dropped.
pub fn install(log: &Log) -> Result<Guard, LogError> {
    let (writer, mut guard) = beside_the_work(std::io::stderr());
    let lines = lines(log.format, writer);
    let audit = match log.audit_file.as_str() {
        "" => None,
        file => {
            let (audit, its_guard) = audit(Path::new(file)).map_err(|reason| LogError::File {
                file: file.to_owned(),
                reason,
            })?;
            guard.0.extend(its_guard.0);
            Some(audit)
        }
    };
    registry()
        .with(audit)
        .with(lines.with_filter(filter(&log.level)))
        .try_init()?;
    Ok(guard)
}

fn lines<S>(format: LogFormat, writer: NonBlocking) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let lines = fmt::layer()
        // The colours of a terminal are control characters too, and could not be told from those of a value.
        .with_ansi(false)
        .log_internal_errors(false)
        .with_writer(writer);
    match format {
        LogFormat::Json => lines.json().boxed(),
        LogFormat::Text => lines.boxed(),
    }
}

/// Appends the audit log to a file that only this user may read, one JSON object a line, until the guard is dropped.
pub fn audit<S>(file: &Path) -> std::io::Result<(impl Layer<S>, Guard)>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(file)?;
    let (writer, guard) = beside_the_work(file);
    let entries = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_level(false)
        .log_internal_errors(false)
        .with_writer(writer);
    let only = Targets::new().with_target(audit::TARGET, LevelFilter::INFO);
    Ok((entries.with_filter(only), guard))
}

/// Whether a text is a level, or levels by target: a lone word that is no level would else be read as a target.
pub(crate) fn is_level(text: &str) -> bool {
    // The empty word would be read as a level too.
    let is_word = |word: &str| !word.is_empty() && word.parse::<LevelFilter>().is_ok();
    let is_item = |item: &str| match item.split_once('=') {
        Some((target, level)) => !target.is_empty() && is_word(level),
        None => is_word(item),
    };
    text.split(',').all(is_item)
}

/// Libraries that print what they carry below INFO: stanzas, frames, and the credentials in them.
const TALKATIVE: [&str; 3] = ["tokio_xmpp", "tungstenite", "tokio_tungstenite"];

/// The levels asked for, as in `info,gc_server=debug`; libraries that print credentials never get below INFO.
pub fn filter(level: &str) -> Targets {
    let wanted: Targets = level
        .parse()
        .unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let usual = wanted.default_level().unwrap_or(LevelFilter::OFF);
    // It has a file of its own; who wants it here too says so.
    let audited = wanted
        .iter()
        .any(|(target, _)| target == audit::TARGET)
        .then_some(LevelFilter::INFO);
    let others = wanted.into_iter().filter(|(target, _)| {
        !TALKATIVE
            .iter()
            .any(|talkative| target.starts_with(talkative))
    });
    let capped = TALKATIVE.map(|talkative| (talkative, usual.min(LevelFilter::INFO)));
    Targets::new()
        .with_target(audit::TARGET, audited.unwrap_or(LevelFilter::OFF))
        .with_targets(others)
        .with_default(usual)
        .with_targets(capped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    /// What is written of an entry whose values want to be more than one.
    fn written(format: LogFormat) -> String {
        let (mut read, write) = std::io::pipe().unwrap();
        let (writer, guard) = beside_the_work(write);
        let subscriber = registry().with(lines(format, writer));
        let forged = "desk\r\n2026-11-22T09:00:00Z ERROR gc_server: forged\u{1b}[2J\u{9b}2J\u{7}";
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("link", agent = forged, epoch = %forged);
            let _entered = span.enter();
            tracing::warn!(agent = forged, destination = %forged, reason = ?forged, "{forged}");
        });
        drop(guard);
        let mut text = String::new();
        std::io::Read::read_to_string(&mut read, &mut text).unwrap();
        text
    }

    #[test]
    fn an_entry_is_one_line_whatever_is_in_it_and_moves_no_terminal() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = written(format);
            let line = text.strip_suffix('\n').unwrap();
            assert!(line.contains("forged"), "{line:?}");
            let controls = line.chars().filter(|letter| letter.is_control());
            assert_eq!(controls.collect::<String>(), "", "{line:?}");
        }
    }

    #[test]
    fn a_word_that_is_no_level_is_not_taken_for_a_target() {
        for text in ["info", "ERROR", "info,gc_server=debug", "off"] {
            assert!(is_level(text), "{text}");
        }
        for text in ["", "loud", "info,loud", "gc_server=loud", "=info"] {
            assert!(!is_level(text), "{text}");
        }
    }

    #[test]
    fn libraries_that_print_credentials_stay_above_debug_whatever_is_asked_for() {
        for level in [
            "trace",
            "debug",
            "tokio_xmpp=trace",
            "info,tokio_xmpp=debug",
            "trace,tokio_xmpp::xmlstream=trace",
            "trace,tungstenite::protocol=trace",
        ] {
            let filter = filter(level);
            for target in [
                "tokio_xmpp",
                "tokio_xmpp::xmlstream",
                "tungstenite::protocol",
            ] {
                assert!(
                    !filter.would_enable(target, &Level::DEBUG),
                    "{level}: {target}"
                );
            }
        }
        assert!(filter("trace").would_enable("gc_server", &Level::TRACE));
        assert!(filter("info,gc_server=debug").would_enable("gc_server", &Level::DEBUG));
        assert!(!filter("error").would_enable("tokio_xmpp", &Level::INFO));
    }
}
