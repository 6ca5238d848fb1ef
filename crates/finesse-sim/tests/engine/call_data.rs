//! Call variables and wrap-up reasons.

use finesse_sim::engine::{DialogRequest, DialogView, NewDialog, Refusal};
use finesse_sim::site::{EccVariable, Site as Configuration};
use finesse_sim::{CallId, Settings, UnknownVariables};
use pretty_assertions::assert_eq;

use crate::site::{CUSTOMER, LAYLA, OMAR, Site, wrap_up};

const ECHO: &str = "U 33561207 ACTIVE [ACTIVE|ACTIVE] PREROUTE_ACD_IN #r-1";
const INVALID: &str = "E Invalid Input 3 CF_VALUE_OUT_OF_RANGE #r-1";
const CONSULT: CallId = CallId(33_561_208);

#[test]
fn only_the_variables_that_are_given_change() {
    let (mut site, call) = on_a_call();
    let given = [("callVariable4", "ref 8812"), ("user.acct.ref", "PK-7731")];
    site.set_variables(LAYLA, call, &given).unwrap();
    site.settle();
    site.set_variables(LAYLA, call, &[("user.hist[2]", "ivr-menu-3")])
        .unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [ECHO, ECHO]);
    let dialog = site.dialog(LAYLA);
    assert_eq!(variable(&dialog, "callVariable4"), Some("ref 8812"));
    assert_eq!(variable(&dialog, "callVariable5"), Some(""));
    assert_eq!(variable(&dialog, "user.acct.ref"), Some("PK-7731"));
    assert_eq!(variable(&dialog, "user.hist[2]"), Some("ivr-menu-3"));
}

#[test]
fn an_update_that_changes_nothing_says_nothing() {
    let (mut site, call) = on_a_call();
    for _ in 0..2 {
        site.set_variables(LAYLA, call, &[("callVariable1", "gold")])
            .unwrap();
        site.wrap_up(LAYLA, call, "Order placed");
        site.settle();
    }
    assert_eq!(site.dialogs_feed(LAYLA), [ECHO, ECHO]);
}

#[test]
fn names_that_cannot_be_written_are_refused_at_once() {
    let (mut site, call) = on_a_call();
    let cases: [&[(&str, &str)]; 6] = [
        &[("BAStatus", "x")],
        &[("callVariable1", "a"), ("callVariable1", "b")],
        &[("callVariable0", "a")],
        &[("callVariable11", "a")],
        &[("callVariable01", "a")],
        &[("acct.ref", "a")],
    ];
    for variables in cases {
        let refused = site.set_variables(LAYLA, call, variables);
        assert_eq!(kind(refused), (400, "Invalid Input"), "{variables:?}");
    }
    let nothing = site.set_variables(LAYLA, call, &[]);
    assert_eq!(kind(nothing), (400, "Parameter Missing"));
}

#[test]
fn variables_of_a_call_that_was_not_routed_are_protected_and_its_wrap_up_is_not() {
    let mut site = Site::signed_in(&[LAYLA]);
    site.dial(LAYLA, CUSTOMER);
    site.settle();
    site.forget();
    let call = CallId(site.dialog(LAYLA).id);
    site.set_variables(LAYLA, call, &[("callVariable1", "gold")])
        .unwrap();
    site.settle();
    let protected = "E Call Variable is protected callVariable1 \
                     Variables of a call that was not routed cannot be changed #r-1";
    assert_eq!(site.dialogs_feed(LAYLA), [protected]);
    site.wrap_up(LAYLA, call, "Call back later");
    site.settle();
    assert_eq!(site.wrap_up_of(LAYLA), "Call back later");
}

#[test]
fn a_call_variable_has_at_most_forty_bytes_of_ascii() {
    let (mut site, call) = on_a_call();
    let forty = "x".repeat(40);
    site.set_variables(LAYLA, call, &[("callVariable1", &forty)])
        .unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [ECHO]);
    for value in [&"y".repeat(41), "groß"] {
        site.set_variables(LAYLA, call, &[("callVariable1", value)])
            .unwrap();
        site.settle();
        assert_eq!(site.dialogs_feed(LAYLA), [INVALID], "{value}");
    }
    assert_eq!(
        variable(&site.dialog(LAYLA), "callVariable1"),
        Some(&*forty)
    );
}

#[test]
fn an_ecc_value_that_is_too_long_is_cut_off_without_a_word() {
    let (mut site, call) = on_a_call();
    let long = "0123456789abcdefghijklmnopqrstuvwxyz";
    site.set_variables(LAYLA, call, &[("user.acct.ref", long)])
        .unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [ECHO]);
    let dialog = site.dialog(LAYLA);
    assert_eq!(
        variable(&dialog, "user.acct.ref"),
        Some("0123456789abcdefghijklmn")
    );
}

