//! Whatever comes in, nothing panics; whatever is printed reads back.

use gc_protocol::command::table::COMMANDS;
use gc_protocol::{Action, Command, Secret, Submission};
use proptest::prelude::*;

use crate::cast::{dialog, laylas};

fn word() -> impl Strategy<Value = String> {
    let words: Vec<_> = COMMANDS
        .iter()
        .flat_map(|spec| spec.words())
        .map(str::to_owned)
        .collect();
    prop_oneof![proptest::sample::select(words), ".{0,12}"]
}

/// Pieces that mean something to the reader, in any order.
fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(",".to_owned()),
        Just("|".to_owned()),
        Just("=".to_owned()),
        Just("#".to_owned()),
        Just("SSO".to_owned()),
        Just("<ACCEPT>".to_owned()),
        Just("true".to_owned()),
        Just("ALL".to_owned()),
        "[0-9]{1,5}",
        "[a-z. ]{1,4}",
        "\\PC{1,3}",
    ];
    proptest::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_frame_panics(frame in "\\PC*|[ \t\r\n#,{}\"a-zA-Z0-9]*") {
        let _ = Command::parse_line(&frame);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Submission::parse_json(&bytes);
    }

    #[test]
    fn what_was_read_prints_back_to_the_same_command(word in word(), id in "[ ]?[0-9a-z.#]{0,6}", body in body()) {
        if let Ok(command) = Command::parse_text(&format!("{word}#{id}"), Some(&body)) {
            let (message_type, printed) = command.to_text_exposing_secrets().unwrap();
            prop_assert_eq!(Command::parse_text(&message_type, Some(&printed)), Ok(command.clone()));
            let typed = command.to_json_exposing_secrets();
            prop_assert_eq!(Command::parse_line(&typed), Ok(command.clone()));
        }
    }

    #[test]
    fn any_password_reads_back_from_what_is_printed(password in "\\PC{1,20}", sso: bool) {
        let connect = laylas(Action::Connect { destination: "desk-17".into(), password: Secret::new(&*password), sso });
        prop_assert_eq!(Command::parse_line(&connect.to_json_exposing_secrets()), Ok(connect.clone()));
        if let Ok((message_type, body)) = connect.to_text_exposing_secrets() {
            prop_assert_eq!(Command::parse_text(&message_type, Some(&body)), Ok(connect.clone()));
        }
    }

    #[test]
    fn a_login_password_with_commas_survives_the_string_form(password in "[a-z,#| ]{0,10}[a-z]") {
        let login = laylas(Action::Login { password: Secret::new(&*password), extension: "6127".to_owned() });
        let (message_type, body) = login.to_text_exposing_secrets().unwrap();
        prop_assert_eq!(body, format!("{password},6127"));
        prop_assert_eq!(message_type, "Login#41027");
    }
}

#[test]
fn what_the_string_form_cannot_say_is_told() {
    let ambiguous = laylas(Action::Connect {
        destination: "desk-17".into(),
        password: Secret::new("demo,SSO"),
        sso: false,
    });
    let error = ambiguous.to_text_exposing_secrets().unwrap_err();
    assert_eq!(
        error.to_string(),
        "Connect with these parameters cannot be written in the string form: send the typed form"
    );
    let bar = laylas(Action::UpdateDialogVariable {
        dialog: dialog("16804377"),
        variables: vec![("callVariable1".to_owned(), "a|b=c".to_owned())],
    });
    assert!(bar.to_text_exposing_secrets().is_err());
}

#[test]
fn the_typed_form_is_printed_in_the_contracts_order() {
    let mut login = laylas(Action::Login {
        password: Secret::new("de,mo#1"),
        extension: "6127".to_owned(),
    });
    login.command_id = Some("c-17".into());
    assert_eq!(
        login.to_json_exposing_secrets(),
        r#"{"command":"Login","agentId":"41027","params":{"password":"de,mo#1","extension":"6127"},"commandId":"c-17"}"#
    );
}
