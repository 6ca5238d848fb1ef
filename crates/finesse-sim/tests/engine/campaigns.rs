//! Outbound campaigns: each mode, its failures, callbacks and classification.

use finesse_sim::engine::{AgentState, DialogAction, DialogView, Refusal};
use finesse_sim::{CallId, CampaignCalls, CampaignMode, Settings, WrapUpMode};
use pretty_assertions::assert_eq;

use crate::site::{CUSTOMER, LAYLA, NADIA, OMAR, Site, extension_of};

const SILENT: &str = "9997";
const BUSY: &str = "9998";
const SECOND: CallId = CallId(33_561_208);

#[test]
fn a_preview_is_reserved_accepted_and_becomes_a_new_call() {
    let mut site = Site::ready(&[LAYLA]);
    let reservation = site.campaign(CampaignMode::Preview, LAYLA, CUSTOMER);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=RESERVED_OUTBOUND_PREVIEW"]);
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["P 33561207 ALERTING [ALERTING|INITIATED] OUTBOUND_PREVIEW"]
    );
    let dialog = site.dialog(LAYLA);
    assert_eq!((dialog.from.as_str(), dialog.to.as_str()), ("8801", "6127"));
    assert_eq!(
        variable(&dialog, "BAStatus"),
        "PREVIEW_OUTBOUND_RESERVATION"
    );
    let listed = [
        DialogAction::Accept,
        DialogAction::Close,
        DialogAction::Reject,
    ];
    assert_eq!(actions(&site, LAYLA), listed);

    site.act(LAYLA, reservation, "ACCEPT");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 ACCEPTED [ACCEPTED|INITIATED] OUTBOUND_PREVIEW #r-1",
            "D 33561207 ACCEPTED [DROPPED|DROPPED] OUTBOUND_PREVIEW",
            "P 33561208 ACTIVE [ACTIVE|ACTIVE] OUTBOUND",
        ]
    );
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING"]);
    let dialog = site.dialog(LAYLA);
    assert_eq!(
        (dialog.from.as_str(), dialog.to.as_str()),
        ("6127", CUSTOMER)
    );
    assert_eq!(variable(&dialog, "BAStatus"), "PREVIEW_OUTBOUND");

    // The id that was announced still names the customer.
    site.customer_hangs_up(reservation);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
    assert!(site.engine.all_dialogs().is_empty());
}

#[test]
fn campaign_data_is_in_the_variables() {
    let mut site = Site::ready(&[LAYLA]);
    site.campaign(CampaignMode::Preview, LAYLA, CUSTOMER);
    site.settle();
    let dialog = site.dialog(LAYLA);
    let names: Vec<&str> = dialog.variables[10..]
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "BAAccountNumber",
            "BABuddyName",
            "BACampaign",
            "BADialedListID",
            "BAResponse",
            "BAStatus",
            "BATimeZone",
        ]
    );
    assert_eq!(variable(&dialog, "BACampaign"), "Spring_Renewals");
    assert_eq!(variable(&dialog, "BAAccountNumber"), "AC-0142");
}

#[test]
fn rejecting_or_closing_a_preview_gives_the_agent_back() {
    for action in ["REJECT", "CLOSE"] {
        let mut site = Site::ready(&[LAYLA]);
        let reservation = site.campaign(CampaignMode::Preview, LAYLA, CUSTOMER);
        site.settle();
        site.forget();
        site.act(LAYLA, reservation, action);
        site.settle();
        assert_eq!(
            site.dialogs_feed(LAYLA),
            ["D 33561207 ALERTING [DROPPED|INITIATED] OUTBOUND_PREVIEW #r-1"]
        );
        assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
    }
}

#[test]
fn not_ready_asked_for_during_a_reservation_comes_at_its_end_or_after_the_call() {
    let mut site = Site::ready(&[LAYLA]);
    let reservation = site.campaign(CampaignMode::Preview, LAYLA, CUSTOMER);
    site.settle();
    site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("9"))
        .unwrap();
    site.settle();
    site.act(LAYLA, reservation, "REJECT");
    site.settle();
    assert_eq!(
        site.user_feed(LAYLA),
        [
            "U=RESERVED_OUTBOUND_PREVIEW",
            "U=RESERVED_OUTBOUND_PREVIEW pending NOT_READY #r-1",
            "U=NOT_READY(14)",
        ]
    );

    let mut site = Site::ready(&[LAYLA]);
    let reservation = site.campaign(CampaignMode::Preview, LAYLA, CUSTOMER);
    site.settle();
    site.state(LAYLA, "NOT_READY");
    site.act(LAYLA, reservation, "ACCEPT");
    site.settle();
    site.forget();
    site.customer_hangs_up(reservation);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY"]);
}

