//! Commands that the documents name must exist.

use std::collections::BTreeSet;

use cargo_metadata::{Metadata, Target};
use clap::CommandFactory;

use super::clients;
use super::sources::File;
use crate::Arguments;

/// Breaches in the documents at the top level and in the CI script.
pub(crate) fn check(files: &[File], metadata: &Metadata) -> Vec<String> {
    let known = Known::of(files, metadata);
    let documents = files.iter().filter(|file| file.path.ends_with(".md"));
    let mut breaches: Vec<String> = documents
        .flat_map(|file| unknown_names(file, &known))
        .collect();
    breaches.extend(ci_differs(files));
    breaches
}

/// The README promises that its test command is what CI runs.
fn ci_differs(files: &[File]) -> Option<String> {
    const COMMAND: &str = "cargo xtask ci";
    let holds = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.is_some_and(|file| file.text.contains(COMMAND))
    };
    (!holds("README.md") || !holds(".ci/run"))
        .then(|| format!("README.md and .ci/run must both name `{COMMAND}`"))
}

struct Known {
    tasks: BTreeSet<String>,
    programs: BTreeSet<String>,
    examples: BTreeSet<String>,
    packages: BTreeSet<String>,
    scripts: BTreeSet<String>,
}

impl Known {
    fn of(files: &[File], metadata: &Metadata) -> Self {
        let packages = metadata.workspace_packages();
        let targets = |wanted: fn(&Target) -> bool| {
            let all = packages.iter().flat_map(|package| &package.targets);
            all.filter(|target| wanted(target))
                .map(|target| target.name.clone())
                .collect()
        };
        Self {
            tasks: Arguments::command()
                .get_subcommands()
                .map(|task| task.get_name().to_owned())
                .collect(),
            programs: targets(Target::is_bin),
            examples: targets(Target::is_example),
            packages: packages
                .iter()
                .map(|package| package.name.to_string())
                .collect(),
            scripts: clients::scripts(files).collect(),
        }
    }
}

fn unknown_names(file: &File, known: &Known) -> Vec<String> {
    let kinds = [
        ("cargo xtask ", &known.tasks, "task"),
        ("--bin ", &known.programs, "program"),
        ("--example ", &known.examples, "example"),
        ("cargo run -p ", &known.packages, "package"),
        ("npm run ", &known.scripts, "script"),
    ];
    let mut breaches = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        for (before, names, kind) in kinds {
            for name in words_after(line, before).filter(|name| !names.contains(*name)) {
                breaches.push(format!(
                    "{}:{number}: there is no {kind} `{name}`: write it, or take it out",
                    file.path
                ));
            }
        }
    }
    breaches
}

fn words_after<'a>(line: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    line.split(before).skip(1).filter_map(|rest| {
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "_-:".contains(c)))
            .unwrap_or(rest.len());
        Some(&rest[..end]).filter(|word| !word.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_after_a_command_is_found_as_often_as_it_stands() {
        let line = "`cargo xtask ci` runs `cargo xtask tidy`, and `cargo xtask …` more";
        let words: Vec<&str> = words_after(line, "cargo xtask ").collect();
        assert_eq!(words, ["ci", "tidy"]);
    }
}
