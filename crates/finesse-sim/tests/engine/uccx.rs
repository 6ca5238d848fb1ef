//! A Unified CCX site: fewer states, other codes, other refusals.

use std::time::Duration;

use finesse_sim::engine::{AgentState, DialogRequest, NewDialog, WrapUpView};
use finesse_sim::site::Site as Configuration;
use finesse_sim::{
    CallId, CampaignMode, Node, Product, Profile, Release, ServiceStatus, Settings, WrapUpMode,
};
use pretty_assertions::assert_eq;

use crate::site::{CUSTOMER, LAYLA, NADIA, OMAR, Site};

const UCCX: Profile = Profile::new(Product::Uccx, Release::V12_6);

fn ready(agents: &[&str]) -> Site {
    Site::at(UCCX).with_ready(agents)
}

/// Layla talks with a customer whom the queue sent.
fn talking() -> (Site, CallId) {
    let mut site = ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.forget();
    (site, call)
}

#[test]
fn people_sign_in_by_their_login_name_and_their_first_reason_says_so() {
    let mut site = Site::at(UCCX);
    site.login(LAYLA);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(32760) #r-1"]);
    let user = site.user(LAYLA);
    assert_eq!((user.id.as_str(), user.login_name.as_str()), (LAYLA, LAYLA));
}

#[test]
fn a_call_from_the_queue_is_acd_in_and_moves_the_state() {
    let mut site = ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(
        site.user_feed(LAYLA),
        ["U=RESERVED", "U=TALKING", "U=READY"]
    );
    let lines = site.dialogs_feed(LAYLA);
    assert_eq!(lines[0], "P 33561207 ALERTING [ALERTING|INITIATED] ACD_IN");
}

#[test]
fn a_held_call_leaves_the_agent_talking() {
    let (mut site, call) = talking();
    site.act(LAYLA, call, "HOLD");
    site.settle();
    assert!(site.user_feed(LAYLA).is_empty());
    assert_eq!(site.is(LAYLA), AgentState::Talking);
    let lines = site.dialogs_feed(LAYLA);
    assert_eq!(lines, ["U 33561207 ACTIVE [HELD|ACTIVE] ACD_IN #r-1"]);
}

#[test]
fn a_direct_call_leaves_the_state_alone_and_makes_the_media_busy() {
    let mut site = Site::at(UCCX);
    for agent in [LAYLA, OMAR] {
        site.login(agent);
    }
    site.settle();
    site.forget();
    site.dial(LAYLA, "6133");
    site.settle();
    let call = site.dialog(OMAR).id;
    site.act(OMAR, CallId(call), "ANSWER");
    site.settle();
    for agent in [LAYLA, OMAR] {
        assert_eq!(site.user_feed(agent), Vec::<String>::new());
        assert_eq!(site.is(agent), AgentState::NotReady);
        assert_eq!(site.user(agent).media_state, Some("BUSY"));
    }
    site.act(LAYLA, CallId(call), "DROP");
    site.settle();
    assert_eq!(site.user(LAYLA).media_state, Some(""));
}

#[test]
fn wishes_during_a_call_are_refused_but_for_one_not_ready() {
    let (mut site, call) = talking();
    let wish = |site: &mut Site, state| {
        site.state(LAYLA, state);
        site.settle();
        site.user_feed(LAYLA)
    };
    let workmode = ["E Invalid State 265 CF_INVALID_AGENT_WORKMODE #r-1"];
    assert_eq!(wish(&mut site, "READY"), workmode);
    assert_eq!(
        wish(&mut site, "LOGOUT"),
        ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"]
    );
    assert_eq!(
        wish(&mut site, "NOT_READY"),
        ["U=TALKING pending NOT_READY #r-1"]
    );
    assert_eq!(wish(&mut site, "NOT_READY"), workmode);
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY"]);
}

#[test]
fn ready_during_a_direct_call_finds_the_resource_busy() {
    let mut site = Site::at(UCCX);
    site.login(LAYLA);
    site.settle();
    site.dial(LAYLA, "03005550142");
    site.settle();
    site.forget();
    site.state(LAYLA, "READY");
    site.settle();
    assert_eq!(
        site.user_feed(LAYLA),
        ["E Invalid State 33 CF_RESOURCE_BUSY #r-1"]
    );
}

#[test]
fn a_second_call_from_an_agent_who_is_on_one_is_refused() {
    let mut site = Site::at(UCCX);
    site.login(LAYLA);
    site.settle();
    site.dial(LAYLA, "03005550142");
    site.settle();
    site.forget();
    site.dial(LAYLA, "6133");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"]
    );
}

