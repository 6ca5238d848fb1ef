//! What is refused, with which code, and in which words.

use gc_protocol::event::ErrorEvent;
use gc_protocol::{Command, CommandError, CommandId, ErrorType, Event, Submission};
use pretty_assertions::assert_eq;

use crate::cast::{layla, text};

#[track_caller]
fn refused(message_type: &str, body: &str) -> CommandError {
    text(message_type, body).unwrap_err()
}

#[track_caller]
fn json_refused(json: &str) -> CommandError {
    Submission::parse_json(json.as_bytes()).unwrap_err()
}

#[test]
fn what_is_missing_has_its_own_code() {
    use ErrorType::*;
    for (message_type, body, code) in [
        ("Login#41027", "null", MissingPassword),
        ("Login#41027", ",6127", MissingPassword),
        ("Login#41027", "demo", MissingExtension),
        ("Login#41027", "demo,", MissingExtension),
        ("Login#41027", "demo, ", MissingExtension),
        ("MobileAgentLogin#41027", "demo", MissingExtension),
        ("MobileAgentLogin#41027", "demo,6127", MissingNumber),
        ("MobileAgentLogin#41027", "demo,6127,", MissingNumber),
        ("MobileAgentLogin#41027", "demo,6127,,true", MissingNumber),
        (
            "MobileAgentLogin#41027",
            "demo,6127,03005550142",
            PleaseRetry,
        ),
        (
            "MobileAgentLogin#41027",
            ",6127,03005550142,true",
            MissingPassword,
        ),
        ("Connect#41027", "null", PleaseRetry),
        ("Connect#41027", "desk-17", MissingPassword),
        ("Connect#41027", ",demo", PleaseRetry),
        ("UpdateToken#41027", "", MissingPassword),
        ("MakeCall#41027", "null", MissingNumber),
        ("ConsultCall#41027", ",16804377", MissingNumber),
        ("Transfer_sst#41027", "", MissingNumber),
        ("TransferCall#41027", "", MissingExtension),
        ("ConferenceCall#41027", ",16804377", MissingExtension),
        ("ConferenceCall#41027", "6133", PleaseRetry),
        ("MakeNotReadyWithReason#41027", "null", MissingReasonCode),
        ("logoutwithreason#41027", "", MissingReasonCode),
        ("silentmonitor#41900", "", MissingExtension),
        ("bargein#41900", "", MissingExtension),
        (
            "SHCEDULECALLBACK#41027",
            "6127,16804377,2026-03-03T10:30",
            MissingNumber,
        ),
        ("AnswerCall#41027", "null", PleaseRetry),
        ("UpdateWrapup#41027", "16804377", PleaseRetry),
        ("UpdateDialogVariable#41027", "16804377,", PleaseRetry),
        ("GETSKILLGROUP#41027", "ALL", PleaseRetry),
        ("GetTeamPhonebooks#41027", "", PleaseRetry),
    ] {
        let error = refused(message_type, body);
        assert_eq!(error.error_type, code, "{message_type} {body}: {error}");
        assert!(!error.malformed, "{message_type} {body}");
    }
}

#[test]
fn an_extension_with_letters_is_wrong() {
    for (message_type, body) in [
        ("Login#41027", "demo,61x7"),
        ("Login#41027", "demo,6127;8"),
        ("MobileAgentLogin#41027", "demo,ext,03005550142,true"),
        ("silentmonitor#41900", "omar"),
        ("bargein#41900", "61 33,16804377"),
    ] {
        assert_eq!(
            refused(message_type, body).error_type,
            ErrorType::WrongExtension,
            "{message_type} {body}"
        );
    }
}

