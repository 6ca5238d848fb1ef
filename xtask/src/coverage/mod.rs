//! Which test proves each command with each product, and each error code. The evidence is what gc-testkit recorded
//! while the tests ran.

mod cell;
mod record;
mod rows;
mod sent;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::process::{cargo, run_shown};
use crate::report::{Counts, Outcome, Report, Step};
use cell::Cell;
use rows::Row;

/// What to do before the table is printed.
#[derive(Args)]
pub(crate) struct Options {
    /// Reads what the tests recorded last, without running them again.
    #[arg(long)]
    recorded: bool,
}

/// Runs the end-to-end tests unless told not to, and prints the table.
pub(crate) fn run(root: &Path, options: &Options) -> Report {
    let mut report = Report::default();
    if !options.recorded {
        report.add(Step::one("end-to-end tests", || end_to_end(root)));
    }
    report.add(step(root));
    report
}

/// Prints the table; an empty cell is a failed check.
pub(crate) fn step(root: &Path) -> Step {
    Step::many("coverage", || {
        let scenes = record::read(&folder(root))?;
        let cells: Vec<(Row, Cell)> = rows::all()
            .into_iter()
            .map(|row| (row, cell::fill(&row, &scenes)))
            .collect();
        for (row, cell) in &cells {
            print!("{}", cell::lines(row, cell));
        }
        Ok(verdict(&cells))
    })
}

/// Makes a test run record its evidence afresh.
pub(crate) fn recording(root: &Path, command: &mut Command) -> Result<()> {
    let folder = folder(root);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    command.env("GC_EVIDENCE", folder);
    Ok(())
}

fn folder(root: &Path) -> PathBuf {
    root.join("target/evidence")
}

fn end_to_end(root: &Path) -> Result<Outcome> {
    let mut command = cargo(root);
    command.args([
        "test",
        "--package",
        "gc-tests",
        "--locked",
        "--no-fail-fast",
    ]);
    recording(root, &mut command)?;
    Ok(if run_shown(&mut command)?.success {
        Outcome::Passed
    } else {
        Outcome::Failed("see above; again: cargo test --package gc-tests".to_owned())
    })
}

fn verdict(cells: &[(Row, Cell)]) -> (Outcome, Counts) {
    let empty = cells.iter().filter(|(_, cell)| !cell.is_full()).count() as u64;
    let counts = Counts {
        passed: cells.len() as u64 - empty,
        failed: empty,
        skipped: 0,
    };
    let outcome = match empty {
        0 => Outcome::Passed,
        n => Outcome::Failed(format!("{n} of {} cells empty, see above", cells.len())),
    };
    (outcome, counts)
}
