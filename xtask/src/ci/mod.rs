//! Everything CI runs. All steps run, whatever fails before them.

mod count;
mod licences;

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process::{self, cargo, run_shown};
use crate::report::{Counts, Outcome, Report, Step};
use crate::{coverage, faults, interop, schema, tidy};

/// Runs every step.
pub(crate) fn run(root: &Path) -> Report {
    let mut report = Report::default();
    report.add(cargo_step(root, "format", &["fmt", "--all", "--check"]));
    report.add(cargo_step(root, "lints", &LINTS));
    report.add(tests(root));
    report.add(coverage::step(root));
    report.add(faults::step(root));
    report.add(doc_tests(root));
    report.add(documentation(root));
    report.add(licences::step(root));
    report.add(tidy::step(root));
    report.add(schema::step(root));
    report.append(interop::run(root));
    report
}

const LINTS: [&str; 7] = [
    "clippy",
    "--workspace",
    "--all-targets",
    "--locked",
    "--",
    "-D",
    "warnings",
];

fn cargo_step(root: &Path, name: &str, arguments: &[&str]) -> Step {
    Step::one(name, || {
        let finished = run_shown(cargo(root).args(arguments))?;
        Ok(outcome(finished.success, &arguments.join(" ")))
    })
}

fn outcome(success: bool, arguments: &str) -> Outcome {
    if success {
        Outcome::Passed
    } else {
        Outcome::Failed(format!("see above; again: cargo {arguments}"))
    }
}

fn tests(root: &Path) -> Step {
    let arguments: &[&str] = match process::find_program("cargo-nextest") {
        Some(_) => &[
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
        ],
        None => &[
            "test",
            "--workspace",
            "--all-targets",
            "--locked",
            "--no-fail-fast",
        ],
    };
    Step::many("tests", || {
        let mut command = cargo(root);
        // The table of coverage is made from this run.
        coverage::recording(root, &mut command)?;
        counted(command.args(arguments), arguments)
    })
}

fn doc_tests(root: &Path) -> Step {
    let arguments = ["test", "--workspace", "--doc", "--locked", "--no-fail-fast"];
    Step::many("documentation tests", || {
        counted(cargo(root).args(arguments), &arguments)
    })
}

fn counted(command: &mut Command, arguments: &[&str]) -> Result<(Outcome, Counts)> {
    let finished = run_shown(command)?;
    let mut counts = count::tests(&finished.output);
    if !finished.success && counts.failed == 0 {
        counts.failed = 1;
    }
    Ok((outcome(finished.success, &arguments.join(" ")), counts))
}

fn documentation(root: &Path) -> Step {
    Step::one("documentation without warnings", || {
        documentation_outcome(root)
    })
}

fn documentation_outcome(root: &Path) -> Result<Outcome> {
    let arguments = ["doc", "--no-deps", "--workspace", "--locked"];
    let mut command = cargo(root);
    command.args(arguments).env("RUSTDOCFLAGS", "-D warnings");
    Ok(outcome(
        run_shown(&mut command)?.success,
        &arguments.join(" "),
    ))
}
