//! `gc-server key`: keys for clients.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use gc_server::NewKey;

#[derive(Subcommand)]
pub(crate) enum Task {
    /// Makes a key, shows it once, and prints the lines for the settings, which hold its SHA-256 only.
    New(Options),
}

#[derive(Args)]
pub(crate) struct Options {
    /// The client's name in the settings: letters, digits, `-` and `_`.
    #[arg(long)]
    name: String,
}

pub(crate) fn run(task: &Task) -> Result<ExitCode> {
    let Task::New(Options { name }) = task;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    ensure!(
        !name.is_empty() && name.chars().all(plain),
        "`{name}` is no name: use letters, digits, - and _"
    );
    let key = NewKey::generate()?;
    // Apart from the lines for the file, so that `>> gc.toml` does not write the key down.
    eprintln!(
        "The key of {name}, shown this once; the client sends it as Authorization: Bearer <key>:"
    );
    eprintln!("{}", key.secret.expose());
    println!("[clients.{name}]");
    println!("key_sha256 = \"{}\"", key.sha256);
    Ok(ExitCode::SUCCESS)
}
