//! What is refused, and what the refusal says.

use finesse_protocol::limits::{
    MAX_ATTRIBUTES, MAX_DEPTH, MAX_LIST_BYTES, MAX_OBJECT_BYTES, MAX_UPDATE_BYTES,
};
use finesse_protocol::{Dialog, Problem, Update, User, UserState};
use pretty_assertions::assert_eq;

fn problem(xml: &str) -> Problem {
    User::parse(xml).expect_err(xml).problem
}

#[test]
fn each_fault_has_its_name() {
    for (xml, expected) in [
        ("", Problem::Truncated),
        ("41027", Problem::Malformed),
        ("<User>", Problem::Truncated),
        ("<User><state>READY</state>", Problem::Truncated),
        ("<User><sta", Problem::Truncated),
        ("<Dialog/>", Problem::WrongRoot),
        ("<User/><User/>", Problem::TrailingContent),
        ("<User/>x", Problem::TrailingContent),
        ("<User><state>READY</User>", Problem::Malformed),
        ("<User></Dialog>", Problem::Malformed),
        ("<User><state>a & b</state></User>", Problem::Malformed),
        (
            "<User><state>&nbsp;</state></User>",
            Problem::UndefinedEntity,
        ),
        (
            "<User><later>&nbsp;</later></User>",
            Problem::UndefinedEntity,
        ),
        (
            "<User><state>&#xD800;</state></User>",
            Problem::UndefinedEntity,
        ),
        ("<!DOCTYPE User><User/>", Problem::Doctype),
        ("<User><!DOCTYPE a></User>", Problem::Doctype),
        (
            "<!DOCTYPE User [<!ENTITY a \"aaaa\">]><User>&a;</User>",
            Problem::Doctype,
        ),
        ("<!DOCTYPE User [", Problem::Doctype),
    ] {
        assert_eq!(problem(xml), expected, "{xml}");
    }
}

#[test]
fn nesting_has_a_limit_also_where_it_is_skipped() {
    let nested = |levels: usize| {
        let inner = levels - 1;
        format!(
            "<User>{}{}</User>",
            "<a>".repeat(inner),
            "</a>".repeat(inner)
        )
    };
    assert!(User::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(problem(&nested(MAX_DEPTH + 1)), Problem::TooDeep);
    assert_eq!(problem(&nested(100_000)), Problem::TooDeep);
}

#[test]
fn attributes_of_one_element_have_a_limit_namespaces_among_them() {
    let attributes = |count: usize| {
        let others: String = (1..count).map(|n| format!(" a{n}='x'")).collect();
        format!(" xmlns='urn:n'{others}")
    };
    let (most, more) = (attributes(MAX_ATTRIBUTES), attributes(MAX_ATTRIBUTES + 1));
    let allowed = format!("<User{most}><state{most}>READY</state><later{most}/></User>");
    assert_eq!(User::parse(&allowed).unwrap().state, UserState::Ready);
    for refused in [
        format!("<User{more}/>"),
        format!("<User><state{more}>READY</state></User>"),
        format!("<User><later><a{more}/></later></User>"),
        format!("<User{}/>", attributes(50_000)),
    ] {
        assert_eq!(problem(&refused), Problem::TooManyAttributes);
    }
    let update = format!("<Update><data><user{more}/></data></Update>");
    let error = Update::parse(&update).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Update document refused at byte 1079: too many attributes"
    );
}

#[test]
fn size_has_a_limit_for_each_kind() {
    let padded = |root: &str, size: usize| {
        let blank = " ".repeat(size - 2 * root.len() - 5);
        format!("<{root}>{blank}</{root}>")
    };
    assert!(Update::parse(&padded("Update", MAX_UPDATE_BYTES)).is_ok());
    assert!(User::parse(&padded("User", MAX_OBJECT_BYTES)).is_ok());
    assert!(Dialog::parse_list(&padded("Dialogs", MAX_LIST_BYTES)).is_ok());
    let limit = MAX_UPDATE_BYTES;
    let error = Update::parse(&padded("Update", limit + 1)).unwrap_err();
    assert_eq!(error.problem, Problem::TooLarge { limit });
    let limit = MAX_OBJECT_BYTES;
    assert_eq!(
        problem(&padded("User", limit + 1)),
        Problem::TooLarge { limit }
    );
    let limit = MAX_LIST_BYTES;
    let error = Dialog::parse_list(&padded("Dialogs", limit + 1)).unwrap_err();
    assert_eq!(error.problem, Problem::TooLarge { limit });
}

#[test]
fn a_refusal_says_where_and_repeats_nothing_of_the_document() {
    let error = User::parse("<User><lastName>Haddad&secret;</lastName></User>").unwrap_err();
    assert_eq!(
        error.to_string(),
        "User document refused at byte 30: undefined entity"
    );
    let error = User::parse("<User><lastName>Haddad</Confidential></User>").unwrap_err();
    assert_eq!(
        error.to_string(),
        "User document refused at byte 37: not well-formed"
    );
    assert!(!format!("{error:?}").contains("Confidential"));
}
