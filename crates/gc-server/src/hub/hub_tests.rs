use gc_protocol::event::{AgentState, Outcome, System, SystemStatus};
use gc_protocol::{AgentId, CommandId, ErrorType, Style};
use std::time::Duration;

use super::*;

const BOUNDS: Bounds = Bounds {
    events: 3,
    bytes: 1_000_000,
    age: Duration::from_secs(60),
};

pub(super) fn hub() -> Hub {
    let press = Press::new("s1", &[Style::default()]).unwrap();
    let mut hub = Hub::new(press, 3, BOUNDS, Room::new(100_000_000));
    hub.claim(&desk(), &crm()).unwrap();
    hub
}

pub(super) fn desk() -> Destination {
    Destination::from("desk-17")
}

pub(super) fn crm() -> ClientId {
    ClientId::new("crm")
}

pub(super) fn wish(form: Form) -> Wish {
    Wish {
        style: 0,
        form,
        when_full: WhenFull::Cut,
    }
}

pub(super) fn join(hub: &mut Hub, form: Form) -> (Queue, SubscriberId) {
    let queue = Queue::default();
    let (id, _) = hub.subscribe(&desk(), wish(form), queue.clone());
    (queue, id)
}

pub(super) fn state(label: &str) -> Event {
    Event::State(Box::new(AgentState {
        agent_id: AgentId::from("41027"),
        state: "READY".into(),
        reason_code: String::new(),
        pending_state: String::new(),
        state_change_time: "2026-11-22T09:00:00Z".into(),
        full_name: "Layla Haddad".into(),
        extension: "6127".into(),
        label: label.into(),
        supervisor_id: None,
    }))
}

pub(super) fn publish(hub: &mut Hub, event: &Event) -> Option<Presence> {
    hub.publish(Instant::now(), &desk(), Origin::Live, event)
}

pub(super) async fn next(queue: &Queue) -> serde_json::Value {
    serde_json::from_str(&queue.pop().await.unwrap().text).unwrap()
}

#[tokio::test]
async fn events_arrive_in_order_numbered_per_destination() {
    let mut hub = hub();
    let (queue, _) = join(&mut hub, Form::Enveloped);
    for label in ["one", "two", "three"] {
        publish(&mut hub, &state(label));
    }
    for (number, label) in [(1, "one"), (2, "two"), (3, "three")] {
        let frame = next(&queue).await;
        assert_eq!(frame["id"], format!("s1.1:{number}"));
        assert_eq!(frame["event"]["label"], label);
        assert_eq!(frame["agentId"], "41027");
        assert_eq!(frame["origin"], "live");
    }
}

