//! The error table: what each refusal of Finesse is called.

use pretty_assertions::assert_eq;

use crate::docs::errors;
use crate::harness::Bench;

/// Status, class and message of Finesse; the code for a state request and for a command on a call.
const REFUSALS: &[(u16, &str, &str, &str, &str)] = &[
    (
        400,
        "Invalid State",
        "CF_INVALID_OBJECT_STATE",
        "CF_INVALID_OBJECT_STATE",
        "CF_INVALID_OBJECT_STATE",
    ),
    (
        400,
        "Generic Error",
        "E_CTI_INVALID_CALLID",
        "E_CTI_INVALID_CALLID",
        "E_CTI_INVALID_CALLID",
    ),
    (
        400,
        "Parameter Missing",
        "State Parameter missing",
        "PARAMETER_MISSING",
        "PARAMETER_MISSING",
    ),
    (
        400,
        "Invalid Input",
        "no such state",
        "INVALID_INPUT",
        "INVALID_INPUT",
    ),
    (
        400,
        "Invalid Destination",
        "to is from",
        "INVALID_DESTINATION",
        "INVALID_DESTINATION",
    ),
    (
        400,
        "Bad Request",
        "malformed",
        "BAD_REQUEST",
        "BAD_REQUEST",
    ),
    (
        400,
        "Generic Error",
        "unexplained",
        "GENERAL_ERROR",
        "GENERAL_ERROR",
    ),
    (
        400,
        "Generic Error",
        "INVALID_ACTION HOLD on extension 6127",
        "GENERAL_ERROR",
        "GENERAL_ERROR",
    ),
    (
        400,
        "20999",
        "not the controller",
        "GENERAL_ERROR",
        "GENERAL_ERROR",
    ),
    (
        401,
        "Authorization Failure",
        "UNAUTHORIZED",
        "Unauthorized",
        "Unauthorized",
    ),
    (
        401,
        "Invalid Authorization User Specified",
        "",
        "Unauthorized",
        "Unauthorized",
    ),
    (
        401,
        "Invalid Supervisor",
        "not in the team",
        "INVALID_SUPERVISOR",
        "INVALID_SUPERVISOR",
    ),
    (403, "Forbidden", "", "Unauthorized", "Unauthorized"),
    (
        404,
        "User Not Found",
        "UNKNOWN_USER",
        "USER_NOT_FOUND",
        "NO_DIALOG_ID",
    ),
    (404, "", "", "USER_NOT_FOUND", "NO_DIALOG_ID"),
    (
        500,
        "Internal Server Error",
        "boom",
        "INTERNAL_SERVER_ERROR",
        "INTERNAL_SERVER_ERROR",
    ),
    (500, "", "", "GENERAL_ERROR", "GENERAL_ERROR"),
    (502, "", "", "GENERAL_ERROR", "GENERAL_ERROR"),
    (501, "Not Implemented", "", "NOT_SUPPORTED", "NOT_SUPPORTED"),
    (
        503,
        "Service Unavailable",
        "SERVER_OUT_OF_SERVICE",
        "PLEASE_RETRY",
        "PLEASE_RETRY",
    ),
    (503, "", "", "PLEASE_RETRY", "PLEASE_RETRY"),
];

#[test]
fn a_constant_is_told_with_what_it_means_and_a_sentence_as_it_is() {
    let told = |message: &str| {
        let mut bench = Bench::new();
        bench.login("desk-1", "41027");
        let ticket = bench.send("desk-1", "MakeReady#41027", "");
        let request = bench.expect_request();
        bench.fault_with(&request, 400, "Invalid State", message);
        bench.result_error(ticket).error_message.clone()
    };
    assert_eq!(
        told("CF_INVALID_OBJECT_STATE"),
        "The agent or call is in a state that does not allow this (CF_INVALID_OBJECT_STATE)"
    );
    assert_eq!(told("not in this state"), "not in this state");
    assert_eq!(told("CF_VALUE_OUT_OF_RANGE"), "CF_VALUE_OUT_OF_RANGE");
}

#[test]
fn every_refusal_has_its_code_and_finesses_sentence() {
    for (status, class, message, state_code, call_code) in REFUSALS {
        let mut bench = Bench::new();
        bench.talking("desk-1", "41027");
        let state = bench.send("desk-1", "MakeReady#41027", "");
        let call = bench.send("desk-1", "HoldCall#41027", "207");
        for _ in 0..2 {
            let request = bench.expect_request();
            if class.is_empty() {
                bench.fault(&request, *status);
            } else {
                bench.fault_with(&request, *status, class, message);
            }
        }
        let case = format!("{status} {class} {message}");
        assert_eq!(
            bench.result(state),
            format!("failed {state_code}"),
            "{case}"
        );
        assert_eq!(bench.result(call), format!("failed {call_code}"), "{case}");
        assert_eq!(
            bench.told("desk-1"),
            [format!("Error {state_code}"), format!("Error {call_code}")],
            "{case}"
        );
        if !message.is_empty() {
            let told = &bench.result_error(state).error_message;
            assert!(told.contains(message), "{case}: {told}");
        }
        assert!(
            !bench.result_error(state).error_message.is_empty(),
            "{case}"
        );
    }
}

#[test]
fn a_refusal_without_a_word_is_told_with_its_status() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.expect_request();
    bench.fault(&request, 503);
    assert_eq!(
        bench.result_error(ticket).error_message,
        "Finesse answered with status 503"
    );
}

#[test]
fn a_refusal_that_comes_as_a_notification_has_the_same_code() {
    for (class, message, data, code) in [
        (
            "Device Busy",
            "",
            "283",
            "CF_SPECIFIED_EXTENSION_ALREADY_IN_USE",
        ),
        (
            "Call Operation Failure",
            "CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED",
            "38",
            "CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED",
        ),
        (
            "Generic Error",
            "INVALID_ACTION HOLD on extension 6127",
            "6127",
            "GENERAL_ERROR",
        ),
        (
            "Call Variable is protected",
            "callVariable1",
            "",
            "CALL_VARIABLE_IS_PROTECTED",
        ),
    ] {
        let mut bench = Bench::new();
        bench.talking("desk-1", "41027");
        let hold = bench.send("desk-1", "HoldCall#41027", "207");
        let request = bench.expect_request();
        bench.accept(&request);
        bench.notify(
            "41027",
            &errors("Dialog/207", &request.header, class, message, data),
        );
        assert_eq!(bench.result(hold), format!("failed {code}"));
        assert_eq!(bench.told("desk-1"), [format!("Error {code}")]);
    }
}

#[test]
fn an_error_says_which_command_of_which_agent_failed() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "HoldCall#41027", "207");
    let request = bench.expect_request();
    bench.fault_with(&request, 400, "Generic Error", "no");
    let told = bench.taken("desk-1").remove(0);
    assert_eq!(
        told.union(),
        r#"{"type":"Error","errorType":"GENERAL_ERROR","errorMessage":"no","agentId":"41027","command":"HoldCall"}"#
    );
    assert_eq!(
        told.documented(),
        r#"{"type":"Error","errorType":"GENERAL_ERROR","errorMessage":"no"}"#
    );
}
