//! Every row of the table, in the string form and in the typed form.

use std::collections::BTreeSet;

use gc_protocol::command::table::{COMMANDS, Subject, Verb};
use gc_protocol::{Action, AgentId, Body, Command, Heartbeat, Secret, Submission};
use pretty_assertions::assert_eq;

use crate::cast::{LAYLA, demo, dialog, laylas, text};

const CALL: &str = "16804377";

/// One row: message word, body, typed parameters, and the action they all mean.
struct Row {
    word: &'static str,
    body: &'static str,
    params: &'static str,
    action: Action,
}

fn row(word: &'static str, body: &'static str, params: &'static str, action: Action) -> Row {
    Row {
        word,
        body,
        params,
        action,
    }
}

fn plain(word: &'static str, action: Action) -> Row {
    row(word, "null", "{}", action)
}

fn on_call(word: &'static str, action: Action) -> Row {
    row(word, CALL, r#"{"dialogId":"16804377"}"#, action)
}

fn party_on_call(word: &'static str, action: Action) -> Row {
    row(
        word,
        "6133,16804377",
        r#"{"extension":"6133","dialogId":"16804377"}"#,
        action,
    )
}

fn call() -> gc_protocol::DialogId {
    dialog(CALL)
}

fn omars() -> String {
    "6133".to_owned()
}

fn connection() -> Vec<Row> {
    vec![
        row(
            "Connect",
            "desk-17,demo",
            r#"{"destination":"desk-17","password":"demo"}"#,
            Action::Connect {
                destination: "desk-17".into(),
                password: demo(),
                sso: false,
            },
        ),
        row(
            "Connect",
            "desk-17,demo,SSO",
            r#"{"destination":"desk-17","password":"demo","sso":true}"#,
            Action::Connect {
                destination: "desk-17".into(),
                password: demo(),
                sso: true,
            },
        ),
        row(
            "Login",
            "demo,6127",
            r#"{"password":"demo","extension":6127}"#,
            Action::Login {
                password: demo(),
                extension: "6127".to_owned(),
            },
        ),
        row(
            "MobileAgentLogin",
            "demo,6127,03005550142,true",
            r#"{"password":"demo","extension":"6127","phone":"03005550142","mode":true}"#,
            Action::MobileAgentLogin {
                password: demo(),
                extension: "6127".to_owned(),
                phone: "03005550142".to_owned(),
                call_by_call: true,
            },
        ),
        row(
            "UpdateToken",
            "demo",
            r#"{"token":"demo"}"#,
            Action::UpdateToken { token: demo() },
        ),
        plain("Logout", Action::Logout),
        row(
            "logoutwithreason",
            "28",
            r#"{"reasonCode":28}"#,
            Action::LogoutWithReason {
                reason_code: "28".to_owned(),
            },
        ),
        plain("force_logout", Action::ForceLogout),
        plain("ForceLogout", Action::ForceLogout),
    ]
}

fn states() -> Vec<Row> {
    vec![
        plain("MakeReady", Action::MakeReady),
        plain("MakeNotReady", Action::MakeNotReady),
        row(
            "MakeNotReadyWithReason",
            "12",
            r#"{"reasonCode":"12"}"#,
            Action::MakeNotReadyWithReason {
                reason_code: "12".to_owned(),
            },
        ),
        plain("MakeWorkNotReady", Action::MakeWorkNotReady),
        plain("MakeWorkReady", Action::MakeWorkReady),
        plain("GetState", Action::GetState),
        plain("refresh", Action::Refresh),
        plain("wrapupreasoncode", Action::WrapUpReasonCodes),
        plain("reasoncodelogout", Action::LogoutReasonCodes),
        plain("reasoncodenotready", Action::NotReadyReasonCodes),
    ]
}

fn calls() -> Vec<Row> {
    vec![
        row(
            "MakeCall",
            "6133",
            r#"{"number":"6133"}"#,
            Action::MakeCall { number: omars() },
        ),
        on_call("AnswerCall", Action::AnswerCall { dialog: call() }),
        on_call("HoldCall", Action::HoldCall { dialog: call() }),
        on_call("RetrieveCall", Action::RetrieveCall { dialog: call() }),
        on_call("ReleaseCall", Action::ReleaseCall { dialog: call() }),
        party_on_call(
            "Transfer_sst",
            Action::SingleStepTransfer {
                extension: omars(),
                dialog: call(),
            },
        ),
        party_on_call(
            "ConsultCall",
            Action::ConsultCall {
                extension: omars(),
                dialog: call(),
            },
        ),
        party_on_call(
            "TransferCall",
            Action::TransferCall {
                extension: omars(),
                dialog: call(),
            },
        ),
        party_on_call(
            "ConferenceCall",
            Action::ConferenceCall {
                extension: omars(),
                dialog: call(),
            },
        ),
        on_call("GetDialogState", Action::GetDialogState { dialog: call() }),
        on_call(
            "GetDialogStateControls",
            Action::GetDialogStateControls { dialog: call() },
        ),
        on_call(
            "GetDialogParticipants",
            Action::GetDialogParticipants { dialog: call() },
        ),
        row(
            "UpdateWrapup",
            "16804377,Refund, partly",
            r#"{"dialogId":"16804377","label":"Refund, partly"}"#,
            Action::UpdateWrapUp {
                dialog: call(),
                label: "Refund, partly".to_owned(),
            },
        ),
        row(
            "UpdateDialogVariable",
            "16804377,callVariable1=a=b, c|user.order=",
            r#"{"dialogId":"16804377","variables":{"callVariable1":"a=b, c","user.order":""}}"#,
            Action::UpdateDialogVariable {
                dialog: call(),
                variables: vec![
                    ("callVariable1".to_owned(), "a=b, c".to_owned()),
                    ("user.order".to_owned(), String::new()),
                ],
            },
        ),
        plain("ZOOMPauseRecording", Action::ZoomPauseRecording),
        plain("ZOOMResumeRecording", Action::ZoomResumeRecording),
    ]
}

fn campaigns() -> Vec<Row> {
    let accept = || Action::AcceptOutboundPreview { dialog: call() };
    let scheduled = r#"{"targetMediaAddress":"6127","dialogId":"16804377","callbackTime":"2026-03-03T10:30","callbackNumber":"03005550142"}"#;
    vec![
        // Angle brackets as in the document (2.1), and without.
        row(
            "AcceptOutboundPreview",
            "16804377,<ACCEPT>",
            r#"{"dialogId":"16804377"}"#,
            accept(),
        ),
        row(
            "AcceptOutboundPreview",
            "16804377,ACCEPT",
            r#"{"dialogId":"16804377","action":"accept"}"#,
            accept(),
        ),
        row(
            "RejectOutboundPreview",
            "16804377,REJECT",
            r#"{"dialogId":16804377}"#,
            Action::RejectOutboundPreview { dialog: call() },
        ),
        row(
            "CloseOutboundPreview",
            "16804377",
            r#"{"dialogId":"16804377","action":true}"#,
            Action::CloseOutboundPreview { dialog: call() },
        ),
        row(
            "SHCEDULECALLBACK",
            "6127,16804377,2026-03-03T10:30,03005550142",
            scheduled,
            Action::ScheduleCallback {
                target: "6127".to_owned(),
                dialog: call(),
                time: "2026-03-03T10:30".to_owned(),
                number: "03005550142".to_owned(),
            },
        ),
        row(
            "UPDATECALLBACK",
            "6127,16804377,2026-03-03T10:30,03005550142",
            scheduled,
            Action::UpdateCallback {
                target: "6127".to_owned(),
                dialog: call(),
                time: "2026-03-03T10:30".to_owned(),
                number: "03005550142".to_owned(),
            },
        ),
        row(
            "CANCELSHCEDULECALLBACK",
            "6127,16804377",
            r#"{"targetMediaAddress":"6127","dialogId":"16804377"}"#,
            Action::CancelCallback {
                target: "6127".to_owned(),
                dialog: call(),
            },
        ),
        row(
            "RECLASSIFYCALL",
            "6127,16804377,ANS_MACHINE",
            r#"{"targetMediaAddress":"6127","dialogId":"16804377","value":"ANS_MACHINE"}"#,
            Action::Reclassify {
                target: "6127".to_owned(),
                dialog: call(),
                value: "ANS_MACHINE".to_owned(),
            },
        ),
    ]
}

fn lists() -> Vec<Row> {
    let all = || Action::GetSkillGroup {
        mode: "ALL".to_owned(),
        start: 0,
        count: 0,
    };
    vec![
        plain("GetLoggedInAgents", Action::GetLoggedInAgents),
        plain("GetPhonebooks", Action::GetPhonebooks),
        row(
            "GetTeamPhonebooks",
            "5107",
            r#"{"teamId":"5107"}"#,
            Action::GetTeamPhonebooks {
                team: "5107".to_owned(),
            },
        ),
        row(
            "GetPhonebookContacts",
            "31",
            r#"{"phonebookId":"31"}"#,
            Action::GetPhonebookContacts {
                phonebook: "31".to_owned(),
            },
        ),
        row(
            "GETSKILLGROUP",
            "<ALL>,<0>,<0>",
            r#"{"mode":"all","start":0,"count":0}"#,
            all(),
        ),
        row(
            "GETSKILLGROUP",
            "ALL,0,0",
            r#"{"mode":"ALL","start":"0","count":"0"}"#,
            all(),
        ),
        row(
            "GETSKILLGROUP",
            "INDEXING,1,25",
            r#"{"mode":"INDEXING","start":1,"count":25}"#,
            Action::GetSkillGroup {
                mode: "INDEXING".to_owned(),
                start: 1,
                count: 25,
            },
        ),
        plain("GETSUPERVISOR", Action::GetSupervisor),
        row(
            "GETAGENTEXTENSION",
            "F100",
            r#"{"fNumber":"F100"}"#,
            Action::GetAgentExtension {
                f_number: "F100".to_owned(),
            },
        ),
    ]
}

fn supervision() -> Vec<Row> {
    let users = |subscribe| Action::GetTeamUsers {
        team: "5107".to_owned(),
        subscribe,
    };
    vec![
        plain("getqueuelist", Action::GetQueueList),
        row(
            "silentmonitor",
            "6133",
            r#"{"extension":"6133"}"#,
            Action::SilentMonitor { extension: omars() },
        ),
        on_call(
            "endsilentmonitor",
            Action::EndSilentMonitor { dialog: call() },
        ),
        party_on_call(
            "dropparticipant",
            Action::DropParticipant {
                extension: omars(),
                dialog: call(),
            },
        ),
        row("getteamusers", "5107", r#"{"teamId":"5107"}"#, users(false)),
        row(
            "getteamusers",
            "5107,true",
            r#"{"teamId":"5107","subscribe":true}"#,
            users(true),
        ),
        row(
            "GetTeamUsersState",
            "5107",
            r#"{"teamId":"5107"}"#,
            Action::GetTeamUsersState {
                team: "5107".to_owned(),
            },
        ),
        party_on_call(
            "bargein",
            Action::BargeIn {
                extension: omars(),
                dialog: call(),
            },
        ),
    ]
}

fn every_row() -> Vec<Row> {
    [
        connection(),
        states(),
        calls(),
        campaigns(),
        lists(),
        supervision(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_row_reads_from_the_string_form() {
    for row in every_row() {
        let expected = laylas(row.action);
        assert_eq!(
            text(&format!("{}#{LAYLA}", row.word), row.body).as_ref(),
            Ok(&expected),
            "{}",
            row.word
        );
    }
}

#[test]
fn every_row_reads_from_the_typed_form() {
    for row in every_row() {
        let json = format!(
            r#"{{"command":"{}","agentId":"{LAYLA}","params":{}}}"#,
            row.word, row.params
        );
        let submission = Submission::parse_json(json.as_bytes()).unwrap();
        assert_eq!(submission.command, laylas(row.action), "{json}");
    }
}

#[test]
fn every_row_is_printed_back_in_both_forms() {
    for row in every_row() {
        let command = laylas(row.action);
        let (message_type, body) = command.to_text_exposing_secrets().unwrap();
        assert_eq!(
            Command::parse_text(&message_type, Some(&body)).as_ref(),
            Ok(&command)
        );
        let typed = command.to_json_exposing_secrets();
        assert_eq!(
            Command::parse_line(&typed).as_ref(),
            Ok(&command),
            "{typed}"
        );
    }
}

#[test]
fn the_rows_above_leave_no_command_out() {
    let tried: BTreeSet<Verb> = every_row().iter().map(|row| row.action.verb()).collect();
    let all: BTreeSet<Verb> = COMMANDS
        .iter()
        .filter(|spec| spec.subject == Subject::Agent)
        .map(|spec| spec.verb)
        .collect();
    assert_eq!(tried, all);
}

#[test]
fn heartbeats_name_a_destination_in_every_form() {
    for (word, kind) in [("HELLO", Heartbeat::Hello), ("Beat", Heartbeat::Beat)] {
        let expected = Command {
            command_id: None,
            body: Body::Heartbeat {
                kind,
                destination: "desk-17".into(),
            },
        };
        assert_eq!(
            text(&format!("{word}#desk-17"), "null").as_ref(),
            Ok(&expected)
        );
        assert_eq!(
            Command::parse_line(&format!("{word}#desk-17")).as_ref(),
            Ok(&expected)
        );
        let typed = format!(r#"{{"command":"{word}","params":{{"destination":"desk-17"}}}}"#);
        assert_eq!(Command::parse_line(&typed).as_ref(), Ok(&expected));
        assert_eq!(
            Command::parse_line(&expected.to_json_exposing_secrets()).as_ref(),
            Ok(&expected)
        );
    }
}

#[test]
fn a_mapped_secret_leaves_the_rest_as_it_was() {
    for row in every_row() {
        let command = laylas(row.action);
        let handled: Command<String> = command
            .clone()
            .map_secret(|secret| secret.expose().to_owned());
        let back: Command<Secret> = handled.map_secret(Secret::new);
        assert_eq!(back, command);
    }
}

#[test]
fn a_secret_is_mapped_and_nothing_prints_it() {
    let command = text("Login#41027", "demo,6127").unwrap();
    assert!(!format!("{command:?}").contains("demo"));
    let handled = command.map_secret(|_| 7_u32);
    let login = Action::Login {
        password: 7,
        extension: "6127".to_owned(),
    };
    assert_eq!(
        handled.body,
        Body::Agent {
            agent: AgentId::from(LAYLA),
            action: login
        }
    );
}
