//! What makes or ends a call is carried out once at most, whatever the broker delivers and forgets.

use pretty_assertions::assert_eq;
use stomp_client::Command;

use super::{Broker, Line, text};
use crate::core::Told;
use crate::support::Gateway;

/// The gateway with Layla connected, and what it has told until then.
async fn with_layla(broker: &Broker) -> (Gateway, Line) {
    let mut gateway = Gateway::with(broker.settings()).await;
    let mut line = broker.welcome().await;
    line.connect("desk-17").await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Command("Connect"));
    (gateway, line)
}

#[tokio::test]
async fn what_makes_or_ends_a_call_is_carried_out_when_the_broker_has_forgotten_it_and_not_before()
{
    let broker = Broker::start().await;
    let (mut gateway, mut line) = with_layla(&broker).await;
    for (id, kind, body) in [
        ("1", "MakeCall#41027", "03005550142"),
        ("2", "ReleaseCall#41027", "207"),
    ] {
        line.command(id, kind, body).await;
        let ack = loop {
            let frame = line.hear_only().await;
            if frame.command == Command::Ack && frame.header("receipt").is_some() {
                break frame;
            }
        };
        assert_eq!(ack.header("id"), Some(&*format!("ack-{id}")));
        // It is an answer to a question that was asked after all this.
        gateway.admin("/readyz").await;
        assert!(gateway.told.try_recv().is_err(), "{kind} is too early");
        line.confirm(&ack).await;
        let name = kind.split('#').next().unwrap();
        match gateway.told().await {
            Told::Command(told) => assert_eq!(told, name),
            told => panic!("{told:?}"),
        }
    }
}

#[tokio::test]
async fn a_call_is_not_made_when_the_broker_has_not_confirmed_and_its_sender_hears_that() {
    let broker = Broker::start().await;
    let (mut gateway, mut line) = with_layla(&broker).await;
    line.command("1", "MakeCall#41027", "03005550142").await;
    while line.hear_only().await.header("receipt").is_none() {}
    // It has taken the acknowledgement or not: nobody here knows.
    drop(line);
    assert_eq!(gateway.told_but_reach().await, Told::Doubtful("MakeCall"));
    let mut line = broker.welcome().await;
    line.command_again("1", "MakeCall#41027", "03005550142")
        .await;
    let error = line.event_of("Error").await;
    assert!(text(&error).contains("NOT_REACHABLE"), "{}", text(&error));
    line.command("2", "MakeReady#41027", "").await;
    assert_eq!(gateway.told_but_reach().await, Told::Command("MakeReady"));
}

#[tokio::test]
async fn what_is_delivered_again_to_a_process_that_has_not_seen_it_is_in_doubt_only_if_it_is_about_a_call()
 {
    let broker = Broker::start().await;
    let (mut gateway, mut line) = with_layla(&broker).await;
    line.command_again("1", "MakeCall#41027", "03005550142")
        .await;
    assert_eq!(gateway.told().await, Told::Doubtful("MakeCall"));
    assert_eq!(line.acked().await, "ack-1");
    line.command_again("2", "MakeReady#41027", "").await;
    assert_eq!(gateway.told().await, Told::Command("MakeReady"));
    assert_eq!(line.acked().await, "ack-2");
    line.command_again("3", "HoldCall#41027", "207").await;
    assert_eq!(gateway.told().await, Told::Command("HoldCall"));
    let metrics = gateway.admin("/metrics").await.text;
    let counted = "gc_broker_commands_total{outcome=\"in_doubt\"}";
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn a_doubtful_command_with_an_id_is_not_carried_out_when_its_sender_repeats_it() {
    let broker = Broker::start().await;
    let (mut gateway, mut line) = with_layla(&broker).await;
    let typed = r#"{"command":"MakeCall","agentId":"41027","params":{"number":"03005550142"},"commandId":"c-1"}"#;
    line.command_again("1", "", typed).await;
    assert_eq!(gateway.told().await, Told::Doubtful("MakeCall"));
    line.command("2", "", typed).await;
    line.command("3", "MakeReady#41027", "").await;
    assert_eq!(gateway.told().await, Told::Command("MakeReady"));
}
