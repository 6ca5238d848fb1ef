//! The site without sockets: nodes that die, and the CTI server that changes sides.

use std::time::Duration;

use finesse_sim::{Answer, Heard, Node, Offline, Question, ServiceStatus, Settings, Site};
use pretty_assertions::assert_eq;

fn ask(site: &mut Offline, node: Node) -> std::io::Result<Answer> {
    site.ask(
        node,
        &Question {
            method: "GET",
            path: "/finesse/api/User/41027",
            credentials: Some(("41027", "demo")),
            request_id: "",
            body: String::new(),
        },
    )
}

fn site() -> Offline {
    Offline::new(Site::demo(), Settings::default(), 7)
}

#[test]
fn a_dead_node_breaks_its_links_and_answers_nobody_until_it_is_started() {
    let mut site = site();
    let here = site.sign_in(Node::A, "41027", "demo", "gc").unwrap();
    let other = site.sign_in(Node::B, "41033", "demo", "gc").unwrap();
    for link in [here, other] {
        assert_eq!(site.next_heard(), Some((link, Heard::FinessePresent(true))));
    }
    site.kill(Node::A);
    assert_eq!(site.next_heard(), Some((here, Heard::Cut)));
    assert_eq!(site.next_heard(), None);
    assert_eq!((site.link_count(Node::A), site.link_count(Node::B)), (0, 1));
    let refused = ask(&mut site, Node::A).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    assert_eq!(site.sign_in(Node::A, "41027", "demo", "gc"), None);
    assert_eq!(ask(&mut site, Node::B).unwrap().status, 200);
    site.start(Node::A);
    assert!(site.is_alive(Node::A) && site.is_serving(Node::A));
    assert_eq!(ask(&mut site, Node::A).unwrap().status, 200);
    assert!(site.sign_in(Node::A, "41027", "demo", "gc").is_some());
}

#[test]
fn while_the_cti_server_changes_sides_no_node_serves_and_a_dead_one_stays_dead() {
    let mut site = site();
    site.lose_cti();
    assert_eq!(Node::ALL.map(|node| site.is_serving(node)), [false, false]);
    assert_eq!(ask(&mut site, Node::A).unwrap().status, 503);
    site.kill(Node::B);
    site.pass_to(site.now() + Duration::from_secs(150));
    site.regain_cti();
    assert_eq!(Node::ALL.map(|node| site.is_serving(node)), [true, false]);
    assert_eq!(ask(&mut site, Node::A).unwrap().status, 200);
}

#[test]
fn a_node_that_starts_while_the_cti_server_is_away_serves_when_that_is_back() {
    let mut site = site();
    site.kill(Node::B);
    site.lose_cti();
    site.start(Node::B);
    assert!(site.is_alive(Node::B) && !site.is_serving(Node::B));
    assert_eq!(ask(&mut site, Node::B).unwrap().status, 503);
    let status = site.engine(|engine, _| engine.service(Node::B));
    assert_eq!(status, ServiceStatus::OutOfService);
    site.regain_cti();
    assert!(site.is_serving(Node::B));
    assert_eq!(ask(&mut site, Node::B).unwrap().status, 200);
}

#[test]
fn finesse_is_on_the_bus_for_who_comes_while_the_cti_server_is_away() {
    let mut site = site();
    site.lose_cti();
    let link = site.sign_in(Node::A, "41027", "demo", "gc").unwrap();
    assert_eq!(site.next_heard(), Some((link, Heard::FinessePresent(true))));
}

#[test]
fn a_node_that_was_taken_out_of_service_is_back_on_the_bus_with_the_cti_server() {
    let mut site = site();
    site.set_service(Node::A, ServiceStatus::OutOfService);
    let link = site.sign_in(Node::A, "41027", "demo", "gc").unwrap();
    let absent = Heard::FinessePresent(false);
    assert_eq!(site.next_heard(), Some((link, absent)));
    site.lose_cti();
    site.regain_cti();
    let present = Heard::FinessePresent(true);
    assert_eq!(site.next_heard(), Some((link, present)));
}
