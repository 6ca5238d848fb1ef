//! Answers read against their requests.

use finesse_protocol::{Action, Answer, AnswerError, Problem, ReasonCategory, Request, UserState};
use pretty_assertions::assert_eq;

use crate::fixtures::{
    CONFIG_AGENTS, CONTACTS, PHONE_BOOKS, QUEUES, REASON_CODES, SKILL_GROUPS, SYSTEM_INFO, TEAM,
    WRAP_UP_REASONS,
};

fn user() -> String {
    "41027".into()
}

#[test]
fn each_read_gives_its_object() {
    let cases = [
        (Request::SystemInfo, SYSTEM_INFO, "SystemInfo"),
        (Request::User { user: user() }, "<User/>", "User"),
        (Request::Dialogs { user: user() }, "<Dialogs/>", "Dialogs"),
        (
            Request::Dialog { dialog: "1".into() },
            "<Dialog/>",
            "Dialog",
        ),
        (
            Request::ReasonCodes {
                user: user(),
                category: ReasonCategory::NotReady,
            },
            REASON_CODES,
            "ReasonCodes",
        ),
        (
            Request::WrapUpReasons { user: user() },
            WRAP_UP_REASONS,
            "WrapUpReasons",
        ),
        (
            Request::Team {
                team: "5107".into(),
                include_logged_out: None,
            },
            TEAM,
            "Team",
        ),
        (Request::Queues { user: user() }, QUEUES, "Queues"),
        (Request::Queue { queue: "1".into() }, "<Queue/>", "Queue"),
        (Request::Users, "<Users><User/></Users>", "Users"),
        (
            Request::TeamPhoneBooks {
                team: "5107".into(),
                range: None,
            },
            PHONE_BOOKS,
            "PhoneBooks",
        ),
        (Request::AllPhoneBooks, PHONE_BOOKS, "PhoneBooks"),
        (
            Request::TeamBooks {
                team: "5107".into(),
            },
            PHONE_BOOKS,
            "PhoneBooks",
        ),
        (
            Request::PhoneBookContacts {
                phonebook: "2".into(),
                range: None,
            },
            CONTACTS,
            "Contacts",
        ),
        (
            Request::SkillGroups { start: 0, count: 2 },
            SKILL_GROUPS,
            "SkillGroups",
        ),
        (
            Request::Supervisors { start: 0, count: 2 },
            CONFIG_AGENTS,
            "Supervisors",
        ),
        (
            Request::PhoneBooks {
                user: user(),
                range: None,
            },
            PHONE_BOOKS,
            "PhoneBooks",
        ),
    ];
    for (request, body, kind) in cases {
        let answer = request.decode(200, body.as_bytes()).unwrap();
        let text = format!("{answer:?}");
        assert_eq!(text.split('(').next(), Some(kind));
    }
}

#[test]
fn a_part_of_the_phone_books_is_an_answer() {
    let request = Request::PhoneBooks {
        user: user(),
        range: Some((1, 1)),
    };
    let Ok(Answer::PhoneBooks(list)) = request.decode(206, PHONE_BOOKS.as_bytes()) else {
        panic!("not phone books");
    };
    assert_eq!((list.books.len(), list.partial), (2, true));
}

#[test]
fn every_success_of_a_change_is_acceptance_whatever_its_body() {
    let ready = Request::ChangeState {
        user: user(),
        state: UserState::Ready,
        reason_code_id: None,
    };
    for (status, body) in [
        (200, &b""[..]),
        (202, b""),
        (202, b"<html>"),
        (204, b"\xff"),
    ] {
        assert_eq!(ready.decode(status, body), Ok(Answer::Accepted));
    }
}

#[test]
fn a_refusal_carries_finesses_errors() {
    let hold = Request::Act {
        dialog: "33561207".into(),
        extension: "6127".into(),
        action: Action::Hold,
    };
    let body =
        b"<ApiErrors><ApiError><ErrorType>Dialog Not Found</ErrorType></ApiError></ApiErrors>";
    let Err(AnswerError::Fault(fault)) = hold.decode(404, body) else {
        panic!("not a fault");
    };
    assert_eq!(fault.status, 404);
    assert_eq!(fault.errors.len(), 1);
    assert_eq!(fault.errors[0].error_type, "Dialog Not Found");
}

#[test]
fn a_refusal_of_the_configuration_api_is_read() {
    let groups = Request::SkillGroups {
        start: 0,
        count: 101,
    };
    let body = b"<apiErrors><apiError><errorData>resultsPerPage</errorData>\
        <errorDetail><min>1</min><max>100</max></errorDetail>\
        <errorMessage>This field must contain a value from 1 to 100</errorMessage>\
        <errorType>invalidInput.outOfRange</errorType></apiError></apiErrors>";
    let Err(AnswerError::Fault(fault)) = groups.decode(400, body) else {
        panic!("not a fault");
    };
    assert_eq!(fault.errors[0].error_type, "invalidInput.outOfRange");
    assert_eq!(fault.errors[0].error_data, "resultsPerPage");
    assert_eq!(
        fault.best_message(),
        Some("This field must contain a value from 1 to 100")
    );
}

#[test]
fn a_refusal_in_other_words_is_a_fault_without_errors() {
    let read = Request::User { user: user() };
    for body in [
        &b""[..],
        b"<html><body>Bad Gateway</body></html>",
        b"\xff\xfe",
        b"no",
    ] {
        let Err(AnswerError::Fault(fault)) = read.decode(502, body) else {
            panic!("not a fault");
        };
        assert_eq!(fault.status, 502);
        assert_eq!(fault.errors, []);
    }
    assert!(matches!(read.decode(302, b""), Err(AnswerError::Fault(_))));
}

#[test]
fn a_success_that_cannot_be_read_is_garbage() {
    let read = Request::User { user: user() };
    for (body, problem) in [
        (&b""[..], Problem::Truncated),
        (b"<html></html>", Problem::WrongRoot),
        (b"<User>\xff</User>", Problem::NotUtf8),
    ] {
        let Err(AnswerError::Garbage(error)) = read.decode(200, body) else {
            panic!("not garbage");
        };
        assert_eq!(error.problem, problem);
    }
}
