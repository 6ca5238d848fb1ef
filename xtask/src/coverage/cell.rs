//! Whether a cell is full, with which tests, and what is missing in an empty one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::record::{Fact, Scene};
use super::rows::{self, CallMode, Product, Row};
use super::sent::{self, Sent};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// The tests that prove it, and what each compared.
    Full(Vec<Proof>),
    /// Why it is not proven.
    Empty(String),
}

/// A test and what it compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) test: String,
    pub(super) checked: Vec<String>,
}

impl Cell {
    pub(super) fn is_full(&self) -> bool {
        match self {
            Self::Full(_) => true,
            Self::Empty(_) => false,
        }
    }
}

/// Looks for the proof of a row.
pub(super) fn fill(row: &Row, scenes: &[Scene]) -> Cell {
    match row {
        Row::Works(product, command) => works(
            &rows::answers(*product, command),
            &attempts(scenes, *product, command.name),
        ),
        Row::NotSupported(product, command) => {
            not_supported(&attempts(scenes, *product, command.name))
        }
        Row::Call(product, mode) => call(scenes, *product, *mode),
        Row::Code(code) => reached(scenes, code.as_str()),
    }
}

/// The lines of the table for a cell.
pub(super) fn lines(row: &Row, cell: &Cell) -> String {
    let product = row.product().map_or("", Product::as_str);
    let name = row.name();
    let mut text = String::new();
    match cell {
        Cell::Empty(why) => {
            let _ = writeln!(text, "EMPTY {name:<40} {product:<4}  {why}");
        }
        Cell::Full(proofs) => {
            for (index, proof) in proofs.iter().enumerate() {
                let (mark, name, product) = match index {
                    0 => ("ok", name.as_str(), product),
                    _ => ("", "", ""),
                };
                let checked = proof.checked.join(", ");
                let test = &proof.test;
                let _ = writeln!(
                    text,
                    "{mark:<5} {name:<40} {product:<4}  {checked:<32} {test}"
                );
            }
        }
    }
    text
}

struct Attempt<'a> {
    test: &'a str,
    sent: Sent,
}

fn attempts<'a>(scenes: &'a [Scene], product: Product, command: &str) -> Vec<Attempt<'a>> {
    let of_product = scenes.iter().filter(|scene| scene.product == Some(product));
    of_product
        .flat_map(|scene| {
            let sent = sent::commands(scene).into_iter();
            sent.map(|sent| Attempt {
                test: &scene.test,
                sent,
            })
        })
        .filter(|attempt| attempt.sent.command == command)
        .collect()
}

/// Several tests may prove a command together, each with some of its answers.
fn works(answers: &[&str], attempts: &[Attempt<'_>]) -> Cell {
    let done = || attempts.iter().filter(|attempt| attempt.sent.done());
    let Some(first) = done().next() else {
        return Cell::Empty(never_done(attempts.len()));
    };
    if answers.is_empty() {
        return full(first.test, &["done"]);
    }
    let mut missing: BTreeSet<&str> = answers.iter().copied().collect();
    let mut proofs = Vec::new();
    while let Some(best) = done().max_by_key(|attempt| {
        // The first of equals: `max_by_key` alone would give the last.
        (
            news(attempt, &missing).len(),
            std::cmp::Reverse(attempt.test),
        )
    }) {
        let news = news(best, &missing);
        if news.is_empty() {
            break;
        }
        missing.retain(|answer| !news.contains(answer));
        proofs.push(Proof {
            test: best.test.to_owned(),
            checked: news.into_iter().map(str::to_owned).collect(),
        });
    }
    if missing.is_empty() {
        return Cell::Full(proofs);
    }
    let missing: Vec<_> = missing.into_iter().collect();
    Cell::Empty(format!("done, but never compared: {}", missing.join(", ")))
}

fn news<'m>(attempt: &Attempt<'_>, missing: &BTreeSet<&'m str>) -> Vec<&'m str> {
    let compared = &attempt.sent.compared;
    let news = missing.iter().filter(|answer| compared.contains(**answer));
    news.copied().collect()
}

fn not_supported(attempts: &[Attempt<'_>]) -> Cell {
    const CODE: &str = "NOT_SUPPORTED";
    let told = attempts
        .iter()
        .find(|attempt| attempt.sent.errors.contains(CODE));
    match told {
        Some(attempt) => full(attempt.test, &["Error NOT_SUPPORTED"]),
        None if attempts.is_empty() => Cell::Empty("never sent".to_owned()),
        None => Cell::Empty(format!(
            "sent {} times, never compared: Error {CODE}",
            attempts.len()
        )),
    }
}

fn call(scenes: &[Scene], product: Product, mode: CallMode) -> Cell {
    let mut of_product = scenes.iter().filter(|scene| scene.product == Some(product));
    match of_product.find(|scene| saw_call(scene, mode)) {
        Some(scene) => full(&scene.test, &["OutboundCall"]),
        None => Cell::Empty("no OutboundCall of this mode was compared".to_owned()),
    }
}

/// The event tells the mode itself, or else the campaign that ran.
fn saw_call(scene: &Scene, wanted: CallMode) -> bool {
    let mut running = None;
    scene.facts.iter().any(|fact| match fact {
        Fact::Campaign { mode } => {
            running = Some(mode);
            false
        }
        Fact::Compared { event, mode, .. } if event == "OutboundCall" => mode
            .as_ref()
            .or(running)
            .is_some_and(|mode| mode == wanted.word()),
        Fact::Compared { .. }
        | Fact::Sent { .. }
        | Fact::Ended { .. }
        | Fact::Refused { .. }
        | Fact::Reached { .. } => false,
    })
}

fn reached(scenes: &[Scene], wanted: &str) -> Cell {
    let met = |scene: &&Scene| {
        scene.facts.iter().any(|fact| match fact {
            Fact::Compared { error_type, .. } => error_type.as_deref() == Some(wanted),
            Fact::Refused { error_type, .. } | Fact::Reached { error_type } => error_type == wanted,
            Fact::Sent { .. } | Fact::Ended { .. } | Fact::Campaign { .. } => false,
        })
    };
    // A test with a gateway says more than one without.
    let by_gateway = scenes.iter().filter(|scene| scene.product.is_some());
    match by_gateway.chain(scenes).find(met) {
        Some(scene) => full(&scene.test, &[]),
        None => Cell::Empty("no test compared it".to_owned()),
    }
}

fn never_done(attempts: usize) -> String {
    match attempts {
        0 => "never sent".to_owned(),
        n => format!("sent {n} times, never done"),
    }
}

fn full(test: &str, checked: &[&str]) -> Cell {
    Cell::Full(vec![Proof {
        test: test.to_owned(),
        checked: checked.iter().map(|word| (*word).to_owned()).collect(),
    }])
}

#[cfg(test)]
#[path = "cell_tests.rs"]
mod tests;
