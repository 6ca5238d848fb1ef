//! Brokers that send a byte now and then.

use std::time::Duration;

use stomp_client::{Command, HeartBeat, Settings};

use crate::broker::{Listener, Running, orders, settings};

const MESSAGE: &str = "MESSAGE\nsubscription:1\nmessage-id:1\nack:1\ndestination:/queue/orders\n";

#[tokio::test]
async fn a_frame_without_an_end_is_given_up_in_every_part_of_it_with_heart_beats_and_without() {
    let oversized = format!("{MESSAGE}\n{}", "x".repeat(100_000));
    let beginnings = [
        "MESS",
        "MESSAGE\nsubscr",
        MESSAGE,
        &format!("{MESSAGE}content-length:50000\n\nx"),
        &oversized,
    ];
    for beginning in beginnings {
        for beats in ["0,0", "10,0"] {
            for pause in [Duration::from_millis(5), Duration::ZERO] {
                let listener = Listener::start().await;
                let running = Running::start(Settings {
                    heart_beat: HeartBeat {
                        can_send: 0,
                        wants: 1_000,
                    },
                    frame_timeout: Duration::from_millis(100),
                    subscriptions: vec![orders()],
                    ..settings(&[listener.broker()])
                });
                let mut peer = listener.welcome_with(beats).await;
                running.up().await;
                peer.say_raw(beginning.as_bytes()).await;
                // Neither an end of a line, nor one of a frame.
                peer.drip(b"x", pause).await;
                running.down("does not finish a frame").await;
                listener.welcome().await;
            }
        }
    }
}

#[tokio::test]
async fn frames_in_time_are_read_however_many_they_are() {
    let listener = Listener::start().await;
    let mut running = Running::start(Settings {
        frame_timeout: Duration::from_secs(1),
        subscriptions: vec![orders()],
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.welcome().await;
    assert_eq!(peer.frame().await.command, Command::Subscribe);
    let begun = std::time::Instant::now();
    let frame = format!("{MESSAGE}\ntea\0");
    let (head, tail) = frame.split_at(20);
    peer.say_raw(head.as_bytes()).await;
    // Longer together than one may be, and never at an end between two.
    while begun.elapsed() < Duration::from_secs(2) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        peer.say_raw([tail, head].concat().as_bytes()).await;
        assert_eq!(&running.delivery().await.message.body[..], b"tea");
    }
}
