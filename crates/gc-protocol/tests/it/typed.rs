//! The typed form (contract, section 1).

use gc_protocol::{Action, CommandId, Secret, Submission};
use pretty_assertions::assert_eq;

use crate::cast::{demo, laylas};

#[track_caller]
fn read(json: &str) -> Submission {
    Submission::parse_json(json.as_bytes()).unwrap()
}

#[test]
fn the_contracts_sample_reads() {
    let submission = read(
        r#"{"command":"Login","agentId":"41027","params":{"password":"de,mo#1","extension":"6127"},"commandId":"c-17"}"#,
    );
    let login = Action::Login {
        password: Secret::new("de,mo#1"),
        extension: "6127".to_owned(),
    };
    assert_eq!(submission.command.body, laylas(login).body);
    assert_eq!(submission.command.command_id, Some(CommandId::from("c-17")));
    assert_eq!((submission.session_url, submission.callback), (None, None));
}

#[test]
fn params_may_come_first_or_not_at_all() {
    let json = r#"{"params":{"number":"6133"},"agentId":" 41027 ","command":" makecall "}"#;
    assert_eq!(
        read(json).command,
        laylas(Action::MakeCall {
            number: "6133".to_owned()
        })
    );
    for json in [
        r#"{"command":"MakeReady","agentId":"41027"}"#,
        r#"{"command":"MakeReady","agentId":"41027","params":null,"commandId":null}"#,
    ] {
        assert_eq!(read(json).command, laylas(Action::MakeReady));
    }
}

// The string form cannot say this: its closing `,SSO` would be the flag.
#[test]
fn a_password_is_taken_as_it_is() {
    for password in ["de,mo,SSO", " demo ", "null", "\"\\/é"] {
        let quoted = serde_json::to_string(password).unwrap();
        let json = format!(
            r#"{{"command":"Connect","agentId":"41027","params":{{"destination":"desk-17","password":{quoted}}}}}"#
        );
        let connect = Action::Connect {
            destination: "desk-17".into(),
            password: Secret::new(password),
            sso: false,
        };
        assert_eq!(read(&json).command, laylas(connect));
    }
}

#[test]
fn values_may_be_strings_booleans_or_numbers_as_fits() {
    for (mode, call_by_call) in [
        ("true", true),
        ("\"true\"", true),
        ("false", false),
        ("\"False\"", false),
    ] {
        let json = format!(
            r#"{{"command":"MobileAgentLogin","agentId":"41027","params":{{"password":"demo","extension":6127,"phone":6133,"mode":{mode}}}}}"#
        );
        let mobile = Action::MobileAgentLogin {
            password: demo(),
            extension: "6127".to_owned(),
            phone: "6133".to_owned(),
            call_by_call,
        };
        assert_eq!(read(&json).command, laylas(mobile), "{json}");
    }
}

#[test]
fn variables_may_be_an_object_or_the_text_of_the_string_form() {
    let variables = vec![
        ("callVariable2".to_owned(), "7".to_owned()),
        ("a".to_owned(), "true".to_owned()),
    ];
    let update = Action::UpdateDialogVariable {
        dialog: "1".into(),
        variables,
    };
    for value in [
        r#"{"callVariable2":7,"a":true}"#,
        r#""callVariable2=7|a=true""#,
    ] {
        let json = format!(
            r#"{{"command":"UpdateDialogVariable","agentId":"41027","params":{{"dialogId":1,"variables":{value}}}}}"#
        );
        assert_eq!(read(&json).command, laylas(update.clone()), "{json}");
    }
}

#[test]
fn a_command_id_may_have_64_characters() {
    let id = "x".repeat(64);
    let json = format!(r#"{{"command":"MakeReady","agentId":"41027","commandId":"{id}"}}"#);
    assert_eq!(read(&json).command.command_id, Some(CommandId::from(id)));
}
