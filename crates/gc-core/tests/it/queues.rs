//! Figures of queues: asked for, then followed.

use gc_core::{ClusterId, Config, Input, LinkEvent, Product};
use serde_json::Value;

use crate::harness::Bench;

const NOTHING: [&str; 0] = [];
const READ: &str = "GET /User/41027/Queues";
const TOPIC: &str = "/finesse/api/Queue/5240";

fn queue(waiting: i64) -> String {
    format!(
        "<Queue><uri>/finesse/api/Queue/5240</uri><name>Retail_Voice</name><statistics><callsInQueue>{waiting}</callsInQueue>\
         <startTimeOfLongestCallInQueue></startTimeOfLongestCallInQueue><agentsReady>2</agentsReady>\
         <agentsNotReady>5</agentsNotReady></statistics></Queue>"
    )
}

fn list(waiting: i64) -> String {
    format!("<Queues>{}</Queues>", queue(waiting))
}

fn news(waiting: i64) -> String {
    format!(
        "<Update><data>{}</data><event>PUT</event><requestId></requestId><source>/finesse/api/Queue/5240</source></Update>",
        queue(waiting)
    )
}

fn waiting(told: &[Value]) -> Vec<i64> {
    told.iter()
        .map(|event| {
            assert_eq!(event["type"], "Queue Stats");
            event["queue"][0]["callsInQueue"].as_i64().unwrap()
        })
        .collect()
}

/// Layla has asked for her queues: four calls wait.
fn followed(bench: &mut Bench) {
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "getqueuelist#41027", "");
    let read = bench.request(READ);
    bench.answer_xml(&read, &list(4));
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(waiting(&bench.told_json("desk-1")), [4]);
}

#[test]
fn what_finesse_has_no_figure_for_is_minus_one() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.send("desk-1", "getqueuelist#41027", "");
    let read = bench.request(READ);
    bench.answer_xml(&read, &list(4));
    let told = bench.told_json("desk-1");
    assert_eq!(
        told[0]["queue"],
        serde_json::json!([{
            "name": "Retail_Voice", "agentsNotReady": 5, "agentsReady": 2, "agentsTalkingInbound": -1,
            "agentsTalkingInternal": -1, "agentsTalkingOutbound": -1, "agentsWrapUpNotReady": -1,
            "agentsWrapUpReady": -1, "callsInQueue": 4, "startTimeOfLongestCallInQueue": ""
        }])
    );
}