#[test]
fn nothing_but_its_three_actions_is_possible_on_a_reservation() {
    let mut site = Site::ready(&[LAYLA]);
    let reservation = site.campaign(CampaignMode::Preview, LAYLA, CUSTOMER);
    site.settle();
    site.forget();
    for action in ["ANSWER", "HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST"] {
        site.act_to(LAYLA, reservation, action, "6133");
        site.settle();
        let refused =
            format!("E Generic Error 6127 INVALID_ACTION {action} on extension 6127 #r-1");
        assert_eq!(site.dialogs_feed(LAYLA), [refused]);
    }
    assert_eq!(site.is(LAYLA), AgentState::ReservedOutboundPreview);
}

#[test]
fn the_dialer_may_take_a_reservation_back() {
    let mut site = Site::ready(&[LAYLA]);
    let reservation = site.campaign(CampaignMode::Preview, LAYLA, CUSTOMER);
    site.settle();
    site.forget();
    site.customer_hangs_up(reservation);
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["D 33561207 ALERTING [DROPPED|INITIATED] OUTBOUND_PREVIEW"]
    );
    assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
}

#[test]
fn a_preview_whose_customer_is_busy_or_silent_ends_with_its_reservation() {
    for customer in [BUSY, SILENT, "9999"] {
        let mut site = Site::ready(&[LAYLA]);
        let reservation = site.campaign(CampaignMode::Preview, LAYLA, customer);
        site.settle();
        site.act(LAYLA, reservation, "ACCEPT");
        site.settle();
        site.pass(Settings::default().ring_no_answer);
        assert_eq!(
            site.dialogs_feed(LAYLA)[1..],
            [
                "U 33561207 ACCEPTED [ACCEPTED|INITIATED] OUTBOUND_PREVIEW #r-1",
                "D 33561207 ACCEPTED [DROPPED|INITIATED] OUTBOUND_PREVIEW",
            ]
        );
        assert_eq!(
            site.user_feed(LAYLA),
            ["U=RESERVED_OUTBOUND_PREVIEW", "U=READY"]
        );
    }
}

#[test]
fn a_direct_preview_names_the_customer_and_becomes_a_new_call() {
    let mut site = Site::ready(&[LAYLA]);
    let reservation = site.campaign(CampaignMode::DirectPreview, LAYLA, CUSTOMER);
    site.settle();
    let dialog = site.dialog(LAYLA);
    let outbound = dialog.outbound.clone().unwrap();
    assert_eq!(outbound.callback_number.as_deref(), Some(CUSTOMER));
    let status = "DIRECT_PREVIEW_OUTBOUND_RESERVATION";
    assert_eq!(variable(&dialog, "BAStatus"), status);
    site.act(LAYLA, reservation, "ACCEPT");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "P 33561207 ALERTING [ALERTING|INITIATED] OUTBOUND_DIRECT_PREVIEW",
            "U 33561207 ACCEPTED [ACCEPTED|INITIATED] OUTBOUND_DIRECT_PREVIEW #r-1",
            "D 33561207 ACCEPTED [DROPPED|DROPPED] OUTBOUND_DIRECT_PREVIEW",
            "P 33561208 ACTIVE [ACTIVE|ACTIVE] OUTBOUND",
        ]
    );
    assert_eq!(
        variable(&site.dialog(LAYLA), "BAStatus"),
        "DIRECT_PREVIEW_OUTBOUND"
    );
}

#[test]
fn a_direct_preview_may_keep_its_dialog() {
    let mut site = Site::with(kept()).with_ready(&[LAYLA]);
    let id = site.campaign(CampaignMode::DirectPreview, LAYLA, CUSTOMER);
    site.settle();
    site.act(LAYLA, id, "ACCEPT");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA)[2..],
        ["U 33561207 ACTIVE [ACTIVE|ACTIVE] OUTBOUND"]
    );
    assert_eq!(site.is(LAYLA), AgentState::Talking);
    site.customer_hangs_up(id);
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Ready);
}

