//! XMPP over TLS with tokio-xmpp.

use std::time::Duration;

use finesse_sim::{Node, ServiceStatus};
use hyper::StatusCode;
use minidom::Element;

use crate::desk::{CUSTOMER, Desk, LAYLA, Link, NADIA, OMAR, simulator, text_of};

#[tokio::test]
async fn a_call_is_delivered_answered_and_ended() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;

    let variables = [("callVariable1".to_owned(), "gold & <silver>".to_owned())];
    let call = simulator.call(CUSTOMER, "7800", &variables).unwrap();
    let (node, offer) = link.until("<event>POST</event>").await;
    assert_eq!(node, "/finesse/api/User/41027/Dialogs");
    assert_eq!(text_of(&offer, "id"), call.0.to_string());
    assert!(
        offer.contains("<value>gold &amp; &lt;silver&gt;</value>"),
        "{offer}"
    );

    let answer = "<Dialog><targetMediaAddress>6127</targetMediaAddress>\
                  <requestedAction>ANSWER</requestedAction></Dialog>";
    let path = format!("/Dialog/{}", call.0);
    assert_eq!(desk.put(&path, answer).await.status, StatusCode::ACCEPTED);
    link.until("<state>ACTIVE</state>").await;
    simulator.hangup(call).unwrap();
    link.until("<event>DELETE</event>").await;
    simulator.shutdown().await;
}

#[tokio::test]
async fn a_wrong_password_is_not_authorized_and_counts_towards_the_lock() {
    let simulator = simulator().await;
    let stranger = Desk::at(&simulator, LAYLA, "wrong", 0);
    for _ in 0..5 {
        let error = stranger.sign_in("gw-1").await.err().unwrap();
        let text = format!("{error:?}");
        assert!(text.contains("NotAuthorized"), "{text}");
    }
    assert!(Desk::new(&simulator, LAYLA).sign_in("gw-1").await.is_err());
    let counters = simulator.counters();
    assert_eq!(
        (
            counters.sign_ins[LAYLA].xmpp,
            counters.sign_ins[LAYLA].refused
        ),
        (6, 6)
    );
}

#[tokio::test]
async fn the_same_resource_again_closes_the_older_link_with_a_conflict() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut older = desk.link("gw-1").await;
    let mut newer = desk.link("gw-1").await;
    let end = older.end().await;
    assert!(
        end.contains("Conflict") || end.contains("conflict"),
        "{end}"
    );
    desk.state("LOGIN", "<extension>6127</extension>").await;
    newer.until("<state>NOT_READY</state>").await;
    assert_eq!(simulator.state().nodes[0].links, 1);
}

#[tokio::test]
async fn two_resources_of_a_user_both_get_everything() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut first = desk.link("gw-1").await;
    let mut second = desk.link("desktop").await;
    desk.state("LOGIN", "<extension>6127</extension>").await;
    first.until("<state>NOT_READY</state>").await;
    second.until("<state>NOT_READY</state>").await;
}

#[tokio::test]
async fn pings_are_answered_and_unknown_requests_refused() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, LAYLA).link("gw-1").await;
    let ping = "<iq xmlns='jabber:client' type='get' id='p1' to='fin-a.acme.test'>\
                <ping xmlns='urn:xmpp:ping'/></iq>";
    assert_eq!(link.ask_text(ping).await.attr("type"), Some("result"));
    let roster = "<iq xmlns='jabber:client' type='get' id='r1'>\
                  <query xmlns='jabber:iq:roster'/></iq>";
    let roster = String::from(&link.ask_text(roster).await);
    assert!(roster.contains("finesse@fin-a.acme.test"), "{roster}");
    let odd = "<iq xmlns='jabber:client' type='get' id='x1' to='fin-a.acme.test'>\
               <weather xmlns='urn:example:weather'/></iq>";
    let odd = String::from(&link.ask_text(odd).await);
    assert!(odd.contains("service-unavailable"), "{odd}");
}

#[tokio::test]
async fn a_supervisor_subscribes_to_the_team_and_stops() {
    let simulator = simulator().await;
    let nadia = Desk::new(&simulator, NADIA);
    let mut link = nadia.link("gw-1").await;
    let team = "/finesse/api/Team/5107/Users";
    for _ in 0..2 {
        let answer = subscription(&mut link, "subscribe", team, "41900@fin-a.acme.test/gw-1").await;
        let text = String::from(&answer);
        assert!(
            text.contains("subscription='subscribed'")
                || text.contains("subscription=\"subscribed\""),
            "{text}"
        );
    }
    let layla = Desk::new(&simulator, LAYLA);
    layla.state("LOGIN", "<extension>6127</extension>").await;
    let (node, payload) = link.until("<state>NOT_READY</state>").await;
    assert_eq!((node.as_str(), text_of(&payload, "loginId")), (team, LAYLA));

    subscription(&mut link, "unsubscribe", team, "41900@fin-a.acme.test/gw-1").await;
    layla.state("READY", "").await;
    nadia.state("LOGIN", "<extension>6190</extension>").await;
    let (node, _) = link.next().await;
    assert_eq!(node, "/finesse/api/User/41900");
}

