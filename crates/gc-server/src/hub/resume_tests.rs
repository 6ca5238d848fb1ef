use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::tests::{crm, desk, hub, join, next, publish, state, wish};
use super::*;

/// Comes back to the desk; the event is not known unless a number of replayed ones is given.
fn come_back(hub: &mut Hub, last: &str) -> (Option<usize>, Queue) {
    let queue = Queue::default();
    let replayed = hub.replay(Instant::now(), &desk(), last, &queue);
    hub.subscribe(&desk(), wish(Form::Enveloped), queue.clone());
    (replayed, queue)
}

fn tell(hub: &mut Hub, labels: &[&str]) {
    for label in labels {
        publish(hub, &state(label));
    }
}

async fn told(queue: &Queue) -> Vec<Value> {
    let mut told = Vec::new();
    while queue.len() > 0 {
        let frame = next(queue).await;
        told.push(json!([
            frame["id"],
            frame["origin"],
            frame["event"]["label"]
        ]));
    }
    told
}

#[tokio::test]
async fn who_comes_back_gets_what_is_missing_and_then_what_is_new() {
    let mut hub = hub();
    let (first, id) = join(&mut hub, Form::Enveloped);
    tell(&mut hub, &["one"]);
    hub.unsubscribe(&desk(), id);
    tell(&mut hub, &["two", "three"]);
    let last = next(&first).await["id"].as_str().unwrap().to_owned();
    let (replayed, queue) = come_back(&mut hub, &last);
    tell(&mut hub, &["four"]);
    assert_eq!(replayed, Some(2));
    assert_eq!(
        told(&queue).await,
        [
            json!(["s1.1:2", "replay", "two"]),
            json!(["s1.1:3", "replay", "three"]),
            json!(["s1.1:4", "live", "four"]),
        ]
    );
}