#[test]
fn an_unknown_ecc_name_silences_the_whole_update_or_is_skipped() {
    let mixed = [("user.nobody.knows", "1"), ("callVariable1", "gold")];
    let (mut site, call) = on_a_call();
    site.set_variables(LAYLA, call, &mixed).unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [""; 0]);
    assert_eq!(variable(&site.dialog(LAYLA), "callVariable1"), Some(""));

    let settings = Settings {
        unknown_variables: UnknownVariables::Skipped,
        ..Settings::default()
    };
    let mut site = Site::with(settings).with_ready(&[LAYLA]);
    let call = site.routed_call(LAYLA);
    site.set_variables(LAYLA, call, &mixed).unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [ECHO]);
    let dialog = site.dialog(LAYLA);
    assert_eq!(variable(&dialog, "callVariable1"), Some("gold"));
    assert_eq!(variable(&dialog, "user.nobody.knows"), None);
}

#[test]
fn an_array_is_no_scalar_and_has_no_element_beyond_its_last() {
    let (mut site, call) = on_a_call();
    for name in [
        "user.hist",
        "user.acct.ref[0]",
        "user.hist[5]",
        "user.hist[x]",
    ] {
        site.set_variables(LAYLA, call, &[(name, "1")]).unwrap();
        site.settle();
        assert_eq!(site.dialogs_feed(LAYLA), [INVALID], "{name}");
    }
}

#[test]
fn all_ecc_variables_of_a_call_have_two_thousand_bytes() {
    let mut configuration = Configuration::demo();
    configuration.ecc_variables.push(EccVariable {
        name: "user.log".to_owned(),
        length: 400,
        elements: Some(10),
    });
    let mut site = Site::of(configuration, Settings::default(), 7).with_ready(&[LAYLA]);
    let call = site.routed_call(LAYLA);
    let entry = "z".repeat(400);
    for n in 0..4 {
        site.set_variables(LAYLA, call, &[(&format!("user.log[{n}]"), &entry)])
            .unwrap();
        site.settle();
        assert_eq!(site.dialogs_feed(LAYLA), [ECHO]);
    }
    site.set_variables(LAYLA, call, &[("user.log[4]", &entry)])
        .unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [INVALID]);
    // Another value in an old place is not more.
    site.set_variables(LAYLA, call, &[("user.log[0]", &"y".repeat(400))])
        .unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [ECHO]);
}

#[test]
fn a_wrap_up_reason_has_at_most_forty_bytes_and_needs_a_conversation() {
    let (mut site, call) = on_a_call();
    site.wrap_up(LAYLA, call, &"w".repeat(41));
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [INVALID]);
    site.act(LAYLA, call, "HOLD");
    site.wrap_up(LAYLA, call, "Order placed, twice");
    site.settle();
    assert_eq!(site.wrap_up_of(LAYLA), "Order placed, twice");

    let mut site = Site::signed_in(&[LAYLA, OMAR]);
    site.dial(LAYLA, "6133");
    site.settle();
    site.forget();
    let call = CallId(site.dialog(LAYLA).id);
    site.wrap_up(LAYLA, call, "Too early");
    site.settle();
    let refused = ["E Generic Error 6127 INVALID_ACTION UPDATE_CALL_DATA on extension 6127 #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), refused);
}

#[test]
fn everybody_on_the_call_hears_of_its_data() {
    let (mut site, call) = consulted();
    site.act(LAYLA, call, "CONFERENCE");
    site.settle();
    site.forget();
    site.wrap_up(OMAR, call, "Complaint");
    site.settle();
    let heard = "U 33561207 ACTIVE [ACTIVE|ACTIVE|ACTIVE] CONFERENCE";
    assert_eq!(site.dialogs_feed(LAYLA), [heard]);
    assert_eq!(site.dialogs_feed(OMAR), [format!("{heard} #r-1")]);
}

#[test]
fn data_survives_consult_transfer_and_conference() {
    for action in ["TRANSFER", "CONFERENCE"] {
        let (mut site, call) = consulted();
        let consult = site.engine.dialog(OMAR, &CONSULT.0.to_string()).unwrap();
        assert_eq!(variable(&consult, "callVariable1"), Some("gold"));
        site.act(LAYLA, call, action);
        site.settle();
        assert_data(&site.dialog(OMAR), call);
        // It is still a routed call.
        site.set_variables(OMAR, call, &[("callVariable2", "x")])
            .unwrap();
        site.settle();
        assert_eq!(variable(&site.dialog(OMAR), "callVariable2"), Some("x"));
    }
}

