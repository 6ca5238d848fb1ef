//! The one table of all commands: the parser, the help texts, the schema and the coverage test read it.
//!
//! A command word means the same in any case; [`find`] is how to look one up.

mod nearest;
mod rows;

use crate::error::ErrorType;

pub use rows::{COMMANDS, Verb};

/// One row: a command and everything there is to know about its form.
#[derive(Debug)]
pub struct CommandSpec {
    /// The row itself.
    pub verb: Verb,
    /// The word we document, spelt as the document spells it.
    pub name: &'static str,
    /// Other words for the same command.
    pub aliases: &'static [&'static str],
    /// Category column of the document.
    pub category: &'static str,
    /// What stands after `#`.
    pub subject: Subject,
    /// Products that know the command.
    pub product: Product,
    /// Who may send it.
    pub senders: &'static [Sender],
    /// Parameters, in the order of the string form.
    pub params: &'static [ParamSpec],
    /// Types of the events that answer it; an `Error` may always come instead.
    pub answers: &'static [&'static str],
    /// What it does, in one sentence.
    pub summary: &'static str,
}

/// What stands after `#` in the string form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A client's destination; `params.destination` in the typed form.
    Destination,
    /// An agent's login id; `agentId` in the typed form.
    Agent,
}

/// Products that know a command; the others answer `NOT_SUPPORTED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Unified CCE and Unified CCX.
    Both,
    /// Unified CCE.
    Ucce,
    /// Unified CCX.
    Uccx,
}

/// Who may send a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// Any client, for itself.
    Client,
    /// A client, for an agent it connected.
    Agent,
    /// A supervisor, for a member of one of the supervisor's teams.
    Supervisor,
    /// The configured administrator.
    Admin,
}

/// One parameter of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamSpec {
    /// Key in the typed form, and the placeholder in help texts.
    pub name: &'static str,
    /// What it may hold.
    pub kind: ParamKind,
    /// Whether the command needs it.
    pub required: bool,
    /// Error when it is needed and not there.
    pub missing: ErrorType,
}

/// What a parameter may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// A password or token; may hold commas, is never trimmed and never shown.
    Secret,
    /// Digits, `+`, `*` and `#`.
    Extension,
    /// A number to dial: printable ASCII, at most 64 characters.
    Number,
    /// An id or another short word: printable, at most 128 characters.
    Id,
    /// Digits of a reason code.
    ReasonCode,
    /// `true` or `false`.
    Flag,
    /// This very word.
    Literal(&'static str),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A number from 0 up.
    Count,
    /// Text that may hold commas.
    FreeText,
    /// `name=value` pairs joined by `|`; an object in the typed form.
    Variables,
}

impl ParamKind {
    pub(super) fn may_hold_commas(self) -> bool {
        match self {
            Self::Secret | Self::FreeText | Self::Variables => true,
            Self::Extension
            | Self::Number
            | Self::Id
            | Self::ReasonCode
            | Self::Flag
            | Self::Literal(_)
            | Self::Choice(_)
            | Self::Count => false,
        }
    }
}

impl CommandSpec {
    /// Whether this word, in any case, is the command's name or an alias.
    pub fn answers_to(&self, word: &str) -> bool {
        self.words().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// The documented word, then the aliases.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// How to write the command, for help texts and error messages.
    pub fn usage(&self) -> String {
        let subject = match self.subject {
            Subject::Destination => "destination",
            Subject::Agent => "agentId",
        };
        let params = self.params.iter().enumerate().map(placeholder);
        let body = if self.params.is_empty() {
            "without parameters".to_owned()
        } else {
            format!("with `{}`", params.collect::<String>())
        };
        format!("`{}#<{subject}>` {body}", self.name)
    }
}

/// A parameter with the comma before it, in brackets when it may be left out.
fn placeholder((at, param): (usize, &ParamSpec)) -> String {
    let comma = if at == 0 { "" } else { "," };
    let shown = shown(param);
    if param.required {
        format!("{comma}{shown}")
    } else {
        format!("[{comma}{shown}]")
    }
}

fn shown(param: &ParamSpec) -> String {
    match param.kind {
        ParamKind::Literal(word) => word.to_owned(),
        ParamKind::Secret
        | ParamKind::Extension
        | ParamKind::Number
        | ParamKind::Id
        | ParamKind::ReasonCode
        | ParamKind::Flag
        | ParamKind::Choice(_)
        | ParamKind::Count
        | ParamKind::FreeText
        | ParamKind::Variables => format!("<{}>", param.name),
    }
}

/// The row of a command word, in any case.
pub fn find(word: &str) -> Option<&'static CommandSpec> {
    COMMANDS.iter().find(|spec| spec.answers_to(word))
}

/// The documented name nearest to a mistyped word, when one is near.
pub fn nearest(word: &str) -> Option<&'static str> {
    nearest::nearest(word)
}
