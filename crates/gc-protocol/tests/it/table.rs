//! The table itself: one row a command, one command a word.

use std::collections::BTreeSet;

use gc_protocol::command::table::{COMMANDS, ParamKind, Verb, find, nearest};
use pretty_assertions::assert_eq;

#[test]
fn every_verb_has_exactly_one_row_and_every_word_one_command() {
    let mut words = BTreeSet::new();
    let mut verbs = BTreeSet::new();
    for spec in COMMANDS {
        assert!(verbs.insert(spec.verb), "{:?}", spec.verb);
        assert_eq!(spec.verb.spec().verb, spec.verb);
        assert!(spec.summary.ends_with('.'), "{}", spec.name);
        for word in spec.words() {
            assert!(words.insert(word.to_ascii_lowercase()), "{word} twice");
            assert_eq!(find(word).map(|found| found.verb), Some(spec.verb));
        }
    }
}

#[test]
fn every_answer_is_the_type_of_an_event() {
    const TYPES: [&str; 18] = [
        "System",
        "ConnectStatus",
        "AgentInfo",
        "State",
        "InboundCall",
        "OutboundCall",
        "ConsultCall",
        "ReasonCodes",
        "DialogState",
        "DialogParticipants",
        "DialogControls",
        "Agents",
        "Team Agents",
        "Queue Stats",
        "PhoneBook",
        "Team PhoneBook",
        "phoneBook_contacts",
        "control",
    ];
    const MORE: [&str; 4] = ["skillGroup", "supervisors", "agentExtension", "callback"];
    for spec in COMMANDS {
        for answer in spec.answers {
            assert!(
                TYPES.contains(answer) || MORE.contains(answer),
                "{} answers {answer}",
                spec.name
            );
        }
    }
}

// At most one parameter may hold commas, or the string form could not be split.
#[test]
fn no_row_has_two_parameters_with_commas() {
    for spec in COMMANDS {
        let free = [ParamKind::Secret, ParamKind::FreeText, ParamKind::Variables];
        assert!(
            spec.params
                .iter()
                .filter(|param| free.contains(&param.kind))
                .count()
                <= 1,
            "{}",
            spec.name
        );
    }
}

#[test]
fn words_of_the_lost_rows_have_their_other_spellings() {
    for (other, documented) in [
        ("UpdateWrapupData", "UpdateWrapup"),
        ("UpdateDialogWrapup", "UpdateWrapup"),
        ("GetAllAgents", "GetLoggedInAgents"),
        ("UpdateCallVariable", "UpdateDialogVariable"),
        ("UpdateCallVariableData", "UpdateDialogVariable"),
        ("FORCELOGOUT", "force_logout"),
        ("GETAGENTEXTENSION", "GetAgentExtension"),
        // The misspelling is the protocol; people type it right.
        ("SCHEDULECALLBACK", "SHCEDULECALLBACK"),
        ("CANCELSCHEDULECALLBACK", "CANCELSHCEDULECALLBACK"),
    ] {
        assert_eq!(
            find(other).map(|spec| spec.name),
            Some(documented),
            "{other}"
        );
    }
}

#[test]
fn usage_says_how_to_write_a_command() {
    assert_eq!(
        Verb::Login.spec().usage(),
        "`Login#<agentId>` with `<password>,<extension>`"
    );
    assert_eq!(
        Verb::Hello.spec().usage(),
        "`Hello#<destination>` without parameters"
    );
    assert_eq!(
        Verb::AcceptOutboundPreview.spec().usage(),
        "`AcceptOutboundPreview#<agentId>` with `<dialogId>[,ACCEPT]`"
    );
    assert_eq!(
        Verb::Connect.spec().usage(),
        "`Connect#<agentId>` with `<destination>,<password>[,SSO]`"
    );
}

#[test]
fn a_mistyped_word_finds_its_neighbour() {
    assert_eq!(nearest("MakeRedy"), Some("MakeReady"));
    assert_eq!(nearest("logn"), Some("Login"));
    assert_eq!(nearest("fly"), None);
}