#[test]
fn not_ready_before_login_is_an_invalid_parameter() {
    let mut site = Site::at(UCCX);
    site.state(LAYLA, "NOT_READY");
    site.settle();
    assert_eq!(
        site.user_feed(LAYLA),
        ["E Invalid State 1010 CF_INVALID_PARAMETER #r-1"]
    );
}

#[test]
fn an_agent_signs_out_while_ready_but_does_not_call() {
    let mut site = ready(&[LAYLA]);
    site.dial(LAYLA, "6133");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"]
    );
    site.state(LAYLA, "LOGOUT");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=LOGOUT #r-1"]);
}

#[test]
fn work_is_entered_after_a_queue_call_only_and_leads_back() {
    let settings = Settings {
        wrap_up_incoming: WrapUpMode::Required,
        wrap_up_outgoing: WrapUpMode::Required,
        wrap_up_timer: Duration::from_secs(30),
        ..Settings::default()
    };
    let mut site = Site::at_with(UCCX, settings).with_ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.customer_hangs_up(call);
    site.pass(Duration::from_secs(40));
    assert_eq!(
        site.user_feed(LAYLA),
        ["U=RESERVED", "U=TALKING", "U=WORK", "U=READY"]
    );
    assert_eq!(
        site.put_user(LAYLA, LAYLA, "WORK_READY", None, None)
            .unwrap_err()
            .to_string(),
        "400 Invalid Input: Invalid State specified for user"
    );
}

#[test]
fn a_call_that_rings_out_leaves_its_own_code() {
    let mut site = ready(&[LAYLA]);
    site.customer_calls("7800");
    site.pass(Duration::from_secs(20));
    assert_eq!(site.user_feed(LAYLA), ["U=RESERVED", "U=NOT_READY(32763)"]);
}

#[test]
fn a_supervisor_leaves_codes_33_and_22() {
    let mut site = ready(&[LAYLA]);
    site.put_user(NADIA, LAYLA, "NOT_READY", None, None)
        .unwrap();
    site.settle();
    site.put_user(NADIA, LAYLA, "LOGOUT", None, None).unwrap();
    site.settle();
    assert_eq!(
        site.user_feed(LAYLA),
        ["U=NOT_READY(33) #r-1", "U=LOGOUT(22) #r-1"]
    );
}

#[test]
fn a_disconnected_agent_is_signed_out_after_its_call() {
    let (mut site, call) = talking();
    site.arrive(LAYLA, Node::A);
    site.leave(LAYLA, Node::A);
    site.pass(Duration::from_secs(61));
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING pending LOGOUT"]);
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=LOGOUT(255)"]);
}

#[test]
fn variables_are_refused_with_a_new_call_and_absent_until_set() {
    let mut site = Site::at(UCCX);
    site.login(LAYLA);
    site.settle();
    let call = NewDialog {
        action: "MAKE_CALL".to_owned(),
        from: "6127".to_owned(),
        to: "6133".to_owned(),
        variables: vec![("callVariable2".to_owned(), "walk-in".to_owned())],
        ..NewDialog::default()
    };
    let refused = site
        .engine
        .new_dialog(site.now(), LAYLA, LAYLA, call, "r-2");
    assert_eq!(
        refused.unwrap_err().to_string(),
        "400 Invalid Input: mediaProperties is not allowed"
    );
    site.dial(LAYLA, "6133");
    site.settle();
    assert_eq!(site.dialog(LAYLA).variables, []);
}

#[test]
fn several_wrap_up_items_are_kept() {
    let (mut site, call) = talking();
    let chosen = vec!["Order placed".to_owned(), "Complaint".to_owned()];
    let request = DialogRequest {
        action: "UPDATE_CALL_DATA".to_owned(),
        wrap_up: Some(chosen.clone()),
        ..DialogRequest::default()
    };
    site.update(LAYLA, call, request);
    site.settle();
    assert_eq!(site.dialog(LAYLA).wrap_up, WrapUpView::Items(chosen));
    let xml = site.published.last().unwrap().xml();
    assert!(
        xml.contains(
            "<wrapUpItems>\n          <wrapUpItem>Order placed</wrapUpItem>\n          \
             <wrapUpItem>Complaint</wrapUpItem>\n        </wrapUpItems>"
        ),
        "{xml}"
    );
}

#[test]
fn a_call_is_recorded_and_has_digits_without_letters() {
    let (mut site, call) = talking();
    site.act(LAYLA, call, "START_RECORDING");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["U 33561207 ACTIVE [ACTIVE|ACTIVE] ACD_IN #r-1"]
    );
    let dtmf = DialogRequest {
        action: "SEND_DTMF".to_owned(),
        target: Some("6127".to_owned()),
        params: vec![("dtmfString".to_owned(), "42A".to_owned())],
        ..DialogRequest::default()
    };
    site.update(LAYLA, call, dtmf);
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["E Generic Error 3 CF_VALUE_OUT_OF_RANGE #r-1"]
    );
}

