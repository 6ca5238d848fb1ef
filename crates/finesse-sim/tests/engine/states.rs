//! The agent's state machine.

use finesse_sim::Settings;
use finesse_sim::engine::{AgentState, ReasonView};
use pretty_assertions::assert_eq;

use crate::site::{LAYLA, NADIA, OMAR, Site};

#[test]
fn login_ends_in_not_ready_without_a_reason() {
    let mut site = Site::new();
    site.login(LAYLA);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY #r-1"]);
    let user = site.user(LAYLA);
    assert_eq!(user.reason, ReasonView::NotChosen);
    assert_eq!(user.extension, "6127");
}

#[test]
fn a_second_login_at_the_same_phone_reports_the_present_state() {
    let mut site = Site::ready(&[LAYLA]);
    site.login(LAYLA);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=READY #r-1"]);
}

#[test]
fn login_at_an_unknown_phone_is_an_invalid_device_with_the_peripherals_words() {
    let mut site = Site::new();
    site.put_user(LAYLA, LAYLA, "LOGIN", Some("6999"), None)
        .unwrap();
    site.settle();
    let expected = ["E Invalid Device 260 CF_INVALID_LOGON_DEVICE_SPECIFIED #r-1"];
    assert_eq!(site.user_feed(LAYLA), expected);
    let xml = site.published[0].xml();
    assert!(
        xml.contains("<peripheralErrorCode>10125</peripheralErrorCode>"),
        "{xml}"
    );
    assert!(xml.contains("<event>put</event>"), "{xml}");
}

#[test]
fn login_at_a_phone_in_use_is_device_busy() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.put_user(OMAR, OMAR, "LOGIN", Some("6127"), None)
        .unwrap();
    site.settle();
    let expected = ["E Device Busy 283 CF_SPECIFIED_EXTENSION_ALREADY_IN_USE #r-1"];
    assert_eq!(site.user_feed(OMAR), expected);
}

#[test]
fn login_at_another_phone_while_signed_in_is_refused() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.put_user(LAYLA, LAYLA, "LOGIN", Some("6190"), None)
        .unwrap();
    site.settle();
    let expected = ["E Invalid State 259 CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON #r-1"];
    assert_eq!(site.user_feed(LAYLA), expected);
}

#[test]
fn states_asked_for_without_login_are_refused_later() {
    let mut site = Site::new();
    site.state(LAYLA, "READY");
    site.settle();
    let expected = ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"];
    assert_eq!(site.user_feed(LAYLA), expected);
    site.state(LAYLA, "NOT_READY");
    site.settle();
    let expected = ["E Invalid State 257 CF_INVALID_PASSWORD_SPECIFIED #r-1"];
    assert_eq!(site.user_feed(LAYLA), expected);
}

#[test]
fn reasons_are_shown_with_code_label_and_id() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("9"))
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(14) #r-1"]);
    let xml = site.published[0].xml();
    assert!(xml.contains("<reasonCodeId>9</reasonCodeId>"), "{xml}");
    assert!(xml.contains("<label>Lunch</label>"), "{xml}");
    site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("10"))
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(15) #r-1"]);
}

#[test]
fn the_reason_id_is_absent_when_ready_and_minus_one_when_none_was_chosen() {
    let mut site = Site::new();
    site.login(LAYLA);
    site.settle();
    site.state(LAYLA, "READY");
    site.settle();
    let documents: Vec<String> = site
        .published
        .iter()
        .filter(|publication| publication.topic.owner() == Some(LAYLA))
        .map(|publication| publication.xml())
        .collect();
    assert!(
        documents[0].contains("<reasonCodeId>-1</reasonCodeId>"),
        "{}",
        documents[0]
    );
    assert!(!documents[1].contains("reasonCode"), "{}", documents[1]);
}

#[test]
fn a_request_that_changes_nothing_says_nothing() {
    let mut site = Site::ready(&[LAYLA]);
    site.state(LAYLA, "READY");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), [""; 0]);
}

#[test]
fn logout_needs_not_ready_and_frees_the_phone() {
    let mut site = Site::ready(&[LAYLA]);
    site.put_user(LAYLA, LAYLA, "LOGOUT", None, Some("4"))
        .unwrap();
    site.settle();
    let expected = ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"];
    assert_eq!(site.user_feed(LAYLA), expected);

    site.state(LAYLA, "NOT_READY");
    site.put_user(LAYLA, LAYLA, "LOGOUT", None, Some("4"))
        .unwrap();
    site.settle();
    assert_eq!(
        site.user_feed(LAYLA),
        ["U=NOT_READY #r-1", "U=LOGOUT(28) #r-1"]
    );
    assert_eq!(site.user(LAYLA).extension, "");
    site.put_user(OMAR, OMAR, "LOGIN", Some("6127"), None)
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(OMAR), ["U=NOT_READY #r-1"]);
}

#[test]
fn a_state_asked_for_during_a_call_is_pending_until_its_end() {
    let mut site = Site::ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.forget();
    site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("9"))
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING pending NOT_READY #r-1"]);
    site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("10"))
        .unwrap();
    site.settle();
    site.forget();
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(15)"]);
}

#[test]
fn a_required_reason_that_is_missing_is_refused_later() {
    let settings = Settings {
        not_ready_reason_required: true,
        ..Settings::default()
    };
    let mut site = Site::with(settings).with_ready(&[LAYLA]);
    site.state(LAYLA, "NOT_READY");
    site.settle();
    let expected = ["E Generic Error 281 CF_REASON_CODE_REQUIRED #r-1"];
    assert_eq!(site.user_feed(LAYLA), expected);
    assert_eq!(site.is(LAYLA), AgentState::Ready);
}

#[test]
fn a_supervisor_sets_states_of_the_team_without_a_reason() {
    let mut site = Site::ready(&[LAYLA]);
    site.put_user(NADIA, LAYLA, "NOT_READY", None, None)
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(999) #r-1"]);
    site.put_user(NADIA, LAYLA, "READY", None, None).unwrap();
    site.settle();
    site.put_user(NADIA, LAYLA, "LOGOUT", None, None).unwrap();
    site.settle();
    assert_eq!(
        site.user_feed(LAYLA),
        ["U=READY #r-1", "U=LOGOUT(999) #r-1"]
    );
}

#[test]
fn the_team_hears_of_every_change_of_a_member() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.state(LAYLA, "READY");
    site.settle();
    let team = site
        .published
        .iter()
        .find(|publication| publication.topic.path() == "/finesse/api/Team/5107/Users");
    let xml = team.unwrap().xml();
    assert!(
        xml.contains("<user>") && xml.contains("<state>READY</state>"),
        "{xml}"
    );
}
