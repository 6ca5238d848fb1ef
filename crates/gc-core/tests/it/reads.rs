//! Reads: they never wait, and they always answer.

use finesse_protocol::Answer;
use pretty_assertions::assert_eq;

use crate::docs::{placed, routed};
use crate::harness::Bench;

#[test]
fn get_state_tells_the_state_and_one_dialog_state_a_call() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetState#41027", "");
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        ["State NOT_READY", "DialogState 207 ACTIVE"]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn get_state_without_calls_says_not_found() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.send("desk-1", "GetState#41027", "");
    bench.answer_reads();
    let told = bench.taken("desk-1");
    assert_eq!(
        told[1].union(),
        r#"{"type":"DialogState","dialogId":"","state":"NOT_FOUND","agentId":"41027"}"#
    );
}

#[test]
fn refresh_tells_everything_again_and_announces_nothing_twice() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ringing = routed("207", "6127");
    bench.post("41027", &ringing);
    let consult = placed("208", "6127", "CONSULT");
    bench.post("41027", &consult);
    bench
        .calls
        .insert("41027".to_owned(), vec![ringing, consult]);
    bench.told("desk-1");
    let ticket = bench.send("desk-1", "refresh#41027", "");
    bench.answer_reads();
    assert_eq!(
        bench.told("desk-1"),
        [
            "~AgentInfo",
            "~State NOT_READY",
            "~DialogState 207 ALERTING",
            "~DialogState 208 INITIATING",
            "~InboundCall 207 ALERTING PREROUTE_ACD_IN",
            "~ConsultCall 208 INITIATING CONSULT"
        ]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn reasons_are_listed_under_their_codes_without_finesses_own() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    for (command, expected) in [
        (
            "reasoncodenotready",
            r#"{"type":"ReasonCodes","category":"NOT_READY","reasonCodes":[{"12":"lunch"}],"agentId":"41027"}"#,
        ),
        (
            "reasoncodelogout",
            r#"{"type":"ReasonCodes","category":"LOGOUT","reasonCodes":[{"28":"end of shift"}],"agentId":"41027"}"#,
        ),
        (
            "wrapupreasoncode",
            r#"{"type":"ReasonCodes","category":"WrapUp","reasonCodes":[{"31":"Refund"}],"agentId":"41027"}"#,
        ),
    ] {
        let ticket = bench.send("desk-1", &format!("{command}#41027"), "");
        bench.answer_reads();
        assert_eq!(bench.taken("desk-1")[0].union(), expected);
        assert_eq!(bench.result(ticket), "done");
    }
}

#[test]
fn a_known_call_is_answered_without_asking_finesse() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "GetDialogState#41027", "207");
    bench.send("desk-1", "GetDialogStateControls#41027", "207");
    bench.send("desk-1", "GetDialogParticipants#41027", "207");
    assert_eq!(bench.requests(), Vec::<String>::new());
    let told = bench.told_json("desk-1");
    assert_eq!(
        (&told[0]["type"], &told[0]["state"]),
        (&"DialogState".into(), &"ACTIVE".into())
    );
    assert_eq!(told[1]["type"], "DialogControls");
    assert_eq!(told[1]["controls"][2], "HOLD");
    assert_eq!(told[2]["type"], "DialogParticipants");
    assert_eq!(told[2]["participants"].as_array().unwrap().len(), 2);
}

#[test]
fn an_unknown_call_is_asked_for_and_then_not_found() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let state = bench.send("desk-1", "GetDialogState#41027", "999");
    let read = bench.request("GET /Dialog/999");
    bench.fault(&read, 404);
    assert_eq!(bench.told("desk-1"), ["DialogState 999 NOT_FOUND"]);
    assert_eq!(bench.result(state), "done");
    let controls = bench.send("desk-1", "GetDialogStateControls#41027", "999");
    let read = bench.request("GET /Dialog/999");
    bench.fault(&read, 404);
    assert_eq!(bench.result(controls), "failed NO_DIALOG_ID");
}

#[test]
fn a_call_of_others_is_not_shown() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetDialogParticipants#41027", "300");
    let read = bench.request("GET /Dialog/300");
    bench.answer(&read, Answer::Dialog(routed("300", "6133").parsed().into()));
    assert_eq!(bench.result(ticket), "failed NO_DIALOG_ID");
}

#[test]
fn a_read_that_fails_says_why() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let list = bench.send("desk-1", "wrapupreasoncode#41027", "");
    let read = bench.expect_request();
    bench.unknown(&read);
    assert_eq!(bench.result(list), "failed NOT_REACHABLE");
    let state = bench.send("desk-1", "GetState#41027", "");
    for _ in 0..2 {
        let read = bench.expect_request();
        bench.fault(&read, 503);
    }
    assert_eq!(bench.result(state), "failed PLEASE_RETRY");
    let silent = bench.send("desk-1", "wrapupreasoncode#41027", "");
    bench.pass_seconds(15);
    assert_eq!(bench.result(silent), "failed NOT_REACHABLE");
}

#[test]
fn a_snapshot_that_ends_meanwhile_answers_no_other_read() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let list = bench.send("desk-1", "wrapupreasoncode#41027", "");
    let read = bench.expect_request();
    let state = bench.send("desk-1", "GetState#41027", "");
    bench.answer_reads();
    assert_eq!(
        (bench.result(list), bench.result(state)),
        ("open".into(), "done".into())
    );
    bench.told("desk-1");
    bench.answer_read(&read);
    assert_eq!(bench.told("desk-1"), ["ReasonCodes WrapUp"]);
    assert_eq!(bench.result(list), "done");
}
