//! What a running gateway takes over from changed settings.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::clients::Changed;
use crate::config::{Config, ConfigError, Problem, Sources};
use crate::serve::Handle;
use crate::tls::{Tls, TlsError};
use crate::{audit, descriptors, telemetry};

/// How often the file of settings is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Why changed settings were not taken over; the gateway goes on with those before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// They cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ConfigError),
    /// They cannot work.
    #[error("{}", lines(.0))]
    Problems(Vec<Problem>),
    /// Their certificates cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// What they ask for takes a restart.
    #[error("{0}")]
    Restart(String),
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("; ")
}

impl Handle {
    /// Takes over the clients and the licence of other settings and reads the certificates again; connections whose key is
    /// gone are closed, sessions beyond the licence go on.
    pub fn reload(&self, config: &Config) -> Result<(), ReloadError> {
        let problems = config.check();
        if !problems.is_empty() {
            return Err(ReloadError::Problems(problems));
        }
        let tls = match (&self.tls, Tls::new(&config.server.tls)?) {
            (Some(now), Some(next)) => Some((now, next)),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                let what = "between TLS and no TLS lies a restart: nothing was changed";
                return Err(ReloadError::Restart(what.to_owned()));
            }
        };
        let changes = self.clients.change(config);
        if let Some(refused) = changes.iter().find(|change| **change == Changed::Refused) {
            return Err(ReloadError::Restart(refused.to_string()));
        }
        if let Some((now, next)) = tls {
            now.replace(next);
        }
        for change in &changes {
            tracing::info!("{change}");
            audit::changed(&change.to_string());
        }
        self.change_licence(config);
        tracing::info!(
            changes = changes.len(),
            "clients, certificates and the licence were read again"
        );
        Ok(())
    }

    fn change_licence(&self, config: &Config) {
        let next = config.licence();
        let changed = self.licence.send_if_modified(|licence| {
            let before = std::mem::replace(licence, next);
            before != next
        });
        if changed {
            let change = format!(
                "session.max_sessions is {} now",
                config.session.max_sessions
            );
            tracing::info!("{change}");
            audit::changed(&change);
            descriptors::warn_if_few(config.session.max_sessions);
        }
    }

    /// Reads the sources again whenever the file or a certificate has changed or it is asked to, and says in the log what came of it.
    pub async fn follow(&self, sources: Sources, asked: &Notify) {
        let mut ticks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut files = watched(&sources).await;
        let mut known = look(files.clone()).await;
        loop {
            let told = tokio::select! {
                () = asked.notified() => true,
                _ = ticks.tick() => false,
            };
            let found = look(files.clone()).await;
            if told || found != known {
                // Looked at before they are read, so that no later change is missed.
                files = watched(&sources).await;
                known = look(files.clone()).await;
                self.read_again(sources.clone()).await;
            }
        }
    }

    async fn read_again(&self, sources: Sources) {
        let load = move || sources.load().map_err(ReloadError::from);
        let loaded = tokio::task::spawn_blocking(load).await;
        let outcome = match loaded {
            Ok(loaded) => loaded.and_then(|config| self.reload(&config)),
            // The runtime is ending.
            Err(_) => return,
        };
        telemetry::reloaded(if outcome.is_ok() { "done" } else { "refused" });
        if let Err(error) = outcome {
            tracing::error!(%error, "the changed settings were not taken over");
        }
    }
}

/// The file of settings, and the files of certificates that it names.
async fn watched(sources: &Sources) -> Vec<PathBuf> {
    let sources = sources.clone();
    let read = move || {
        let file = sources.file.iter().cloned();
        let config = sources.load().unwrap_or_default();
        let certificates = config.server.tls.files().map(PathBuf::from);
        file.chain(certificates).collect()
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_default()
}

/// What tells one version of each file from another.
async fn look(files: Vec<PathBuf>) -> Vec<Option<(SystemTime, u64)>> {
    let version = |file: &PathBuf| {
        let metadata = std::fs::metadata(file).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    let versions = move || files.iter().map(version).collect();
    tokio::task::spawn_blocking(versions)
        .await
        .unwrap_or_default()
}
