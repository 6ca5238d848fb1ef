//! Several brokers.

use std::time::Duration;

use stomp_client::{Command, Settings, Status};

use crate::broker::{Listener, Running, orders, settings, soon};

#[tokio::test]
async fn the_first_broker_is_taken_when_both_are_there() {
    let (first, second) = (Listener::start().await, Listener::start().await);
    let running = Running::start(settings(&[first.broker(), second.broker()]));
    let _peer = first.welcome().await;
    assert_eq!(running.up().await, 0);
}

#[tokio::test]
async fn the_second_broker_is_taken_while_the_first_is_down_and_left_when_it_returns() {
    let (first, second) = (Listener::start().await, Listener::start().await);
    let (port, brokers) = (first.port(), [first.broker(), second.broker()]);
    drop(first);
    let mut running = Running::start(Settings {
        subscriptions: vec![orders()],
        prefer_every: Duration::from_millis(20),
        ..settings(&brokers)
    });
    let mut peer = second.welcome().await;
    assert_eq!(peer.frame().await.command, Command::Subscribe);
    assert_eq!(running.up().await, 1);

    let first = Listener::at(port).await;
    let mut preferred = first.welcome().await;
    assert_eq!(preferred.frame().await.command, Command::Subscribe);
    let goodbye = peer.frame().await;
    assert_eq!(goodbye.command, Command::Disconnect);
    peer.receipt(&goodbye).await;
    preferred.deliver("1", "tea").await;
    assert_eq!(&running.delivery().await.message.body[..], b"tea");
    assert_eq!(running.up().await, 0);
}

#[tokio::test]
async fn a_lost_broker_is_replaced_by_the_next_and_the_change_can_be_seen() {
    let (first, second) = (Listener::start().await, Listener::start().await);
    let running = Running::start(settings(&[first.broker(), second.broker()]));
    let peer = first.welcome().await;
    let mut status = running.client.status();
    running.up().await;
    drop(first);
    drop(peer);
    let _peer = second.welcome().await;
    let moved = |status: &Status| {
        *status
            == Status::Up {
                session: 2,
                broker: 1,
            }
    };
    let _ = soon(status.wait_for(moved)).await.unwrap();
}