#[test]
fn everything_else_asks_to_retry() {
    for (message_type, body) in [
        // Too many.
        ("MakeReady#41027", "x"),
        ("MakeCall#41027", "6133,7"),
        ("ConsultCall#41027", "6133,16804377,x"),
        ("getteamusers#41900", "5107,true,x"),
        // No id, or a bad one.
        ("MakeReady#", ""),
        ("MakeReady#  ", ""),
        ("Hello#", ""),
        ("MakeReady#41\u{7}027", ""),
        // Not what it must be.
        ("MobileAgentLogin#41027", "demo,6127,03005550142,maybe"),
        ("MakeNotReadyWithReason#41027", "lunch"),
        ("AcceptOutboundPreview#41027", "16804377,REJECT"),
        ("GETSKILLGROUP#41027", "SOME,0,0"),
        ("GETSKILLGROUP#41027", "ALL,-1,0"),
        ("GETSKILLGROUP#41027", "ALL,0,4294967296"),
        ("getteamusers#41900", "5107,yes"),
        ("MakeCall#41027", "61\u{1}33"),
        ("MakeCall#41027", "٣٠٠"),
        ("Login#41027", "de\0mo,6127"),
        ("UpdateDialogVariable#41027", "16804377,callVariable1"),
        ("UpdateDialogVariable#41027", "16804377,=x"),
        ("UpdateDialogVariable#41027", "16804377,a=1|"),
        ("UpdateDialogVariable#41027", "16804377,a=1|a=2"),
    ] {
        let error = refused(message_type, body);
        assert_eq!(
            error.error_type,
            ErrorType::PleaseRetry,
            "{message_type} {body}: {error}"
        );
        assert!(!error.malformed);
    }
}

#[test]
fn lengths_are_bounded() {
    let long = |length| "7".repeat(length);
    assert!(text("MakeCall#41027", &long(64)).is_ok());
    assert_eq!(
        refused("MakeCall#41027", &long(65)).error_type,
        ErrorType::PleaseRetry
    );
    assert!(text("AnswerCall#41027", &long(128)).is_ok());
    assert_eq!(
        refused("AnswerCall#41027", &long(129)).error_type,
        ErrorType::PleaseRetry
    );
    assert!(text(&format!("MakeReady#{}", long(128)), "").is_ok());
    assert_eq!(
        refused(&format!("MakeReady#{}", long(129)), "").error_type,
        ErrorType::PleaseRetry
    );
}

#[test]
fn an_error_says_what_is_wrong_and_what_to_send() {
    let error = refused("Login#41027", "demo");
    assert_eq!(
        error.message,
        "Login: `extension` is missing; send `Login#<agentId>` with `<password>,<extension>`"
    );
    assert_eq!(
        refused("MakeReady#41027", "x").message,
        "MakeReady: it takes no parameters; send `MakeReady#<agentId>` without parameters"
    );
    assert_eq!(
        refused("MakeCall#41027", "1,2,3").message,
        "MakeCall: 3 parameters are too many, it takes 1; send `MakeCall#<agentId>` with `<number>`"
    );
}

#[test]
fn an_unknown_command_is_named_with_its_neighbour() {
    let error = refused("MakeRedy#41027", "");
    assert_eq!(
        error.message,
        "unknown command `MakeRedy`: did you mean `MakeReady`? The table of commands lists them all"
    );
    assert_eq!((error.command, error.agent_id), (None, None));
    assert_eq!(
        refused("Fly#41027", "").message,
        "unknown command `Fly`: see the table of commands"
    );
}

