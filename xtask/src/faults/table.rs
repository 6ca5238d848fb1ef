//! The table of faults: each with its number, its title, and the tests that prove what is promised of it.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::report::{Counts, Outcome};

/// Where the table lies in the workspace.
pub(super) const PATH: &str = "tests/data/faults.toml";
/// F1 to this one.
const FAULTS: usize = 60;

/// A fault.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// `F1` and so on.
    pub(super) number: String,
    pub(super) title: String,
    /// Full names, as nextest prints them: the binary's id, a blank, the test.
    #[serde(default)]
    pub(super) tests: Vec<String>,
    /// How time was scaled down or simulated, where the fault takes its time.
    pub(super) time: Option<String>,
    /// Where it is borne in another way than one would think.
    pub(super) note: Option<String>,
    /// What is not proven yet.
    pub(super) open: Option<String>,
    /// What of it takes two gateways, which there are none of.
    pub(super) two_gateways: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fault: Vec<Fault>,
}

impl Fault {
    /// What is to be said of it beside its tests.
    pub(super) fn notes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("time", &self.time),
            ("note", &self.note),
            ("open", &self.open),
            ("two gateways", &self.two_gateways),
        ]
        .into_iter()
        .filter_map(|(word, note)| Some((word, note.as_deref()?)))
    }
}

/// The table of the workspace.
pub(super) fn read(root: &Path) -> Result<Vec<Fault>> {
    let text = std::fs::read_to_string(root.join(PATH)).context(PATH)?;
    parse(&text).context(PATH)
}

fn parse(text: &str) -> Result<Vec<Fault>> {
    Ok(toml::from_str::<Table>(text)?.fault)
}

/// All tests that it names, each once.
pub(super) fn tests(faults: &[Fault]) -> BTreeSet<String> {
    let all = faults.iter().flat_map(|fault| &fault.tests);
    all.cloned().collect()
}

/// What is wrong with it, given the tests that exist.
pub(super) fn breaches(faults: &[Fault], known: &BTreeSet<String>) -> Vec<String> {
    let mut breaches = Vec::new();
    let numbers: Vec<String> = (1..=FAULTS).map(|number| format!("F{number}")).collect();
    if !faults.iter().map(|fault| &fault.number).eq(&numbers) {
        breaches.push(format!(
            "{PATH} must have F1 to F{FAULTS}, each once, in order"
        ));
    }
    for fault in faults {
        breaches.extend(breaches_of(fault, known));
    }
    breaches
}

fn breaches_of(fault: &Fault, known: &BTreeSet<String>) -> Vec<String> {
    let number = &fault.number;
    let mut breaches = Vec::new();
    let excused = fault.open.is_some() || fault.two_gateways.is_some();
    if fault.tests.is_empty() && !excused {
        breaches.push(format!(
            "{number} has no test: name one, or say what is open"
        ));
    }
    let mut named = BTreeSet::new();
    for test in &fault.tests {
        if !known.contains(test) {
            breaches.push(format!("{number}: there is no test `{test}`"));
        } else if !named.insert(test) {
            breaches.push(format!("{number} names `{test}` twice"));
        }
    }
    breaches
}

/// The faults that are open or wait for two gateways, a line each.
pub(super) fn unproven(faults: &[Fault]) -> String {
    let mut text = String::new();
    for fault in faults {
        let unproven = |(word, _): &(&str, &str)| matches!(*word, "open" | "two gateways");
        for (word, note) in fault.notes().filter(unproven) {
            text.push_str(&format!(
                "{word:<12} {:<4} {}: {note}\n",
                fault.number, fault.title
            ));
        }
    }
    text
}

/// How many are proven; open ones, and those that wait for two gateways as a whole, are counted as skipped.
pub(super) fn standing(faults: &[Fault]) -> (Outcome, Counts) {
    let open: Vec<&str> = faults
        .iter()
        .filter(|fault| fault.open.is_some())
        .map(|fault| fault.number.as_str())
        .collect();
    let waiting = faults
        .iter()
        .filter(|fault| fault.open.is_none() && fault.tests.is_empty())
        .count();
    let counts = Counts {
        passed: (faults.len() - open.len() - waiting) as u64,
        failed: 0,
        skipped: (open.len() + waiting) as u64,
    };
    let outcome = match open.is_empty() {
        true => Outcome::Passed,
        false => Outcome::Skipped(format!("{} open: {}", open.len(), open.join(" "))),
    };
    (outcome, counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(last: &str) -> Vec<Fault> {
        let mut text = String::new();
        for number in 1..FAULTS {
            text.push_str(&format!(
                "[[fault]]\nnumber = \"F{number}\"\ntitle = \"t\"\ntests = [\"a::it one\"]\n"
            ));
        }
        parse(&format!(
            "{text}[[fault]]\nnumber = \"F60\"\ntitle = \"t\"\n{last}"
        ))
        .unwrap()
    }

    fn breaches_with(last: &str) -> Vec<String> {
        breaches(&full(last), &BTreeSet::from(["a::it one".to_owned()]))
    }

    #[test]
    fn a_full_table_has_no_breach() {
        assert!(breaches_with("tests = [\"a::it one\"]").is_empty());
        assert!(breaches_with("open = \"not built\"").is_empty());
    }

    #[test]
    fn a_fault_without_a_test_and_a_test_that_is_not_there_are_named() {
        assert_eq!(
            breaches_with(""),
            ["F60 has no test: name one, or say what is open"]
        );
        assert_eq!(
            breaches_with("tests = [\"a::it two\"]"),
            ["F60: there is no test `a::it two`"]
        );
        assert_eq!(
            breaches_with("tests = [\"a::it one\", \"a::it one\"]"),
            ["F60 names `a::it one` twice"]
        );
    }

    #[test]
    fn a_fault_that_is_missing_is_noticed() {
        let mut faults = full("open = \"x\"");
        faults.remove(3);
        let known = BTreeSet::from(["a::it one".to_owned()]);
        assert_eq!(breaches(&faults, &known).len(), 1);
    }

    #[test]
    fn open_faults_are_counted_as_skipped_and_listed() {
        let faults = full("open = \"not built\"");
        let (outcome, counts) = standing(&faults);
        assert_eq!(outcome, Outcome::Skipped("1 open: F60".to_owned()));
        assert_eq!((counts.passed, counts.skipped), (59, 1));
        assert_eq!(unproven(&faults), "open         F60  t: not built\n");
    }
}
