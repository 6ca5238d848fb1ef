//! The string form: blanks, case, and which comma belongs to whom (contract, section 1).

use gc_protocol::{Action, Command, Secret};
use pretty_assertions::assert_eq;

use crate::cast::{demo, dialog, laylas, text};

#[track_caller]
fn reads(message_type: &str, body: &str, action: Action) {
    assert_eq!(text(message_type, body), Ok(laylas(action)));
}

#[track_caller]
fn frame_reads(frame: &str, action: Action) {
    assert_eq!(Command::parse_line(frame), Ok(laylas(action)));
}

fn login(password: &str) -> Action {
    Action::Login {
        password: Secret::new(password),
        extension: "6127".to_owned(),
    }
}

fn call_omar() -> Action {
    Action::MakeCall {
        number: "6133".to_owned(),
    }
}

// 2.1 prints a blank after `#` in MakeCall and AnswerCall, and one before it in GETAGENTEXTENSION.
#[test]
fn blanks_around_the_hash_and_the_id_are_dropped() {
    reads("MakeCall# 41027", "6133", call_omar());
    reads("  MakeCall \t#\t 41027  ", "6133", call_omar());
    let extension = Action::GetAgentExtension {
        f_number: "F100".to_owned(),
    };
    reads("GETAGENTEXTENSION #41027", "F100", extension);
}

#[test]
fn the_word_is_read_in_any_case() {
    reads("makecall#41027", "6133", call_omar());
    reads("MAKECALL#41027", "6133", call_omar());
    reads("LogOut#41027", "", Action::Logout);
    reads(
        "Conferencecall#41027",
        "6133,16804377",
        Action::ConferenceCall {
            extension: "6133".to_owned(),
            dialog: dialog("16804377"),
        },
    );
}

// 1.4: REST clients write the four letters.
#[test]
fn null_and_nothing_mean_no_parameters() {
    for body in ["null", "", "  ", "\r\n", " null\n"] {
        reads("MakeReady#41027", body, Action::MakeReady);
    }
    assert_eq!(
        Command::parse_text("MakeReady#41027", None),
        Ok(laylas(Action::MakeReady))
    );
}

#[test]
fn a_login_password_runs_to_the_last_comma() {
    reads("Login#41027", "demo,6127", login("demo"));
    reads("Login#41027", "de,mo#1|x,6127", login("de,mo#1|x"));
    reads("Login#41027", ",,,6127", login(",,"));
}

// A password is nobody's to trim; everything else is.
#[test]
fn blanks_belong_to_a_password_and_to_nothing_else() {
    reads("Login#41027", " demo , 6127 \r\n", login(" demo "));
}

#[test]
fn a_mobile_agents_password_runs_to_the_third_last_comma() {
    let mobile = |password: &str, call_by_call| Action::MobileAgentLogin {
        password: Secret::new(password),
        extension: "6127".to_owned(),
        phone: "03005550142".to_owned(),
        call_by_call,
    };
    reads(
        "MOBILEAGENTLOGIN#41027",
        "demo,6127,03005550142,false",
        mobile("demo", false),
    );
    reads(
        "MobileAgentLogin#41027",
        "a,b,c,6127,03005550142,TRUE",
        mobile("a,b,c", true),
    );
}

#[test]
fn a_connect_password_is_everything_after_the_first_comma_less_sso() {
    let connect = |password: &str, sso| Action::Connect {
        destination: "desk-17".into(),
        password: Secret::new(password),
        sso,
    };
    reads("Connect#41027", "desk-17,demo", connect("demo", false));
    reads("Connect#41027", "desk-17,de,mo", connect("de,mo", false));
    reads(
        "Connect#41027",
        "desk-17,to,ken,SSO",
        connect("to,ken", true),
    );
    reads("Connect#41027", "desk-17,token,sso", connect("token", true));
    reads(
        "Connect#41027",
        "desk-17,token,<SSO>",
        connect("token", true),
    );
    reads("Connect#41027", "desk-17,SSO", connect("SSO", false));
    reads(
        "Connect#41027",
        "desk-17,de,SSOX",
        connect("de,SSOX", false),
    );
}

