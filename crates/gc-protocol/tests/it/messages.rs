//! Messages, errors and the end of a command (GC document, sections 3.1, 3.2, 3.15; contract, sections 2 and 4).

use gc_protocol::event::{
    CallbackMessage, CommandResult, Control, ErrorEvent, StatusMessage, System, SystemStatus,
};
use gc_protocol::{CommandId, ErrorType, Event, Outcome, Printer, Style, StyleError};
use pretty_assertions::assert_eq;

use crate::cast::{dialog, documented, layla, union};

// 3.1
#[test]
fn system_tells_the_status() {
    let event = |status| {
        Event::System(System {
            status,
            agent_id: None,
        })
    };
    for printer in [documented(), union()] {
        assert_eq!(
            printer.print(&event(SystemStatus::InService)),
            r#"{"type":"System","status":"IN_SERVICE"}"#
        );
        assert_eq!(
            printer.print(&event(SystemStatus::OutOfService)),
            r#"{"type":"System","status":"OUT_OF_SERVICE"}"#
        );
    }
}

#[test]
fn system_about_one_agents_link_names_the_agent() {
    let event = Event::System(System {
        status: SystemStatus::OutOfService,
        agent_id: Some(layla()),
    });
    assert_eq!(
        union().print(&event),
        r#"{"type":"System","status":"OUT_OF_SERVICE","agentId":"41027"}"#
    );
}

fn failed_call() -> ErrorEvent {
    ErrorEvent {
        error_type: ErrorType::BadDestination,
        error_message: "9999 leads nowhere".to_owned(),
        agent_id: Some(layla()),
        command: Some("MakeCall"),
        command_id: Some(CommandId::from("c-17")),
    }
}

// 3.2: three keys, whatever is known.
#[test]
fn an_error_has_three_keys_and_in_the_union_what_is_known() {
    assert_eq!(
        documented().print(&Event::Error(failed_call())),
        r#"{"type":"Error","errorType":"BAD_DESTINATION","errorMessage":"9999 leads nowhere"}"#
    );
    assert_eq!(
        union().print(&Event::Error(failed_call())),
        r#"{"type":"Error","errorType":"BAD_DESTINATION","errorMessage":"9999 leads nowhere","agentId":"41027","command":"MakeCall","commandId":"c-17"}"#
    );
}

#[test]
fn an_error_of_nobody_has_three_keys_in_the_union_too() {
    let event = Event::Error(ErrorEvent {
        agent_id: None,
        command: None,
        command_id: None,
        // So spelt in the document's sample.
        error_type: ErrorType::Unauthorized,
        error_message: "Invalid Credentials".to_owned(),
    });
    assert_eq!(
        union().print(&event),
        r#"{"type":"Error","errorType":"Unauthorized","errorMessage":"Invalid Credentials"}"#
    );
}

#[test]
fn messages_end_with_the_agent() {
    let message = || "Retail_Voice is closed".to_owned();
    let cases = [
        (
            Event::Status(StatusMessage {
                message: message(),
                agent_id: layla(),
            }),
            r#"{"type":"status","status":"status-bar","message":"Retail_Voice is closed","agentId":"41027"}"#,
        ),
        (
            Event::Control(Control {
                message: message(),
                dialog_id: dialog("16804377"),
                agent_id: layla(),
            }),
            r#"{"type":"control","control":"status-bar","message":"Retail_Voice is closed","dialogId":"16804377","agentId":"41027"}"#,
        ),
        (
            // Also for "No data found": the document prints it so.
            Event::Callback(CallbackMessage {
                callback: "callback scheduled",
                message: message(),
                agent_id: layla(),
            }),
            r#"{"type":"callback","callback":"callback scheduled","message":"Retail_Voice is closed","agentId":"41027"}"#,
        ),
        (
            Event::Callback(CallbackMessage {
                callback: "reclassify",
                message: message(),
                agent_id: layla(),
            }),
            r#"{"type":"callback","callback":"reclassify","message":"Retail_Voice is closed","agentId":"41027"}"#,
        ),
    ];
    for (event, expected) in cases {
        assert_eq!(documented().print(&event), expected);
        assert_eq!(union().print(&event), expected);
    }
}

#[test]
fn a_command_result_always_has_all_its_keys() {
    let result = |outcome| CommandResult {
        command_id: CommandId::from("c-17"),
        agent_id: Some(layla()),
        command: "MakeCall",
        outcome,
    };
    let cases = [
        (Outcome::Done, r#""outcome":"done","errorType":null}"#),
        (
            Outcome::Failed(ErrorType::NoDialogId),
            r#""outcome":"failed","errorType":"NO_DIALOG_ID"}"#,
        ),
        (
            Outcome::Unknown(ErrorType::NotReachable),
            r#""outcome":"unknown","errorType":"NOT_REACHABLE"}"#,
        ),
    ];
    for (outcome, end) in cases {
        assert_eq!(
            union().print_result(&result(outcome)),
            format!(
                r#"{{"type":"CommandResult","commandId":"c-17","agentId":"41027","command":"MakeCall",{end}"#
            )
        );
    }
}

#[test]
fn the_result_of_a_heartbeat_has_no_agent() {
    let result = CommandResult {
        command_id: CommandId::from("c-1"),
        agent_id: None,
        command: "Beat",
        outcome: Outcome::Done,
    };
    assert_eq!(
        documented().print_result(&result),
        r#"{"type":"CommandResult","commandId":"c-1","agentId":null,"command":"Beat","outcome":"done","errorType":null}"#
    );
}

#[test]
fn an_unknown_time_zone_is_refused_by_name() {
    let style = Style {
        time_zone: "Mars/Olympus".to_owned(),
        ..Style::default()
    };
    let error = Printer::new(&style).unwrap_err();
    assert!(matches!(&error, StyleError::UnknownTimeZone { name, .. } if name == "Mars/Olympus"));
    assert!(error.to_string().contains("`Mars/Olympus`"), "{error}");
}
