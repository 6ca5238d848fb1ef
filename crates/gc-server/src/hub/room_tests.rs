use std::time::Duration;

use gc_core::Origin;
use gc_protocol::{Destination, Style};
use pretty_assertions::assert_eq;

use super::super::tests::{crm, state, wish};
use super::super::{Bounds, End, Form, Press, Queue, SubscriberId, WhenFull, Wish};
use super::*;

/// With room for so many bytes, and bounds of each destination that nobody reaches.
fn hub(bytes: usize) -> Hub {
    let press = Press::new("s1", &[Style::default()]).unwrap();
    let bounds = Bounds {
        events: 1_000,
        bytes: 1_000_000,
        age: Duration::from_secs(3600),
    };
    Hub::new(press, 100, bounds, Room::new(bytes))
}

fn desk(number: usize) -> Destination {
    Destination::from(format!("desk-{number}"))
}

fn join(hub: &mut Hub, number: usize, wish: Wish) -> (Queue, SubscriberId) {
    let queue = Queue::default();
    hub.claim(&desk(number), &crm()).unwrap();
    let (id, _) = hub.subscribe(&desk(number), wish, queue.clone());
    (queue, id)
}

/// Listens, and is away again: its events are kept from now on.
fn keep_for(hub: &mut Hub, number: usize) {
    let (_, id) = join(hub, number, wish(Form::Enveloped));
    hub.unsubscribe(&desk(number), id);
}

/// Tells a destination so many events of more than a thousand bytes each.
fn tell(hub: &mut Hub, number: usize, events: usize) {
    for _ in 0..events {
        let event = state(&"x".repeat(1_000));
        hub.publish(Instant::now(), &desk(number), Origin::Live, &event);
    }
}

/// How many of the last events a destination still has.
fn kept(hub: &mut Hub, number: usize, told: usize) -> usize {
    let queue = Queue::default();
    let name = hub.numbering(&desk(number)).unwrap().to_owned();
    let from = |last: usize, hub: &mut Hub| {
        hub.replay(
            Instant::now(),
            &desk(number),
            &format!("{name}:{last}"),
            &queue,
        )
    };
    (0..=told).find_map(|last| from(last, hub)).unwrap()
}

#[test]
fn what_is_kept_for_all_stays_within_the_room_and_whoever_has_little_keeps_it() {
    let mut hub = hub(400_000);
    for number in 0..10 {
        keep_for(&mut hub, number);
    }
    tell(&mut hub, 0, 5);
    for number in 1..10 {
        tell(&mut hub, number, 100);
        assert!(hub.room.kept.bytes() <= 200_000);
    }
    assert_eq!(kept(&mut hub, 0, 5), 5, "the smallest window is whole");
    for number in 1..10 {
        let kept = kept(&mut hub, number, 100);
        assert!((1..100).contains(&kept), "{number}: {kept}");
    }
    assert!(hub.room.kept.bytes() > 100_000, "no more goes than must");
}

#[test]
fn the_room_is_used_to_its_edge() {
    let mut hub = hub(400_000);
    keep_for(&mut hub, 1);
    tell(&mut hub, 1, 1);
    let each = hub.room.kept.bytes();
    let fit = 200_000 / each;
    tell(&mut hub, 1, fit - 1);
    assert_eq!(kept(&mut hub, 1, fit), fit);
    tell(&mut hub, 1, 1);
    assert!(kept(&mut hub, 1, fit + 1) < fit);
}

#[test]
fn who_is_furthest_behind_is_cut_off_and_others_are_not() {
    let mut hub = hub(400_000);
    let (slow, _) = join(&mut hub, 1, wish(Form::Bare));
    let (slower, _) = join(&mut hub, 2, wish(Form::Bare));
    tell(&mut hub, 1, 40);
    tell(&mut hub, 2, 80);
    assert_eq!((slow.len(), slower.len()), (40, 80));
    tell(&mut hub, 1, 39);
    assert_eq!(slow.len(), 79);
    assert!(slower.has_ended(End::TooSlow));
    assert_eq!(hub.room.waiting.bytes(), slow.room());
}

#[test]
fn a_callback_that_is_furthest_behind_loses_what_waits_and_goes_on() {
    let mut hub = hub(400_000);
    let lossy = Wish {
        when_full: WhenFull::DropWaiting,
        ..wish(Form::Bare)
    };
    let (queue, _) = join(&mut hub, 1, lossy);
    tell(&mut hub, 1, 300);
    assert!(hub.room.waiting.bytes() <= 200_000);
    assert!(queue.len() > 0 && queue.len() < 300);
    assert_eq!(queue.discard(), 300);
}

#[test]
fn what_was_asked_for_counts_too_and_what_is_gone_does_not() {
    let mut hub = hub(4_000_000);
    keep_for(&mut hub, 1);
    tell(&mut hub, 1, 10);
    let queue = Queue::default();
    assert_eq!(
        hub.replay(Instant::now(), &desk(1), "s1.1:0", &queue),
        Some(10)
    );
    let (id, _) = hub.subscribe(&desk(1), wish(Form::Enveloped), queue.clone());
    assert_eq!(hub.room.waiting.bytes(), queue.room());
    assert!(queue.room() > 10_000);
    hub.unsubscribe(&desk(1), id);
    drop(queue);
    assert_eq!(hub.room.waiting.bytes(), 0);
    hub.expire(Instant::now() + Duration::from_secs(3601));
    assert_eq!(hub.room.kept.bytes(), 0);
    tell(&mut hub, 1, 10);
    hub.sweep(|_| false);
    assert_eq!(hub.room.kept.bytes(), 0);
}

#[tokio::test]
async fn reading_and_ending_give_the_room_back() {
    let mut hub = hub(4_000_000);
    let (queue, _) = join(&mut hub, 1, wish(Form::Bare));
    tell(&mut hub, 1, 3);
    let before = hub.room.waiting.bytes();
    queue.pop().await.unwrap();
    assert_eq!(hub.room.waiting.bytes(), before / 3 * 2);
    queue.end(End::TooSlow);
    assert_eq!(hub.room.waiting.bytes(), 0);
}

#[test]
fn the_level_is_as_high_as_the_room_allows() {
    assert_eq!(level(vec![10, 20, 70], 100), usize::MAX);
    assert_eq!(level(vec![10, 20, 71], 100), 70);
    assert_eq!(level(vec![10, 60, 60], 100), 45);
    assert_eq!(level(vec![60, 60, 60], 100), 33);
    assert_eq!(level(Vec::new(), 100), usize::MAX);
}
