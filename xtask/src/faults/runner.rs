//! The test runner: which tests there are, and how those of the table went.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process::{cargo, run_shown};

/// The tests that passed.
pub(super) struct Verdicts(BTreeSet<String>);

impl Verdicts {
    /// A test that failed, was killed or never ran has not.
    pub(super) fn passed(&self, test: &str) -> bool {
        self.0.contains(test)
    }
}

/// The full names of all tests of the workspace.
pub(super) fn known(root: &Path) -> Result<BTreeSet<String>> {
    let mut command = cargo(root);
    command.args(["nextest", "list", "--workspace", "--locked"]);
    command.args(["--message-format", "json", "--cargo-quiet"]);
    let listed = command.output().context("cargo nextest list")?;
    let said = String::from_utf8_lossy(&listed.stderr);
    ensure!(listed.status.success(), "cargo nextest list: {said}");
    names(&serde_json::from_slice(&listed.stdout)?)
}

/// An ignored test proves nothing, so it is not among them.
fn names(list: &Value) -> Result<BTreeSet<String>> {
    let suites = list["rust-suites"].as_object().context("no rust-suites")?;
    let mut names = BTreeSet::new();
    for (binary, suite) in suites {
        let tests = suite["testcases"].as_object().into_iter().flatten();
        let run = tests.filter(|(_, test)| test["ignored"] == false);
        names.extend(run.map(|(test, _)| format!("{binary} {test}")));
    }
    Ok(names)
}

/// Runs these tests and no others.
pub(super) fn run(root: &Path, tests: &BTreeSet<String>) -> Result<Verdicts> {
    let mut command = cargo(root);
    command.args(["nextest", "run", "--workspace", "--locked"]);
    command.args([
        "--no-fail-fast",
        "--status-level",
        "all",
        "--color",
        "never",
    ]);
    filtered(&mut command, tests);
    let finished = run_shown(&mut command)?;
    Ok(Verdicts(passed(&finished.output)))
}

fn filtered(command: &mut Command, tests: &BTreeSet<String>) {
    let one = |name: &String| {
        let (binary, test) = name.split_once(' ').unwrap_or(("", name));
        format!("(binary_id(={binary}) & test(={test}))")
    };
    let all: Vec<String> = tests.iter().map(one).collect();
    command.args(["-E", &all.join(" | ")]);
}

/// The tests after `PASS [time] (1/10)`.
fn passed(output: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let (_, rest) = line.trim_start().strip_prefix("PASS [")?.split_once("] ")?;
        let (_, name) = rest.trim_start().strip_prefix('(')?.split_once(") ")?;
        Some(name.trim().to_owned())
    };
    output.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_of_passed_tests_count() {
        let output = "\
        PASS [   0.019s] ( 1/10) gc-core::it sync::a_gap
        FAIL [   0.031s] ( 2/10) gc-core::it sync::a_flood
        SLOW [> 60.000s] (─────) gc-core::it sync::a_read
";
        assert_eq!(
            passed(output),
            BTreeSet::from(["gc-core::it sync::a_gap".to_owned()])
        );
    }

    #[test]
    fn ignored_tests_are_not_known() {
        let list = serde_json::json!({"rust-suites": {"a::it": {"testcases": {
            "one": {"ignored": false}, "two": {"ignored": true},
        }}}});
        assert_eq!(
            names(&list).unwrap(),
            BTreeSet::from(["a::it one".to_owned()])
        );
    }
}
