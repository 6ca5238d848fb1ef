//! Acknowledgements that the broker confirms.

use stomp_client::{Command, SendError, Settings};

use crate::broker::{Listener, Running, orders, settings, soon};

fn subscribed(listener: &Listener) -> Settings {
    Settings {
        subscriptions: vec![orders()],
        ..settings(&[listener.broker()])
    }
}

#[tokio::test]
async fn an_acknowledgement_is_confirmed_when_the_broker_says_so() {
    let listener = Listener::start().await;
    let mut running = Running::start(subscribed(&listener));
    let mut peer = listener.welcome().await;
    assert_eq!(peer.frame().await.command, Command::Subscribe);
    peer.deliver("a-1", "one").await;
    let delivery = running.delivery().await;
    let client = running.client.clone();
    let token = delivery.token.clone();
    let answering = tokio::spawn(async move { client.ack_confirmed(&token).await });
    let ack = peer.frame().await;
    assert_eq!((ack.command, ack.header("id")), (Command::Ack, Some("a-1")));
    assert!(!answering.is_finished());
    peer.receipt(&ack).await;
    assert_eq!(soon(answering).await.unwrap(), Ok(()));
}

#[tokio::test]
async fn an_acknowledgement_is_not_confirmed_when_the_connection_goes_and_is_not_sent_on_the_next()
{
    let listener = Listener::start().await;
    let mut running = Running::start(subscribed(&listener));
    let mut peer = listener.welcome().await;
    peer.frame().await;
    peer.deliver("a-1", "one").await;
    let token = running.delivery().await.token;
    let client = running.client.clone();
    let answered = token.clone();
    let answering = tokio::spawn(async move { client.ack_confirmed(&answered).await });
    peer.frame().await;
    drop(peer);
    assert_eq!(soon(answering).await.unwrap(), Err(SendError::Unconfirmed));
    let mut peer = listener.welcome().await;
    assert_eq!(peer.frame().await.command, Command::Subscribe);
    running.up().await;
    let late = soon(running.client.ack_confirmed(&token)).await;
    assert_eq!(late, Err(SendError::Unconfirmed));
    peer.deliver("a-2", "two").await;
    let next = running.delivery().await;
    running.client.ack(&next.token);
    assert_eq!(peer.frame().await.header("id"), Some("a-2"));
}
