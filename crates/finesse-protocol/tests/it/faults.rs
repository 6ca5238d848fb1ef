//! Errors of Finesse, in answers and notifications.

use finesse_protocol::{
    ApiError, Data, Fault, Update, control_failure, cti_status, parse_api_errors,
};
use pretty_assertions::assert_eq;

use crate::fixtures::UPDATE_ERRORS;
use crate::with;

fn error(kind: &str, message: &str, data: &str) -> ApiError {
    with(|error: &mut ApiError| {
        error.error_type = kind.into();
        error.error_message = message.into();
        error.error_data = data.into();
    })
}

fn fault(errors: Vec<ApiError>) -> Fault {
    with(|fault: &mut Fault| {
        fault.status = 400;
        fault.errors = errors;
    })
}

#[test]
fn every_field_of_an_error_notification_is_read() {
    let expected: ApiError = with(|error: &mut ApiError| {
        error.error_type = "Invalid Device".into();
        error.error_message = "CF_INVALID_LOGON_DEVICE_SPECIFIED".into();
        error.error_data = "260".into();
        error.peripheral_error_code = "10125".into();
        error.peripheral_error_msg = "PERERR_TELDRIVE_NODEVICETARGETFORNETTARGETID".into();
        error.peripheral_error_text =
            "No device is configured for the extension of this sign-in.".into();
    });
    let update = Update::parse(UPDATE_ERRORS).unwrap();
    assert_eq!(update.request_id, "req-18");
    assert_eq!(update.data, Data::Errors(vec![expected]));
}

#[test]
fn both_casings_and_orders_are_read() {
    let expected = error("Invalid Input", "Invalid State specified", "state");
    for xml in [
        "<ApiErrors><ApiError><ErrorType>Invalid Input</ErrorType>\
         <ErrorMessage>Invalid State specified</ErrorMessage><ErrorData>state</ErrorData></ApiError></ApiErrors>",
        "<apiErrors><apiError><errorData>state</errorData>\
         <errorMessage>Invalid State specified</errorMessage><errorType>Invalid Input</errorType></apiError></apiErrors>",
    ] {
        assert_eq!(
            parse_api_errors(xml).unwrap(),
            std::slice::from_ref(&expected)
        );
    }
}

#[test]
fn missing_and_empty_data_are_the_same() {
    let expected = error("Service Unavailable", "SERVER_OUT_OF_SERVICE", "");
    for data in ["", "<ErrorData/>", "<ErrorData></ErrorData>"] {
        let xml = format!(
            "<ApiErrors><ApiError><ErrorType>Service Unavailable</ErrorType>{data}\
             <ErrorMessage>SERVER_OUT_OF_SERVICE</ErrorMessage></ApiError></ApiErrors>"
        );
        assert_eq!(
            parse_api_errors(&xml).unwrap(),
            std::slice::from_ref(&expected)
        );
    }
}

#[test]
fn several_errors_are_all_read() {
    let xml = "<ApiErrors><ApiError><ErrorType>A</ErrorType></ApiError>\
        <ApiError><ErrorType>B</ErrorType></ApiError></ApiErrors>";
    let errors = parse_api_errors(xml).unwrap();
    assert_eq!(errors, [error("A", "", ""), error("B", "", "")]);
}

#[test]
fn the_best_message_is_the_sentence_then_the_message_then_the_class() {
    let mut full = error("Invalid Device", "CF_RESOURCE_BUSY", "33");
    full.peripheral_error_text = "The device is in use.".into();
    assert_eq!(
        fault(vec![full]).best_message(),
        Some("The device is in use.")
    );
    let message = error("Invalid Device", "CF_RESOURCE_BUSY", "33");
    assert_eq!(
        fault(vec![message]).best_message(),
        Some("CF_RESOURCE_BUSY")
    );
    let class = error("Invalid Device", "", "");
    assert_eq!(fault(vec![class]).best_message(), Some("Invalid Device"));
    assert_eq!(fault(vec![]).best_message(), None);
}

#[test]
fn a_printed_constant_is_found() {
    for message in [
        "CF_INVALID_OBJECT_STATE",
        "refused: CF_INVALID_OBJECT_STATE.",
        "(CF_INVALID_OBJECT_STATE) agent is busy",
    ] {
        let fault = fault(vec![error("Generic Error", message, "6127")]);
        assert_eq!(fault.constant(), Some("CF_INVALID_OBJECT_STATE"));
    }
    let mut other = error("Generic Error", "failed", "13");
    other.peripheral_error_msg = "E_CTI_INVALID_CALLID".into();
    assert_eq!(fault(vec![other]).constant(), Some("E_CTI_INVALID_CALLID"));
}

#[test]
fn what_only_looks_like_a_constant_is_none() {
    for message in [
        "CF_",
        "XCF_RESOURCE_BUSY",
        "PERERR_GW_E_CTI_X",
        "UNKNOWN_USER",
    ] {
        let fault = fault(vec![error("Not Found", message, "")]);
        assert_eq!(fault.constant(), None, "{message}");
    }
}

#[test]
fn a_code_of_cti_stands_for_its_constant() {
    let refused = fault(vec![error("Invalid Device", "not possible", "260")]);
    assert_eq!(
        refused.constant(),
        Some("CF_INVALID_LOGON_DEVICE_SPECIFIED")
    );
    let refused = fault(vec![error("Invalid State", "", "22")]);
    assert_eq!(refused.constant(), Some("CF_INVALID_OBJECT_STATE"));
}

#[test]
fn an_extension_is_never_taken_for_a_code() {
    for error in [
        error(
            "Generic Error",
            "INVALID_ACTION UPDATE_CALL_DATA on extension 260",
            "260",
        ),
        error("Generic Error", "", "260"),
        error(
            "Invalid State",
            "INVALID_ACTION HOLD on extension 260",
            "260",
        ),
        error("Invalid Input", "Invalid extension", "260"),
        error("Invalid State", "", "state"),
        error("Invalid State", "", "20999"),
        error("Invalid State", "", "99999999"),
    ] {
        assert_eq!(fault(vec![error.clone()]).constant(), None, "{error:?}");
    }
}

#[test]
fn refused_credentials_are_told_by_the_status() {
    for (status, refused) in [
        (400, false),
        (401, true),
        (403, true),
        (404, false),
        (503, false),
    ] {
        let fault: Fault = with(|fault: &mut Fault| fault.status = status);
        assert_eq!(fault.is_unauthorized(), refused);
    }
}

#[test]
fn a_fault_prints_its_class_and_nothing_personal() {
    let refused = fault(vec![error("Invalid State", "extension 6127", "6127")]);
    assert_eq!(refused.to_string(), "status 400, Invalid State");
    assert_eq!(fault(vec![]).to_string(), "status 400, no class given");
}

#[test]
fn codes_of_both_tables_are_known() {
    assert_eq!(control_failure(0), Some("CF_GENERIC_UNSPECIFIED"));
    assert_eq!(control_failure(33), Some("CF_RESOURCE_BUSY"));
    assert_eq!(
        control_failure(283),
        Some("CF_SPECIFIED_EXTENSION_ALREADY_IN_USE")
    );
    assert_eq!(
        control_failure(1016),
        Some("CF_AGENT_GREETING_CONTROL_OPERATION_FAILURE")
    );
    assert_eq!(control_failure(20), None);
    assert_eq!(cti_status(13), Some("E_CTI_INVALID_CALLID"));
    assert_eq!(cti_status(12), None);
}