#[tokio::test]
async fn a_bare_address_subscribes_too_and_foreign_or_unknown_nodes_are_refused() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, OMAR).link("gw-1").await;
    let bare = "41033@fin-a.acme.test";
    let queue = subscription(&mut link, "subscribe", "/finesse/api/Queue/5240", bare).await;
    assert_eq!(queue.attr("type"), Some("result"));
    Desk::new(&simulator, LAYLA)
        .state("LOGIN", "<extension>6127</extension>")
        .await;
    let (node, _) = link.next().await;
    assert_eq!(node, "/finesse/api/Queue/5240");

    let foreign = subscription(&mut link, "subscribe", "/finesse/api/User/41027", bare).await;
    assert!(String::from(&foreign).contains("forbidden"));
    let unknown = subscription(&mut link, "subscribe", "/finesse/api/Queue/1", bare).await;
    assert!(String::from(&unknown).contains("item-not-found"));
}

#[tokio::test]
async fn disco_knows_the_nodes_that_exist() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, LAYLA).link("gw-1").await;
    let ask = |id: &str, node: &str| {
        format!(
            "<iq xmlns='jabber:client' type='get' id='{id}' to='pubsub.fin-a.acme.test'>\
             <query xmlns='http://jabber.org/protocol/disco#info' node='{node}'/></iq>"
        )
    };
    let known = link
        .ask_text(&ask("d1", "/finesse/api/User/41027/Dialogs"))
        .await;
    assert_eq!(known.attr("type"), Some("result"));
    let unknown = link.ask_text(&ask("d2", "/finesse/api/User/1")).await;
    assert!(String::from(&unknown).contains("item-not-found"));
}

#[tokio::test]
async fn service_changes_are_notified_with_the_presence_of_finesse() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, LAYLA).link("gw-1").await;
    simulator.set_service(Node::A, ServiceStatus::OutOfService);
    let gone = link
        .until_element(|stanza| {
            stanza.name() == "presence" && stanza.attr("type") == Some("unavailable")
        })
        .await;
    assert_eq!(gone.attr("from"), Some("finesse@fin-a.acme.test/finesse"));
    let (node, payload) = link.until("<status>OUT_OF_SERVICE</status>").await;
    assert_eq!(node, "/finesse/api/SystemInfo");
    assert!(payload.contains("<systemInfo>"), "{payload}");
    simulator.set_service(Node::A, ServiceStatus::InService);
    link.until("<status>IN_SERVICE</status>").await;
}

#[tokio::test]
async fn without_presence_nothing_is_sent() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    link.write(xmpp_parsers::presence::Presence::unavailable().into())
        .await;
    let ping = "<iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>";
    link.ask_text(ping).await;
    desk.state("LOGIN", "<extension>6127</extension>").await;
    assert!(link.is_quiet_for(Duration::from_millis(300)).await);
}

#[tokio::test]
async fn a_dropped_link_ends_without_a_word() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, LAYLA).link("gw-1").await;
    assert_eq!(simulator.drop_link(LAYLA), 1);
    link.end().await;
    assert_eq!(simulator.drop_link(OMAR), 0);
}

#[tokio::test]
async fn any_text_can_be_published_for_measuring() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, LAYLA).link("gw-1").await;
    simulator.publish_raw(LAYLA, "/Dialogs", "<Update><data/></Update>");
    let (node, payload) = link.next().await;
    assert_eq!(node, "/finesse/api/User/41027/Dialogs");
    assert_eq!(payload, "<Update><data/></Update>");
}

async fn subscription(link: &mut Link, verb: &str, node: &str, jid: &str) -> Element {
    let request = format!(
        "<iq xmlns='jabber:client' type='set' id='sub-{verb}-{node}' to='pubsub.fin-a.acme.test'>\
         <pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <{verb} node='{node}' jid='{jid}'/></pubsub></iq>"
    );
    link.ask_text(&request).await
}

#[tokio::test]
async fn shutdown_says_goodbye_and_does_not_wait_for_those_who_do_not_listen() {
    let simulator = simulator().await;
    let mut link = Desk::new(&simulator, LAYLA).link("gw-1").await;
    let mute = tokio::net::TcpStream::connect(simulator.nodes()[0].xmpp).await;
    let shut = tokio::time::timeout(Duration::from_secs(5), simulator.shutdown());
    assert!(shut.await.is_ok());
    let end = link.end().await;
    assert!(
        end.contains("SystemShutdown") || end.contains("system-shutdown"),
        "{end}"
    );
    drop(mute);
}
