//! Messages both ways.

use futures_test::poll_once;
use stomp_client::{Command, Frame, Outgoing, SendError, Settings};

use crate::broker::{Listener, Running, orders, settings, soon};

fn news(body: &str) -> Outgoing {
    Outgoing::to("/topic/news").with_body(body.to_owned())
}

#[tokio::test]
async fn a_text_goes_out_as_a_text_message_with_its_headers() {
    let listener = Listener::start().await;
    let running = Running::start(settings(&[listener.broker()]));
    let mut peer = listener.welcome().await;
    let message = news("Gruß").with("type", "State").with("gc-sequence", "7");
    running.client.send(message).await.unwrap();
    assert_eq!(
        peer.raw().await,
        "SEND\ndestination:/topic/news\ntype:State\ngc-sequence:7\n\nGruß\0"
    );
}

#[tokio::test]
async fn a_message_is_answered_by_its_own_id() {
    let listener = Listener::start().await;
    let mut running = Running::start(Settings {
        subscriptions: vec![orders()],
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.welcome().await;
    peer.frame().await;
    for id in ["a:1", "b"] {
        peer.deliver(id, "tea").await;
    }
    let (first, second) = (running.delivery().await, running.delivery().await);
    assert_eq!(first.message.header("message-id"), Some("ID:a:1"));
    running.client.nack(&second.token);
    running.client.ack(&first.token);
    assert_eq!(peer.raw().await, "NACK\nid:b\n\n\0");
    assert_eq!(peer.raw().await, "ACK\nid:a\\c1\n\n\0");
}

#[tokio::test]
async fn an_answer_to_a_message_of_an_earlier_connection_is_not_sent() {
    let listener = Listener::start().await;
    let mut running = Running::start(Settings {
        subscriptions: vec![orders()],
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.welcome().await;
    peer.frame().await;
    peer.deliver("old", "tea").await;
    let old = running.delivery().await;
    drop(peer);
    let mut peer = listener.welcome().await;
    assert_eq!(peer.frame().await.command, Command::Subscribe);
    peer.deliver("new", "tea").await;
    let new = running.delivery().await;
    running.client.ack(&old.token);
    running.client.ack(&new.token);
    assert_eq!(peer.frame().await.header("id"), Some("new"));
}

#[tokio::test]
async fn a_message_beyond_the_limits_can_be_answered_and_the_connection_lives() {
    let listener = Listener::start().await;
    let mut running = Running::start(Settings {
        subscriptions: vec![orders()],
        ..settings(&[listener.broker()])
    });
    let mut peer = listener.welcome().await;
    peer.frame().await;
    peer.deliver("huge", &"x".repeat(65 * 1024)).await;
    peer.deliver("small", "tea").await;
    let huge = running.delivery().await;
    assert!(huge.oversized);
    running.client.ack(&huge.token);
    assert_eq!(peer.frame().await.header("id"), Some("huge"));
    assert!(!running.delivery().await.oversized);
}

#[tokio::test]
async fn a_confirmed_message_is_sent_again_until_the_broker_has_it() {
    let listener = Listener::start().await;
    let running = Running::start(settings(&[listener.broker()]));
    let mut peer = listener.welcome().await;
    let client = running.client.clone();
    let sending = tokio::spawn(async move { client.send_confirmed(news("one")).await });
    let first = peer.frame().await;
    running.client.send(news("two")).await.unwrap();
    drop(peer);
    let mut peer = listener.welcome().await;
    let again = peer.frame().await;
    assert_eq!(again, first);
    assert!(!sending.is_finished());
    peer.receipt(&again).await;
    assert_eq!(soon(sending).await.unwrap(), Ok(()));
}

#[tokio::test]
async fn what_waits_while_there_is_no_broker_is_sent_in_order_and_once() {
    let listener = Listener::start().await;
    let (port, broker) = (listener.port(), listener.broker());
    drop(listener);
    let running = Running::start(settings(&[broker]));
    running.down("refused").await;
    for body in ["one", "two"] {
        running.client.send(news(body)).await.unwrap();
    }
    let listener = Listener::at(port).await;
    let mut peer = listener.welcome().await;
    assert_eq!(&peer.frame().await.body[..], b"one");
    assert_eq!(&peer.frame().await.body[..], b"two");
    drop(peer);
    let mut peer = listener.welcome().await;
    running.up().await;
    running.client.send(news("three")).await.unwrap();
    assert_eq!(&peer.frame().await.body[..], b"three");
}

#[tokio::test]
async fn a_message_that_the_broker_refuses_is_told_and_not_sent_again() {
    let listener = Listener::start().await;
    let running = Running::start(settings(&[listener.broker()]));
    let mut peer = listener.welcome().await;
    let client = running.client.clone();
    let sending = tokio::spawn(async move { client.send_confirmed(news("one")).await });
    let receipt = peer.frame().await;
    let refusal = Frame::new(Command::Error)
        .with("receipt-id", receipt.header("receipt").unwrap())
        .with("message", "not authorized");
    peer.say(&refusal).await;
    assert_eq!(
        soon(sending).await.unwrap(),
        Err(SendError::Refused("not authorized".to_owned()))
    );
    drop(peer);
    let mut peer = listener.welcome().await;
    running.up().await;
    running.client.send(news("two")).await.unwrap();
    assert_eq!(&peer.frame().await.body[..], b"two");
}

#[tokio::test]
async fn a_full_outbox_makes_its_senders_wait_and_refuses_what_can_never_fit() {
    let listener = Listener::start().await;
    let (port, broker) = (listener.port(), listener.broker());
    drop(listener);
    let running = Running::start(Settings {
        outbox_bytes: 100,
        ..settings(&[broker])
    });
    assert_eq!(
        running.client.send(news(&"x".repeat(100))).await,
        Err(SendError::TooLarge(100))
    );
    running.client.send(news(&"x".repeat(50))).await.unwrap();
    let mut waiting = Box::pin(running.client.send(news("two")));
    assert!(poll_once(&mut waiting).await.is_none());
    let listener = Listener::at(port).await;
    let mut peer = listener.welcome().await;
    soon(waiting).await.unwrap();
    assert_eq!(peer.frame().await.body.len(), 50);
    assert_eq!(&peer.frame().await.body[..], b"two");
}

#[tokio::test]
async fn a_message_that_no_frame_can_carry_is_refused_at_once() {
    let listener = Listener::start().await;
    let running = Running::start(settings(&[listener.broker()]));
    let message = news("x").with("type", "with\0nul");
    let error = running.client.send(message).await.unwrap_err();
    assert_eq!(error.to_string(), "header \"type\" holds a NUL character");
}

mod futures_test {
    use std::future::{Future, poll_fn};
    use std::pin::Pin;
    use std::task::Poll;

    /// What a future has to say now.
    pub(super) async fn poll_once<F: Future>(future: &mut Pin<Box<F>>) -> Option<F::Output> {
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }
}
