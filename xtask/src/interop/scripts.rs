//! The other side, and the count of its checks.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::Places;
use super::conversation::Conversation;
use crate::process::run_shown;

/// Runs a Python script of `xtask/interop`; its lines `ok …` and `FAIL …` are checks.
pub(super) fn run(
    places: &Places,
    python: &Path,
    script: &str,
    arguments: &[String],
    conversation: &mut Conversation,
) -> Result<()> {
    let mut command = Command::new(python);
    command
        .arg(places.root.join("xtask/interop").join(script))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    count(command, script, conversation)
}

/// Runs a program that prints checks.
pub(super) fn count(
    mut command: Command,
    script: &str,
    conversation: &mut Conversation,
) -> Result<()> {
    let finished = run_shown(&mut command)?;
    let failed_before = conversation.failures();
    for line in finished.output.lines() {
        conversation.line(line);
    }
    if !finished.success && conversation.failures() == failed_before {
        conversation.failed(&format!("{script} broke, see above"));
    }
    Ok(())
}
