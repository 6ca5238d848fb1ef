//! What goes around an event (contract, sections 3 and 4).

use gc_protocol::event::envelope::{self, Origin};
use pretty_assertions::assert_eq;

const EVENT: &str = r#"{"type":"System","status":"IN_SERVICE"}"#;

#[test]
fn an_event_is_numbered_within_its_stream() {
    assert_eq!(
        envelope::write(
            Some(("s1", 42)),
            "2026-03-02T08:15:30Z",
            Some("41027"),
            Origin::Live,
            EVENT
        ),
        r#"{"id":"s1:42","time":"2026-03-02T08:15:30Z","agentId":"41027","origin":"live","event":{"type":"System","status":"IN_SERVICE"}}"#
    );
}

#[test]
fn a_gap_has_neither_number_nor_agent() {
    assert_eq!(
        envelope::write(
            None,
            "2026-03-02T08:15:30Z",
            None,
            Origin::Snapshot,
            envelope::GAP
        ),
        r#"{"time":"2026-03-02T08:15:30Z","origin":"snapshot","event":{"type":"Gap"}}"#
    );
}

#[test]
fn names_are_escaped() {
    let json = envelope::write(
        Some(("a\"b", 1)),
        "t",
        Some("la\\yla"),
        Origin::Replay,
        "{}",
    );
    assert_eq!(
        json,
        r#"{"id":"a\"b:1","time":"t","agentId":"la\\yla","origin":"replay","event":{}}"#
    );
}

#[test]
fn a_callback_carries_the_session_url() {
    assert_eq!(
        envelope::write_callback(EVENT, "https://crm.example.org/s/91?q=\"x\""),
        r#"{"data":{"type":"System","status":"IN_SERVICE"},"sessionUrl":"https://crm.example.org/s/91?q=\"x\""}"#
    );
}
