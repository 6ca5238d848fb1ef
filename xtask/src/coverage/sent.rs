//! What came of each command that a test sent.

use std::collections::BTreeSet;

use gc_protocol::command::table;

use super::record::{Fact, Scene};

/// A command that a test sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) command: String,
    pub(super) end: End,
    /// Types among the command's answers that the test compared after it.
    pub(super) compared: BTreeSet<String>,
    /// Codes that the test compared after it.
    pub(super) errors: BTreeSet<String>,
    client: u64,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// Its client is told no outcome: the answers must say it.
    Untold,
    /// Its client is told outcomes, and this one did not come.
    Missing,
    /// `done`, `failed`, `unknown`.
    Told(String),
}

impl Sent {
    /// Whether it took effect, as far as the test could see.
    pub(super) fn done(&self) -> bool {
        match &self.end {
            End::Untold => self.errors.is_empty() && !self.compared.is_empty(),
            End::Missing => false,
            End::Told(outcome) => outcome == "done",
        }
    }
}

/// The commands of a scene.
///
/// An event belongs to the command sent last, among the last of each client, that is answered by its type: with
/// several clients the answer may come to another one than the sender. An `Error` belongs to its receiver's last.
pub(super) fn commands(scene: &Scene) -> Vec<Sent> {
    let mut sent: Vec<Sent> = Vec::new();
    for fact in &scene.facts {
        match fact {
            Fact::Sent { client, command } => sent.push(Sent {
                command: command.clone(),
                end: first_end(scene, *client),
                compared: BTreeSet::new(),
                errors: BTreeSet::new(),
                client: *client,
            }),
            Fact::Ended {
                client,
                command,
                outcome,
            } => end(&mut sent, *client, command, outcome),
            Fact::Compared {
                client,
                error_type: Some(code),
                ..
            }
            | Fact::Refused {
                client,
                error_type: code,
            } => blame(&mut sent, *client, code),
            Fact::Compared { event, .. } => answer(&mut sent, event),
            Fact::Campaign { .. } | Fact::Reached { .. } => {}
        }
    }
    sent
}

/// Outcomes are told to clients of `gc.v2` alone, and to those of every command.
fn first_end(scene: &Scene, of: u64) -> End {
    let told = scene.facts.iter().any(|fact| match fact {
        Fact::Ended { client, .. } => *client == of,
        Fact::Sent { .. }
        | Fact::Compared { .. }
        | Fact::Refused { .. }
        | Fact::Campaign { .. }
        | Fact::Reached { .. } => false,
    });
    if told { End::Missing } else { End::Untold }
}

fn end(sent: &mut [Sent], client: u64, command: &str, outcome: &str) {
    let oldest = sent
        .iter_mut()
        .find(|sent| sent.client == client && sent.command == command && sent.end == End::Missing);
    if let Some(sent) = oldest {
        sent.end = End::Told(outcome.to_owned());
    }
}

fn blame(sent: &mut [Sent], client: u64, code: &str) {
    if let Some(last) = sent.iter_mut().rfind(|sent| sent.client == client) {
        last.errors.insert(code.to_owned());
    }
}

fn answer(sent: &mut [Sent], event: &str) {
    let mut passed = BTreeSet::new();
    let answered = sent.iter_mut().rev().find(|sent| {
        let last_of_its_client = passed.insert(sent.client);
        last_of_its_client
            && table::find(&sent.command).is_some_and(|spec| spec.answers.contains(&event))
    });
    if let Some(sent) = answered {
        sent.compared.insert(event.to_owned());
    }
}
