//! Licences, banned crates and sources, by cargo-deny.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::process::{cargo, find_program, run_shown};
use crate::report::{Outcome, Step};

/// Runs `cargo deny check licenses bans sources`.
pub(crate) fn step(root: &Path) -> Step {
    Step::one("licences, bans, sources", || check(root))
}

fn check(root: &Path) -> Result<Outcome> {
    let Some(deny) = cargo_deny(root)? else {
        let reason = "cargo-deny cannot be installed here: cargo install cargo-deny --locked";
        return Ok(Outcome::Skipped(reason.to_owned()));
    };
    let mut command = Command::new(deny);
    command
        .current_dir(root)
        .args(["--workspace", "check", "licenses", "bans", "sources"]);
    if run_shown(&mut command)?.success {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Failed(
        "see above; the lists are in deny.toml".to_owned(),
    ))
}

/// Where cargo-deny is; installed below `target` when it is nowhere.
fn cargo_deny(root: &Path) -> Result<Option<PathBuf>> {
    let own = root.join("target/tools/bin/cargo-deny");
    if own.is_file() {
        return Ok(Some(own));
    }
    if let Some(path) = find_program("cargo-deny") {
        return Ok(Some(path));
    }
    let mut install = cargo(root);
    install
        .args(["install", "cargo-deny", "--locked", "--quiet", "--root"])
        .arg(root.join("target/tools"));
    Ok(run_shown(&mut install)?.success.then_some(own))
}
