use gc_protocol::ErrorType;
use gc_protocol::command::table;

use super::super::record::{Fact, Scene};
use super::super::rows::{CallMode, Product, Row};
use super::{Cell, Proof, fill, lines};

fn scene(test: &str, product: Product, facts: &[Fact]) -> Scene {
    Scene {
        test: test.to_owned(),
        product: Some(product),
        facts: facts.to_vec(),
    }
}

fn sent(client: u64, command: &str) -> Fact {
    Fact::Sent {
        client,
        command: command.to_owned(),
    }
}

fn ended(client: u64, command: &str, outcome: &str) -> Fact {
    Fact::Ended {
        client,
        command: command.to_owned(),
        outcome: outcome.to_owned(),
    }
}

fn compared(client: u64, event: &str) -> Fact {
    Fact::Compared {
        client,
        event: event.to_owned(),
        error_type: None,
        mode: None,
    }
}

fn error(client: u64, code: &str) -> Fact {
    Fact::Compared {
        client,
        event: "Error".to_owned(),
        error_type: Some(code.to_owned()),
        mode: None,
    }
}

fn works(command: &str, facts: &[Fact]) -> Cell {
    let row = Row::Works(Product::Ucce, table::find(command).unwrap());
    fill(&row, &[scene("a_test", Product::Ucce, facts)])
}

fn proof(test: &str, checked: &[&str]) -> Proof {
    Proof {
        test: test.to_owned(),
        checked: checked.iter().map(|word| (*word).to_owned()).collect(),
    }
}

#[test]
fn a_done_command_with_its_answers_compared_fills_its_cell() {
    let facts = [
        sent(1, "MakeReady"),
        compared(1, "State"),
        ended(1, "MakeReady", "done"),
    ];
    assert_eq!(
        works("MakeReady", &facts),
        Cell::Full(vec![proof("a_test", &["State"])])
    );
}

#[test]
fn without_outcomes_the_documented_answer_is_the_proof() {
    assert!(works("MakeReady", &[sent(1, "MakeReady"), compared(1, "State")]).is_full());
    let refused = [sent(1, "MakeReady"), compared(1, "State"), error(1, "DOWN")];
    assert!(!works("MakeReady", &refused).is_full());
}

#[test]
fn a_cell_says_what_it_lacks() {
    let lacks = |facts: &[Fact]| match works("MakeCall", facts) {
        Cell::Empty(why) => why,
        Cell::Full(proofs) => panic!("{proofs:?}"),
    };
    assert_eq!(lacks(&[]), "never sent");
    assert_eq!(lacks(&[sent(1, "MakeCall")]), "sent 1 times, never done");
    let failed = [
        sent(1, "MakeCall"),
        compared(1, "State"),
        compared(1, "InboundCall"),
        ended(1, "MakeCall", "failed"),
    ];
    assert_eq!(lacks(&failed), "sent 1 times, never done");
    let half = [
        sent(1, "MakeCall"),
        compared(1, "State"),
        ended(1, "MakeCall", "done"),
    ];
    assert_eq!(lacks(&half), "done, but never compared: InboundCall");
}

#[test]
fn an_outcome_that_did_not_come_is_no_proof() {
    let facts = [
        sent(1, "Hello"),
        ended(1, "Hello", "done"),
        sent(1, "MakeReady"),
        compared(1, "State"),
    ];
    assert!(!works("MakeReady", &facts).is_full());
}

#[test]
fn events_belong_to_the_last_command_that_they_answer() {
    // The State after the second command says nothing of the first.
    let facts = [
        sent(1, "MakeReady"),
        sent(1, "MakeNotReady"),
        compared(1, "State"),
    ];
    assert!(!works("MakeReady", &facts).is_full());
    assert!(works("MakeNotReady", &facts).is_full());
    // Events before a command do not answer it.
    assert!(!works("MakeReady", &[compared(1, "State"), sent(1, "MakeReady")]).is_full());
}

#[test]
fn an_answer_may_come_to_another_client() {
    let facts = [
        sent(1, "MakeReady"),
        compared(1, "State"),
        sent(2, "Logout"),
        compared(1, "State"),
    ];
    assert!(works("Logout", &facts).is_full());
    // What another client's later command is answered with is not the first one's answer.
    let facts = [
        sent(1, "MakeReady"),
        sent(2, "Logout"),
        compared(2, "State"),
    ];
    assert!(!works("MakeReady", &facts).is_full());
}

#[test]
fn a_command_without_answers_needs_its_outcome() {
    let told = [sent(1, "UpdateWrapup"), ended(1, "UpdateWrapup", "done")];
    assert_eq!(
        works("UpdateWrapup", &told),
        Cell::Full(vec![proof("a_test", &["done"])])
    );
    assert!(!works("UpdateWrapup", &[sent(1, "UpdateWrapup")]).is_full());
}