#[test]
fn changes_follow_all_queues_in_one_event() {
    let mut bench = Bench::new();
    followed(&mut bench);
    assert_eq!(
        bench.topics("41027"),
        [TOPIC, "/finesse/api/User/41027/Queues"]
    );
    bench.notify("41027", &news(5));
    bench.notify("41027", &news(6));
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.pass_seconds(1);
    assert_eq!(waiting(&bench.told_json("desk-1")), [6]);
    bench.notify("41027", &news(6));
    bench.pass_seconds(60);
    assert_eq!(bench.told("desk-1"), NOTHING);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn who_does_not_want_a_feed_gets_the_list_only() {
    let mut bench = Bench::with(Config {
        queue_feed: false,
        ..Config::default()
    });
    followed(&mut bench);
    assert_eq!(bench.topics("41027"), NOTHING);
    bench.notify("41027", &news(5));
    bench.pass_seconds(60);
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn on_uccx_the_figures_are_asked_for_every_ten_seconds() {
    let mut bench = Bench::new();
    bench.feed(Input::Site {
        cluster: ClusterId(0),
        product: Product::Uccx,
    });
    followed(&mut bench);
    assert_eq!(bench.topics("41027"), NOTHING);
    bench.pass_seconds(10);
    let poll = bench.request(READ);
    bench.answer_xml(&poll, &list(4));
    assert_eq!(bench.told("desk-1"), NOTHING, "nothing has changed");
    bench.pass_seconds(10);
    let poll = bench.request(READ);
    bench.answer_xml(&poll, &list(7));
    assert_eq!(waiting(&bench.told_json("desk-1")), [7]);
}

#[test]
fn nobody_polls_for_a_client_that_is_gone() {
    let mut bench = Bench::new();
    bench.feed(Input::Site {
        cluster: ClusterId(0),
        product: Product::Uccx,
    });
    followed(&mut bench);
    bench.client_gone("desk-1");
    bench.pass_seconds(25);
    assert_eq!(bench.requests(), NOTHING);
    bench.client_up("desk-1");
    bench.pass_seconds(10);
    bench.request(READ);
}

#[test]
fn a_topic_that_finesse_does_not_give_is_polled_instead() {
    let mut bench = Bench::new();
    followed(&mut bench);
    bench.link("41027", LinkEvent::NotSubscribed(TOPIC.to_owned()));
    bench.pass_seconds(10);
    let poll = bench.request(READ);
    bench.answer_xml(&poll, &list(5));
    assert_eq!(waiting(&bench.told_json("desk-1")), [5]);
    bench.pass_seconds(10);
    bench.request(READ);
}

#[test]
fn after_a_reconnect_the_figures_are_read_once() {
    let mut bench = Bench::new();
    followed(&mut bench);
    bench.subscribed("41027", TOPIC);
    bench.link("41027", LinkEvent::Down);
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.taken("desk-1");
    bench.subscribed("41027", TOPIC);
    bench.pass_seconds(1);
    let read = bench.request(READ);
    bench.answer_xml(&read, &list(9));
    assert_eq!(waiting(&bench.told_json("desk-1")), [9]);
    bench.pass_seconds(60);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn a_queue_that_was_assigned_shows_in_the_next_list() {
    let mut bench = Bench::new();
    followed(&mut bench);
    let assigned = "<Update><data><queues><Queue><uri>/finesse/api/Queue/5241</uri><name>New</name></Queue></queues></data>\
        <event>POST</event><requestId></requestId><source>/finesse/api/User/41027/Queues</source></Update>";
    bench.notify("41027", assigned);
    bench.pass_seconds(1);
    let read = bench.request(READ);
    let both = format!(
        "<Queues>{}<Queue><uri>/finesse/api/Queue/5241</uri><name>New</name></Queue></Queues>",
        queue(4)
    );
    bench.answer_xml(&read, &both);
    assert_eq!(
        bench.told_json("desk-1")[0]["queue"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert!(bench.topics("41027").contains(&"/finesse/api/Queue/5241"));
}

#[test]
fn a_list_that_is_not_the_users_is_an_authorization_failure() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "getqueuelist#41027", "");
    let read = bench.request(READ);
    bench.fault(&read, 403);
    assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
}

#[test]
fn a_change_that_waits_to_be_told_survives_a_read_that_finds_it() {
    let mut bench = Bench::new();
    followed(&mut bench);
    bench.link("41027", LinkEvent::NotSubscribed(TOPIC.to_owned()));
    bench.pass_seconds(10);
    let poll = bench.request(READ);
    bench.notify("41027", &news(5));
    bench.answer_xml(&poll, &list(5));
    bench.pass_seconds(1);
    assert_eq!(waiting(&bench.told_json("desk-1")), [5]);
}

#[test]
fn a_queue_that_was_taken_away_is_not_followed_any_more() {
    let mut bench = Bench::new();
    followed(&mut bench);
    let ticket = bench.send("desk-1", "getqueuelist#41027", "");
    let read = bench.request(READ);
    bench.answer_xml(&read, "<Queues/>");
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.topics("41027"), ["/finesse/api/User/41027/Queues"]);
}

#[test]
fn figures_that_could_not_be_read_after_a_gap_are_read_again_and_marked() {
    let mut bench = Bench::new();
    followed(&mut bench);
    bench.subscribed("41027", TOPIC);
    bench.link("41027", LinkEvent::Down);
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.taken("desk-1");
    bench.subscribed("41027", TOPIC);
    bench.pass_seconds(1);
    let read = bench.request(READ);
    bench.fault(&read, 503);
    bench.pass_seconds(10);
    let read = bench.request(READ);
    bench.answer_xml(&read, &list(9));
    assert_eq!(bench.told("desk-1"), ["~Queue Stats"]);
    bench.pass_seconds(60);
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn figures_missed_while_the_client_was_gone_are_read_when_it_is_back() {
    let mut bench = Bench::new();
    followed(&mut bench);
    bench.subscribed("41027", TOPIC);
    bench.client_gone("desk-1");
    bench.link("41027", LinkEvent::Down);
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    bench.subscribed("41027", TOPIC);
    bench.pass_seconds(5);
    assert_eq!(bench.requests(), NOTHING);
    bench.client_up("desk-1");
    bench.pass_seconds(10);
    bench.request(READ);
}