#[test]
fn a_single_step_transfer_is_offered() {
    let mut site = ready(&[LAYLA]);
    site.login(OMAR);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.forget();
    site.act_to(LAYLA, call, "TRANSFER_SST", "6133");
    site.settle();
    let lines = site.dialogs_feed(OMAR);
    assert_eq!(
        lines[1],
        "P 33561207 ACTIVE [ALERTING|ACTIVE|DROPPED OTHER] OFFERED"
    );
}

#[test]
fn a_call_has_no_kind_after_a_fail_over_until_it_gets_a_new_one() {
    let (mut site, call) = talking();
    site.arrive(LAYLA, Node::A);
    for status in [ServiceStatus::OutOfService, ServiceStatus::InService] {
        site.engine.set_service(site.now(), Node::A, status);
    }
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["P 33561207 ACTIVE [ACTIVE|ACTIVE] NULL"]
    );
    site.act_to(LAYLA, call, "TRANSFER_SST", "7800");
    site.settle();
    let lines = site.dialogs_feed(LAYLA);
    assert!(lines[1].ends_with("TRANSFER"), "{lines:?}");
}

#[test]
fn what_only_the_other_product_has_is_not_implemented() {
    let (mut site, call) = talking();
    let drop = site.try_act(LAYLA, call, "PARTICIPANT_DROP", None);
    assert_eq!(drop.unwrap_err().status, 501);
    assert_eq!(site.engine.queue("5240").unwrap_err().status, 501);
    let queues = site.engine.user_queues(LAYLA).unwrap();
    assert!(!queues[0].is_counted);
}

#[test]
fn a_phone_may_have_an_e164_number_of_fifteen_characters() {
    let mut configuration = Configuration::demo().of(UCCX);
    configuration.agents[0].extension = "+92300555014277".to_owned();
    let mut site = Site::of(configuration, Settings::default(), 7);
    let login = |site: &mut Site, extension| {
        let accepted = site.put_user(LAYLA, LAYLA, "LOGIN", Some(extension), None);
        accepted.map_err(|refusal| refusal.to_string())
    };
    let refused = Err("400 Bad Request: Invalid extension".to_owned());
    assert_eq!(login(&mut site, "+923005550142778"), refused);
    assert_eq!(login(&mut site, "+"), refused);
    assert_eq!(login(&mut site, "6127x"), refused);
    assert_eq!(login(&mut site, "+92300555014277"), Ok(()));
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::NotReady);
}

#[test]
fn signing_in_at_a_phone_in_use_signs_its_agent_out() {
    let mut site = ready(&[OMAR]);
    site.put_user(LAYLA, LAYLA, "LOGIN", Some("6133"), None)
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(OMAR), ["U=LOGOUT(32741)"]);
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(32760) #r-1"]);
    assert_eq!(site.user(LAYLA).extension, "6133");
}

#[test]
fn a_monitoring_supervisor_stays_not_ready_and_may_listen_to_a_direct_call() {
    let mut site = Site::at(UCCX);
    for agent in [LAYLA, OMAR, NADIA] {
        site.login(agent);
    }
    site.settle();
    site.dial(LAYLA, "6133");
    site.settle();
    let call = CallId(site.dialog(OMAR).id);
    site.act(OMAR, call, "ANSWER");
    site.settle();
    site.forget();
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    for agent in [NADIA, LAYLA] {
        assert_eq!(site.user_feed(agent), Vec::<String>::new());
        assert_eq!(site.is(agent), AgentState::NotReady);
    }
    assert_eq!(
        site.dialogs_feed(NADIA),
        ["P 33561208 ACTIVE [ACTIVE|ACTIVE] SUPERVISOR_MONITOR #r-1"]
    );
}

#[test]
fn an_agent_without_a_call_cannot_be_monitored_in_any_state() {
    let mut site = ready(&[LAYLA]);
    site.login(NADIA);
    site.settle();
    site.forget();
    let message = "The agent's state does not allow silent monitoring";
    let refused = [format!("E Invalid State 88049 {message} #r-1")];
    for state in ["READY", "NOT_READY"] {
        site.state(LAYLA, state);
        site.settle();
        site.monitor(NADIA, LAYLA).unwrap();
        site.settle();
        assert_eq!(site.dialogs_feed(NADIA), refused, "{state}");
    }
}

#[test]
fn campaigns_reserve_agents_in_direct_preview_only() {
    let mut site = ready(&[LAYLA]);
    let now = site.now();
    for (mode, name) in [
        (CampaignMode::Preview, "preview"),
        (CampaignMode::PersonalCallback, "personal_callback"),
    ] {
        let refused = site.engine.campaign(now, mode, LAYLA, CUSTOMER);
        assert_eq!(
            refused.unwrap_err().to_string(),
            format!("501 Not Implemented: UCCX has no campaigns in the mode {name}")
        );
    }
    assert_eq!(site.is(LAYLA), AgentState::Ready);
}