#[test]
fn a_direct_preview_that_fails_is_heard_on_the_agents_phone() {
    let mut site = Site::ready(&[LAYLA]);
    let reservation = site.campaign(CampaignMode::DirectPreview, LAYLA, BUSY);
    site.settle();
    site.act(LAYLA, reservation, "ACCEPT");
    site.settle();
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA)[2..],
        [
            "D 33561207 ACCEPTED [DROPPED|DROPPED] OUTBOUND_DIRECT_PREVIEW",
            "P 33561208 FAILED [FAILED BUSY] OUTBOUND",
            "D 33561208 FAILED [DROPPED] OUTBOUND",
        ]
    );
    assert_eq!(
        site.user_feed(LAYLA),
        ["U=RESERVED_OUTBOUND_PREVIEW", "U=TALKING", "U=READY"]
    );

    let mut site = Site::with(kept()).with_ready(&[LAYLA]);
    let id = site.campaign(CampaignMode::DirectPreview, LAYLA, BUSY);
    site.settle();
    site.act(LAYLA, id, "ACCEPT");
    site.settle();
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA)[2..],
        [
            "U 33561207 FAILED [FAILED BUSY] OUTBOUND",
            "D 33561207 FAILED [DROPPED] OUTBOUND",
        ]
    );
}

#[test]
fn progressive_and_predictive_calls_arrive_connected() {
    for (mode, status) in [
        (CampaignMode::Progressive, "PROGRESSIVE_OUTBOUND"),
        (CampaignMode::Predictive, "PREDICTIVE_OUTBOUND"),
    ] {
        let mut site = Site::ready(&[LAYLA]);
        let call = site.campaign(mode, LAYLA, CUSTOMER);
        site.settle();
        assert_eq!(site.user_feed(LAYLA), ["U=RESERVED_OUTBOUND", "U=TALKING"]);
        assert_eq!(
            site.dialogs_feed(LAYLA),
            ["P 33561207 ACTIVE [ACTIVE|ACTIVE] OUTBOUND"]
        );
        let dialog = site.dialog(LAYLA);
        assert_eq!(
            (dialog.from.as_str(), dialog.to.as_str()),
            ("6127", CUSTOMER)
        );
        assert_eq!(variable(&dialog, "BAStatus"), status);
        site.act(LAYLA, call, "DROP");
        site.settle();
        assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
    }
}

#[test]
fn progressive_calls_may_ring_first() {
    let settings = Settings {
        campaign_calls: CampaignCalls::Ringing,
        ..Settings::default()
    };
    let mut site = Site::with(settings).with_ready(&[LAYLA]);
    let call = site.campaign(CampaignMode::Progressive, LAYLA, CUSTOMER);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=RESERVED_OUTBOUND"]);
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["P 33561207 ALERTING [ALERTING|ACTIVE] OUTBOUND"]
    );
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING"]);
    site.customer_hangs_up(call);
    site.settle();

    site.campaign(CampaignMode::Progressive, LAYLA, CUSTOMER);
    site.settle();
    site.forget();
    site.pass(Settings::default().ring_no_answer);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY(32767)"]);
    assert!(site.engine.all_dialogs().is_empty());
}

#[test]
fn a_progressive_call_that_nobody_answers_gives_the_agent_back() {
    for customer in [BUSY, SILENT, "9999"] {
        let mut site = Site::ready(&[LAYLA]);
        site.campaign(CampaignMode::Progressive, LAYLA, customer);
        site.settle();
        site.pass(Settings::default().ring_no_answer);
        assert_eq!(site.user_feed(LAYLA), ["U=RESERVED_OUTBOUND", "U=READY"]);
        assert_eq!(site.dialogs_feed(LAYLA), [""; 0]);
    }
}

#[test]
fn an_agent_leaves_reserved_outbound_when_it_asks_to() {
    for state in ["READY", "NOT_READY"] {
        let mut site = Site::ready(&[LAYLA]);
        site.campaign(CampaignMode::Predictive, LAYLA, SILENT);
        site.settle();
        site.forget();
        site.state(LAYLA, state);
        site.settle();
        assert_eq!(site.user_feed(LAYLA), [format!("U={state} #r-1")]);
        assert!(site.engine.all_dialogs().is_empty());
    }
    let mut site = Site::ready(&[LAYLA]);
    site.campaign(CampaignMode::Predictive, LAYLA, SILENT);
    site.settle();
    site.forget();
    site.put_user(NADIA, LAYLA, "LOGOUT", None, None).unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=LOGOUT(999) #r-1"]);
}

