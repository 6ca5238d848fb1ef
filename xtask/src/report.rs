//! What was checked, how it went, and the line that sums it up.

use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How many checks went which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    name: String,
    outcome: Outcome,
    counts: Counts,
    time: Duration,
}

/// All steps of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

impl Step {
    /// Does the work, which counts as one check.
    pub(crate) fn one(name: &str, work: impl FnOnce() -> Result<Outcome>) -> Self {
        Self::many(name, || {
            let outcome = work()?;
            let counts = Counts::of(&outcome);
            Ok((outcome, counts))
        })
    }

    /// Does the work, which counts its checks itself.
    pub(crate) fn many(name: &str, work: impl FnOnce() -> Result<(Outcome, Counts)>) -> Self {
        println!("--- {name}");
        let started = Instant::now();
        let (outcome, counts) = work().unwrap_or_else(|error| {
            let outcome = Outcome::Failed(format!("{error:#}"));
            let counts = Counts::of(&outcome);
            (outcome, counts)
        });
        let step = Self {
            name: name.to_owned(),
            outcome,
            counts,
            time: started.elapsed(),
        };
        println!("{step}");
        step
    }

    /// Whether nothing went wrong and nothing was left out.
    pub(crate) fn passed(&self) -> bool {
        self.outcome == Outcome::Passed
    }
}

impl Counts {
    fn of(outcome: &Outcome) -> Self {
        let mut counts = Self::default();
        match outcome {
            Outcome::Passed => counts.passed = 1,
            Outcome::Failed(_) => counts.failed = 1,
            Outcome::Skipped(_) => counts.skipped = 1,
        }
        counts
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Report {
    /// A report of one step.
    pub(crate) fn of(step: Step) -> Self {
        Self { steps: vec![step] }
    }

    /// Adds a step that was done.
    pub(crate) fn add(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Adds all steps of another report.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.steps.append(&mut other.steps);
    }

    /// Prints every step and, alone on the last line, the counts.
    pub(crate) fn print(&self) {
        println!("\n=== summary");
        for step in &self.steps {
            println!("{step}");
        }
        let counts = self.counts();
        println!(
            "{} passed, {} failed, {} skipped",
            counts.passed, counts.failed, counts.skipped
        );
    }

    /// Success when nothing failed and, where nothing may be missing, no step was skipped.
    pub(crate) fn exit_code(&self, complete: bool) -> ExitCode {
        let bad = self.steps.iter().any(|step| match step.outcome {
            Outcome::Passed => false,
            Outcome::Failed(_) => true,
            Outcome::Skipped(_) => complete,
        });
        if bad {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for step in &self.steps {
            counts += step.counts;
        }
        counts
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.as_secs_f64();
        match &self.outcome {
            Outcome::Passed => write!(f, "ok    {:<44} {seconds:>7.1} s", self.name),
            Outcome::Failed(why) => {
                write!(f, "FAIL  {:<44} {seconds:>7.1} s  {why}", self.name)
            }
            Outcome::Skipped(why) => {
                write!(f, "skip  {:<44} {seconds:>7.1} s  {why}", self.name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(outcome: Outcome) -> Step {
        Step::one("a step", || Ok(outcome))
    }

    #[test]
    fn a_failed_step_fails_the_run() {
        let mut report = Report::of(step(Outcome::Passed));
        report.add(step(Outcome::Failed("broken".to_owned())));
        assert_eq!(
            format!("{:?}", report.exit_code(false)),
            format!("{:?}", ExitCode::FAILURE)
        );
    }

    #[test]
    fn a_skipped_step_fails_the_run_only_where_all_must_run() {
        let report = Report::of(step(Outcome::Skipped("not installed".to_owned())));
        assert_eq!(
            format!("{:?}", report.exit_code(false)),
            format!("{:?}", ExitCode::SUCCESS)
        );
        assert_eq!(
            format!("{:?}", report.exit_code(true)),
            format!("{:?}", ExitCode::FAILURE)
        );
    }

    #[test]
    fn work_that_ends_in_an_error_counts_as_one_failure() {
        let failed = Step::one("a step", || anyhow::bail!("no such file"));
        assert_eq!(
            failed.counts,
            Counts {
                failed: 1,
                ..Counts::default()
            }
        );
        assert_eq!(failed.outcome, Outcome::Failed("no such file".to_owned()));
    }
}
