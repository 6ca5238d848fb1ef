//! The REST envelope (GC document, section 1.4).

use gc_protocol::{Action, Body, Callback, Command, Heartbeat, Submission};
use pretty_assertions::assert_eq;

use crate::cast::{demo, laylas};

#[track_caller]
fn read(json: &str) -> Submission {
    Submission::parse_json(json.as_bytes()).unwrap()
}

#[test]
fn hello_registers_a_callback() {
    let submission = read(
        r#"{
          "data": {
            "type": "HELLO#desk-17",
            "body": "null",
            "sessionUrl": "https://crm.example.org/s/91",
            "callbackFqdn": "https://crm.example.org",
            "callbackEndpoint": "/gc/events"
          }
        }"#,
    );
    let expected = Submission {
        command: Command {
            command_id: None,
            body: Body::Heartbeat {
                kind: Heartbeat::Hello,
                destination: "desk-17".into(),
            },
        },
        session_url: Some("https://crm.example.org/s/91".to_owned()),
        callback: Some(Callback {
            fqdn: "https://crm.example.org".to_owned(),
            endpoint: "/gc/events".to_owned(),
        }),
    };
    assert_eq!(submission, expected);
}

// Login has three of the five keys.
#[test]
fn login_has_a_session_and_no_callback() {
    let submission = read(
        r#"{"data":{"type":"Login#41027","body":"demo,6127","sessionUrl":"https://crm.example.org/s/91"}}"#,
    );
    let login = Action::Login {
        password: demo(),
        extension: "6127".to_owned(),
    };
    assert_eq!(submission.command, laylas(login));
    assert_eq!(
        submission.session_url.as_deref(),
        Some("https://crm.example.org/s/91")
    );
    assert_eq!(submission.callback, None);
}

#[test]
fn a_body_may_be_missing_empty_or_null_of_either_kind() {
    for body in ["", r#","body":null"#, r#","body":"null""#, r#","body":"""#] {
        let json = format!(r#"{{"data":{{"type":"MakeReady#41027"{body}}}}}"#);
        assert_eq!(read(&json).command, laylas(Action::MakeReady), "{json}");
    }
}

#[test]
fn a_session_or_callback_of_null_is_none() {
    let submission = read(
        r#"{"data":{"type":"MakeReady#41027","sessionUrl":"null","callbackFqdn":null,"callbackEndpoint":""}}"#,
    );
    assert_eq!((submission.session_url, submission.callback), (None, None));
}

#[test]
fn unknown_keys_are_tolerated_and_order_does_not_matter() {
    let submission = read(
        r#"{"trace":{"a":[1,{"b":2.5}]},"data":{"more":true,"body":"6133","type":"MakeCall# 41027"}}"#,
    );
    assert_eq!(
        submission.command,
        laylas(Action::MakeCall {
            number: "6133".to_owned()
        })
    );
}
