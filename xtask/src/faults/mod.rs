//! Which tests prove that each fault is borne. The table of faults is data; see [`table`].

mod runner;
mod table;

use std::path::Path;

use crate::process;
use crate::report::{Counts, Outcome, Report, Step};
use runner::Verdicts;
use table::Fault;

/// Runs just the tests that the table names, and prints how each fault stands.
pub(crate) fn run(root: &Path) -> Report {
    let mut report = Report::default();
    report.add(Step::many("faults", || {
        let faults = table::read(root)?;
        let wrong = table::breaches(&faults, &runner::known(root)?);
        if !wrong.is_empty() {
            return Ok(breached(&wrong));
        }
        let verdicts = runner::run(root, &table::tests(&faults))?;
        for fault in &faults {
            print!("{}", lines(fault, &verdicts));
        }
        Ok(verdict(&faults, &verdicts))
    }));
    report
}

/// Whether each fault has its tests and each test exists; runs none of them.
pub(crate) fn step(root: &Path) -> Step {
    if process::find_program("cargo-nextest").is_none() {
        let missing = Outcome::Skipped("cargo-nextest is not installed".to_owned());
        return Step::one("faults have their tests", || Ok(missing));
    }
    Step::many("faults have their tests", || {
        let faults = table::read(root)?;
        let wrong = table::breaches(&faults, &runner::known(root)?);
        if !wrong.is_empty() {
            return Ok(breached(&wrong));
        }
        print!("{}", table::unproven(&faults));
        Ok(table::standing(&faults))
    })
}

fn breached(wrong: &[String]) -> (Outcome, Counts) {
    for breach in wrong {
        println!("{breach}");
    }
    let outcome = Outcome::Failed(format!("{}: see above", table::PATH));
    let counts = Counts {
        failed: wrong.len() as u64,
        ..Counts::default()
    };
    (outcome, counts)
}

/// The lines of the table for a fault.
fn lines(fault: &Fault, verdicts: &Verdicts) -> String {
    let failed = fault.tests.iter().any(|test| !verdicts.passed(test));
    let word = match failed {
        true => "FAILED",
        false if fault.open.is_some() => "open",
        false if fault.tests.is_empty() => "waits",
        false => "passed",
    };
    let mut text = format!("{:<4} {word:<7} {}\n", fault.number, fault.title);
    for test in &fault.tests {
        let mark = if verdicts.passed(test) { "ok" } else { "FAIL" };
        text.push_str(&format!("       {mark:<5} {test}\n"));
    }
    for (word, note) in fault.notes() {
        text.push_str(&format!("       {word}: {note}\n"));
    }
    text
}

fn verdict(faults: &[Fault], verdicts: &Verdicts) -> (Outcome, Counts) {
    let failed = faults
        .iter()
        .filter(|fault| fault.tests.iter().any(|test| !verdicts.passed(test)))
        .count() as u64;
    let (outcome, mut counts) = table::standing(faults);
    if failed == 0 {
        return (outcome, counts);
    }
    counts.failed = failed;
    counts.passed = counts.passed.saturating_sub(failed);
    let why = format!("{failed} of {} faults, see above", faults.len());
    (Outcome::Failed(why), counts)
}