#[test]
fn a_refusal_becomes_an_error_event() {
    let error =
        json_refused(r#"{"command":"makecall","agentId":"41027","params":{},"commandId":"c-17"}"#);
    let expected = ErrorEvent {
        error_type: ErrorType::MissingNumber,
        error_message: "MakeCall: `number` is missing; send `MakeCall#<agentId>` with `<number>`"
            .to_owned(),
        agent_id: Some(layla()),
        command: Some("MakeCall"),
        command_id: Some(CommandId::from("c-17")),
    };
    assert_eq!(error.into_event(), Event::Error(expected));
}

#[test]
fn a_frame_without_a_hash_is_unreadable() {
    for frame in [
        "",
        " ",
        "demo",
        "MakeReady",
        "MakeReady 41027",
        "\u{0}",
        "[]",
        "null",
    ] {
        let error = Command::parse_line(frame).unwrap_err();
        assert!(error.malformed, "{frame}: {error}");
        assert_eq!(error.error_type, ErrorType::PleaseRetry);
    }
    let known = Command::parse_line("MakeReady").unwrap_err();
    assert_eq!(known.command, Some("MakeReady"));
}

#[test]
fn json_that_cannot_be_read_is_malformed() {
    let deep = format!(
        r#"{{"data":{{"type":"MakeReady#41027"}},"x":{}{}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    let wide: String = (0..300).map(|n| format!(r#""k{n}":1,"#)).collect();
    let wide = format!(r#"{{{wide}"data":{{}}}}"#);
    for (json, word) in [
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "not a list"),
        ("7", "not a number"),
        ("{} {}", "trailing"),
        ("{}", "neither `data`"),
        (
            r#"{"data":"MakeReady#41027"}"#,
            "`data` must be an object, not a string",
        ),
        (r#"{"data":{}}"#, "`data.type` is missing"),
        (
            r#"{"data":{"type":7}}"#,
            "`type` must be a string, not a number",
        ),
        (
            r#"{"data":{"type":"MakeReady#41027","body":{}}}"#,
            "`body` must be a string, not an object",
        ),
        (
            r#"{"data":{"type":"MakeReady#41027","sessionUrl":true}}"#,
            "`sessionUrl` must be a string, not a boolean",
        ),
        (
            r#"{"data":{"type":"MakeReady#41027","callbackFqdn":[]}}"#,
            "`callbackFqdn` must be a string, not a list",
        ),
        (
            r#"{"data":{"type":"MakeReady#41027","type":"Logout#41027"}}"#,
            "duplicate key `type`",
        ),
        (
            r#"{"data":{"type":"MakeReady#41027"},"data":{}}"#,
            "duplicate key `data`",
        ),
        (
            r#"{"data":{"type":"MakeReady#41027"},"x":[{"y":1,"y":2}]}"#,
            "duplicate key `y`",
        ),
        (
            r#"{"command":"MakeReady","agentId":"41027","command":"Logout"}"#,
            "duplicate key `command`",
        ),
        (
            r#"{"command":"Login","params":{"password":"a","password":"b"}}"#,
            "duplicate key `password`",
        ),
        (
            r#"{"command":7}"#,
            "`command` must be a string, not a number",
        ),
        (
            r#"{"command":"MakeReady","agentId":41027}"#,
            "`agentId` must be a string, not a number",
        ),
        (
            r#"{"command":"MakeReady","agentId":"41027","params":[]}"#,
            "`params` must be an object, not a list",
        ),
        (
            r#"{"command":"MakeReady","agentId":"41027","commandId":7}"#,
            "`commandId` must be a string",
        ),
        (r#"{"command":"MakeReady","agentID":"41027"}"#, "agentID"),
        (
            r#"{"command":"MakeReady","agentId":"41027","data":{"type":"Logout#41027"}}"#,
            "`data` is not known here",
        ),
        (&deep, "too deeply nested"),
        (&wide, "too many keys"),
    ] {
        let error = json_refused(json);
        assert!(error.malformed, "{json}: {error}");
        assert!(error.message.contains(word), "{json}: {error}");
        assert_eq!(error.error_type, ErrorType::PleaseRetry);
    }
}

#[test]
fn bytes_that_are_no_utf_8_are_malformed() {
    let error = Submission::parse_json(b"{\"command\":\"\xff\"}").unwrap_err();
    assert!(error.malformed, "{error}");
}

#[test]
fn typed_parameters_are_checked_by_name() {
    for (json, word) in [
        (
            r#"{"command":"MakeCall","agentId":"41027","params":{"numbr":"6133"}}"#,
            "`numbr` is no parameter of it; its parameters: `number`",
        ),
        (
            r#"{"command":"MakeReady","agentId":"41027","params":{"x":1}}"#,
            "its parameters: none",
        ),
        (
            r#"{"command":"MakeCall","agentId":"41027","params":{"number":{}}}"#,
            "`number` must be a string, not an object",
        ),
        (
            r#"{"command":"MakeCall","agentId":"41027","params":{"number":true}}"#,
            "`number` must be a string",
        ),
        (
            r#"{"command":"MakeCall","agentId":"41027","params":{"number":1.5}}"#,
            "`number` must be a string",
        ),
        (
            r#"{"command":"MakeCall","agentId":"","params":{"number":"6133"}}"#,
            "`agentId` is empty",
        ),
        (
            r#"{"command":"MakeCall","params":{"number":"6133"}}"#,
            "`agentId` is empty",
        ),
        (r#"{"command":"Hello"}"#, "`destination` is empty"),
        (
            r#"{"command":"Hello","agentId":"desk-17"}"#,
            "name it in `params.destination`",
        ),
        (r#"{"command":"Login#41027","params":{}}"#, "no command"),
        (
            r#"{"command":"MakeReady","agentId":"41027","commandId":""}"#,
            "1 to 64",
        ),
        (
            r#"{"command":"UpdateDialogVariable","agentId":"41027","params":{"dialogId":"1","variables":{"a":[]}}}"#,
            "`variables` must be an object of strings, not of a list",
        ),
        (
            r#"{"command":"UpdateDialogVariable","agentId":"41027","params":{"dialogId":"1","variables":{}}}"#,
            "`variables` is missing",
        ),
    ] {
        let error = json_refused(json);
        assert!(!error.malformed, "{json}: {error}");
        assert!(error.message.contains(word), "{json}: {error}");
    }
    let long = format!(
        r#"{{"command":"MakeReady","agentId":"41027","commandId":"{}"}}"#,
        "x".repeat(65)
    );
    assert!(json_refused(&long).message.contains("1 to 64"));
}

#[test]
fn half_a_callback_is_refused() {
    let error = json_refused(
        r#"{"data":{"type":"Hello#desk-17","callbackFqdn":"https://crm.example.org"}}"#,
    );
    assert!(
        error.message.contains("needs `callbackEndpoint`"),
        "{error}"
    );
    let error =
        json_refused(r#"{"data":{"type":"Hello#desk-17","callbackEndpoint":"/gc/events"}}"#);
    assert!(error.message.contains("needs `callbackFqdn`"), "{error}");
}

/// A password in every place where a client may put it by mistake.
#[test]
fn no_refusal_repeats_a_password() {
    const PASSWORD: &str = "s3cr3t";
    let frames = [
        format!("Login#41027 {PASSWORD}"),
        format!("Login#41027 {PASSWORD},x"),
        format!("Login#41027\n{PASSWORD}\u{1},6127"),
        format!("MobileAgentLogin#41027 {PASSWORD},6127,1,2"),
        format!("MakeReady#41027 {PASSWORD}"),
        format!("MakeCall#41027 {PASSWORD},{PASSWORD}"),
        format!("{PASSWORD},6127"),
        PASSWORD.to_owned(),
        format!("Login 41027 {PASSWORD}#x"),
        format!(
            r#"{{"command":"Login","agentId":"41027","params":{{"password":{{"{PASSWORD} ":1}}}}}}"#
        ),
        format!(r#"{{"command":"Login","agentId":"41027","params":"{PASSWORD}"}}"#),
        format!(r#"{{"command":"Login","agentId":"41027","params":{{"password":"{PASSWORD}""#),
        format!(r#"{{"data":"Login#41027 {PASSWORD},6127"}}"#),
        format!(r#"{{"data":{{"type":"Login#41027","body":["{PASSWORD}"]}}}}"#),
    ];
    for frame in frames {
        let error = Command::parse_line(&frame).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains(PASSWORD),
            "{frame}: {error}"
        );
    }
}

// A password typed where the id belongs must not become an agent's name in events, headers and logs.
#[test]
fn parameters_after_the_id_are_refused_without_repeating_them() {
    for message_type in [
        "Login#41027 secret,6127",
        "MakeReady#41027,secret",
        "Login#41027\tsecret",
    ] {
        let error = refused(message_type, "null");
        assert_eq!(error.error_type, ErrorType::PleaseRetry);
        assert_eq!(error.agent_id, None);
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
