//! Requests that are refused, at once or later.

use finesse_sim::CallId;
use finesse_sim::engine::{Credentials, DialogRequest, Refusal, SimTime};
use pretty_assertions::assert_eq;

use crate::site::{CUSTOMER, LAYLA, NADIA, OMAR, Site};

fn kind(refusal: Result<(), Refusal>) -> (u16, &'static str) {
    let refusal = refusal.unwrap_err();
    (refusal.status, refusal.error_type)
}

#[test]
fn what_is_refused_at_once_about_users() {
    let mut site = Site::signed_in(&[LAYLA]);
    let cases = [
        (
            site.put_user(LAYLA, "40000", "READY", None, None),
            (404, "User Not Found"),
        ),
        (
            site.put_user(LAYLA, LAYLA, "SLEEPY", None, None),
            (400, "Invalid Input"),
        ),
        (
            site.put_user(LAYLA, LAYLA, "LOGIN", None, None),
            (400, "Parameter Missing"),
        ),
        (
            site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("77")),
            (400, "Invalid Input"),
        ),
        (
            site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("4")),
            (400, "Invalid Input"),
        ),
        (
            site.put_user(OMAR, OMAR, "LOGOUT", None, None),
            (400, "Invalid State"),
        ),
        (
            site.put_user(LAYLA, OMAR, "READY", None, None),
            (401, "Invalid Authorization User Specified"),
        ),
        (
            site.put_user(NADIA, LAYLA, "NOT_READY", None, Some("9")),
            (400, "Invalid Input"),
        ),
        (
            site.put_user(NADIA, LAYLA, "WORK", None, None),
            (400, "Invalid Input"),
        ),
    ];
    for (result, expected) in cases {
        assert_eq!(kind(result), expected);
    }
}

#[test]
fn what_is_refused_at_once_about_calls() {
    let mut site = Site::signed_in(&[LAYLA]);
    let nowhere = CallId(1);
    assert_eq!(
        kind(site.make_call(LAYLA, "6127", "6127")),
        (400, "Invalid Destination")
    );
    assert_eq!(
        kind(site.make_call(LAYLA, "6133", CUSTOMER)),
        (400, "Invalid Input")
    );
    assert_eq!(
        kind(site.make_call(LAYLA, "6127", "")),
        (400, "Parameter Missing")
    );
    assert_eq!(
        kind(site.make_call(OMAR, "6133", CUSTOMER)),
        (400, "Invalid Input")
    );
    assert_eq!(
        kind(site.try_act(LAYLA, nowhere, "ANSWER", None)),
        (404, "Not Found")
    );

    let call = site.customer_calls("6127");
    assert_eq!(
        kind(site.try_act(LAYLA, call, "JUGGLE", None)),
        (400, "Invalid Input")
    );
    assert_eq!(
        kind(site.try_act(OMAR, call, "ANSWER", None)),
        (400, "Invalid Input")
    );
    let id = call.0.to_string();
    let twice = DialogRequest {
        action: "UPDATE_CALL_DATA".to_owned(),
        variables: vec![
            ("callVariable1".into(), "a".into()),
            ("callVariable1".into(), "b".into()),
        ],
        ..DialogRequest::default()
    };
    let now = SimTime::default();
    let refused = site.engine.put_dialog(now, LAYLA, &id, twice, "");
    assert_eq!(kind(refused), (400, "Invalid Input"));
    let dialer = DialogRequest {
        action: "UPDATE_CALL_DATA".to_owned(),
        variables: vec![("BAStatus".into(), "x".into())],
        ..DialogRequest::default()
    };
    assert_eq!(
        kind(site.engine.put_dialog(now, LAYLA, &id, dialer, "")),
        (400, "Invalid Input")
    );
}

#[test]
fn an_action_that_is_not_listed_is_accepted_and_refused_later() {
    let mut site = Site::signed_in(&[LAYLA]);
    let call = site.customer_calls("6127");
    site.settle();
    site.forget();
    site.act(LAYLA, call, "HOLD");
    site.settle();
    let expected = ["E Generic Error 6127 INVALID_ACTION HOLD on extension 6127 #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), expected);
    let xml = site.published[0].xml();
    let source = format!("<source>/finesse/api/Dialog/{}</source>", call.0);
    assert!(
        xml.contains(&source) && xml.contains("<event>put</event>"),
        "{xml}"
    );
}

#[test]
fn a_second_call_while_talking_is_refused_later() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.dial(LAYLA, CUSTOMER);
    site.settle();
    site.forget();
    site.dial(LAYLA, "6133");
    site.settle();
    let expected = ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), expected);
}

#[test]
fn dtmf_takes_only_digits_a_phone_has() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.dial(LAYLA, CUSTOMER);
    site.settle();
    site.forget();
    let call = CallId(site.dialog(LAYLA).id);
    let dtmf = |digits: &str| DialogRequest {
        action: "SEND_DTMF".to_owned(),
        target: Some("6127".to_owned()),
        params: vec![("dtmfString".to_owned(), digits.to_owned())],
        ..DialogRequest::default()
    };
    site.update(LAYLA, call, dtmf("42#"));
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [""; 0]);
    site.update(LAYLA, call, dtmf("4x"));
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["E Generic Error 3 CF_VALUE_OUT_OF_RANGE #r-1"]
    );
}

#[test]
fn strangers_do_not_read_each_others_users_but_supervisors_read_their_team() {
    let site = Site::signed_in(&[LAYLA, OMAR]);
    assert_eq!(site.engine.user(LAYLA, OMAR).unwrap_err().status, 401);
    assert!(site.engine.user(NADIA, OMAR).is_ok());
    assert_eq!(
        site.engine.team(LAYLA, "5107", true).unwrap_err().status,
        401
    );
    assert_eq!(site.engine.team(NADIA, "5107", true).unwrap().len(), 3);
    assert_eq!(site.engine.team(NADIA, "5107", false).unwrap().len(), 2);
}

#[test]
fn five_wrong_passwords_lock_the_account() {
    let mut site = Site::new();
    let now = SimTime::from_unix_millis(1_714_640_050_000);
    for _ in 0..5 {
        assert_eq!(
            site.engine.authenticate(now, LAYLA, "no"),
            Credentials::Wrong
        );
    }
    assert_eq!(
        site.engine.authenticate(now, LAYLA, "demo"),
        Credentials::Locked
    );
    assert_eq!(
        site.engine.authenticate(now, OMAR, "demo"),
        Credentials::Good
    );
}
