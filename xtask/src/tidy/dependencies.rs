//! The list of shared dependencies: each well known or explained, and each used.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::Metadata;

/// Crates that need no explanation.
const WELL_KNOWN: &[&str] = &[
    "anyhow",
    "bytes",
    "cargo_metadata",
    "clap",
    "hdrhistogram",
    "hyper",
    "hyper-util",
    "indexmap",
    "jid",
    "metrics",
    "metrics-exporter-prometheus",
    "pretty_assertions",
    "proptest",
    "rustls",
    "serde",
    "serde_json",
    "tempfile",
    "tokio",
    "tokio-rustls",
    "toml",
    "tracing",
    "tracing-subscriber",
    "zeroize",
];

/// Breaches in `[workspace.dependencies]`.
pub(crate) fn check(root: &Path, metadata: &Metadata) -> Result<Vec<String>> {
    let path = root.join("Cargo.toml");
    let manifest = std::fs::read_to_string(&path).context("Cargo.toml")?;
    let used: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .flat_map(|package| &package.dependencies)
        .map(|dependency| dependency.name.as_str())
        .collect();
    Ok(entries(&manifest)
        .filter_map(|entry| breach(&entry, &used))
        .collect())
}

struct Entry<'a> {
    name: &'a str,
    explained: bool,
}

fn entries(manifest: &str) -> impl Iterator<Item = Entry<'_>> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| {
            let (name, value) = line.split_once('=')?;
            let name = name.trim();
            if name.starts_with('#') {
                return None;
            }
            let explained = value.contains("path =") || value.contains(" # ");
            Some(Entry { name, explained })
        })
}

fn breach(entry: &Entry<'_>, used: &BTreeSet<&str>) -> Option<String> {
    let name = entry.name;
    if !used.contains(name) {
        return Some(format!(
            "Cargo.toml: nobody uses {name}: take it out of [workspace.dependencies]"
        ));
    }
    (!entry.explained && !WELL_KNOWN.contains(&name))
        .then(|| format!("Cargo.toml: say what {name} is for in a comment at the end of its line"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "\
[workspace]
members = []

[workspace.dependencies]
# Wire.
serde = \"1\"
obscure = \"0.1\" # reads the obscure
riddle = \"0.1\"

[profile.dev]
debug = true
";

    #[test]
    fn an_unknown_dependency_without_a_comment_is_named() {
        let used = BTreeSet::from(["serde", "obscure", "riddle"]);
        let breaches: Vec<String> = entries(MANIFEST)
            .filter_map(|e| breach(&e, &used))
            .collect();
        assert_eq!(
            breaches,
            ["Cargo.toml: say what riddle is for in a comment at the end of its line"]
        );
    }

    #[test]
    fn a_dependency_that_nobody_uses_is_named() {
        let used = BTreeSet::from(["serde", "riddle"]);
        let breaches: Vec<String> = entries(MANIFEST)
            .filter_map(|e| breach(&e, &used))
            .collect();
        assert_eq!(
            breaches[0],
            "Cargo.toml: nobody uses obscure: take it out of [workspace.dependencies]"
        );
    }
}
