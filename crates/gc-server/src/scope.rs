//! What a client may do: destinations, agents, commands, and the rights that go beyond its own agents.

use std::collections::BTreeSet;

use gc_core::Rights;
use gc_protocol::command::table::{self, COMMANDS, CommandSpec};
use gc_protocol::{AgentId, Body, Command, Destination, ErrorType};

use crate::config::Client;

/// What a client may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    destinations: Vec<Pattern>,
    agents: Vec<Pattern>,
    commands: Words,
    rights: Rights,
}

/// Why a client may not do something.
pub(crate) type Forbidden = (ErrorType, &'static str);

impl Scope {
    /// Everything: nobody is told apart, or somebody else decides.
    pub(crate) fn all() -> Self {
        Self {
            destinations: vec![Pattern::any()],
            agents: vec![Pattern::any()],
            commands: Words::All,
            rights: Rights::ALL,
        }
    }

    /// Nothing: the client was removed.
    pub(crate) fn nothing() -> Self {
        Self {
            destinations: Vec::new(),
            agents: Vec::new(),
            commands: Words::These(BTreeSet::new()),
            rights: Rights::NONE,
        }
    }

    /// What the settings allow; who may use the administrators' lists may name the administrators.
    pub(crate) fn new(client: &Client, administrators: &[AgentId]) -> Self {
        let named = match client.administrator {
            true => administrators,
            false => &[],
        };
        let agents = client.agents.iter().map(String::as_str);
        let agents = agents.chain(named.iter().map(AgentId::as_str));
        Self {
            destinations: client
                .destinations
                .iter()
                .map(|text| Pattern::new(text))
                .collect(),
            agents: agents.map(Pattern::new).collect(),
            commands: Words::new(&client.commands),
            rights: Rights {
                administrator: client.administrator,
                members: client.supervise,
            },
        }
    }

    /// What goes beyond the client's own agents.
    pub(crate) fn rights(&self) -> Rights {
        self.rights
    }

    /// Whether the client may have a destination.
    pub(crate) fn has_destination(&self, destination: &Destination) -> bool {
        matches_any(&self.destinations, destination.as_str())
    }

    /// Whether the client may act for an agent.
    pub(crate) fn has_agent(&self, agent: &AgentId) -> bool {
        matches_any(&self.agents, agent.as_str())
    }

    /// Why the client may not give a command.
    pub(crate) fn forbids(&self, command: &Command) -> Option<Forbidden> {
        match &command.body {
            // They only say that the client is there.
            Body::Heartbeat { .. } => None,
            Body::Agent { action, .. } if !self.commands.have(action.spec()) => Some((
                ErrorType::AuthorizationFailure,
                "this client may not give this command",
            )),
            Body::Agent { agent, .. } if !self.has_agent(agent) => Some((
                ErrorType::InvalidSupervisor,
                "this client may not act for this agent",
            )),
            Body::Agent { .. } => None,
        }
    }

    /// Whether another scope gives the same destinations.
    pub(crate) fn listens_as(&self, other: &Self) -> bool {
        self.destinations == other.destinations
    }
}

/// Whether a word names a command or a category of the table, or everything.
pub(crate) fn is_command_word(word: &str) -> bool {
    word == "*" || !rows(word).is_empty()
}

/// Commands by the names of their rows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Words {
    All,
    These(BTreeSet<&'static str>),
}

impl Words {
    fn new(words: &[String]) -> Self {
        if words.iter().any(|word| word == "*") {
            return Self::All;
        }
        let rows = words.iter().flat_map(|word| rows(word));
        Self::These(rows.map(|spec| spec.name).collect())
    }

    fn have(&self, spec: &CommandSpec) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => names.contains(spec.name),
        }
    }
}

/// The rows that a word means: a command, else a category.
fn rows(word: &str) -> Vec<&'static CommandSpec> {
    match table::find(word) {
        Some(spec) => vec![spec],
        None => COMMANDS
            .iter()
            .filter(|spec| spec.category.eq_ignore_ascii_case(word))
            .collect(),
    }
}

/// Text in which each `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern(Vec<String>);

impl Pattern {
    fn new(text: &str) -> Self {
        Self(text.split('*').map(str::to_owned).collect())
    }

    fn any() -> Self {
        Self::new("*")
    }

    fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.0.as_slice() else {
            return self.0.first().is_some_and(|whole| whole == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in middle {
            match rest.split_once(piece.as_str()) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

fn matches_any(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(change: impl FnOnce(&mut Client)) -> Scope {
        let mut client = Client::default();
        change(&mut client);
        Scope::new(&client, &[AgentId::from("administrator")])
    }

    fn forbidden(scope: &Scope, line: &str) -> Option<ErrorType> {
        let command = Command::parse_line(line).unwrap();
        scope.forbids(&command).map(|(error_type, _)| error_type)
    }

    #[test]
    fn a_star_stands_for_anything_and_nothing_else_does() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("*", "desk-1", true),
            ("desk-*", "desk-1", true),
            ("desk-*", "desk-", true),
            ("desk-*", "desk", false),
            ("desk-*", "a-desk-1", false),
            ("*.north", "a.north", true),
            ("*.north", "a.northern", false),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("41027", "41027", true),
            ("41027", "410270", false),
            ("", "41027", false),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(text),
                fits,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn commands_are_named_one_by_one_or_by_category() {
        let scope = scope(|client| client.commands = vec!["makecall".into(), "AGENT_STATE".into()]);
        assert_eq!(forbidden(&scope, "MakeCall#41027 9999"), None);
        assert_eq!(forbidden(&scope, "MakeReady#41027"), None);
        let refused = Some(ErrorType::AuthorizationFailure);
        assert_eq!(forbidden(&scope, "AnswerCall#41027 17"), refused);
        assert_eq!(forbidden(&scope, "Hello#desk-1"), None);
    }

    #[test]
    fn agents_are_named_by_pattern() {
        let scope = scope(|client| client.agents = vec!["410*".into()]);
        assert_eq!(forbidden(&scope, "MakeReady#41027"), None);
        let refused = Some(ErrorType::InvalidSupervisor);
        assert_eq!(forbidden(&scope, "MakeReady#51027"), refused);
        assert_eq!(forbidden(&scope, "GetPhonebooks#administrator"), refused);
    }

    #[test]
    fn who_may_use_the_administrators_lists_may_name_the_administrator() {
        let scope = scope(|client| {
            client.agents = vec!["410*".into()];
            client.administrator = true;
        });
        assert_eq!(forbidden(&scope, "GetPhonebooks#administrator"), None);
        assert!(scope.rights().administrator);
    }

    #[test]
    fn every_category_and_every_word_of_the_table_can_be_named() {
        for spec in COMMANDS {
            assert!(is_command_word(spec.category) && spec.words().all(is_command_word));
        }
        assert!(!is_command_word("MakeCoffee"));
    }
}