#[test]
fn an_agent_reserved_by_the_dialer_cannot_leave_and_talks() {
    for mode in [CampaignMode::Progressive, CampaignMode::Predictive] {
        let mut site = ready(&[LAYLA]);
        site.campaign(mode, LAYLA, CUSTOMER);
        site.pass(Duration::from_millis(1));
        site.state(LAYLA, "NOT_READY");
        site.settle();
        assert_eq!(
            site.user_feed(LAYLA),
            [
                "U=RESERVED_OUTBOUND",
                "E Internal Server Error 269 CF_INTERNAL_PROCESSING_ERROR #r-1",
                "U=TALKING"
            ]
        );
    }
}

#[test]
fn the_status_of_a_dialed_customer_tells_that_the_call_went_on() {
    let mut site = ready(&[LAYLA]);
    site.login(OMAR);
    site.campaign(CampaignMode::Progressive, LAYLA, CUSTOMER);
    site.settle();
    let status = |site: &Site, agent: &str| {
        let mut variables = site.dialog(agent).variables.into_iter();
        let found = variables.find(|(name, _)| name == "BAStatus");
        found.map(|(_, value)| value)
    };
    assert_eq!(status(&site, LAYLA).as_deref(), Some("OUTBOUND"));
    let call = CallId(site.dialog(LAYLA).id);
    site.act_to(LAYLA, call, "TRANSFER_SST", "6133");
    site.settle();
    assert_eq!(status(&site, OMAR).as_deref(), Some("TRANSFERRED"));
}

#[test]
fn a_direct_preview_moves_the_state_and_keeps_its_status() {
    let mut site = ready(&[LAYLA]);
    let call = site.campaign(CampaignMode::DirectPreview, LAYLA, CUSTOMER);
    site.settle();
    let variable = |site: &Site, name: &str| {
        let variables = site.dialog(LAYLA).variables;
        let found = variables.into_iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    };
    assert_eq!(variable(&site, "BAStatus").as_deref(), Some("OUTBOUND"));
    assert_eq!(
        variable(&site, "BACustomerNumber").as_deref(),
        Some(CUSTOMER)
    );
    site.act(LAYLA, call, "ACCEPT");
    site.settle();
    assert_eq!(variable(&site, "BAStatus").as_deref(), Some("OUTBOUND"));
    assert_eq!(
        site.user_feed(LAYLA),
        ["U=RESERVED_OUTBOUND_PREVIEW", "U=TALKING"]
    );
    for status in [ServiceStatus::OutOfService, ServiceStatus::InService] {
        site.engine.set_service(site.now(), Node::A, status);
    }
    assert_eq!(variable(&site, "BAStatus"), None);
    let live = CallId(site.dialog(LAYLA).id);
    site.act(LAYLA, live, "DROP");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
}

#[test]
fn nobody_works_at_a_phone_outside() {
    let mut site = Site::at(UCCX);
    let refused = site.mobile_login(LAYLA, "CALL_BY_CALL", "03215550100");
    assert_eq!(
        refused.unwrap_err().to_string(),
        "400 Invalid Input: mobileAgent is not allowed"
    );
}

#[test]
fn call_data_may_be_more_than_ascii_and_is_cut_between_letters() {
    let (mut site, call) = talking();
    // Fifteen letters of two bytes; twenty-four bytes fit, and of the odd variant twenty-three.
    for (value, kept) in [
        ("ž".repeat(15), "ž".repeat(12)),
        (
            "a".to_owned() + &"ž".repeat(15),
            "a".to_owned() + &"ž".repeat(11),
        ),
    ] {
        let request = DialogRequest {
            action: "UPDATE_CALL_DATA".to_owned(),
            variables: vec![("user.acct.ref".to_owned(), value)],
            ..DialogRequest::default()
        };
        site.update(LAYLA, call, request);
        site.settle();
        let variables = site.dialog(LAYLA).variables;
        assert_eq!(variables, [("user.acct.ref".to_owned(), kept)]);
    }
}

#[test]
fn a_customer_who_waits_reaches_a_ready_agent_after_a_direct_call() {
    let mut site = ready(&[LAYLA]);
    site.login(OMAR);
    site.settle();
    site.dial(OMAR, "6127");
    site.settle();
    let direct = CallId(site.dialog(LAYLA).id);
    site.act(LAYLA, direct, "ANSWER");
    site.settle();
    site.customer_calls("7800");
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Ready);
    site.act(OMAR, direct, "DROP");
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Reserved);
}
