//! The checks of one conversation.

use crate::report::{Counts, Outcome};

/// Checks so far.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    passed: u64,
    failures: Vec<String>,
}

impl Conversation {
    /// Takes a script's line, when it is a check.
    pub(super) fn line(&mut self, line: &str) {
        if line.starts_with("ok ") {
            self.passed += 1;
        } else if let Some(what) = line.strip_prefix("FAIL ") {
            self.failures.push(what.to_owned());
        }
    }

    /// A check of ours.
    pub(super) fn check(&mut self, name: &str, problem: Option<String>) {
        match problem {
            None => {
                println!("ok {name}");
                self.passed += 1;
            }
            Some(why) => self.failed(&format!("{name}: {why}")),
        }
    }

    /// A check that failed.
    pub(super) fn failed(&mut self, what: &str) {
        println!("FAIL {what}");
        self.failures.push(what.to_owned());
    }

    /// How many failed.
    pub(super) fn failures(&self) -> usize {
        self.failures.len()
    }

    /// The conversation as a step's result.
    pub(super) fn end(self) -> (Outcome, Counts) {
        let counts = Counts {
            passed: self.passed,
            failed: self.failures.len() as u64,
            skipped: 0,
        };
        let outcome = match self.failures.first() {
            None if self.passed == 0 => Outcome::Failed("not one check ran".to_owned()),
            None => Outcome::Passed,
            Some(first) => Outcome::Failed(first.clone()),
        };
        (outcome, counts)
    }
}

/// A conversation that cannot be had on this machine.
pub(super) fn skipped(reason: String) -> (Outcome, Counts) {
    let counts = Counts {
        skipped: 1,
        ..Counts::default()
    };
    (Outcome::Skipped(reason), counts)
}
