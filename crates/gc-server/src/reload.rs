//! What a running gateway takes over from changed settings.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::clients::Changed;
use crate::config::{Config, ConfigError, Problem, Sources};
use crate::serve::Handle;

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
    /// What they ask for takes a restart.
    #[error("{0}")]
    Restart(String),
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("; ")
}

impl Handle {
    /// Takes over the clients of other settings; connections whose key is gone are closed.
    pub fn reload(&self, config: &Config) -> Result<(), ReloadError> {
        let problems = config.check();
        if !problems.is_empty() {
            return Err(ReloadError::Problems(problems));
        }
        let changes = self.clients.change(config);
        if let Some(refused) = changes.iter().find(|change| **change == Changed::Refused) {
            return Err(ReloadError::Restart(refused.to_string()));
        }
        for change in &changes {
            tracing::info!("{change}");
        }
        tracing::info!(
            changes = changes.len(),
            "the clients' settings were read again"
        );
        Ok(())
    }

    /// Reads the sources again whenever the file has changed or it is asked to, and says in the log what came of it.
    pub async fn follow(&self, sources: Sources, asked: &Notify) {
        let mut ticks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut known = look(sources.file.clone()).await;
        loop {
            let told = tokio::select! {
                () = asked.notified() => true,
                _ = ticks.tick() => false,
            };
            let found = look(sources.file.clone()).await;
            if told || found != known {
                known = found;
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
        if let Err(error) = outcome {
            tracing::error!(%error, "the changed settings were not taken over");
        }
    }
}

/// What tells one version of the file from another.
async fn look(file: Option<PathBuf>) -> Option<(SystemTime, u64)> {
    let metadata = move || std::fs::metadata(file?).ok();
    let metadata = tokio::task::spawn_blocking(metadata).await.ok()??;
    Some((metadata.modified().ok()?, metadata.len()))
}