#[test]
fn a_personal_callback_is_a_preview_of_its_own_kind() {
    let mut site = Site::ready(&[LAYLA]);
    let reservation = site.campaign(CampaignMode::PersonalCallback, LAYLA, CUSTOMER);
    site.settle();
    site.act(LAYLA, reservation, "ACCEPT");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "P 33561207 ALERTING [ALERTING|INITIATED] OUTBOUND_PERSONAL_CALLBACK_PREVIEW",
            "U 33561207 ACCEPTED [ACCEPTED|INITIATED] OUTBOUND_PERSONAL_CALLBACK_PREVIEW #r-1",
            "D 33561207 ACCEPTED [DROPPED|DROPPED] OUTBOUND_PERSONAL_CALLBACK_PREVIEW",
            "P 33561208 ACTIVE [ACTIVE|ACTIVE] OUTBOUND_PERSONAL_CALLBACK",
        ]
    );
}

#[test]
fn a_campaign_needs_an_agent_who_is_ready_and_a_customer_outside() {
    let mut site = Site::signed_in(&[LAYLA]);
    let now = site.now();
    let mut ask = |agent, customer| {
        let mode = CampaignMode::Preview;
        let refusal = site.engine.campaign(now, mode, agent, customer);
        refusal.unwrap_err().status
    };
    assert_eq!(ask(LAYLA, CUSTOMER), 409);
    assert_eq!(ask("40000", CUSTOMER), 404);
    assert_eq!(ask(LAYLA, "6133"), 400);
    assert_eq!(ask(LAYLA, "7800"), 400);
}

#[test]
fn a_callback_is_scheduled_in_one_request_or_two_changed_and_cancelled() {
    let (mut site, call) = talking(CampaignMode::Preview, Settings::default());
    let time = ("callbackTime", "2024-05-03T10:30");
    let number = ("callbackNumber", "03005550143");
    schedule(&mut site, call, &[time]).unwrap();
    schedule(&mut site, call, &[number]).unwrap();
    site.settle();
    let echo = "U 33561208 ACTIVE [ACTIVE|ACTIVE] OUTBOUND #r-1";
    assert_eq!(site.dialogs_feed(LAYLA), [echo, echo]);
    assert_eq!(
        scheduled(&site),
        Some(owned(("2024-05-03T10:30", "03005550143")))
    );
    let xml = last_dialog(&site);
    assert!(
        xml.contains("<callbackTime>2024-05-03T10:30</callbackTime>"),
        "{xml}"
    );
    assert!(actions(&site, LAYLA).contains(&DialogAction::CancelScheduledCallback));

    let later = ("callbackTime", "2024-05-04T09:00");
    schedule(&mut site, call, &[later, ("callbackNumber", CUSTOMER)]).unwrap();
    site.settle();
    assert_eq!(
        scheduled(&site),
        Some(owned(("2024-05-04T09:00", CUSTOMER)))
    );

    site.act(LAYLA, call, "CANCEL_SCHEDULED_CALLBACK");
    site.settle();
    assert_eq!(scheduled(&site), None);
    site.forget();
    site.act(LAYLA, call, "CANCEL_SCHEDULED_CALLBACK");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["E Generic Error 6127 INVALID_ACTION CANCEL_SCHEDULED_CALLBACK on extension 6127 #r-1"]
    );
}

#[test]
fn the_same_callback_again_says_nothing() {
    let (mut site, call) = talking(CampaignMode::Progressive, Settings::default());
    let time = ("callbackTime", "2024-05-03T10:30");
    schedule(&mut site, call, &[time]).unwrap();
    site.settle();
    site.forget();
    schedule(&mut site, call, &[time]).unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(LAYLA), [""; 0]);
}

#[test]
fn what_is_refused_about_callbacks() {
    let (mut site, call) = talking(CampaignMode::Preview, Settings::default());
    let mut ask = |params: &[(&str, &str)]| kind(schedule(&mut site, call, params));
    assert_eq!(ask(&[]), (400, "Parameter Missing"));
    for time in [
        "tomorrow",
        "2024-05-03",
        "2024-13-03T10:30",
        "2024-05-03T10:30:00",
    ] {
        assert_eq!(
            ask(&[("callbackTime", time)]),
            (400, "Invalid Input"),
            "{time}"
        );
    }
    assert_eq!(ask(&[("callbackNumber", "home")]), (400, "Invalid Input"));

    let mut site = Site::ready(&[LAYLA]);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.forget();
    schedule(&mut site, call, &[("callbackNumber", CUSTOMER)]).unwrap();
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["E Generic Error 6127 INVALID_ACTION UPDATE_SCHEDULED_CALLBACK on extension 6127 #r-1"]
    );
}

