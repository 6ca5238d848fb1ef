//! Running other programs: their output goes to the terminal and is kept as well.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};

/// A program that ended.
pub(crate) struct Finished {
    /// Whether it said success.
    pub(crate) success: bool,
    /// What it printed, both streams as the lines came.
    pub(crate) output: String,
}

/// The folder of the workspace.
pub(crate) fn workspace_root() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = manifest.parent().context("xtask has no parent folder")?;
    Ok(root.to_owned())
}

/// Cargo, in the workspace.
///
/// The variables that an outer `cargo run` sets are taken away: build scripts that watch them would run again, and
/// everything above them would be built twice.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs to the end; the output is shown while it comes.
pub(crate) fn run_shown(command: &mut Command) -> Result<Finished> {
    run(command, |line| println!("{line}"))
}

/// Runs to the end without showing anything.
pub(crate) fn run_quiet(command: &mut Command) -> Result<Finished> {
    run(command, |_| ())
}

fn run(command: &mut Command, show: fn(&str)) -> Result<Finished> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let output = Arc::new(Mutex::new(String::new()));
    let readers = [
        child
            .stdout
            .take()
            .map(|stream| collect(stream, &output, show)),
        child
            .stderr
            .take()
            .map(|stream| collect(stream, &output, show)),
    ];
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    let success = child.wait()?.success();
    let output = std::mem::take(&mut *output.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Finished { success, output })
}

fn collect(
    stream: impl Read + Send + 'static,
    output: &Arc<Mutex<String>>,
    show: fn(&str),
) -> std::thread::JoinHandle<()> {
    let output = Arc::clone(output);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            show(&line);
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            output.push_str(&line);
            output.push('\n');
        }
    })
}

/// The path of a program that can be called by name.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}
