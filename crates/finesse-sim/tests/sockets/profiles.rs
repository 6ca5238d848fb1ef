//! What a client sees of product and release on the wire.

use finesse_sim::{Product, Profile, Release, SimConfig, Simulator};
use hyper::StatusCode;
use pretty_assertions::assert_eq;

use crate::desk::{Desk, LAYLA, NADIA, text_of};

async fn simulator(product: Product, release: Release) -> Simulator {
    let config = SimConfig::test().profile(Profile::new(product, release));
    Simulator::start(config).await.unwrap()
}

/// Names of the elements that only some releases have, in order.
fn added(xml: &str) -> Vec<&str> {
    let common = [
        "SystemInfo",
        "ctiHeartbeatInterval",
        "ctiVersion",
        "currentTimestamp",
        "deploymentType",
        "host",
        "lastCTIHeartbeatStatus",
        "lastSuccessCTIHeartbeatTime",
        "license",
        "peripheralId",
        "primaryNode",
        "secondaryNode",
        "status",
        "statusReason",
        "systemAuthMode",
        "timezoneOffset",
        "uri",
        "xmppDomain",
        "xmppPubSubDomain",
    ];
    let names = xml.split('<').skip(1);
    let names = names.filter_map(|part| part.split('>').next());
    names
        .filter(|name| !name.starts_with('/') && !common.contains(name))
        .collect()
}

#[tokio::test]
async fn system_info_grows_with_the_release() {
    let maintenance = [
        "ctiMMode",
        "ctiTimeInMMode",
        "finesseMMode",
        "finesseTimeInMMode",
    ];
    let server = ["ctiServer", "active", "connectedDuration"];
    let ports = ["httpsPort", "xmppPort", "xmppSecurePort"];
    let newest: Vec<&str> = [
        &maintenance[..1],
        &["ctiServers"],
        &server,
        &server,
        &maintenance[1..],
        &ports,
        &ports,
    ]
    .concat();
    for (release, version, expected) in [
        (Release::V11_6, "20", &[][..]),
        (Release::V12_5, "23", &[]),
        (Release::V12_6, "24", &maintenance),
        (Release::V15_0, "24", &newest),
    ] {
        let simulator = simulator(Product::Uccx, release).await;
        let answer = Desk::new(&simulator, LAYLA).get("/SystemInfo").await;
        assert_eq!(text_of(&answer.body, "deploymentType"), "UCCX");
        assert_eq!(text_of(&answer.body, "ctiVersion"), version);
        assert_eq!(added(&answer.body), expected, "{release:?}");
    }
}

#[tokio::test]
async fn the_newest_release_tells_where_its_nodes_listen() {
    let simulator = simulator(Product::Ucce, Release::V15_0).await;
    let answer = Desk::new(&simulator, LAYLA).get("/SystemInfo").await;
    for (node, name) in simulator
        .nodes()
        .iter()
        .zip(["primaryNode", "secondaryNode"])
    {
        let told = format!(
            "  <{name}>\n    <host>{}</host>\n    <httpsPort>{}</httpsPort>\n    \
             <xmppPort>5222</xmppPort>\n    <xmppSecurePort>{}</xmppSecurePort>\n  </{name}>",
            node.host,
            node.https.port(),
            node.xmpp.port()
        );
        assert!(answer.body.contains(&told), "{told} in {}", answer.body);
    }
}

#[tokio::test]
async fn messages_are_numbered_and_named_by_release() {
    let pubsub = "http://jabber.org/protocol/pubsub";
    for (release, namespace, addressed) in [
        (Release::V11_6, pubsub, true),
        (Release::V12_5, "urn:xmpp:push:0", false),
        (Release::V12_6, pubsub, false),
        (Release::V15_0, pubsub, false),
    ] {
        let simulator = simulator(Product::Ucce, release).await;
        let desk = Desk::new(&simulator, LAYLA);
        let mut link = desk.link("gw-1").await;
        desk.state("LOGIN", "<extension>6127</extension>").await;
        let message = link
            .until_element(|stanza| stanza.name() == "message")
            .await;
        let text = String::from(&message);
        assert!(
            text.contains(&format!("<notification xmlns='{namespace}'>"))
                || text.contains(&format!("<notification xmlns=\"{namespace}\">")),
            "{text}"
        );
        let id = message.attr("id").unwrap();
        let prefix = "/finesse/api/User/41027__41027@fin-a.acme.test__";
        match id.strip_prefix(prefix) {
            Some(rest) => assert!(addressed && rest.len() == 5, "{id}"),
            None => assert!(!addressed && id.len() == 8, "{id}"),
        }
    }
}

#[tokio::test]
async fn unified_ccx_counts_no_queues_and_has_no_nodes_for_them() {
    let simulator = simulator(Product::Uccx, Release::V12_6).await;
    let nadia = Desk::new(&simulator, NADIA);
    let queues = nadia.get("/User/41900/Queues").await;
    assert_eq!(queues.status, StatusCode::OK);
    assert_eq!(queues.body.matches(">-1<").count(), 10, "{}", queues.body);
    assert_eq!(text_of(&queues.body, "startTimeOfLongestCallInQueue"), "");
    let queue = nadia.get("/Queue/5240").await;
    assert_eq!(queue.status, StatusCode::NOT_IMPLEMENTED);
    assert_eq!(text_of(&queue.body, "ErrorType"), "Not Implemented");

    let mut link = nadia.link("gw-1").await;
    for node in ["/finesse/api/Queue/5240", "/finesse/api/User/41900/Queues"] {
        let subscribe = format!(
            "<iq xmlns='jabber:client' type='set' id='s' to='pubsub.fin-a.acme.test'>\
             <pubsub xmlns='http://jabber.org/protocol/pubsub'>\
             <subscribe node='{node}' jid='41900@fin-a.acme.test/gw-1'/></pubsub></iq>"
        );
        let answer = link.ask_text(&subscribe).await;
        assert!(String::from(&answer).contains("item-not-found"), "{node}");
    }
}

#[tokio::test]
async fn wrap_up_items_come_and_go_over_the_wire() {
    let simulator = simulator(Product::Uccx, Release::V12_6).await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    let call = simulator.call("03005550142", "7800", &[]).unwrap();
    link.until("<state>ALERTING</state>").await;
    let dialog = format!("/Dialog/{}", call.0);
    let answer = "<Dialog><targetMediaAddress>6127</targetMediaAddress>\
                  <requestedAction>ANSWER</requestedAction></Dialog>";
    desk.put(&dialog, answer).await;
    link.until("<state>ACTIVE</state>").await;
    let wrap_up = "<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties>\
                   <wrapUpItems><wrapUpItem>Order placed</wrapUpItem>\
                   <wrapUpItem>Complaint</wrapUpItem></wrapUpItems></mediaProperties></Dialog>";
    assert_eq!(
        desk.put(&dialog, wrap_up).await.status,
        StatusCode::ACCEPTED
    );
    let (_, updated) = link.until("<wrapUpItem>Complaint</wrapUpItem>").await;
    assert!(
        updated.contains("<wrapUpItem>Order placed</wrapUpItem>"),
        "{updated}"
    );
    let drop = "<Dialog><targetMediaAddress>6127</targetMediaAddress>\
                <requestedAction>PARTICIPANT_DROP</requestedAction></Dialog>";
    let refused = desk.put(&dialog, drop).await;
    assert_eq!(refused.status, StatusCode::NOT_IMPLEMENTED);
}
