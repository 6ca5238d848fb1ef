//! `schemas/`: the JSON Schemas of events and commands, and the OpenAPI and AsyncAPI documents of a gateway with the usual
//! settings, as gc-protocol's own writer and table make them.

mod text;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use gc_protocol::schema::{self, Service};
use serde_json::Value;

use crate::report::{Outcome, Step};

/// What to do with the files.
#[derive(Args)]
pub(crate) struct Options {
    /// Only says whether they are up to date.
    #[arg(long)]
    check: bool,
}

/// Writes the files, or checks them.
pub(crate) fn run(root: &Path, options: &Options) -> Step {
    if options.check {
        return step(root);
    }
    Step::one("schemas", || {
        write(root)?;
        Ok(Outcome::Passed)
    })
}

/// Checks that the files are those of this source.
pub(crate) fn step(root: &Path) -> Step {
    Step::one("schemas", || {
        let stale = stale(&wanted()?, &present(root)?);
        for name in &stale {
            println!("schemas: {name} is not what the source gives");
        }
        Ok(match stale.len() {
            0 => Outcome::Passed,
            n => Outcome::Failed(format!("{n} files are stale; run cargo xtask schema")),
        })
    })
}

type Files = BTreeMap<String, Value>;

fn folder(root: &Path) -> PathBuf {
    root.join("schemas")
}

fn wanted() -> Result<Files> {
    let usual = Service::default();
    let descriptions = [
        ("openapi".to_owned(), schema::openapi(&usual)?),
        ("asyncapi".to_owned(), schema::asyncapi(&usual)?),
    ];
    let documents = schema::documents()?.into_iter().chain(descriptions);
    let files = documents.map(|(name, document)| (format!("{name}.json"), document));
    Ok(files.collect())
}

fn present(root: &Path) -> Result<Files> {
    let mut files = Files::new();
    let Ok(entries) = std::fs::read_dir(folder(root)) else {
        return Ok(files);
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        // What is no JSON is certainly stale.
        let document = serde_json::from_str(&text).unwrap_or_default();
        files.insert(name.into_owned(), document);
    }
    Ok(files)
}

/// Files that are missing, too many, or say something else.
fn stale(wanted: &Files, present: &Files) -> Vec<String> {
    let names = wanted.keys().chain(present.keys());
    let mut stale: Vec<String> = names
        .filter(|name| wanted.get(*name) != present.get(*name))
        .cloned()
        .collect();
    stale.sort();
    stale.dedup();
    stale
}

fn write(root: &Path) -> Result<()> {
    let folder = folder(root);
    std::fs::create_dir_all(&folder)?;
    let wanted = wanted()?;
    for name in present(root)?
        .keys()
        .filter(|name| !wanted.contains_key(*name))
    {
        std::fs::remove_file(folder.join(name))?;
    }
    for (name, document) in &wanted {
        let path = folder.join(name);
        std::fs::write(&path, text::lines(document)).with_context(|| path.display().to_string())?;
    }
    println!("{} files in {}", wanted.len(), folder.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn files(files: &[(&str, Value)]) -> Files {
        let files = files.iter().cloned();
        files
            .map(|(name, document)| (name.to_owned(), document))
            .collect()
    }

    #[test]
    fn a_file_that_differs_is_missing_or_is_too_many_is_stale() {
        let wanted = files(&[("a", json!(1)), ("b", json!(2)), ("c", json!(3))]);
        let present = files(&[("a", json!(1)), ("b", json!(0)), ("d", json!(4))]);
        assert_eq!(stale(&wanted, &present), ["b", "c", "d"]);
        assert_eq!(stale(&wanted, &wanted), Vec::<String>::new());
    }
}