#[tokio::test]
async fn a_replayed_event_is_the_same_but_for_its_origin() {
    let mut hub = hub();
    let (live, _) = join(&mut hub, Form::Enveloped);
    tell(&mut hub, &["one"]);
    let (_, queue) = come_back(&mut hub, "s1.1:0");
    let live = live.pop().await.unwrap();
    let again = queue.pop().await.unwrap();
    assert_eq!((again.seq, &again.agent), (live.seq, &live.agent));
    let as_replay = live
        .text
        .replace(r#""origin":"live""#, r#""origin":"replay""#);
    assert_eq!(again.text.as_str(), as_replay);
}

#[tokio::test]
async fn who_has_missed_nothing_gets_nothing() {
    let mut hub = hub();
    join(&mut hub, Form::Enveloped);
    tell(&mut hub, &["one", "two"]);
    let (replayed, queue) = come_back(&mut hub, "s1.1:2");
    assert_eq!((replayed, queue.len()), (Some(0), 0));
}

#[tokio::test]
async fn several_connections_of_a_destination_come_back_each_to_its_own_place() {
    let mut hub = hub();
    join(&mut hub, Form::Enveloped);
    tell(&mut hub, &["one", "two", "three"]);
    let (one, first) = come_back(&mut hub, "s1.1:1");
    let (two, second) = come_back(&mut hub, "s1.1:2");
    assert_eq!((one, two), (Some(2), Some(1)));
    assert_eq!((first.len(), second.len()), (2, 1));
}

#[test]
fn ids_that_are_not_of_this_numbering_are_not_known() {
    let mut hub = hub();
    hub.claim(&"desk-18".into(), &crm()).unwrap();
    join(&mut hub, Form::Enveloped);
    hub.subscribe(&"desk-18".into(), wish(Form::Enveloped), Queue::default());
    tell(&mut hub, &["one"]);
    for last in [
        "",
        ":",
        "1",
        "s1.1",
        "s1.1:",
        "s1.1:-1",
        "s1.1:+1",
        "s1.1:01",
        "s1.1: 1",
        "s1.1:1 ",
        "s1.1:0x1",
        "s1.1:2",
        "s1.1:18446744073709551615",
        "s1.1:18446744073709551616",
        "S1.1:1",
        "s1:1",
        "s1.2:0",
        "s1.2:1",
        "s2.1:1",
        "s1.1:1:1",
        "\u{0}",
        "s1.1:\u{661}",
    ] {
        let queue = Queue::default();
        let replayed = hub.replay(Instant::now(), &desk(), last, &queue);
        assert_eq!((replayed, queue.len()), (None, 0), "{last:?}");
    }
}

#[test]
fn what_is_no_longer_kept_is_not_known() {
    let mut hub = hub();
    join(&mut hub, Form::Enveloped);
    tell(&mut hub, &["one", "two", "three", "four"]);
    assert_eq!(come_back(&mut hub, "s1.1:0").0, None);
    assert_eq!(come_back(&mut hub, "s1.1:1").0, Some(3));
    let later = Instant::now() + Duration::from_secs(61);
    let queue = Queue::default();
    assert_eq!(hub.replay(later, &desk(), "s1.1:3", &queue), None);
    assert_eq!(hub.replay(later, &desk(), "s1.1:4", &queue), Some(0));
}

#[test]
fn a_destination_that_was_forgotten_and_is_known_again_knows_none_of_its_old_ids() {
    let mut hub = hub();
    let (_, id) = join(&mut hub, Form::Enveloped);
    tell(&mut hub, &["one"]);
    hub.unsubscribe(&desk(), id);
    hub.sweep(|_| false);
    hub.claim(&desk(), &crm()).unwrap();
    join(&mut hub, Form::Enveloped);
    assert_eq!(come_back(&mut hub, "s1.1:1").0, None);
}

#[test]
fn nothing_is_kept_for_connections_that_see_no_numbers() {
    let mut hub = hub();
    join(&mut hub, Form::Bare);
    tell(&mut hub, &["one"]);
    assert_eq!((hub.figures().kept, hub.figures().kept_bytes), (0, 0));
    join(&mut hub, Form::Enveloped);
    tell(&mut hub, &["two"]);
    assert_eq!(hub.figures().kept, 1);
    hub.expire(Instant::now() + Duration::from_secs(61));
    assert_eq!((hub.figures().kept, hub.figures().kept_bytes), (0, 0));
}

#[tokio::test]
async fn who_starts_over_is_told_of_the_gap_and_how_things_stand_and_where_to_resume() {
    let mut hub = hub();
    let (other, _) = join(&mut hub, Form::Enveloped);
    tell(&mut hub, &["one", "two"]);
    let queue = Queue::default();
    let events = [state("a"), state("b")];
    hub.start_over(&desk(), 0, &events, &queue);
    hub.subscribe(&desk(), wish(Form::Enveloped), queue.clone());
    tell(&mut hub, &["three"]);
    let gap = next(&queue).await;
    assert_eq!(gap["event"], json!({"type": "Gap"}));
    assert_eq!((gap.get("id"), gap.get("agentId")), (None, None));
    assert_eq!(
        told(&queue).await,
        [
            json!([null, "snapshot", "a"]),
            json!(["s1.1:2", "snapshot", "b"]),
            json!(["s1.1:3", "live", "three"]),
        ]
    );
    assert_eq!(other.len(), 3, "nobody else is told");
    assert_eq!(come_back(&mut hub, "s1.1:2").0, Some(1));
}

#[tokio::test]
async fn a_gap_without_agents_says_itself_where_to_resume() {
    let mut hub = hub();
    let queue = Queue::default();
    hub.start_over(&desk(), 0, &[], &queue);
    hub.subscribe(&desk(), wish(Form::Enveloped), queue.clone());
    let gap = next(&queue).await;
    assert_eq!(
        (&gap["id"], &gap["event"]["type"]),
        (&json!("s1.1:0"), &json!("Gap"))
    );
    tell(&mut hub, &["one"]);
    assert_eq!(come_back(&mut hub, "s1.1:0").0, Some(1));
}

#[tokio::test]
async fn a_snapshot_longer_than_a_queue_cuts_nobody() {
    let mut hub = hub();
    let events: Vec<Event> = (0..2 * MAX_FRAMES).map(|_| state("x")).collect();
    let queue = Queue::default();
    hub.start_over(&desk(), 0, &events, &queue);
    hub.subscribe(&desk(), wish(Form::Enveloped), queue.clone());
    tell(&mut hub, &["one"]);
    assert_eq!(hub.figures().subscribers, 1);
    assert_eq!(queue.len(), 2 * MAX_FRAMES + 2);
}

#[tokio::test]
async fn a_slow_connection_that_was_cut_may_come_back() {
    let mut hub = hub();
    let (slow, _) = join(&mut hub, Form::Enveloped);
    for _ in 0..=queue::MAX_FRAMES {
        publish(&mut hub, &state("x"));
    }
    assert_eq!(slow.pop().await, Err(End::TooSlow));
    let (replayed, queue) = come_back(&mut hub, "s1.1:999");
    assert_eq!(replayed, Some(2));
    assert_eq!(next(&queue).await["id"], "s1.1:1000");
    assert_eq!(next(&queue).await["id"], "s1.1:1001");
}
