//! Agents who work at a phone outside.

use finesse_sim::engine::MobileMode;
use finesse_sim::site::Site as Configuration;
use finesse_sim::{Node, Settings};
use pretty_assertions::assert_eq;

use crate::site::{LAYLA, Site};

const PHONE: &str = "03215550100";

#[test]
fn both_modes_sign_in_and_are_shown() {
    for (word, mode) in [
        ("CALL_BY_CALL", MobileMode::CallByCall),
        ("NAILED_CONNECTION", MobileMode::NailedConnection),
    ] {
        let mut site = Site::new();
        site.mobile_login(LAYLA, word, PHONE).unwrap();
        site.settle();
        let mobile = site.user(LAYLA).mobile.unwrap();
        assert_eq!((mobile.mode, mobile.dial_number.as_str()), (mode, PHONE));
        site.state(LAYLA, "LOGOUT");
        site.settle();
        assert_eq!(site.user(LAYLA).mobile, None);
    }
}

#[test]
fn only_the_node_that_was_asked_tells_of_the_phone() {
    let mut site = Site::new();
    site.mobile_login(LAYLA, "CALL_BY_CALL", PHONE).unwrap();
    site.settle();
    let mut told = site
        .published
        .iter()
        .filter(|publication| publication.topic.owner() == Some(LAYLA))
        .map(|publication| (publication.node, publication.xml()));
    let (first, second) = (told.next().unwrap(), told.next().unwrap());
    assert!(told.next().is_none());
    assert_eq!((first.0, second.0), (Some(Node::A), Some(Node::B)));
    assert!(!first.1.contains("mobileAgent"), "{}", first.1);
    assert!(
        second.1.contains("<dialNumber>03215550100</dialNumber>")
            && second.1.contains("<mode>CALL_BY_CALL</mode>"),
        "{}",
        second.1
    );
    let user = site.user(LAYLA);
    assert_eq!(user.clone().seen_from(Node::A).mobile, None);
    assert!(user.seen_from(Node::B).mobile.is_some());
}

#[test]
fn mode_and_number_are_needed_and_checked_at_once() {
    let mut site = Site::new();
    let mut ask = |mode, number| {
        let refusal = site.mobile_login(LAYLA, mode, number).unwrap_err();
        (refusal.status, refusal.error_type, refusal.data)
    };
    let missing = |name: &str| (400, "Parameter Missing", name.to_owned());
    assert_eq!(ask("", PHONE), missing("mode"));
    assert_eq!(ask("CALL_BY_CALL", ""), missing("dialNumber"));
    let bad = (400, "Invalid Input", "mode".to_owned());
    assert_eq!(ask("BY_PIGEON", PHONE), bad);
}

#[test]
fn an_agent_who_is_not_mobile_is_refused_later() {
    let mut configuration = Configuration::demo();
    configuration.agents[0].mobile = false;
    let mut site = Site::of(configuration, Settings::default(), 7);
    site.mobile_login(LAYLA, "CALL_BY_CALL", PHONE).unwrap();
    site.settle();
    let refused = ["E Mode Not Allowed 265 CF_INVALID_AGENT_WORKMODE #r-1"];
    assert_eq!(site.user_feed(LAYLA), refused);
}
