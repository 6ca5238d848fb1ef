//! Nodes that die, start again, and lose the CTI server.

use std::time::Duration;

use finesse_sim::{CallId, Node, SimConfig, Simulator};
use hyper::StatusCode;
use tokio::net::TcpStream;

use crate::desk::{CUSTOMER, Desk, LAYLA, simulator};

#[tokio::test]
async fn a_killed_node_breaks_its_links_and_refuses_while_the_other_one_and_calls_go_on() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    let call = simulator.call(CUSTOMER, "7800", &[]).unwrap();
    simulator.kill_node(Node::A).await;
    link.end().await;
    let [a, b] = simulator.nodes();
    for address in [a.https, a.legacy, a.xmpp] {
        assert!(TcpStream::connect(address).await.is_err(), "{address}");
    }
    assert!(TcpStream::connect(b.https).await.is_ok());
    let there = Desk::at(&simulator, LAYLA, "demo", 1);
    let found = there.get("/User/41027/Dialogs").await;
    assert!(found.body.contains(&call.0.to_string()), "{}", found.body);
    assert_eq!(simulator.state().nodes[0].status, "OUT_OF_SERVICE");
}

#[tokio::test]
async fn a_node_that_is_started_again_has_its_ports_and_remembers_nobody() {
    let mut config = SimConfig::test();
    config.settings.presence_grace = Duration::from_millis(20);
    let simulator = Simulator::start(config).await.unwrap();
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    simulator.kill_node(Node::A).await;
    simulator.start_node(Node::A).await.unwrap();
    simulator.start_node(Node::A).await.unwrap();
    let mut again = desk.link("gw-1").await;
    assert!(again.is_quiet_for(Duration::from_millis(200)).await);
    let user = desk.get("/User/41027").await;
    assert!(user.body.contains("<state>READY</state>"), "{}", user.body);
}

#[tokio::test]
async fn while_the_cti_server_changes_sides_both_nodes_refuse_and_are_silent() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    simulator.fail_cti_over(Duration::from_millis(400));
    link.until("<status>OUT_OF_SERVICE</status>").await;
    let call: CallId = simulator.call(CUSTOMER, "7800", &[]).unwrap();
    for node in [0, 1] {
        let user = Desk::at(&simulator, LAYLA, "demo", node);
        let user = user.get("/User/41027").await;
        assert_eq!(user.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    simulator.hangup(call).unwrap();
    let (node, _) = link.next().await;
    assert_eq!(node, "/finesse/api/SystemInfo");
    let (_, user) = link.until("<state>").await;
    assert!(user.contains("<state>NOT_READY</state>"), "{user}");
    assert!(user.contains("<label>Connection Failure</label>"), "{user}");
}

#[tokio::test]
async fn a_node_that_starts_while_the_cti_server_is_away_serves_when_that_is_back() {
    let simulator = simulator().await;
    let desk = Desk::at(&simulator, LAYLA, "demo", 1);
    simulator.kill_node(Node::B).await;
    simulator.fail_cti_over(Duration::from_secs(2));
    simulator.start_node(Node::B).await.unwrap();
    assert_eq!(simulator.state().nodes[1].status, "OUT_OF_SERVICE");
    let system = desk.get("/SystemInfo").await;
    assert!(system.body.contains("<status>OUT_OF_SERVICE</status>"));
    let mut link = desk.link("gw-1").await;
    let user = desk.get("/User/41027").await;
    assert_eq!(user.status, StatusCode::SERVICE_UNAVAILABLE);
    link.until("<status>IN_SERVICE</status>").await;
    assert_eq!(desk.get("/User/41027").await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_is_on_both_nodes_is_counted() {
    let simulator = simulator().await;
    let here = Desk::new(&simulator, LAYLA);
    let _link = here.link("gw-1").await;
    assert_eq!(simulator.counters().sign_ins[LAYLA].on_both_nodes, 0);
    let there = Desk::at(&simulator, LAYLA, "demo", 1);
    there.state("LOGIN", "<extension>6127</extension>").await;
    assert_eq!(simulator.counters().sign_ins[LAYLA].on_both_nodes, 1);
    let _other = there.link("gw-1").await;
    assert_eq!(simulator.counters().sign_ins[LAYLA].on_both_nodes, 2);
}