#[test]
fn a_wrap_up_label_takes_the_rest() {
    let label = |label: &str| Action::UpdateWrapUp {
        dialog: dialog("16804377"),
        label: label.to_owned(),
    };
    reads("UpdateWrapup#41027", "16804377,Refund", label("Refund"));
    reads(
        "UpdateWrapup#41027",
        "16804377,Refund, in part, later",
        label("Refund, in part, later"),
    );
}

#[test]
fn variables_take_the_rest() {
    let variables = vec![
        ("callVariable1".to_owned(), "a,b".to_owned()),
        ("callVariable2".to_owned(), " x=y ".to_owned()),
    ];
    reads(
        "UpdateCallVariable#41027",
        "16804377,callVariable1=a,b| callVariable2 = x=y ",
        Action::UpdateDialogVariable {
            dialog: dialog("16804377"),
            variables,
        },
    );
}

#[test]
fn an_extension_may_hold_plus_star_and_hash() {
    reads(
        "Login#41027",
        "demo,+61*2#7",
        Action::Login {
            password: demo(),
            extension: "+61*2#7".to_owned(),
        },
    );
}

// An other party may be outside: what is dialled is the switch's business.
#[test]
fn a_number_to_dial_is_any_printable_text() {
    for number in ["9-0300 555(0142)", "9999", "omar@example.org"] {
        reads(
            "MakeCall#41027",
            number,
            Action::MakeCall {
                number: number.to_owned(),
            },
        );
    }
}

#[test]
fn an_id_ends_in_anything_printable() {
    let command = text("MakeReady#layla.haddad@example.org", "").unwrap();
    let agent = match command.body {
        gc_protocol::Body::Agent { agent, .. } => agent.to_string(),
        gc_protocol::Body::Heartbeat { .. } => String::new(),
    };
    assert_eq!(agent, "layla.haddad@example.org");
}

#[test]
fn a_frame_holds_message_type_and_body() {
    frame_reads("MakeReady#41027", Action::MakeReady);
    frame_reads("MakeReady#41027\n", Action::MakeReady);
    frame_reads("MakeReady#41027 null", Action::MakeReady);
    frame_reads("Login#41027 demo,6127", login("demo"));
    frame_reads("Login#41027\ndemo,6127", login("demo"));
    frame_reads("Login#41027 \r\ndemo,6127\r\n", login("demo"));
    frame_reads("MakeCall# 41027 6133", call_omar());
    frame_reads("MakeCall # 41027\n6133", call_omar());
}

#[test]
fn after_a_line_break_a_password_may_begin_with_a_blank() {
    frame_reads("Login#41027\n demo,6127", login(" demo"));
    frame_reads("Login#41027   demo,6127", login("demo"));
}

#[test]
fn a_hash_in_the_body_is_part_of_the_body() {
    frame_reads("Login#41027 de#mo,6127", login("de#mo"));
}

#[test]
fn a_frame_that_begins_with_a_brace_is_json() {
    let login_action = login("de,mo#1");
    let typed = r#" {"command":"Login","agentId":"41027","params":{"password":"de,mo#1","extension":"6127"}}"#;
    frame_reads(typed, login_action.clone());
    let enveloped = r#"{"data":{"type":"Login#41027","body":"de,mo#1,6127","sessionUrl":"s"}}"#;
    frame_reads(enveloped, login_action);
}

#[test]
fn a_message_without_a_type_may_hold_json() {
    let typed =
        r#"{"command":"Login","agentId":"41027","params":{"password":"demo","extension":"6127"}}"#;
    assert_eq!(
        Command::parse_message("", Some(typed)),
        Ok(laylas(login("demo")))
    );
    assert_eq!(
        Command::parse_message("Login#41027", Some("{a},6127")),
        Ok(laylas(login("{a}")))
    );
    assert!(Command::parse_message("", None).unwrap_err().malformed);
}
