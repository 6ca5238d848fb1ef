//! What must not stand in a file.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::process::run_quiet;

/// A text file of the project.
pub(crate) struct File {
    /// Path from the workspace's folder.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: String,
}

/// Words in Rust sources, and what to do instead. Split, so that this file does not hold them.
const WORDS: &[(&str, &str)] = &[
    (
        concat!("#[ig", "nore]"),
        "give the reason: #[ignore = \"why\"]",
    ),
    (concat!("to", "do!("), "write it, or leave it out"),
    (concat!("unimplem", "ented!("), "write it, or leave it out"),
    (concat!("db", "g!("), "take it out"),
];

/// Paths of somebody's machine.
const LOCAL_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/tm", "p/w/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];

/// What the core must not name: it takes time, news and randomness from outside.
const IMPURE: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "tokio",
    "std::net",
    "std::thread",
    "std::fs",
    "rand::",
];

/// Files over the limit that are right as they are, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

const MOST_LINES: usize = 500;

/// Every text file that belongs to the project, tracked or new.
pub(crate) fn files(root: &Path) -> Result<Vec<File>> {
    let mut list = Command::new("git");
    list.current_dir(root)
        .args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let listed = run_quiet(&mut list)?;
    ensure!(listed.success, "git ls-files: {}", listed.output);
    let files = listed.output.lines().filter_map(|path| {
        let text = std::fs::read_to_string(root.join(path)).ok()?;
        Some(File {
            path: path.to_owned(),
            text,
        })
    });
    Ok(files.collect())
}

/// Breaches of the rules for sources.
pub(crate) fn check(files: &[File]) -> Vec<String> {
    files.iter().flat_map(breaches).collect()
}

fn breaches(file: &File) -> Vec<String> {
    let mut breaches = each_line(file);
    breaches.extend(length(file));
    if file.path.starts_with("crates/gc-core/src/") {
        breaches.extend(impurities(file));
    }
    breaches
}

fn each_line(file: &File) -> Vec<String> {
    let rust = file.path.ends_with(".rs");
    let recorded = file.path.starts_with("tests/data/");
    let mut breaches = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        let mut report = |what: &str| breaches.push(format!("{}:{number}: {what}", file.path));
        if !recorded && line.ends_with([' ', '\t']) {
            report("take the blanks at the end of the line away");
        }
        for path in LOCAL_PATHS.iter().filter(|path| line.contains(**path)) {
            report(&format!(
                "{path} is a path of one machine: make it relative or a setting"
            ));
        }
        for (word, instead) in WORDS.iter().filter(|(word, _)| rust && line.contains(word)) {
            report(&format!("{word}…: {instead}"));
        }
    }
    breaches
}

fn length(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    let ours = file.path.starts_with("crates/") || file.path.starts_with("clients/");
    let source = ours && file.path.contains("/src/") && !file.path.contains("/generated/");
    let excused = LONG_FILES.iter().any(|(path, _)| *path == file.path);
    (source && !excused && lines > MOST_LINES).then(|| {
        format!(
            "{}: {lines} lines: split it by subject, or add it to LONG_FILES in xtask with the reason",
            file.path
        )
    })
}

fn impurities(file: &File) -> Vec<String> {
    (1..)
        .zip(file.text.lines())
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .flat_map(|(number, line)| {
            IMPURE
                .iter()
                .filter(|word| line.contains(**word))
                .map(move |word| {
                    format!(
                        "{}:{number}: the core must not use {word}: take it as an input",
                        file.path
                    )
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(path: &str, text: &str) -> Vec<String> {
        check(&[File {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
    }

    #[test]
    fn blanks_at_the_end_of_a_line_are_reported_with_their_place() {
        assert_eq!(
            check_one("README.md", "one\ntwo \n"),
            ["README.md:2: take the blanks at the end of the line away"]
        );
    }

    #[test]
    fn the_core_may_name_a_clock_in_tests_and_comments_only() {
        let text = "// Instant::now is for drivers\n#[cfg(test)]\nmod tests { Instant::now }\n";
        assert_eq!(
            check_one("crates/gc-core/src/a.rs", text),
            Vec::<String>::new()
        );
        assert_eq!(
            check_one("crates/gc-core/src/a.rs", "let now = Instant::now();\n"),
            ["crates/gc-core/src/a.rs:1: the core must not use Instant::now: take it as an input"]
        );
    }

    #[test]
    fn a_source_over_the_limit_is_reported_and_a_test_is_not() {
        let long = "\n".repeat(501);
        assert_eq!(check_one("crates/gc-core/src/long.rs", &long).len(), 1);
        assert_eq!(check_one("crates/gc-core/tests/long.rs", &long).len(), 0);
        assert_eq!(check_one("clients/a/src/long.ts", &long).len(), 1);
        assert_eq!(check_one("clients/a/src/generated/long.ts", &long).len(), 0);
    }

    #[test]
    fn a_test_that_is_ignored_needs_a_reason() {
        let bare = concat!("#[ig", "nore]\n");
        assert_eq!(check_one("tests/src/a.rs", bare).len(), 1);
        assert_eq!(
            check_one("tests/src/a.rs", "#[ignore = \"needs a site\"]\n").len(),
            0
        );
    }
}