#[test]
fn a_consult_call_that_outlives_the_original_takes_its_data_over() {
    let (mut site, call) = consulted();
    site.act(LAYLA, CONSULT, "HOLD");
    site.settle();
    site.act(LAYLA, call, "RETRIEVE");
    site.settle();
    site.set_variables(LAYLA, call, &[("callVariable3", "late")])
        .unwrap();
    site.act(LAYLA, CONSULT, "TRANSFER");
    site.settle();
    let dialog = site.dialog(OMAR);
    assert_data(&dialog, CONSULT);
    assert_eq!(variable(&dialog, "callVariable3"), Some("late"));
    assert_eq!(dialog.queue.unwrap().1, "Retail_Voice");
}

#[test]
fn a_new_call_takes_variables_that_fit_and_no_wrap_up() {
    let mut site = Site::signed_in(&[LAYLA]);
    let mut call = |variables: &[(&str, &str)], wrap_up: Option<&str>| {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let request = NewDialog {
            action: "MAKE_CALL".to_owned(),
            from: "6127".to_owned(),
            to: CUSTOMER.to_owned(),
            variables: variables.iter().map(pair).collect(),
            wrap_up_reason: wrap_up.map(str::to_owned),
            ..NewDialog::default()
        };
        let now = site.now();
        site.engine.new_dialog(now, LAYLA, LAYLA, request, "r-1")
    };
    let long = "l".repeat(41);
    assert_eq!(
        kind(call(&[("callVariable1", &long)], None)),
        (400, "Invalid Input")
    );
    assert_eq!(
        kind(call(&[("BAStatus", "x")], None)),
        (400, "Invalid Input")
    );
    assert_eq!(kind(call(&[], Some("Sold"))), (400, "Invalid Input"));
    call(&[("callVariable2", "walk-in"), ("user.odd", "1")], None).unwrap();
    site.settle();
    let dialog = site.dialog(LAYLA);
    assert_eq!(variable(&dialog, "callVariable2"), Some("walk-in"));
    assert_eq!(variable(&dialog, "user.odd"), None);
}

#[test]
fn recording_is_not_for_this_product() {
    let (mut site, call) = on_a_call();
    site.act(LAYLA, call, "START_RECORDING");
    site.settle();
    let refused = ["E Generic Error 6127 INVALID_ACTION START_RECORDING on extension 6127 #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), refused);
}

#[test]
fn dtmf_needs_digits_and_a_call_that_is_not_held() {
    let (mut site, call) = on_a_call();
    let none = site.act_with(LAYLA, call, "SEND_DTMF", &[]);
    assert_eq!(kind(none), (400, "Parameter Missing"));
    site.act(LAYLA, call, "HOLD");
    site.settle();
    site.forget();
    site.act_with(LAYLA, call, "SEND_DTMF", &[("dtmfString", "1")])
        .unwrap();
    site.settle();
    let refused = ["E Generic Error 6127 INVALID_ACTION SEND_DTMF on extension 6127 #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), refused);
}

fn on_a_call() -> (Site, CallId) {
    let mut site = Site::ready(&[LAYLA]);
    let call = site.routed_call(LAYLA);
    (site, call)
}

/// Layla asks Omar about a customer whose data is there; feeds empty.
fn consulted() -> (Site, CallId) {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let call = site.routed_call(LAYLA);
    let request = DialogRequest {
        action: "UPDATE_CALL_DATA".to_owned(),
        variables: vec![("callVariable1".to_owned(), "gold".to_owned())],
        wrap_up: Some(vec!["Order placed".to_owned()]),
        ..DialogRequest::default()
    };
    site.update(LAYLA, call, request);
    site.settle();
    site.act_to(LAYLA, call, "CONSULT_CALL", "6133");
    site.settle();
    site.act(OMAR, CONSULT, "ANSWER");
    site.settle();
    site.forget();
    (site, call)
}

fn assert_data(dialog: &DialogView, id: CallId) {
    assert_eq!(dialog.id, id.0);
    assert_eq!(variable(dialog, "callVariable1"), Some("gold"));
    assert_eq!(wrap_up(dialog), "Order placed");
}

fn variable<'d>(dialog: &'d DialogView, name: &str) -> Option<&'d str> {
    let mut variables = dialog.variables.iter();
    let found = variables.find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

fn kind(refusal: Result<(), Refusal>) -> (u16, &'static str) {
    let refusal = refusal.unwrap_err();
    (refusal.status, refusal.error_type)
}
