//! Logging, for binaries: one line an event, nothing of what must never be written.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, fmt, registry};

use crate::config::{Log, LogFormat};

/// Sends this process's log to standard error.
pub fn install(log: &Log) -> Result<(), TryInitError> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Json => lines.json().boxed(),
        LogFormat::Text => lines.boxed(),
    };
    registry()
        .with(lines.with_filter(filter(&log.level)))
        .try_init()
}

/// The levels asked for; `tokio_xmpp` prints credentials below INFO, so it never gets there.
fn filter(level: &str) -> Targets {
    let wanted: Targets = level
        .parse()
        .unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let usual = wanted.default_level().unwrap_or(LevelFilter::INFO);
    wanted.with_target("tokio_xmpp", usual.min(LevelFilter::INFO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn tokio_xmpp_stays_above_debug_whatever_is_asked_for() {
        for level in [
            "trace",
            "debug",
            "tokio_xmpp=trace",
            "info,tokio_xmpp=debug",
        ] {
            let filter = filter(level);
            assert!(!filter.would_enable("tokio_xmpp", &Level::DEBUG), "{level}");
            assert!(
                !filter.would_enable("tokio_xmpp::xmlstream", &Level::TRACE),
                "{level}"
            );
        }
        assert!(filter("trace").would_enable("gc_server", &Level::TRACE));
        assert!(!filter("error").would_enable("tokio_xmpp", &Level::INFO));
    }
}