#[tokio::test]
async fn every_subscriber_of_a_destination_sees_the_same_in_its_own_form() {
    let mut hub = hub();
    let (bare, _) = join(&mut hub, Form::Bare);
    let (first, _) = join(&mut hub, Form::Enveloped);
    let (second, _) = join(&mut hub, Form::Enveloped);
    hub.publish(Instant::now(), &desk(), Origin::Snapshot, &state("one"));
    assert_eq!(next(&bare).await["type"], "State");
    let frame = first.pop().await.unwrap();
    assert_eq!(frame, second.pop().await.unwrap());
    assert!(frame.text.contains(r#""origin":"snapshot""#));
}

#[tokio::test]
async fn numbers_go_on_while_nobody_listens() {
    let mut hub = hub();
    publish(&mut hub, &state("unheard"));
    let (queue, _) = join(&mut hub, Form::Enveloped);
    publish(&mut hub, &state("heard"));
    assert_eq!(next(&queue).await["id"], "s1.1:2");
}

#[tokio::test]
async fn a_forgotten_destination_does_not_use_its_numbers_again() {
    let mut hub = hub();
    publish(&mut hub, &state("one"));
    publish(&mut hub, &state("two"));
    hub.sweep(|_| false);
    hub.claim(&desk(), &crm()).unwrap();
    let (queue, _) = join(&mut hub, Form::Enveloped);
    publish(&mut hub, &state("three"));
    assert_eq!(next(&queue).await["id"], "s1.2:3");
}

#[test]
fn the_first_subscriber_makes_a_destination_up_and_the_last_one_gone() {
    let mut hub = hub();
    let (first, change) = hub.subscribe(&desk(), wish(Form::Bare), Queue::default());
    assert_eq!(change, Some(Presence::Up));
    let (second, change) = hub.subscribe(&desk(), wish(Form::Bare), Queue::default());
    assert_eq!(change, None);
    assert_eq!(hub.unsubscribe(&desk(), first), None);
    assert_eq!(hub.unsubscribe(&desk(), second), Some(Presence::Gone));
    assert_eq!(hub.unsubscribe(&desk(), second), None);
}

#[test]
fn a_callback_that_fails_counts_as_gone_until_it_works_again() {
    let mut hub = hub();
    let (_, id) = join(&mut hub, Form::Bare);
    assert_eq!(hub.set_reachable(&desk(), id, false), Some(Presence::Gone));
    assert_eq!(hub.set_reachable(&desk(), id, false), None);
    assert_eq!(hub.set_reachable(&desk(), id, true), Some(Presence::Up));
}

#[tokio::test]
async fn a_subscriber_that_does_not_read_is_cut_and_the_others_go_on() {
    let mut hub = hub();
    let (slow, _) = join(&mut hub, Form::Bare);
    let (quick, _) = join(&mut hub, Form::Bare);
    for _ in 0..queue::MAX_FRAMES {
        publish(&mut hub, &state("x"));
        quick.pop().await.unwrap();
    }
    assert_eq!(publish(&mut hub, &state("last")), None);
    assert_eq!(slow.pop().await, Err(End::TooSlow));
    assert_eq!(next(&quick).await["label"], "last");
    assert_eq!(hub.figures().subscribers, 1);
}

#[test]
fn cutting_the_only_subscriber_makes_the_destination_gone() {
    let mut hub = hub();
    join(&mut hub, Form::Bare);
    for _ in 0..queue::MAX_FRAMES {
        assert_eq!(publish(&mut hub, &state("x")), None);
    }
    assert_eq!(publish(&mut hub, &state("x")), Some(Presence::Gone));
}

#[tokio::test]
async fn a_full_callback_drops_what_waits_and_goes_on_with_the_newest() {
    let mut hub = hub();
    let queue = Queue::default();
    let patient = Wish {
        when_full: WhenFull::DropWaiting,
        ..wish(Form::Bare)
    };
    hub.subscribe(&desk(), patient, queue.clone());
    for _ in 0..queue::MAX_FRAMES {
        publish(&mut hub, &state("old"));
    }
    publish(&mut hub, &state("new"));
    assert_eq!(queue.len(), 1);
    assert_eq!(next(&queue).await["label"], "new");
}

#[tokio::test]
async fn trouble_of_one_link_is_told_to_enveloped_subscribers_only() {
    let mut hub = hub();
    let (bare, _) = join(&mut hub, Form::Bare);
    let (enveloped, _) = join(&mut hub, Form::Enveloped);
    let system = |agent_id: Option<&str>| {
        Event::System(System {
            status: SystemStatus::OutOfService,
            agent_id: agent_id.map(AgentId::from),
        })
    };
    publish(&mut hub, &system(Some("41027")));
    publish(&mut hub, &system(None));
    assert_eq!(next(&enveloped).await["id"], "s1.1:1");
    assert_eq!(next(&enveloped).await["id"], "s1.1:2");
    assert_eq!(bare.len(), 1);
}

#[tokio::test]
async fn a_result_goes_to_its_sender_without_a_number_and_after_its_events() {
    let mut hub = hub();
    let (sender, id) = join(&mut hub, Form::Enveloped);
    let (other, _) = join(&mut hub, Form::Enveloped);
    publish(&mut hub, &state("x"));
    let result = CommandResult {
        command_id: CommandId::from("c-17"),
        agent_id: Some(AgentId::from("41027")),
        command: "MakeReady",
        outcome: Outcome::Failed(ErrorType::NoDialogId),
    };
    hub.result(&desk(), id, &result);
    assert_eq!(next(&sender).await["id"], "s1.1:1");
    let frame = next(&sender).await;
    assert_eq!(frame.get("id"), None);
    assert_eq!(frame["event"]["type"], "CommandResult");
    assert_eq!(frame["event"]["commandId"], "c-17");
    assert_eq!(frame["event"]["outcome"], "failed");
    assert_eq!(frame["event"]["errorType"], "NO_DIALOG_ID");
    assert_eq!(other.len(), 1);
}

#[test]
fn a_destination_belongs_to_the_client_that_came_first() {
    let mut hub = hub();
    assert_eq!(hub.claim(&desk(), &crm()), Ok(()));
    assert_eq!(
        hub.claim(&desk(), &ClientId::new("other")),
        Err(Refusal::Foreign)
    );
}

#[test]
fn there_are_never_more_destinations_than_allowed() {
    let mut hub = hub();
    hub.claim(&"two".into(), &crm()).unwrap();
    hub.claim(&"three".into(), &crm()).unwrap();
    assert_eq!(hub.claim(&"four".into(), &crm()), Err(Refusal::Full));
    hub.sweep(|destination| *destination == desk());
    assert_eq!(hub.claim(&"four".into(), &crm()), Ok(()));
    assert!(hub.is_owned(&desk(), &crm()));
    assert!(!hub.is_owned(&"two".into(), &crm()));
}