#[test]
fn a_direct_preview_is_reclassified_again_and_again_also_in_wrap_up() {
    let settings = Settings {
        wrap_up_incoming: WrapUpMode::Required,
        ..Settings::default()
    };
    let (mut site, call) = talking(CampaignMode::DirectPreview, settings);
    for value in [
        "VOICE",
        "FAX",
        "ANS_MACHINE",
        "INVALID",
        "DO_NOT_CALL",
        "BUSY",
    ] {
        reclassify(&mut site, call, value).unwrap();
        site.settle();
        let dialog = site.dialog(LAYLA);
        assert_eq!(dialog.outbound.clone().unwrap().classification, value);
        assert_eq!(variable(&dialog, "BAResponse"), value);
    }
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::WorkReady);
    site.forget();
    reclassify(&mut site, call, "VOICE").unwrap();
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["U 33561208 ACTIVE [WRAP_UP|DROPPED] OUTBOUND #r-1"]
    );
    let xml = last_dialog(&site);
    assert!(
        xml.contains("<outboundClassification>VOICE</outboundClassification>"),
        "{xml}"
    );
}

#[test]
fn only_known_values_and_only_direct_previews_are_reclassified() {
    let (mut site, call) = talking(CampaignMode::DirectPreview, Settings::default());
    let odd = reclassify(&mut site, call, "PARROT");
    assert_eq!(kind(odd), (400, "Invalid Input"));
    let none = site.act_with(LAYLA, call, "RECLASSIFY", &[]);
    assert_eq!(kind(none), (400, "Parameter Missing"));

    let (mut site, call) = talking(CampaignMode::Preview, Settings::default());
    reclassify(&mut site, call, "FAX").unwrap();
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["E Generic Error 6127 INVALID_ACTION RECLASSIFY on extension 6127 #r-1"]
    );
}

#[test]
fn a_campaign_call_that_is_transferred_keeps_its_data() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    let reservation = site.campaign(CampaignMode::Preview, LAYLA, CUSTOMER);
    site.settle();
    site.act(LAYLA, reservation, "ACCEPT");
    site.settle();
    site.act_to(LAYLA, SECOND, "TRANSFER_SST", "6133");
    site.settle();
    site.act(OMAR, SECOND, "ANSWER");
    site.settle();
    let dialog = site.dialog(OMAR);
    assert_eq!(dialog.call_type.as_str(), "TRANSFER");
    assert_eq!(variable(&dialog, "BAStatus"), "PREVIEW_OUTBOUND");
}

/// The last document of Layla's Dialogs feed.
fn last_dialog(site: &Site) -> String {
    let mut published = site.published.iter().rev();
    let topic = "/finesse/api/User/41027/Dialogs";
    let last = published.find(|publication| publication.topic.path() == topic);
    last.unwrap().xml()
}

fn kept() -> Settings {
    Settings {
        direct_preview_keeps_dialog: true,
        ..Settings::default()
    }
}

/// Layla talks to a campaign's customer; feeds empty.
fn talking(mode: CampaignMode, settings: Settings) -> (Site, CallId) {
    let mut site = Site::with(settings).with_ready(&[LAYLA]);
    let id = site.campaign(mode, LAYLA, CUSTOMER);
    site.settle();
    if site.is(LAYLA) == AgentState::ReservedOutboundPreview {
        site.act(LAYLA, id, "ACCEPT");
        site.settle();
    }
    site.forget();
    let call = CallId(site.dialog(LAYLA).id);
    (site, call)
}

fn schedule(site: &mut Site, call: CallId, params: &[(&str, &str)]) -> Result<(), Refusal> {
    site.act_with(LAYLA, call, "UPDATE_SCHEDULED_CALLBACK", params)
}

fn scheduled(site: &Site) -> Option<(String, String)> {
    site.dialog(LAYLA).outbound.unwrap().scheduled
}

fn owned((time, number): (&str, &str)) -> (String, String) {
    (time.to_owned(), number.to_owned())
}

fn reclassify(site: &mut Site, call: CallId, value: &str) -> Result<(), Refusal> {
    site.act_with(
        LAYLA,
        call,
        "RECLASSIFY",
        &[("outboundClassification", value)],
    )
}

fn kind(refusal: Result<(), Refusal>) -> (u16, &'static str) {
    let refusal = refusal.unwrap_err();
    (refusal.status, refusal.error_type)
}

fn variable<'d>(dialog: &'d DialogView, name: &str) -> &'d str {
    let mut variables = dialog.variables.iter();
    let found = variables.find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str()).unwrap()
}

fn actions(site: &Site, agent: &str) -> Vec<DialogAction> {
    let mut parties = site.dialog(agent).participants.into_iter();
    let own = parties.find(|party| party.address == extension_of(agent));
    own.unwrap().actions
}