#[test]
fn several_tests_prove_a_command_together() {
    let refresh = |test: &str, events: &[&str]| {
        let events = events.iter().map(|event| compared(1, event));
        let facts: Vec<_> = std::iter::once(sent(1, "refresh")).chain(events).collect();
        scene(test, Product::Ucce, &facts)
    };
    let scenes = [
        refresh("during_a_campaign", &["State", "OutboundCall"]),
        refresh(
            "during_a_call",
            &["AgentInfo", "State", "DialogState", "InboundCall"],
        ),
        refresh("during_a_consult", &["AgentInfo", "State", "ConsultCall"]),
    ];
    let row = Row::Works(Product::Ucce, table::find("refresh").unwrap());
    assert_eq!(
        fill(&row, &scenes),
        Cell::Full(vec![
            proof(
                "during_a_call",
                &["AgentInfo", "DialogState", "InboundCall", "State"]
            ),
            proof("during_a_campaign", &["OutboundCall"]),
            proof("during_a_consult", &["ConsultCall"]),
        ])
    );
    assert!(!fill(&row, &scenes[1..]).is_full());
}

#[test]
fn what_one_product_does_proves_nothing_of_the_other() {
    let facts = [sent(1, "MakeReady"), compared(1, "State")];
    let row = Row::Works(Product::Uccx, table::find("MakeReady").unwrap());
    assert!(!fill(&row, &[scene("a_test", Product::Ucce, &facts)]).is_full());
}

#[test]
fn a_command_that_the_product_lacks_must_be_told_so() {
    let row = Row::NotSupported(Product::Uccx, table::find("GETSKILLGROUP").unwrap());
    let told = |code: &str| {
        let facts = [sent(1, "GETSKILLGROUP"), error(1, code)];
        fill(&row, &[scene("a_test", Product::Uccx, &facts)])
    };
    assert_eq!(
        told("NOT_SUPPORTED"),
        Cell::Full(vec![proof("a_test", &["Error NOT_SUPPORTED"])])
    );
    assert!(!told("PLEASE_RETRY").is_full());
    let refused = [
        sent(1, "GETSKILLGROUP"),
        Fact::Refused {
            client: 1,
            error_type: "NOT_SUPPORTED".to_owned(),
        },
    ];
    assert!(fill(&row, &[scene("a_test", Product::Uccx, &refused)]).is_full());
    let of_another_command = [
        sent(1, "GETSKILLGROUP"),
        sent(1, "GETSUPERVISOR"),
        error(1, "NOT_SUPPORTED"),
    ];
    assert!(!fill(&row, &[scene("a_test", Product::Uccx, &of_another_command)]).is_full());
}

#[test]
fn a_campaigns_call_is_known_by_its_event_or_by_its_campaign() {
    let call = |mode: Option<&str>| Fact::Compared {
        client: 1,
        event: "OutboundCall".to_owned(),
        error_type: None,
        mode: mode.map(str::to_owned),
    };
    let campaign = || Fact::Campaign {
        mode: "progressive".to_owned(),
    };
    let row = Row::Call(Product::Uccx, CallMode::Progressive);
    let full = |facts: &[Fact]| fill(&row, &[scene("a_test", Product::Uccx, facts)]).is_full();
    assert!(full(&[call(Some("progressive"))]));
    assert!(full(&[campaign(), call(None)]));
    assert!(!full(&[campaign()]));
    assert!(!full(&[call(None), campaign()]));
    assert!(!full(&[campaign(), call(Some("predictive"))]));
}

#[test]
fn a_code_is_reached_by_an_event_a_refusal_or_a_test_without_a_gateway() {
    let down = ErrorType::DOCUMENTED
        .iter()
        .find(|code| code.as_str() == "DOWN")
        .unwrap();
    let row = Row::Code(down);
    let unit = Scene {
        test: "a_unit_test".to_owned(),
        product: None,
        facts: vec![Fact::Reached {
            error_type: "DOWN".to_owned(),
        }],
    };
    assert!(!fill(&row, &[]).is_full());
    assert_eq!(
        fill(&row, std::slice::from_ref(&unit)),
        Cell::Full(vec![proof("a_unit_test", &[])])
    );
    let end_to_end = scene("z_end_to_end", Product::Ucce, &[error(1, "DOWN")]);
    assert_eq!(
        fill(&row, &[unit, end_to_end]),
        Cell::Full(vec![proof("z_end_to_end", &[])])
    );
}

#[test]
fn an_empty_cell_stands_out_in_the_table() {
    let row = Row::Works(Product::Uccx, table::find("MakeReady").unwrap());
    assert_eq!(
        lines(&row, &Cell::Empty("never sent".to_owned())),
        "EMPTY MakeReady                                UCCX  never sent\n"
    );
    let full = Cell::Full(vec![
        proof("flows::a", &["State"]),
        proof("flows::b", &["AgentInfo", "DialogState"]),
    ]);
    let second_line = format!("{:53}AgentInfo, DialogState           flows::b\n", "");
    assert_eq!(
        lines(&row, &full),
        format!(
            "ok    MakeReady                                UCCX  State                            flows::a\n{second_line}"
        )
    );
}
