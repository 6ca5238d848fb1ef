//! `gc-server key`: keys for clients, and for the store.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use gc_server::{NewKey, NewStoreKey};

#[derive(Subcommand)]
pub(crate) enum Task {
    /// Makes a key, shows it once, and prints the lines for the settings, which hold its SHA-256 only.
    New(Options),
    /// Makes the key that seals the store of sessions.
    Store(StoreOptions),
}

#[derive(Args)]
pub(crate) struct StoreOptions {
    /// New file for the key, for store.key_file; without it the key is printed, for GC__STORE__KEY.
    #[arg(long)]
    file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Options {
    /// The client's name in the settings: letters, digits, `-` and `_`.
    #[arg(long)]
    name: String,
}

pub(crate) fn run(task: &Task) -> Result<ExitCode> {
    match task {
        Task::New(options) => new(options),
        Task::Store(options) => store(options),
    }
}

fn store(StoreOptions { file }: &StoreOptions) -> Result<ExitCode> {
    let key = NewStoreKey::generate()?;
    match file {
        Some(file) => key
            .write(file)
            .with_context(|| format!("cannot write {}", file.display()))?,
        None => println!("{}", key.secret().expose()),
    }
    Ok(ExitCode::SUCCESS)
}

fn new(Options { name }: &Options) -> Result<ExitCode> {
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
