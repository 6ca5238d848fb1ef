//! The house rules as a check. Every message says what to do.

mod clients;
mod commands;
mod dependencies;
mod layers;
mod sources;

use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};

use crate::report::{Outcome, Step};

/// Checks all rules.
pub(crate) fn step(root: &Path) -> Step {
    Step::one("tidy", || {
        let breaches = breaches(root)?;
        for breach in &breaches {
            println!("tidy: {breach}");
        }
        Ok(match breaches.len() {
            0 => Outcome::Passed,
            n => Outcome::Failed(format!("{n} of the house rules broken, see above")),
        })
    })
}

fn breaches(root: &Path) -> Result<Vec<String>> {
    let metadata = metadata(root)?;
    let files = sources::files(root)?;
    let mut breaches = layers::check(&metadata);
    breaches.extend(dependencies::check(root, &metadata)?);
    breaches.extend(sources::check(&files));
    breaches.extend(clients::check(&files));
    breaches.extend(commands::check(&files, &metadata));
    Ok(breaches)
}

fn metadata(root: &Path) -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .context("cargo metadata --locked")
}
